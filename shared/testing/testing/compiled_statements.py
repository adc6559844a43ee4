"""Statements that are compiled once a process: every test opens databases anew, and their engines run the same statements.

SQLAlchemy keeps what it has compiled with the engine and for its dialect, which a process of the product makes once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import pytest
from chassis.driver import connections
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

KEPT: Final = 5_000
"""Statements; the four services and their tests have some hundreds each."""


@contextmanager
def compiled_statements() -> Iterator[None]:
    """Let the engines of all databases within the block share their compiled statements; they are of one server and one driver."""
    compiled: LRUCache[Any, Any] = LRUCache(KEPT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PGDialect_asyncpg, "__hash__", _hash)
        patch.setattr(PGDialect_asyncpg, "__eq__", _equal)
        patch.setattr(connections, "create_async_engine", partial(_engine, compiled))
        yield


def _engine(compiled: LRUCache[Any, Any], *where: Any, **options: Any) -> AsyncEngine:
    engine = create_async_engine(*where, **options)
    engine.sync_engine._compiled_cache = compiled  # noqa: SLF001 (it can be given to a connection, not to an engine)
    return engine


def _kind(dialect: object) -> tuple[object, ...]:
    """Return what a compiled statement depends on of its dialect."""
    return type(dialect), getattr(dialect, "_json_serializer", None), getattr(dialect, "_json_deserializer", None)


def _hash(dialect: object) -> int:
    return hash(_kind(dialect))


def _equal(dialect: object, other: object) -> bool:
    return _kind(dialect) == _kind(other)
