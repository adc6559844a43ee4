"""Holds that ended long ago are forgotten; what takes a room, and demand of the last year, stays."""

from collections.abc import AsyncIterator

import pytest
from chassis.data.database import Database
from pydantic import SecretStr
from rooms.holds import use_cases
from rooms.settings import Settings
from sqlalchemy import text

ADD = text("""
    INSERT INTO hold (id, session_id, site_id, starts_at, status, alternatives, created_at, updated_at)
    SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), status, '[]', now(), now() - make_interval(days => age)
    FROM unnest(ARRAY['refused', 'expired', 'released']) AS status CROSS JOIN unnest(ARRAY[30, 100, 500]) AS age
""")
ADD_NO_SHOWS = text("""
    INSERT INTO hold (id, session_id, site_id, starts_at, status, reason, alternatives, created_at, updated_at)
    SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), 'released', 'no_show', '[]', now(),
        now() - make_interval(days => age)
    FROM unnest(ARRAY[30, 100, 399, 401]) AS age
""")
LEFT = text("SELECT status, (extract(epoch FROM now() - updated_at) / 86400)::int AS age FROM hold ORDER BY 1, 2")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Write to the database of rooms without any service beside."""
    database = Database(Settings(database_url=SecretStr(database_url), broker_url=SecretStr("amqp://nobody")))
    yield database
    await database.close()


async def test_holds_that_ended_long_ago_are_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(ADD)
    async with database.transaction() as tx:
        assert await use_cases.forget_holds(tx) == 5
    async with database.reading() as db:
        left = [(row.status, row.age) for row in await db.rows(LEFT)]
    assert left == [("expired", 30), ("refused", 30), ("refused", 100), ("released", 30)]


async def test_no_shows_are_kept_for_as_long_as_refused_demand(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(ADD_NO_SHOWS)
    async with database.transaction() as tx:
        assert await use_cases.forget_holds(tx) == 1
    async with database.reading() as db:
        assert [row.age for row in await db.rows(LEFT)] == [30, 100, 399]
