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
LONGEST_S: Final = 4.0
SERVERS: Final = ("rabbitmq", "postgres")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: what it may happen to, what it needs, and how much longer than others it may last."""

    of: tuple[str, ...]
    needs: tuple[str, ...] = ()
    """What has to run for it: none of those that end or freeze it happens meanwhile."""
    is_alone: bool = True
    """Whether no other fault may happen to the same or need it meanwhile; otherwise it needs it."""
    times: float = 1.0


KINDS: Final = {
    "kill": Kind((*PROCESSES, *SERVERS)),
    "kill while it publishes": Kind(tuple(TABLES), SERVERS),
    "freeze": Kind((*PROCESSES, *SERVERS)),
    "stop": Kind(PROCESSES),
    "cut the connections of": Kind((*SERVICES, "rabbitmq"), ("postgres",), is_alone=False),
    "lock the table of": Kind(tuple(TABLES), ("postgres",), is_alone=False),
    "fill the disk of": Kind(("rabbitmq",), is_alone=False),
    "fill the memory of": Kind(("rabbitmq",), is_alone=False),
    "slow the disk of": Kind(("postgres",), is_alone=False, times=2.0),
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
    def takes(self) -> dict[str, bool]:
        """What other faults may not end or freeze meanwhile, sorted; whether they may not need it either."""
        kind = KINDS[self.how]
        twin = [SECOND[self.what]] if self.how == "kill while it publishes" else []
        needed = {*kind.needs, *({self.what} & {*SERVERS} if not kind.is_alone else ())}
        alone = {self.what, *twin} if kind.is_alone else set[str]()
        return {part: part in alone for part in sorted(needed | alone)}


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
