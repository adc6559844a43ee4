"""Which other parts of the platform are there right now: the broker, and the services that consume their inbox.

No service asks another; the broker knows who listens. What is said is at most a look old.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from chassis.messaging import Broker

LOOK_EVERY_S: Final = 1.0
BROKER: Final = "broker"


class Neighbours:
    """The parts that a service lives with, and which of them are away."""

    def __init__(self, services: Sequence[str]) -> None:
        """Believe that everybody is there until a look says otherwise."""
        self._services = services
        self.away: frozenset[str] = frozenset()
        """Names of the parts that are away; without the broker nobody knows about the others."""

    async def watch(self, broker: Broker) -> None:
        """Look again and again until cancelled; not at all where nobody asked."""
        while self._services:
            self.away = await self._look(broker)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self, broker: Broker) -> frozenset[str]:
        if await broker.check() is not None:
            return frozenset({BROKER})
        counts = await asyncio.gather(*(broker.count_consumers(service) for service in self._services))
        return frozenset(service for service, count in zip(self._services, counts, strict=True) if not count)
