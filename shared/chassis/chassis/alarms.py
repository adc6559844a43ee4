"""What happens by itself after time passes: one loop, one transaction per ring, on one replica at a time."""

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select

from chassis import idempotency, tables
from chassis.database import Database, Transaction, lost
from chassis.logs import describe
from chassis.metrics import ALARM_FAILURES, ALARM_ITEMS, ALARM_SET_ASIDE

SLOWEST_RETRY_S: Final = 5.0
INBOX_KEPT: Final = timedelta(days=30)
"""Longer than any queue keeps a message."""
FORGET_LIMIT: Final = 5_000
SET_ASIDE_S: Final = 10.0
"""How long an item that failed once is left alone; twice as long after each further failure."""
LONGEST_SET_ASIDE_S: Final = 3600.0
MOST_SET_ASIDE: Final = 10_000
"""With more failing items than this, the oldest are tried again."""

Item = TypeVar("Item")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Alarm:
    """A piece of work that is due again and again."""

    name: str
    every: timedelta
    ring: Callable[[Transaction], Awaitable[int]]
    """Acts on at most a batch of what is due and returns how much that was; a full batch rings again at once."""
    batch: int = 200


@dataclass(frozen=True, slots=True)
class ItemAlarm(Generic[Item]):
    """A piece of work on items that are due: an item that fails is set aside for a while and holds up no other."""

    name: str
    every: timedelta
    due: Callable[[Transaction, int, Collection[UUID]], Awaitable[Sequence[Item]]]
    """Locks and returns at most so many items that are due, without those with these ids."""
    act: Callable[[Sequence[Item], Transaction], Awaitable[object]]
    """Acts on items; called with fewer of them again when it fails."""
    key: Callable[[Item], UUID]
    batch: int = 200

    def ringing(self) -> Alarm:
        """Return the alarm of this process: what failed is remembered by it, and tried at once by another process."""
        aside = _SetAside(self.name)

        async def ring(tx: Transaction) -> int:
            items = await self.due(tx, self.batch, aside.ids())
            failed = {self.key(item) for item in await self._act(items, tx)}
            aside.settle([self.key(item) for item in items], failed)
            return len(items)

        return Alarm(self.name, self.every, ring, self.batch)

    async def _act(self, items: Sequence[Item], tx: Transaction) -> Sequence[Item]:
        """Act on what can be acted on, and return the items that fail."""
        if not items:
            return ()
        try:
            async with tx.savepoint():
                await self.act(items, tx)
        except Exception as error:
            if lost(error):
                raise
            if len(items) == 1:
                log.exception("an alarm sets an item aside", alarm=self.name, item=str(self.key(items[0])), exc_info=error)
                return items
            middle = len(items) // 2
            return [*await self._act(items[:middle], tx), *await self._act(items[middle:], tx)]
        return ()


@dataclass(slots=True)
class _SetAside:
    """Items that failed: how often, and until when they are left alone."""

    alarm: str
    _items: dict[UUID, tuple[int, float]] = field(default_factory=dict[UUID, tuple[int, float]])

    def ids(self) -> list[UUID]:
        """Return the items that are not to be tried now."""
        now = time.monotonic()
        return [key for key, (_, until) in self._items.items() if until > now]

    def settle(self, tried: Sequence[UUID], failed: Collection[UUID]) -> None:
        """Note what became of the items that were tried."""
        now = time.monotonic()
        for key in tried:
            failures, _ = self._items.pop(key, (0, 0.0))
            if key in failed:
                self._items[key] = (failures + 1, now + min(SET_ASIDE_S * 2**failures, LONGEST_SET_ASIDE_S))
        while len(self._items) > MOST_SET_ASIDE:
            del self._items[next(iter(self._items))]
        ALARM_FAILURES.labels(self.alarm).inc(len(failed))
        ALARM_SET_ASIDE.labels(self.alarm).set(len(self._items))


async def run(alarms: "Sequence[Alarm | ItemAlarm[Any]]", database: Database) -> None:
    """Ring every alarm at its pace until cancelled."""
    async with asyncio.TaskGroup() as group:
        for alarm in (*alarms, *HOUSEKEEPING):
            ringing = alarm.ringing() if isinstance(alarm, ItemAlarm) else alarm
            group.create_task(_repeat(ringing, database), name=f"alarm-{alarm.name}")


async def _repeat(alarm: Alarm, database: Database) -> None:
    pause = alarm.every.total_seconds()
    while True:
        try:
            done = await _ring(alarm, database)
        except Exception as error:  # noqa: BLE001 (an alarm must ring again whatever happened)
            log.warning("alarm failed and will ring again", alarm=alarm.name, error=describe(error))
            await asyncio.sleep(min(pause, SLOWEST_RETRY_S))
            continue
        if done < alarm.batch:
            await asyncio.sleep(pause)


async def _ring(alarm: Alarm, database: Database) -> int:
    async with database.transaction() as tx:
        if not await tx.scalar(select(func.pg_try_advisory_xact_lock(zlib.crc32(alarm.name.encode())))):
            return 0
        done = await alarm.ring(tx)
    ALARM_ITEMS.labels(alarm.name).inc(done)
    return done


async def _forget_inbox(tx: Transaction) -> int:
    old = select(tables.inbox.c.event_id).where(tables.inbox.c.received_at < tx.now - INBOX_KEPT).limit(FORGET_LIMIT)
    return await tx.execute(delete(tables.inbox).where(tables.inbox.c.event_id.in_(old)))


HOUSEKEEPING: Final = (
    Alarm("forget old answers", timedelta(minutes=10), idempotency.forget, idempotency.FORGET_LIMIT),
    Alarm("forget old messages", timedelta(minutes=10), _forget_inbox, FORGET_LIMIT),
)
