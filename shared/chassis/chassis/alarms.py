"""What happens by itself after time passes: one loop, one transaction per ring, on one replica at a time."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import delete, func, select

from chassis import idempotency, tables
from chassis.database import Database, Transaction
from chassis.logs import describe
from chassis.metrics import ALARM_ITEMS

SLOWEST_RETRY_S: Final = 5.0
INBOX_KEPT: Final = timedelta(days=30)
"""Longer than any queue keeps a message."""
FORGET_LIMIT: Final = 5_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Alarm:
    """A piece of work that is due again and again."""

    name: str
    every: timedelta
    ring: Callable[[Transaction], Awaitable[int]]
    """Acts on at most a batch of what is due and returns how much that was; a full batch rings again at once."""
    batch: int = 200


async def run(alarms: Sequence[Alarm], database: Database) -> None:
    """Ring every alarm at its pace until cancelled."""
    async with asyncio.TaskGroup() as group:
        for alarm in (*alarms, *HOUSEKEEPING):
            group.create_task(_repeat(alarm, database), name=f"alarm-{alarm.name}")


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
