"""Which nodes fail, as a seed decides: how, after which pause and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from chaos.plan import Planned

POSTGRES: Final = "postgres"
RABBITMQ: Final = "rabbitmq"
SHORTEST_S: Final = 0.5
LONGEST_S: Final = 8.0
LONGEST_PAUSE_S: Final = 10.0
NODES: Final = 3
KINDS: Final = {
    POSTGRES: (
        "kill the primary of",
        "kill and start again the primary of",
        "freeze the primary of",
        "cut off the primary of",
        "part the primary from the other nodes of",
        "kill a standby of",
        "switch the primary of",
        "stop and start each database of",
    ),
    RABBITMQ: (
        "kill a node of",
        "kill two nodes in turn of",
        "freeze a node of",
        "cut off a node of",
        "part a node from the other nodes of",
        "stop and start each broker of",
    ),
}
"""What may happen to each cluster."""


@dataclass(frozen=True, slots=True)
class Failure(Planned):
    """A fault of one cluster: nothing else happens to that one meanwhile, while a fault of the other goes on."""

    node: int
    """Which node it happens to, or happens to first, where that is not the primary."""

    @property
    def takes(self) -> dict[str, bool]:
        """Take the cluster alone."""
        return {self.what: True}


def plan(seed: int, longest_s: float = LONGEST_S) -> Iterator[list[Planned]]:
    """Plan rounds without an end, in each of which a fault happens to either cluster; every kind happens once before any happens again.

    ``longest_s`` is how long a fault lasts at most once the other nodes have noticed it.
    """
    chance = Random(f"failures {seed}")
    left = {cluster: list[str]() for cluster in KINDS}
    while True:
        failures = list[Planned]()
        for cluster, kinds in KINDS.items():
            left[cluster] = left[cluster] or chance.sample(kinds, len(kinds))
            pause_s, lasts_s = chance.uniform(0, LONGEST_PAUSE_S), chance.uniform(SHORTEST_S, longest_s)
            failures.append(Failure(left[cluster].pop(), cluster, pause_s, lasts_s, chance.randrange(NODES)))
        yield failures
