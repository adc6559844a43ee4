"""In which order processes are replaced, as a seed decides: forward, service by service, and back again."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from chaos.plan import Planned
from chaos.replicas import SECOND
from servers.rights import SERVICES

MIGRATE: Final = "migrate to the release after"
FORWARD: Final = "replace by the release after"
BACK: Final = "replace by the release before"
LONGEST_PAUSE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Step(Planned):
    """A step of an upgrade: desks work meanwhile."""

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.how}: {self.what}"

    @property
    def takes(self) -> dict[str, bool]:
        """Take nothing: there is one step at a time."""
        return {}


def steps(seed: int) -> list[Step]:
    """Return the steps of an upgrade and its rollback: the schema, and then both processes of each service in turn."""
    chance = Random(f"upgrade {seed}")
    return [_step(chance, MIGRATE, "the databases"), *_each(chance, FORWARD), *_each(chance, BACK)]


def _each(chance: Random, how: str) -> Iterator[Step]:
    for service in chance.sample(SERVICES, len(SERVICES)):
        for process in chance.sample((service, SECOND[service]), 2):
            yield _step(chance, how, process)


def _step(chance: Random, how: str, what: str) -> Step:
    return Step(how, what, chance.uniform(0, LONGEST_PAUSE_S), 0.0)
