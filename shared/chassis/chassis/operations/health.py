"""What operators and Prometheus read: whether the process runs, whether it can work, how much waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from contracts.message import COMMANDS, EVENTS
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from chassis.data import tables
from chassis.data.database import Database, ReadSession
from chassis.database_errors import exhausted
from chassis.errors import Unavailable
from chassis.http.problems import documented
from chassis.messaging.broker import Broker, Reason
from chassis.operations.dead_letters import ParkedCount
from chassis.telemetry.logs import describe
from chassis.telemetry.metrics import OUTBOX_AGE, OUTBOX_PARKED, OUTBOX_SIZE, PARKED

CHECK_TIMEOUT_S: Final = 2.5
ANSWER_WITHIN_S: Final = 5.5
"""What is not found out by then is late: the driver takes 2 more seconds to give up a connection to a server that is frozen."""

MEASURE_EVERY_S: Final = 10
"""How old the gauges of what is in the database may be before a request for them has them measured again."""
MEASURE_TIMEOUT_S: Final = 15

LOOKS: Final = 2
"""A part that is late so often in a row makes the service not ready: once may be a busy machine."""
LONGEST_WAIT_S: Final = 30
"""A message that waits longer for the broker, or for space in a queue, makes the service not ready."""
TOO_LATE: Final = f"no answer in time, {LOOKS} looks in a row"

OLDEST_UNSENT: Final = text("""
    SELECT extract(epoch FROM now() - min(written_at)) FROM (
        (SELECT written_at FROM outbox WHERE exchange = :events AND parked_until IS NULL ORDER BY id LIMIT 1)
        UNION ALL (SELECT written_at FROM outbox WHERE exchange = :commands AND parked_until IS NULL ORDER BY id LIMIT 1)
        UNION ALL SELECT min(written_at) FROM outbox WHERE parked_until IS NOT NULL AND parked_reason = :full
    ) AS unsent
""")

Gauges = Callable[[ReadSession], Awaitable[None]]
Check = Callable[[], Awaitable[str | None]]
"""Returns why a part cannot work, or None; TimeoutError when that could not be found out in time."""


def health(database: Database, broker: Broker, checks: Mapping[str, Check], gauges: Gauges | None) -> APIRouter:
    """Answer ``/healthz``, ``/readyz`` and ``/metrics``."""
    router = APIRouter(tags=["operations"])
    measurements, parked_count = _Measurements(database, gauges), ParkedCount(broker)

    @router.get("/healthz", operation_id="healthz", summary="Whether the process lives")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz", operation_id="readyz", summary="Whether database and broker really answer", responses=_only_503())
    async def readyz() -> dict[str, Any]:
        found = await run_checks(checks)
        parts = {part: problem or "answers" for part, problem in found.items()}
        if any(found.values()):
            reasons = "; ".join(f"{part}: {problem}" for part, problem in found.items() if problem)
            raise Unavailable("not-ready", reasons, checks=parts)
        return {"status": "ready", "checks": parts}

    @router.get("/metrics", operation_id="metrics", summary="Prometheus metrics", response_class=Response)
    async def metrics() -> Response:
        await measurements.refresh()
        parked = await parked_count.now()
        if parked is not None:
            PARKED.set(parked)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


class _Measurements:
    """The gauges of what is in the database, measured again beside the request that finds them old."""

    def __init__(self, database: Database, gauges: Gauges | None) -> None:
        self._database = database
        self._gauges = gauges
        self._measuring: asyncio.Task[None] | None = None
        self._measured_at: float | None = None

    async def refresh(self) -> None:
        """Have them measured when they are old; wait for it, a little, only before they are known."""
        is_old = self._measured_at is None or time.monotonic() - self._measured_at > MEASURE_EVERY_S
        if is_old and (self._measuring is None or self._measuring.done()):
            self._measuring = asyncio.create_task(self._measure(), name="measurements")
        if self._measured_at is None and self._measuring is not None:
            await asyncio.wait([self._measuring], timeout=CHECK_TIMEOUT_S)

    async def _measure(self) -> None:
        with suppress(SQLAlchemyError, OSError, TimeoutError):
            async with asyncio.timeout(MEASURE_TIMEOUT_S), self._database.reading() as session:
                outbox = await look_at_outbox(session)
                OUTBOX_SIZE.set(outbox.waiting)
                OUTBOX_AGE.set(outbox.oldest_s)
                OUTBOX_PARKED.set(outbox.parked)
                if self._gauges is not None:
                    await self._gauges(session)
                self._measured_at = time.monotonic()


async def check_database(database: Database) -> str | None:
    """Return why the database cannot be used, or None; TimeoutError when it is late. Checks it with a real statement."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S), database.reading() as session:
            await session.scalar(text("SELECT 1"))
    except Exception as error:
        if exhausted(error) or database.is_exhausted:
            return "every connection of this process is in use"
        if isinstance(error, TimeoutError):
            raise
        return f"does not answer: {describe(error)}"
    return None


async def check_outbox(database: Database) -> str | None:
    """Return why messages do not leave the service, or None; TimeoutError when the database is late.

    Those that nobody is bound to yet do not count.
    """
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S), database.reading() as session:
            parameters = {"events": EVENTS, "commands": COMMANDS, "full": Reason.FULL.value}
            age = float(await session.scalar(OLDEST_UNSENT, parameters) or 0)
    except TimeoutError:
        raise
    except (SQLAlchemyError, OSError) as error:
        return f"cannot be looked at: {describe(error)}"
    return f"the oldest message has waited for {age:.0f} s" if age > LONGEST_WAIT_S else None


async def run_checks(checks: Mapping[str, Check]) -> dict[str, str | None]:
    """Check every part at once; a part that is late is checked again before it counts as not working."""
    found = await asyncio.gather(*(_in_time(check) for check in checks.values()))
    return dict(zip(checks, found, strict=True))


async def _in_time(check: Check) -> str | None:
    looks = asyncio.create_task(_ask_again_when_late(check))
    looks.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    done, _ = await asyncio.wait([looks], timeout=ANSWER_WITHIN_S)
    return looks.result() if done else TOO_LATE


async def _ask_again_when_late(check: Check) -> str | None:
    for _ in range(LOOKS):
        try:
            return await check()
        except TimeoutError:
            continue
    return TOO_LATE


@dataclass(frozen=True, slots=True)
class OutboxDepth:
    """What the outbox holds, at a glance."""

    waiting: int
    oldest_s: float
    parked: int
    """Of those that wait: the broker did not take them when last tried."""


async def look_at_outbox(session: ReadSession) -> OutboxDepth:
    """Count what waits for the broker's confirm."""
    rows = tables.outbox
    oldest = func.extract("epoch", func.now() - func.min(rows.c.written_at))
    [(waiting, age, parked)] = await session.rows(select(func.count(), oldest, func.count(rows.c.parked_until)).select_from(rows))
    return OutboxDepth(waiting, float(age or 0), parked)


def _only_503() -> dict[int | str, dict[str, Any]]:
    return {status: described for status, described in documented().items() if status == HTTPStatus.SERVICE_UNAVAILABLE}
