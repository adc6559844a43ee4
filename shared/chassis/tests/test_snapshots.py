"""A long answer is read from one snapshot, a batch at a time."""

import asyncio

import pytest
from asyncpg import InterfaceError
from chassis.data.database import BATCH_ROWS, Database
from chassis.driver import connections
from sqlalchemy import Executable, func, select, text
from sqlalchemy.exc import DBAPIError
from toy import Settings

ROWS = 8 * BATCH_ROWS
IDLE_MS = 200


@pytest.mark.parametrize(
    "statement",
    [select(func.generate_series(1, ROWS)), text(f"SELECT generate_series(1, {ROWS})")],
    ids=["built", "written as SQL"],
)
async def test_a_snapshot_is_read_in_batches_and_raises_where_the_database_ended_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, statement: Executable
) -> None:
    monkeypatch.setattr(connections, "IDLE_SNAPSHOT_TIMEOUT_MS", IDLE_MS)
    short = Database(settings)
    batches: list[int] = []

    async def read_slowly() -> None:
        async with short.snapshot() as snapshot:
            async for batch in snapshot.stream(statement):
                batches.append(len(batch))
                await asyncio.sleep(4 * IDLE_MS / 1000)

    with pytest.raises((DBAPIError, InterfaceError), match="connection is closed"):
        await read_slowly()
    assert set(batches) <= {BATCH_ROWS}
    assert sum(batches) < ROWS
    await short.close()
