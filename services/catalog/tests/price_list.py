"""What the tests of the catalog share: a service to add, days of the network, somebody who listens."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aio_pika.abc import AbstractExchange, AbstractQueue
from support import until

DEMO: Final = Path(__file__).parents[3] / "deploy" / "demo" / "services.csv"
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

    queue: AbstractQueue
    commands: AbstractExchange

    async def next(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the headers and the data of the next event."""
        delivery = await until(lambda: self.queue.get(no_ack=True, fail=False))
        assert delivery is not None
        return dict(delivery.headers), json.loads(delivery.body)

    async def hears_nothing(self) -> bool:
        """Whether it stays silent."""
        await asyncio.sleep(SILENCE_S)
        return await self.queue.get(no_ack=True, fail=False) is None
