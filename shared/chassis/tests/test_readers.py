"""Readers ask the server whether a connection still works only where it may have been lost without their notice."""

import asyncio

import asyncpg
import pytest
from chassis.data.database import Database
from chassis.driver import connections
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from testing import until


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with each look at the server before a connection is used."""
    seen: list[int] = []
    ping = AsyncAdapt_asyncpg_connection.ping

    def look(connection: AsyncAdapt_asyncpg_connection) -> None:
        seen.append(id(connection))
        ping(connection)

    monkeypatch.setattr(AsyncAdapt_asyncpg_connection, "ping", look)
    return seen


async def backend(database: Database) -> int:
    async with database.reading() as db:
        return await db.scalar(text("SELECT pg_backend_pid()"))


async def test_a_connection_that_was_used_just_now_is_taken_as_it_is(database: Database, looks: list[int]) -> None:
    assert len({await backend(database) for _ in range(5)}) == 1
    assert looks == []


async def test_a_connection_that_was_not_used_for_a_while_is_looked_at_first(
    database: Database, looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "FRESH_S", 0.0)
    assert len({await backend(database) for _ in range(3)}) == 1
    assert len(looks) == 2


@pytest.mark.parametrize("fresh_s", [0.0, 1_000.0])
async def test_readers_whose_connections_were_ended_read_on_others(
    database: Database, toy_database: str, fresh_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "FRESH_S", fresh_s)
    several = set(await asyncio.gather(*(backend(database) for _ in range(4))))
    beside = await asyncpg.connect(toy_database.replace("+asyncpg", ""))
    await beside.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid", several)

    async def are_gone() -> bool:
        return not await beside.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1)", several)

    async def are_noticed() -> bool:
        return all(connection.is_closed() for connection in database._connections)  # noqa: SLF001 (nothing public says when the driver notices)

    await until(are_gone)
    await beside.close()
    if fresh_s:
        await until(are_noticed)  # a moment later, of which the reader that looks first knows nothing
    others = set(await asyncio.gather(*(backend(database) for _ in range(4))))
    assert others
    assert not others & several


async def test_the_connection_that_was_used_last_is_taken_first(database: Database) -> None:
    await asyncio.gather(*(backend(database) for _ in range(4)))
    assert len({await backend(database) for _ in range(4)}) == 1
