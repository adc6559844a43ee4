"""Which faults will be, as a seed decides: how often each, of what, after which pause and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from servers.rights import SERVICES

from chaos.replicas import PROCESSES, SECOND

TABLES: Final = {"rooms": "hold", "scheduling": "session", "billing": "record"}
"""Of these services the table that everything waits for."""
SHORTEST_S: Final = 0.2
LONGEST_S: Final = 5.0
SERVERS: Final = ("rabbitmq", "postgres")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: what it may happen to, and how much longer than others it may last."""

    of: tuple[str, ...]
    also_takes: tuple[str, ...] = ()
    """What else no other fault may happen to meanwhile."""
    times: float = 1.0


KINDS: Final = {
    "kill": Kind((*PROCESSES, *SERVERS)),
    "kill while it publishes": Kind(tuple(TABLES), SERVERS),
    "freeze": Kind((*PROCESSES, *SERVERS)),
    "stop": Kind(PROCESSES),
    "cut the connections of": Kind((*SERVICES, "rabbitmq"), ("postgres",)),
    "lock the table of": Kind(tuple(TABLES), ("postgres",)),
    "fill the disk of": Kind(("rabbitmq",)),
    "fill the memory of": Kind(("rabbitmq",)),
    "slow the disk of": Kind(("postgres",), times=2.0),
    "step the clock of": Kind(PROCESSES, times=2.0),
    "partition": Kind(tuple(SECOND.values()), times=4.0),
}
"""Partitions last up to twice as long as a leader's lease, so that the other replica takes over, and end with two that think they lead."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault that will be: how, of what, after which pause and for how long."""

    how: str
    what: str
    pause_s: float
    lasts_s: float

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.how} {self.what} for {self.lasts_s:.1f} s"

    @property
    def takes(self) -> list[str]:
        """What no other fault may happen to meanwhile, sorted."""
        both = (self.what, SECOND[self.what]) if self.how == "kill while it publishes" else (self.what,)
        return sorted({*both, *KINDS[self.how].also_takes})


def plan(seed: int, longest_s: float) -> Iterator[list[Planned]]:
    """Plan rounds without an end; in each, every kind of fault happens once, and each kind happens to everything before to any again.

    ``longest_s`` is how long a fault of a usual kind lasts at most.
    """
    chance = Random(f"faults {seed}")
    left = {how: list[str]() for how in KINDS}
    while True:
        faults = list[Planned]()
        for how in chance.sample(list(KINDS), len(KINDS)):
            left[how] = left[how] or chance.sample(KINDS[how].of, len(KINDS[how].of))
            lasts_s = chance.uniform(SHORTEST_S, longest_s * KINDS[how].times)
            faults.append(Planned(how, left[how].pop(), chance.uniform(0, longest_s / 4), lasts_s))
        yield faults
