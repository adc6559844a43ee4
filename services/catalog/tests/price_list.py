"""What the tests of the catalog share: a service to add, days of the network, somebody who listens."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

DEMO: Final = Path(__file__).parent / "data" / "services.csv"
"""A price list of the size of the demo network's."""
PATIENCE_S: Final = 60
SILENCE_S: Final = 0.3
NEW_YORK: Final = ZoneInfo("America/New_York")

INDIVIDUAL: Final[Mapping[str, Any]] = {
    "service_code": "90837",
    "service_name": "Individual Psychotherapy, 60 minutes",
    "service_type": "psychotherapy",
    "standard_duration": 60,
    "base_rate": "185.00",
}

Add = Callable[..., Awaitable[dict[str, Any]]]


def today(zone: ZoneInfo = NEW_YORK) -> date:
    """Return the network's day."""
    return datetime.now(zone).date()


def in_days(days: int) -> str:
    """Return a day of the network, counted from today, as HTTP writes it."""
    return (today() + timedelta(days=days)).isoformat()


@dataclass(frozen=True, slots=True)
class Listener:
    """Hears every event, as any other system may."""

    commands: AbstractExchange
    received: asyncio.Queue[AbstractIncomingMessage] = field(default_factory=asyncio.Queue)

    async def next(self, within: float = PATIENCE_S) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the headers and the data of the next event."""
        async with asyncio.timeout(within):
            event = await self.received.get()
        return dict(event.headers), json.loads(event.body)

    async def receives_nothing(self) -> bool:
        """Whether it stays silent for a while."""
        try:
            await self.next(within=SILENCE_S)
        except TimeoutError:
            return True
        return False
