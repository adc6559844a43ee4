"""One transaction per request or batch, opened and committed at the edge only; readers that cannot write.

Use cases take a Transaction, queries a ReadSession; neither can commit.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar, TypeVarTuple, overload
from uuid import UUID
from weakref import WeakSet

from contracts.types import new_id
from pydantic_core import from_json, to_json
from sqlalchemy import Executable, Row, event, insert, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.sql.selectable import TypedReturnsRows

from chassis.address import Address
from chassis.data import tables
from chassis.database_errors import lost
from chassis.telemetry import tracing

if TYPE_CHECKING:
    import asyncpg
    from contracts.message import Message

    from chassis.settings import Settings

STATEMENT_TIMEOUT_MS: Final = 20_000
LOCK_TIMEOUT_MS: Final = 10_000
IDLE_TRANSACTION_TIMEOUT_MS: Final = 15_000
"""What a frozen process has locked is free again after this."""
IDLE_SNAPSHOT_TIMEOUT_MS: Final = 300_000
"""How long nothing may be read for a long answer; a reader that takes nothing is ended sooner, a part waits for other files' parts."""
CONNECT_TIMEOUT_S: Final = 5
CLOSE_S: Final = 2
"""How long a stopping process waits for the server to close its connections."""
LOOK_S: Final = 3
"""How long a look at whether the database takes work lasts at most."""
FRESH_S: Final = 1.0
"""A reader takes a connection that was used so short a time ago without a look at the server first, unless it is known to be lost."""
BATCH_ROWS: Final = 500
"""So many rows of a long answer are in memory at once."""
OUTGOING_MESSAGES_AT_ONCE: Final = 100
"""So many messages are written to the outbox by one statement; other requests are served in between."""

TAKES_WORK: Final = "SELECT event_id FROM inbox LIMIT 0 FOR UPDATE"

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class CommitUnknownError(ConnectionError):
    """The database went away during the commit: whether the work is done is unknown."""


