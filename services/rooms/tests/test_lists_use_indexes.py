"""The lists of holds and the calendar use an index, whatever they are filtered by: their plans with realistic statistics."""

from typing import Any, Final

import asyncpg
from chassis.database import Database
from local.servers import Postgres
from rooms import queries
from rooms.domain import HoldStatus, Wish
from rooms.settings import Settings
from sqlalchemy import text
from support import MakeDatabase
from support.network_rows import write_network
from support.statements import plan_of, scanned_whole, statements_of

BOOKINGS: Final = 10_000
LARGE: Final = {"hold"}
"""The table that grows with the bookings: no list may read it whole."""
ONE: Final = text("SELECT * FROM hold WHERE status = 'confirmed' ORDER BY starts_at, id LIMIT 1")


async def test_no_list_reads_all_holds(make_database: MakeDatabase, postgres_server: Postgres) -> None:
    url = await make_database("rooms")
    await write_network(f"{postgres_server.superuser_dsn.rpartition('/')[0]}/{url.rpartition('/')[2]}", "rooms", BOOKINGS)
    database = Database(Settings(service="rooms", database_url=url, broker_url="amqp://nowhere"))
    async with database.reading() as db:
        one = (await db.rows(ONE))[0]
        day = one.starts_at.date()
        nothing: dict[str, Any] = {"site_id": None, "room_id": None, "status": None, "needs_replanning": None}
        lists: list[dict[str, Any]] = [
            nothing | where | {"status": status}
            for where in (nothing, {"site_id": one.site_id}, {"room_id": one.room_id}, {"needs_replanning": True})
            for status in (None, HoldStatus.HELD, HoldStatus.CONFIRMED, HoldStatus.REFUSED)
        ]
        with statements_of(database) as sent:
            for wanted in lists:
                await queries.list_holds(db, **wanted, limit=50, cursor=None)
            await queries.find_hold(db, one.id)
            await queries.calendar(db, one.site_id, (day, day))
            await queries.utilization(db, one.site_id, (day, day))
            await queries.availability(db, Wish(one.site_id, one.starts_at, one.ends_at))
            await queries.measure_holds(db)
    await database.close()
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    found = [(statement, scanned_whole(await plan_of(connection, statement)) & LARGE) for statement in sent]
    await connection.close()
    assert len(found) >= len(lists)
    assert [statement for statement, tables in found if tables] == []
