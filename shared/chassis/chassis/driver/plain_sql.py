"""Statements that are written as SQL go to the driver as they are: what SQLAlchemy does around one takes longer than the statement.

Transactions, pools and errors stay SQLAlchemy's. Statements that it builds, and texts with typed parameters, pass through it as usual.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NoReturn
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Connection, Executable, TextClause, TextualSelect, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import NullType

DIALECT: Final = PGDialect_asyncpg()
PARAMETER: Final = re.compile(r"(?<![:\\\w]):(\w+)")
TARGET: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
COMBINATIONS_KEPT: Final = 500

Write = tuple[TextClause, Mapping[str, Any]]
"""A statement that writes, and its parameters."""


class DriverRow(asyncpg.Record):
    """A row whose columns are read as attributes too, as SQLAlchemy's rows are."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever was selected)
        """Return a column; AttributeError where the statement does not select it."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def _fields(self) -> tuple[str, ...]:
        return tuple(self.keys())


@dataclass(frozen=True, slots=True)
class PlainSql:
    """A statement in PostgreSQL's own words."""

    text: str
    """With a number for each parameter."""
    names: tuple[str, ...]
    """The parameters, in the order of their numbers."""

    def arguments(self, parameters: Mapping[str, Any] | None) -> list[Any]:
        """Return the values in order; KeyError where one is missing."""
        given = parameters or {}
        return [given[name] for name in self.names]


_plain: Final[WeakKeyDictionary[Executable, PlainSql | None]] = WeakKeyDictionary()


def plain_sql(statement: Executable) -> PlainSql | None:
    """Return a text as the driver takes it; None of what SQLAlchemy has to build or to convert."""
    if not isinstance(statement, (TextClause, TextualSelect)):
        return None
    if statement not in _plain:
        compiled = statement.compile(dialect=DIALECT)
        is_converted = any(not isinstance(bind.type, NullType) for bind in compiled.binds.values()) or (
            isinstance(statement, TextualSelect) and any(map(_is_converted, statement.selected_columns))
        )
        _plain[statement] = None if is_converted else PlainSql(compiled.string, tuple(compiled.positiontup or ()))
    return _plain[statement]


def written_table(statement: TextClause) -> str:
    """Return the table that a statement writes to; ValueError where it does not begin with one."""
    found = TARGET.match(statement.text)
    if found is None:
        message = "the statement does not begin with INSERT INTO, UPDATE or DELETE FROM and a table"
        raise ValueError(message)
    return found[1]


def combined(writes: Sequence[Write]) -> Write:
    """Return one statement that does what several do, each on another table; none sees what the others write."""
    if len(writes) == 1:
        return writes[0]
    parameters = {f"w{number}_{name}": value for number, (_, each) in enumerate(writes) for name, value in each.items()}
    return _combined(tuple(statement for statement, _ in writes)), parameters


@lru_cache(COMBINATIONS_KEPT)
def _combined(statements: tuple[TextClause, ...]) -> TextClause:
    *others, last = (PARAMETER.sub(rf":w{number}_\1", statement.text) for number, statement in enumerate(statements))
    return text(f"WITH {', '.join(f'w{number} AS ({other})' for number, other in enumerate(others))} {last}")


def _is_converted(column: Any) -> bool:  # noqa: ANN401 (a column of any type)
    return column.type.dialect_impl(DIALECT).result_processor(DIALECT, None) is not None


class Driver:
    """The driver's connection of a session, in the session's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Take the connection that the session has."""
        self._connection = connection
        inner: Any = connection.sync_connection
        self._engine = inner.engine
        self._adapted = inner.connection.dbapi_connection
        """SQLAlchemy's view of it, which knows whether a transaction has begun."""
        self._driver: asyncpg.Connection = self._adapted.driver_connection

    @classmethod
    async def of(cls, session: AsyncSession) -> "Driver":
        """Return that of a session, which takes a connection from its pool where it has none yet."""
        return cls(await session.connection())

    async def rows(self, statement: PlainSql, parameters: Mapping[str, Any] | None) -> Sequence[Any]:
        """Return every row; sqlalchemy.exc.DBAPIError as from SQLAlchemy."""
        arguments = statement.arguments(parameters)
        try:
            async with self._adapted._execute_mutex:  # noqa: SLF001 (by which SQLAlchemy lets one statement run at a time)
                await self._begin(statement.text, arguments)
                return await self._driver.fetch(statement.text, *arguments, record_class=DriverRow)
        except BaseException as error:  # noqa: BLE001 (also one that is cancelled, whose connection is given up)
            await self._connection.run_sync(self._raise, error, statement.text)

    async def execute(self, statement: PlainSql, parameters: Mapping[str, Any] | None) -> int:
        """Run it; return how many rows it touched."""
        arguments = statement.arguments(parameters)
        try:
            async with self._adapted._execute_mutex:  # noqa: SLF001 (as above)
                await self._begin(statement.text, arguments)
                status = await self._driver.execute(statement.text, *arguments)
        except BaseException as error:  # noqa: BLE001 (as above)
            await self._connection.run_sync(self._raise, error, statement.text)
        last = str(status).rpartition(" ")[2]
        return int(last) if last.isdigit() else -1

    async def _begin(self, text: str, arguments: list[Any]) -> None:
        """Have SQLAlchemy begin its transaction with the first statement, and note each for those who listen to its statements."""
        for note in self._engine.dispatch.before_cursor_execute:
            note(None, None, text, arguments, None, False)
        if self._adapted._transaction is None:  # noqa: SLF001 (SQLAlchemy begins with its own first statement)
            await self._adapted._start_transaction()  # noqa: SLF001 (as above)

    def _raise(self, connection: Connection, error: BaseException, text: str) -> NoReturn:
        """Raise an error as SQLAlchemy does, which also gives up connections that are lost."""
        try:
            self._raise_named(error)
        except BaseException as named:  # noqa: BLE001 (SQLAlchemy reads what is being handled)
            connection._handle_dbapi_exception(named, text, None, None, None)  # noqa: SLF001 (as above)

    def _raise_named(self, error: BaseException) -> NoReturn:
        """Raise an error of the driver by SQLAlchemy's name for it, and any other as it is."""
        if isinstance(error, Exception):
            self._adapted._handle_exception(error)  # noqa: SLF001 (as above)
        raise error