class ReadSession:
    """A look at the database."""

    def __init__(self, session: AsyncSession) -> None:
        """Wrap a session that only the edge may commit."""
        self._session = session

    @overload
    async def rows(self, statement: TypedReturnsRows[*Ts], parameters: dict[str, Any] | None = None) -> Sequence[Row[*Ts]]: ...
    @overload
    async def rows(self, statement: Executable, parameters: dict[str, Any] | None = None) -> Sequence[Row[*tuple[Any, ...]]]: ...
    async def rows(self, statement: Executable, parameters: dict[str, Any] | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return every row."""
        return (await self._session.execute(statement, parameters)).all()

    async def scalars(self, statement: TypedReturnsRows[T]) -> Sequence[T]:
        """Return the first column of every row."""
        return (await self._session.scalars(statement)).all()

    async def scalar(self, statement: Executable, parameters: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 (whatever was selected)
        """Return the first column of the first row, or None."""
        return await self._session.scalar(statement, parameters)

    async def find(self, entity: type[T], key: UUID | str) -> T | None:
        """Return the row with this key, or None."""
        return await self._session.get(entity, key)


class Snapshot(ReadSession):
    """A look at the database as it was at one moment, however many statements it takes and however long it lasts."""

    async def stream(
        self, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[Sequence[Row[*tuple[Any, ...]]]]:
        """Return rows a batch at a time from a cursor at the server: memory does not grow with them."""
        found = await self._session.stream(statement, parameters, execution_options={"yield_per": BATCH_ROWS})
        try:
            async for batch in found.partitions(BATCH_ROWS):
                yield batch
        finally:
            await found.close()


class Transaction(ReadSession):
    """One unit of work: what is written and what is sent become true together, or not at all."""

    def __init__(self, session: AsyncSession, now: datetime, causes: Sequence[UUID] = ()) -> None:
        """Begin at ``now``, because of the messages with these ids."""
        super().__init__(session)
        self.now = now
        """The one time that everything in this transaction agrees on."""
        self._causation = str(causes[0]) if len(causes) == 1 else None
        self._outgoing_messages: list[dict[str, Any]] = []
        self.after_commit: list[Callable[[], None]] = []
        """What to call once it is true; must not fail or wait."""

    async def lock(self, entity: type[T], key: UUID | str) -> T | None:
        """Return the row with this key, locked against other writers, or None."""
        return await self._session.get(entity, key, with_for_update=True)

    def add(self, row: object) -> None:
        """Insert a row."""
        self._session.add(row)

    async def flush(self) -> None:
        """Write what was added or changed now, so that a statement or a constraint sees it."""
        await self._session.flush()

    async def execute(self, statement: Executable, parameters: Any = None) -> int:  # noqa: ANN401 (one dict or a list of them)
        """Run a statement that returns no rows; return how many rows it touched."""
        result = await self._session.execute(statement, parameters)
        return result.rowcount  # type: ignore[attr-defined]

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Let the part inside fail alone: what it wrote, what it sent and what it would have called after the commit is undone."""
        outgoing_messages, calls = len(self._outgoing_messages), len(self.after_commit)
        try:
            async with self._session.begin_nested():
                yield
        except BaseException:
            del self._outgoing_messages[outgoing_messages:], self.after_commit[calls:]
            raise

    def send(self, message: "Message") -> UUID:
        """Send a message when, and only when, this transaction commits; return its event id."""
        event_id = new_id()
        self._outgoing_messages.append(
            {
                "event_id": event_id,
                "type": message.type,
                "exchange": message.exchange,
                "subject": message.subject and str(message.subject),
                "correlation_id": message.correlation and str(message.correlation),
                "causation_id": self._causation,
                "sequence": message.sequence,
                "traceparent": tracing.current(),
                "written_at": self.now,
                "body": message.model_dump_json().encode(),
            }
        )
        return event_id

    async def record(self) -> bool:
        """Write the outbox after everything else, so that message ids follow the locks; return whether there were any."""
        await self._session.flush()
        for first in range(0, len(self._outgoing_messages), OUTGOING_MESSAGES_AT_ONCE):
            await self._session.execute(insert(tables.outbox), self._outgoing_messages[first : first + OUTGOING_MESSAGES_AT_ONCE])
        return bool(self._outgoing_messages)


class Database:
    """A service's own database."""

    def __init__(self, settings: "Settings") -> None:
        """Prepare two pools, one that writes and one that cannot; nothing is connected yet."""
        self._writing = _engine(settings, readonly=False)
        self._reading = _engine(settings, readonly=True)
        self._connections: WeakSet[asyncpg.Connection] = WeakSet()
        self._address = Address.read(settings.database_url)
        self._look_name = application_name(settings.service, "look")
        self._look: asyncio.Task[bool] | None = None
        self._looking: asyncpg.Connection | None = None
        for engine in (self._writing, self._reading):
            event.listen(engine.sync_engine, "connect", self._note_connection)
        self.on_outgoing_messages: Callable[[], None] = lambda: None
        """Called after a commit that left messages in the outbox."""

    @asynccontextmanager
    async def transaction(self, causes: Sequence[UUID] = (), *, lock_timeout_ms: int | None = None) -> AsyncIterator[Transaction]:
        """Open a transaction and commit it at the end; roll it back on any error. None waits for locks as long as usual.

        CommitUnknownError where the database is lost during the commit.
        """
        async with AsyncSession(self._writing, expire_on_commit=False, autoflush=False) as session:
            if lock_timeout_ms is not None:
                await session.execute(text(f"SET LOCAL lock_timeout = {lock_timeout_ms:d}"))
            tx = Transaction(session, datetime.now(UTC), causes)
            yield tx
            has_outgoing_messages = await tx.record()
            try:
                await session.commit()
            except Exception as error:
                if not lost(error):
                    raise
                message = "the database went away during the commit"
                raise CommitUnknownError(message) from error
        if has_outgoing_messages:
            self.on_outgoing_messages()
        for call in tx.after_commit:
            call()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        """Open a session that PostgreSQL itself keeps from writing."""
        async with AsyncSession(self._reading, expire_on_commit=False, autoflush=False) as session:
            yield ReadSession(session)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Open a session that cannot write and sees one moment."""
        async with AsyncSession(self._reading, expire_on_commit=False, autoflush=False) as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield Snapshot(session)

    @property
    def is_exhausted(self) -> bool:
        """Whether every connection that can only read is in use right now."""
        pool = self._reading.pool
        return isinstance(pool, QueuePool) and pool.checkedout() >= pool.size()

    async def takes_work(self, within_s: float = LOOK_S) -> bool:
        """Whether this service can log in and write, and its tables are there, and that is known in time.

        Looked at on a connection of its own: also while work has every other one in use. Who asks meanwhile gets the same answer.
        """
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._takes_work(), name="look at the database")
        look = self._look
        await asyncio.wait([look], timeout=within_s)
        return look.done() and look.result()

    async def _takes_work(self) -> bool:
        try:
            async with asyncio.timeout(LOOK_S):
                if self._looking is None or self._looking.is_closed():
                    self._looking = await self._address.connect(self._look_name, statement_s=LOOK_S)
                await self._looking.execute(TAKES_WORK)
        except Exception:  # noqa: BLE001 (the driver has errors of its own for settings that it does not know)
            if self._looking is not None:
                self._looking.terminate()
            return False
        return True

    async def close(self) -> None:
        """Close every connection; those that are in use, or that the server does not close in time, are cut."""
        if self._look is not None:
            self._look.cancel()
        looking: list[asyncpg.Connection] = [] if self._looking is None else [self._looking]
        await asyncio.gather(*(_close(connection) for connection in (*self._connections, *looking)))
        await self._writing.dispose()
        await self._reading.dispose()

    def _note_connection(self, opened: Any, _: object) -> None:  # noqa: ANN401 (the driver's, as SQLAlchemy adapts it)
        self._connections.add(opened.driver_connection)


async def _close(connection: "asyncpg.Connection") -> None:
    try:
        await connection.close(timeout=CLOSE_S)
    except Exception:  # noqa: BLE001 (one that is in use, or lost)
        connection.terminate()


def named(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[dict[str, Any]]:
    """Return rows of one statement as dictionaries; for many of them this takes a fraction of the time of reading each by name."""
    names = rows[0]._fields if rows else ()
    return [dict(zip(names, row, strict=True)) for row in rows]


@dataclass(frozen=True, slots=True)
class WrittenJson:
    """A value that is written as JSON already, such as one that was written beside the event loop."""

    text: str


def application_name(service: str, kind: str) -> str:
    """Return what the connections of a service, "writer", "reader" or "look", are called in PostgreSQL's views."""
    return f"holdfast-{service}-{kind}"


def _json(value: object) -> str:
    return value.text if isinstance(value, WrittenJson) else to_json(value).decode()


def _engine(settings: "Settings", *, readonly: bool) -> AsyncEngine:
    address = Address.read(settings.database_url)
    engine = create_async_engine(
        address.url,
        pool_size=settings.database_pool,
        max_overflow=0,
        pool_use_lifo=True,  # one that has its statements prepared is taken first
        pool_timeout=CONNECT_TIMEOUT_S,
        hide_parameters=True,  # errors are logged, and values are personal
        isolation_level="AUTOCOMMIT" if readonly else "READ COMMITTED",
        json_serializer=_json,
        json_deserializer=from_json,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "ssl": address.encryption(),
            "command_timeout": STATEMENT_TIMEOUT_MS / 1000 + 5,
            "server_settings": {
                "application_name": application_name(settings.service, "reader" if readonly else "writer"),
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "idle_in_transaction_session_timeout": str(IDLE_SNAPSHOT_TIMEOUT_MS if readonly else IDLE_TRANSACTION_TIMEOUT_MS),
                "default_transaction_read_only": "on" if readonly else "off",
                "timezone": "UTC",
                "jit": "off",
            },
        },
    )
    if readonly:
        event.listen(engine.sync_engine, "checkin", _note_use)
        event.listen(engine.sync_engine, "checkout", _look_before_use)
    return engine


def _note_use(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = time.monotonic()


def _look_before_use(connection: Any, entry: ConnectionPoolEntry, _: object) -> None:  # noqa: ANN401 (the driver's, as SQLAlchemy adapts it)
    """Have another connection opened where the server does not answer on this one; readers do not repeat what they began."""
    used = entry.info.get("used")
    if used is None or (time.monotonic() - used < FRESH_S and not connection.driver_connection.is_closed()):
        return
    try:
        connection.ping()
    except Exception as error:
        raise InvalidatePoolError from error
