"""One transaction per request or batch, opened and committed at the edge only; readers that cannot write.

Use cases take a Transaction, queries a ReadSession; neither can commit.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar, TypeVarTuple, overload
from uuid import UUID
from weakref import WeakSet

from contracts.types import new_id
from sqlalchemy import Executable, Row, TextClause, event, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.selectable import TypedReturnsRows

from chassis.address import Address
from chassis.database_errors import lost
from chassis.driver.connections import application_name, pool_of
from chassis.driver.plain_sql import Driver, Write, combined, plain_sql, written_table
from chassis.telemetry import tracing

if TYPE_CHECKING:
    import asyncpg
    from contracts.message import Message

    from chassis.settings import Settings

CLOSE_S: Final = 2
"""How long a stopping process waits for the server to close its connections."""
LOOK_S: Final = 3
"""How long a look at whether the database takes work lasts at most."""
BATCH_ROWS: Final = 500
"""So many rows of a long answer are in memory at once."""
OUTGOING_MESSAGES_AT_ONCE: Final = 500
"""So many messages are written to the outbox by one statement; other requests are served in between."""

OUTBOX_COLUMNS: Final = {
    "event_id": "uuid",
    "type": "text",
    "exchange": "text",
    "subject": "text",
    "correlation_id": "text",
    "causation_id": "text",
    "sequence": "integer",
    "traceparent": "text",
    "written_at": "timestamptz",
    "body": "bytea",
}
ADD_TO_OUTBOX: Final = text(
    f"INSERT INTO outbox ({', '.join(OUTBOX_COLUMNS)}) "  # noqa: S608 (our columns)
    f"SELECT * FROM unnest({', '.join(f'CAST(:{name} AS {kind}[])' for name, kind in OUTBOX_COLUMNS.items())})"
)
"""Writes messages, given as one array for each column, in order."""

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
        self._driver: Driver | None = None

    @overload
    async def rows(self, statement: TypedReturnsRows[*Ts], parameters: dict[str, Any] | None = None) -> Sequence[Row[*Ts]]: ...
    @overload
    async def rows(self, statement: Executable, parameters: dict[str, Any] | None = None) -> Sequence[Row[*tuple[Any, ...]]]: ...
    async def rows(self, statement: Executable, parameters: dict[str, Any] | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return every row."""
        await self._write()
        if plain := plain_sql(statement):
            return await (await self._own_driver()).rows(plain, parameters)
        return (await self._session.execute(statement, parameters)).all()

    async def _write(self) -> None:
        """Do what is to be done before anything is read."""

    async def _own_driver(self) -> Driver:
        if self._driver is None:
            self._driver = await Driver.of(self._session)
        return self._driver

    async def scalars(self, statement: TypedReturnsRows[T]) -> Sequence[T]:
        """Return the first column of every row."""
        await self._write()
        return (await self._session.scalars(statement)).all()

    async def scalar(self, statement: Executable, parameters: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 (whatever was selected)
        """Return the first column of the first row, or None."""
        await self._write()
        if plain := plain_sql(statement):
            rows = await (await self._own_driver()).rows(plain, parameters)
            return rows[0][0] if rows else None
        return await self._session.scalar(statement, parameters)

    async def find(self, entity: type[T], key: UUID | str) -> T | None:
        """Return the row with this key, or None."""
        await self._write()
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
        self._writes: list[dict[str, Write]] = []
        """What is to be written, together and then one after the other, by table."""
        self.after_commit: list[Callable[[], None]] = []
        """What to call once it is true; must not fail or wait."""

    async def lock(self, entity: type[T], key: UUID | str) -> T | None:
        """Return the row with this key, locked against other writers, or None."""
        await self._write()
        return await self._session.get(entity, key, with_for_update=True)

    def add(self, row: object) -> None:
        """Insert a row."""
        self._session.add(row)

    async def flush(self) -> None:
        """Write what was added or changed now, so that a statement or a constraint sees it."""
        await self._write()
        await self._session.flush()

    def write(self, statement: TextClause, parameters: dict[str, Any]) -> None:
        """Have a statement run before the next one that reads or is executed, or at the end: those that follow each other as one.

        Each takes a round trip otherwise. Those on one table are run one after the other; of those on several, none sees what others write.
        """
        table = written_table(statement)
        if not self._writes or table in self._writes[-1]:
            self._writes.append({})
        self._writes[-1][table] = (statement, parameters)

    async def _write(self) -> None:
        while self._writes:
            statement, parameters = combined(list(self._writes.pop(0).values()))
            if plain := plain_sql(statement):
                await (await self._own_driver()).execute(plain, parameters)
            else:
                await self._session.execute(statement, parameters)

    async def execute(self, statement: Executable, parameters: Any = None) -> int:  # noqa: ANN401 (one dict or a list of them)
        """Run a statement that returns no rows; return how many rows it touched."""
        await self._write()
        if (plain := plain_sql(statement)) and not isinstance(parameters, list):
            return await (await self._own_driver()).execute(plain, parameters)
        result = await self._session.execute(statement, parameters)
        return result.rowcount  # type: ignore[attr-defined]

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Let the part inside fail alone: what it wrote, what it sent and what it would have called after the commit is undone."""
        await self._write()
        outgoing_messages, calls = len(self._outgoing_messages), len(self.after_commit)
        try:
            async with self._session.begin_nested():
                await self._session.connection()  # SQLAlchemy begins the savepoint when it is first asked for the connection
                yield
                await self._write()
        except BaseException:
            del self._outgoing_messages[outgoing_messages:], self.after_commit[calls:]
            self._writes.clear()
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
        if self._session.new or self._session.dirty or self._session.deleted:
            await self.flush()
        for first in range(0, len(self._outgoing_messages), OUTGOING_MESSAGES_AT_ONCE):
            some = self._outgoing_messages[first : first + OUTGOING_MESSAGES_AT_ONCE]
            self.write(ADD_TO_OUTBOX, {name: [message[name] for message in some] for name in OUTBOX_COLUMNS})
        await self._write()
        return bool(self._outgoing_messages)


class Database:
    """A service's own database."""

    def __init__(self, settings: "Settings") -> None:
        """Prepare two pools, one that writes and one that cannot; nothing is connected yet."""
        self._writing = pool_of(settings, readonly=False)
        self._reading = pool_of(settings, readonly=True)
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
