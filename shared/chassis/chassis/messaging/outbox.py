"""The relay: what a transaction wrote to the outbox reaches the broker, in order, and is deleted once confirmed.

One relay for each exchange, one leader of each per database. A commit in this process starts it at once, one of another process
by a notification; a poll finds the rows whose notification was lost. Nothing is lost: any transport error keeps every row; what
the broker does not take is postponed and tried again, at growing intervals.
"""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg
import structlog
from contracts.envelope import Envelope

from chassis.address import Address
from chassis.lease import Leadership
from chassis.messaging.broker import Broker, UndeliverableError
from chassis.telemetry.logs import describe
from chassis.telemetry.metrics import PUBLISHED

if TYPE_CHECKING:
    from chassis.settings import Settings

BATCH: Final = 500
POLL_S: Final = 2.0
"""How long a row may lie whose notification was lost; each poll is a statement, and every service has two relays."""
RETRY_S: Final = 1.0
POSTPONED_S: Final = 5.0
"""How long a row that the broker did not take is postponed first; twice as long each further time."""
LONGEST_POSTPONED_S: Final = 60.0
LOOK_AT_POSTPONED_S: Final = 2.0
"""How often postponed rows are looked for."""
STATEMENT_S: Final = 30
LEADER: Final = 0x401DFA57
"""The advisory lock, with the exchange, of the one relay that may publish."""

COLUMNS: Final = "id, event_id, type, exchange, subject, correlation_id, causation_id, sequence, traceparent, written_at, body"
TAKE: Final = f"SELECT {COLUMNS} FROM outbox WHERE exchange = $1 AND parked_until IS NULL ORDER BY id LIMIT $2"  # noqa: S608 (our columns)
TAKE_POSTPONED: Final = f"SELECT {COLUMNS} FROM outbox WHERE exchange = $1 AND parked_until <= now() ORDER BY parked_until LIMIT $2"  # noqa: S608 (as above)
DROP: Final = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
POSTPONE: Final = """
    UPDATE outbox SET parked_until = now() + make_interval(secs => least($3 * power(2, least(parked_times, 10)), $4)),
        parked_times = parked_times + 1, parked_reason = parked.reason
    FROM unnest($1::bigint[], $2::text[]) AS parked (id, reason) WHERE outbox.id = parked.id
"""

NAME: Final = "holdfast-relay"

log = structlog.get_logger()


class Relay:
    """Publishes what a service's outbox has for one exchange: commands never queue behind facts that nobody waits for."""

    def __init__(self, settings: "Settings", broker: Broker, exchange: str) -> None:
        """Prepare; ``run`` does the work."""
        self._exchange = exchange
        self._address = Address.read(settings.database_url)
        self._source = f"/holdfast/{settings.service}"
        self._broker = broker
        self._woken = asyncio.Event()
        self._leadership = Leadership(LEADER, exchange)
        self.leads = False
        """Whether it is the one that publishes; otherwise another process has to be woken."""

    def wake(self) -> None:
        """Signal that there are new rows."""
        self._woken.set()

    async def run(self) -> None:
        """Lead and publish until cancelled; a lost database or broker is waited for."""
        while True:
            try:
                connection = await self._address.connect(NAME, statement_s=STATEMENT_S)
            except (OSError, asyncpg.PostgresError, TimeoutError) as error:
                log.warning("the relay waits for the database", error=describe(error))
                await asyncio.sleep(RETRY_S)
                continue
            try:
                await self._lead(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError) as error:
                log.warning("the relay lost the database", error=describe(error))
                await asyncio.sleep(RETRY_S)
            finally:
                self.leads = False
                connection.terminate()

    async def _lead(self, connection: asyncpg.Connection) -> None:
        await self._leadership.win(connection)
        self.leads = True
        look_at_postponed_at = 0.0
        while True:
            self._woken.clear()
            await self._leadership.keep(connection)
            rows = await connection.fetch(TAKE, self._exchange, BATCH)
            if time.monotonic() >= look_at_postponed_at:
                unroutable = await connection.fetch(TAKE_POSTPONED, self._exchange, BATCH)
                look_at_postponed_at = time.monotonic() + (LOOK_AT_POSTPONED_S if len(unroutable) < BATCH else 0)
                rows = sorted([*unroutable, *rows], key=lambda row: row["id"])
            if not rows or (await self._publish(connection, rows) and len(rows) < BATCH):  # what came meanwhile has woken it
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._woken.wait()

    async def _publish(self, connection: asyncpg.Connection, rows: list[asyncpg.Record]) -> bool:
        """Publish rows; return whether nothing of them is to be tried again at once."""
        publishing = asyncio.gather(*(self._publish_one(row) for row in rows), return_exceptions=True)
        outcomes = await self._leadership.keep_during(publishing, connection)
        sent: list[int] = []
        unroutable: dict[int, str] = {}
        failures: list[BaseException] = []
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome is None:
                sent.append(row["id"])
            elif isinstance(outcome, UndeliverableError):
                unroutable[row["id"]] = outcome.reason.value
                log.warning("a message waits until the broker takes it", type=row["type"], reason=str(outcome))
            else:  # a lost connection also cancels what it was processing
                failures.append(outcome)
        if sent:
            await connection.execute(DROP, sent)
        if unroutable:
            await connection.execute(POSTPONE, list(unroutable), list(unroutable.values()), POSTPONED_S, LONGEST_POSTPONED_S)
        if failures:
            log.warning("the relay keeps what the broker did not confirm", count=len(failures), error=describe(failures[0]))
            await asyncio.sleep(RETRY_S)
        return not failures

    async def _publish_one(self, row: asyncpg.Record) -> None:
        self._leadership.check()
        await self._broker.publish(row["exchange"], envelope_of(row, self._source), row["body"])
        PUBLISHED.labels(row["type"]).inc()


def envelope_of(row: asyncpg.Record, source: str) -> Envelope:
    """Return the envelope in which a row of the outbox of this service is published."""
    return Envelope(
        id=UUID(bytes=row["event_id"].bytes),
        type=row["type"],
        source=source,
        time=row["written_at"],
        subject=row["subject"],
        correlationid=row["correlation_id"],
        causationid=row["causation_id"],
        sequence=row["sequence"],
        traceparent=row["traceparent"],
    )
