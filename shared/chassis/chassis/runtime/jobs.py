"""What happens when time has passed: one loop, one transaction per run, on one replica at a time."""

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

from chassis.data import idempotency, tables
from chassis.data.database import Database, Transaction
from chassis.database_errors import lost
from chassis.telemetry.logs import describe
from chassis.telemetry.metrics import JOB_FAILURES, JOB_ITEMS, JOB_ITEMS_POSTPONED

SLOWEST_RETRY_S: Final = 5.0
PAUSE_BETWEEN_STARTS_S: Final = 0.1
"""How long after the one before it a job begins when a process starts: together they would open a connection each."""
INBOX_KEPT: Final = timedelta(days=30)
"""Longer than any queue keeps a message."""
FORGET_LIMIT: Final = 5_000
POSTPONED_S: Final = 10.0
"""How long an item that failed once is left alone; twice as long after each further failure."""
LONGEST_POSTPONED_S: Final = 3600.0
MOST_POSTPONED: Final = 10_000
"""With more failing items than this, the oldest are tried again."""

Item = TypeVar("Item")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A piece of work that is due again and again."""

    name: str
    every: timedelta
    run: Callable[[Transaction], Awaitable[int]]
    """Acts on at most a batch of what is due and returns how much that was; a full batch runs again at once."""
    batch: int = 200


@dataclass(frozen=True, slots=True)
class ScheduledItems(Generic[Item]):
    """A piece of work on items that are due: an item that fails is postponed for a while and delays no other."""

    name: str
    every: timedelta
    due: Callable[[Transaction, int, Collection[UUID]], Awaitable[Sequence[Item]]]
    """Locks and returns at most so many items that are due, without those with these ids."""
    act: Callable[[Sequence[Item], Transaction], Awaitable[object]]
    """Acts on items; called with fewer of them again when it fails."""
    key: Callable[[Item], UUID]
    batch: int = 200

    def scheduled(self) -> ScheduledJob:
        """Return the job of this process: it postpones what failed; another process tries it at once."""
        unroutable = _Postponed(self.name)

        async def run(tx: Transaction) -> int:
            items = await self.due(tx, self.batch, unroutable.ids())
            failed = {self.key(item) for item in await self._act(items, tx)}
            unroutable.settle([self.key(item) for item in items], failed)
            return len(items)

        return ScheduledJob(self.name, self.every, run, self.batch)

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
                log.exception("a scheduled job postpones an item", job=self.name, item=str(self.key(items[0])), exc_info=error)
                return items
            middle = len(items) // 2
            return [*await self._act(items[:middle], tx), *await self._act(items[middle:], tx)]
        return ()


@dataclass(slots=True)
class _Postponed:
    """Items that failed: how often, and until when they are left alone."""

    job: str
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
                self._items[key] = (failures + 1, now + min(POSTPONED_S * 2**failures, LONGEST_POSTPONED_S))
        while len(self._items) > MOST_POSTPONED:
            del self._items[next(iter(self._items))]
        JOB_FAILURES.labels(self.job).inc(len(failed))
        JOB_ITEMS_POSTPONED.labels(self.job).set(len(self._items))


async def run(jobs: "Sequence[ScheduledJob | ScheduledItems[Any]]", database: Database) -> None:
    """Run every job at its interval until cancelled."""
    async with asyncio.TaskGroup() as group:
        for position, job in enumerate((*jobs, *HOUSEKEEPING)):
            scheduled = job.scheduled() if isinstance(job, ScheduledItems) else job
            group.create_task(_repeat(scheduled, database, position * PAUSE_BETWEEN_STARTS_S), name=f"job-{job.name}")


async def _repeat(job: ScheduledJob, database: Database, after_s: float) -> None:
    pause = job.every.total_seconds()
    await asyncio.sleep(after_s)
    while True:
        try:
            done = await _run_once(job, database)
        except Exception as error:  # noqa: BLE001 (a job must run again whatever happened)
            log.warning("a scheduled job failed and will run again", job=job.name, error=describe(error))
            await asyncio.sleep(min(pause, SLOWEST_RETRY_S))
            continue
        if done < job.batch:
            await asyncio.sleep(pause)


async def _run_once(job: ScheduledJob, database: Database) -> int:
    async with database.transaction() as tx:
        if not await tx.scalar(select(func.pg_try_advisory_xact_lock(zlib.crc32(job.name.encode())))):
            return 0
        done = await job.run(tx)
    JOB_ITEMS.labels(job.name).inc(done)
    return done


async def _forget_inbox(tx: Transaction) -> int:
    old = select(tables.inbox.c.event_id).where(tables.inbox.c.received_at < tx.now - INBOX_KEPT).limit(FORGET_LIMIT)
    return await tx.execute(delete(tables.inbox).where(tables.inbox.c.event_id.in_(old)))


HOUSEKEEPING: Final = (
    ScheduledJob("forget old answers", timedelta(minutes=10), idempotency.forget, idempotency.FORGET_LIMIT),
    ScheduledJob("forget old messages", timedelta(minutes=10), _forget_inbox, FORGET_LIMIT),
)
