"""What must be true of the whole platform whatever happened to it, read from its databases and its queues."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from httpx import AsyncClient
from testing.waiting import until

from support.platform import Platform

SETTLING_S: Final = 240.0

SHARED_ROOMS: Final = """
    SELECT one.id, other.id FROM hold one JOIN hold other ON one.room_id = other.room_id AND one.session_id < other.session_id
    WHERE one.status IN ('held', 'confirmed') AND other.status IN ('held', 'confirmed')
        AND tstzrange(one.starts_at, one.occupied_until) && tstzrange(other.starts_at, other.occupied_until)
"""
PEOPLE_IN_TWO_SESSIONS: Final = """
    WITH taken AS (
        SELECT id, unnest(ARRAY[therapist_id, client_id] || other_client_ids) AS person_id, tstzrange(starts_at, ends_at) AS during
        FROM session WHERE status IN ('booked', 'completed') OR (status = 'offered' AND hold_id IS NOT NULL)
    )
    SELECT one.id, other.id FROM taken one JOIN taken other
        ON one.id < other.id AND one.person_id = other.person_id AND one.during && other.during
"""
SESSIONS_WITH_ROOMS: Final = """
    SELECT id AS session_id, hold_id, room_id, starts_at, ends_at FROM session
    WHERE status IN ('booked', 'completed') OR (status = 'offered' AND hold_id IS NOT NULL)
"""
CONFIRMED_HOLDS: Final = "SELECT session_id, id AS hold_id, room_id, starts_at, ends_at FROM hold WHERE status = 'confirmed'"
UNCONFIRMED: Final = "SELECT count(*) FROM hold WHERE status = 'held'"
UNDECIDED: Final = "SELECT count(*) FROM session WHERE status = 'requested' OR pending_hold_id IS NOT NULL"
COMPLETED: Final = """
    SELECT id, unnest(CASE WHEN attended = '{}' THEN ARRAY[client_id] ELSE attended END) FROM session
    WHERE status = 'completed' ORDER BY 1, 2
"""
BILLED: Final = "SELECT session_id, client_id FROM record WHERE kind = 'session' AND payment_status <> 'voided' ORDER BY 1, 2"
TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL($1) ORDER BY tablename"
MACHINERY: Final = ["inbox", "lease", "outbox", "idempotency", "alembic_version", "timeline", "books_change", "books_total"]
"""What states nothing of its own: the counts of the books, for one, move from the changes to the totals by themselves."""


@asynccontextmanager
async def database(platform: Platform, service: str, name: str = "tests") -> AsyncIterator[asyncpg.Connection]:
    """Look into a service's database, on a connection of this name."""
    url = platform.databases[service].replace("+asyncpg", "", 1)
    connection = await asyncpg.connect(url, server_settings={"application_name": name})
    try:
        yield connection
    finally:
        await connection.close()


async def rows(platform: Platform, service: str, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    async with database(platform, service) as connection:
        return [tuple(row) for row in await connection.fetch(query, *arguments)]


async def settled(platform: Platform, within: float = SETTLING_S) -> None:
    """Wait until every session is decided, every hold confirmed, every completed session billed and nothing is under way."""
    await until(lambda: _rests(platform), within)


async def _rests(platform: Platform) -> bool:
    for service in platform.databases:
        if await rows(platform, service, "SELECT 1 FROM outbox LIMIT 1"):
            return False
    undecided = [*await rows(platform, "scheduling", UNDECIDED), *await rows(platform, "rooms", UNCONFIRMED)]
    if undecided != [(0,), (0,)]:
        return False
    return await rows(platform, "scheduling", COMPLETED) == await rows(platform, "billing", BILLED)


async def nothing_contradicts(platform: Platform) -> None:
    """Check that nobody is in two places, both sides agree about every room, and each client of a completed session has one record."""
    assert await rows(platform, "rooms", SHARED_ROOMS) == [], "a room has two sessions at once"
    assert await rows(platform, "scheduling", PEOPLE_IN_TWO_SESSIONS) == [], "a person is in two sessions at once"
    sessions, holds = await rows(platform, "scheduling", SESSIONS_WITH_ROOMS), await rows(platform, "rooms", CONFIRMED_HOLDS)
    assert sorted(sessions) == sorted(holds), "scheduling and rooms disagree"
    assert await rows(platform, "scheduling", COMPLETED) == await rows(platform, "billing", BILLED), "not one record per session and client"
    for service in platform.databases:
        assert await metric(platform, service, "holdfast_parked_messages") == 0, f"{service} has parked a message"


async def metric(platform: Platform, service: str, name: str) -> float:
    """Add up what a service states of one of its metrics, whatever the labels."""
    async with AsyncClient(base_url=platform.services[service].url) as client:
        stated = (await client.get("/metrics")).raise_for_status().text
    samples = (line.rpartition(" ") for line in stated.splitlines() if line.startswith((f"{name} ", f"{name}{{")))
    return sum(float(value) for _, _, value in samples)


async def everything(platform: Platform, *, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return every row that a service keeps about its own domain, some columns left out."""
    found: dict[str, list[str]] = {}
    for service in platform.databases:
        async with database(platform, service) as connection:
            for (table,) in await connection.fetch(TABLES, MACHINERY):
                query = f'SELECT (to_jsonb(t) - $1::text[])::text AS row FROM "{table}" t ORDER BY 1'  # noqa: S608 (a table of ours)
                found[f"{service}.{table}"] = [row["row"] for row in await connection.fetch(query, list(but))]
    return found
