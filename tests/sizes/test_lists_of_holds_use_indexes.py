"""The lists of holds and the calendar use an index, whatever they are filtered by: their plans with realistic statistics."""

from typing import Any, Final

import asyncpg
from chassis.data.database import Database
from rooms.availability import queries
from rooms.calendar import queries as calendar_queries
from rooms.holds import queries as holds_queries
from rooms.holds.rules import HoldStatus, RoomNeed
from rooms.settings import Settings
from servers import Postgres
from sqlalchemy import text
from support.network_rows import write_network
from testing import MakeDatabase
from testing.statements import pages_of, plan_of, scanned_whole, statements_of

BOOKINGS: Final = 10_000
LARGE: Final = {"hold"}
"""The table that grows with the bookings: no list may read it whole."""
MOST_PAGES: Final = 1_500
"""In memory or not. The 2,000 bookings to come have more, looked at one by one, and no list may take more with more of them."""
DISPLACE: Final = """
    UPDATE hold SET starts_at = starts_at + interval '28 days', ends_at = ends_at + interval '28 days',
        occupied_until = occupied_until + interval '28 days'
    WHERE starts_at >= current_date;
    UPDATE hold SET outside_hours = true
    WHERE id IN (SELECT id FROM hold WHERE status = 'confirmed' AND starts_at > now() ORDER BY starts_at DESC, id LIMIT 3);
    UPDATE hold SET unsuitable_room = true
    WHERE id IN (SELECT id FROM hold WHERE status = 'confirmed' AND starts_at > now() ORDER BY starts_at DESC, id OFFSET 3 LIMIT 2);
    UPDATE room SET is_active = false
    WHERE id = (SELECT room_id FROM hold WHERE status = 'confirmed' AND starts_at > now() ORDER BY starts_at, id LIMIT 1);
    INSERT INTO block (id, site_id, room_id, starts_at, ends_at, reason, created_at)
    SELECT gen_random_uuid(), site_id, room_id, starts_at - interval '5 minutes', starts_at + interval '5 minutes', 'paint', now()
    FROM hold WHERE status = 'confirmed' AND starts_at > now() + interval '3 days' ORDER BY starts_at, id LIMIT 4
"""
DISPLACED: Final = """
    SELECT id FROM hold WHERE status IN ('held', 'confirmed') AND ends_at > now() AND (
        outside_hours OR unsuitable_room OR room_id IN (SELECT id FROM room WHERE NOT is_active)
        OR EXISTS (
            SELECT FROM block
            WHERE block.room_id = hold.room_id AND block.starts_at < hold.ends_at AND block.ends_at > hold.starts_at
        )
    ) ORDER BY id DESC
"""
ONE: Final = text("SELECT * FROM hold WHERE status = 'confirmed' ORDER BY starts_at, id LIMIT 1")


async def test_no_list_reads_all_holds(make_database: MakeDatabase, postgres_server: Postgres) -> None:
    url = await make_database("rooms")
    await write_network(f"{postgres_server.superuser_dsn.rpartition('/')[0]}/{url.rpartition('/')[2]}", "rooms", BOOKINGS)
    database = Database(Settings(service="rooms", database_url=url, broker_url="amqp://nowhere"))
    async with database.reading() as db:
        one = (await db.rows(ONE))[0]
        day = one.starts_at.date()
        nothing: dict[str, Any] = {"site_id": None, "room_id": None, "status": None, "needs_replanning": None, "session_id": None}
        lists: list[dict[str, Any]] = [
            nothing | where | {"status": status}
            for where in (
                nothing,
                {"site_id": one.site_id},
                {"room_id": one.room_id},
                {"session_id": one.session_id},
                {"needs_replanning": True},
            )
            for status in (None, HoldStatus.HELD, HoldStatus.CONFIRMED, HoldStatus.REFUSED)
        ]
        with statements_of(database) as sent:
            for wanted in lists:
                await holds_queries.list_holds(db, **wanted, limit=50, cursor=None)
            await holds_queries.find_hold(db, one.id)
            await calendar_queries.calendar(db, one.site_id, (day, day))
            await calendar_queries.utilization(db, one.site_id, (day, day))
            await queries.availability(db, RoomNeed(one.site_id, one.starts_at, one.ends_at))
            await holds_queries.measure_holds(db)
    await database.close()
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    found = [(statement, scanned_whole(await plan_of(connection, statement)) & LARGE) for statement in sent]
    await connection.close()
    assert len(found) >= len(lists)
    assert [statement for statement, tables in found if tables] == []


async def test_holds_that_need_a_new_place_are_found_from_what_displaces_them(
    make_database: MakeDatabase, postgres_server: Postgres
) -> None:
    url = await make_database("rooms")
    await write_network(f"{postgres_server.superuser_dsn.rpartition('/')[0]}/{url.rpartition('/')[2]}", "rooms", BOOKINGS)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(DISPLACE)
    displaced = [row["id"] for row in await connection.fetch(DISPLACED)]
    database = Database(Settings(service="rooms", database_url=url, broker_url="amqp://nowhere"))
    asked: dict[str, Any] = {"site_id": None, "room_id": None, "needs_replanning": True, "limit": 200, "cursor": None}
    async with database.reading() as db:
        with statements_of(database) as sent:
            found = [await holds_queries.list_holds(db, **asked, status=status) for status in (None, HoldStatus.CONFIRMED)]
            by_start = await holds_queries.list_holds(db, **asked, status=None, soonest_first=True)
    await database.close()
    pages = [pages_of(await plan_of(connection, statement, analyze=True)) for statement in sent]
    await connection.close()
    assert [[hold.id for hold in page.items] for page in found] == [displaced, displaced]
    assert ({hold.id for hold in by_start.items}, by_start.total) == (set(displaced), len(displaced))
    assert len(displaced) > 3 + 2 + 4
    assert [each for each in pages if each > MOST_PAGES] == []
