"""The relay: what a transaction wrote to the outbox reaches the broker, in order, and is deleted once confirmed.

One leader per database. A commit in this process wakes it at once; rows of other processes are found by a poll.
Nothing is lost: any transport error keeps every row; what nobody is bound to is parked and tried again later.
"""

import asyncio
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg
import structlog
from contracts.envelope import Envelope

from chassis.messaging import BROKER_ERRORS, Broker, Unroutable
from chassis.metrics import PUBLISHED

if TYPE_CHECKING:
    from chassis.settings import Settings

BATCH: Final = 500
POLL_S: Final = 0.05
RETRY_S: Final = 1.0
PARK_S: Final = 5
LEADER: Final = 0x401DFA57
"""The advisory lock of the one relay that may publish."""

TAKE: Final = """
    SELECT id, event_id, type, exchange, subject, correlation_id, causation_id, sequence, traceparent, written_at, body
    FROM outbox WHERE parked_until IS NULL OR parked_until <= now() ORDER BY id LIMIT $1
"""
DROP: Final = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
PARK: Final = "UPDATE outbox SET parked_until = now() + make_interval(secs => $2) WHERE id = ANY($1::bigint[])"

log = structlog.get_logger()


class Relay:
    """Publishes a service's outbox."""

    def __init__(self, settings: "Settings", broker: Broker) -> None:
        """Prepare; ``run`` does the work."""
        self._dsn = settings.database_url.get_secret_value().replace("+asyncpg", "", 1)
        self._source = f"/holdfast/{settings.service}"
        self._broker = broker
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there are new rows."""
        self._woken.set()

    async def run(self) -> None:
        """Lead and publish until cancelled; a lost database or broker is waited for."""
        while True:
            try:
                connection = await asyncpg.connect(
                    self._dsn, timeout=5, command_timeout=30, server_settings={"application_name": "holdfast-relay", "synchronous_commit": "off"}
                )
            except (OSError, asyncpg.PostgresError, TimeoutError) as error:
                log.warning("the relay waits for the database", error=repr(error)[:200])
                await asyncio.sleep(RETRY_S)
                continue
            try:
                await self._lead(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("the relay lost the database", error=repr(error)[:200])
                await asyncio.sleep(RETRY_S)
            finally:
                connection.terminate()

    async def _lead(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER):
            await asyncio.sleep(RETRY_S)
        while True:
            self._woken.clear()
            rows = await connection.fetch(TAKE, BATCH)
            if rows:
                await self._publish(connection, rows)
            else:
                try:
                    async with asyncio.timeout(POLL_S):
                        await self._woken.wait()
                except TimeoutError:
                    continue

    async def _publish(self, connection: "asyncpg.Connection[asyncpg.Record]", rows: list[asyncpg.Record]) -> None:
        outcomes = await asyncio.gather(*(self._publish_one(row) for row in rows), return_exceptions=True)
        sent = [row["id"] for row, outcome in zip(rows, outcomes, strict=True) if outcome is None]
        unroutable = [row for row, outcome in zip(rows, outcomes, strict=True) if isinstance(outcome, Unroutable)]
        failures = [outcome for outcome in outcomes if outcome is not None and not isinstance(outcome, Unroutable)]
        if sent:
            await connection.execute(DROP, sent)
        if unroutable:
            log.warning("nobody is bound to these messages yet", types=sorted({row["type"] for row in unroutable}), count=len(unroutable))
            await connection.execute(PARK, [row["id"] for row in unroutable], float(PARK_S))
        if failures:
            if not isinstance(failures[0], BROKER_ERRORS):
                raise failures[0]
            log.warning("the relay keeps what the broker did not confirm", count=len(failures), error=repr(failures[0])[:200])
            await asyncio.sleep(RETRY_S)

    async def _publish_one(self, row: asyncpg.Record) -> None:
        envelope = Envelope(
            id=UUID(bytes=row["event_id"].bytes),
            type=row["type"],
            source=self._source,
            time=row["written_at"],
            subject=row["subject"],
            correlationid=row["correlation_id"],
            causationid=row["causation_id"],
            sequence=row["sequence"],
            traceparent=row["traceparent"],
        )
        await self._broker.publish(row["exchange"], envelope, row["body"])
        PUBLISHED.labels(row["type"]).inc()

