"""The lists that people read most use an index, whatever they are filtered by: their plans with realistic statistics."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import asyncpg
from chassis.data.database import Database
from contracts.scheduling import SessionStatus
from contracts.types import ClientId, TherapistId
from scheduling.day import queries as day_queries
from scheduling.progress import queries as progress_queries
from scheduling.replicas import queries
from scheduling.series import queries as series_queries
from scheduling.sessions.queries import latest_of_client, latest_of_therapist
from scheduling.settings import Settings
from scheduling.timelines import queries as timelines_queries
from servers import Postgres
from sqlalchemy import text
from support.network_rows import write_network
from testing import MakeDatabase
from testing.statements import pages_of, plan_of, scanned_whole, statements_of

BOOKINGS: Final = 10_000
LARGE: Final = {"session", "taken", "timeline"}
"""Tables that grow with the bookings: no list may read one of them whole."""
PAGES_OF_ONE: Final = 100
"""What the sessions of one person lie on, with their indexes; those of everybody lie on thousands."""
OPEN: Final[dict[str, Any]] = {"since": None, "until": None}
ONE: Final = text("SELECT * FROM session WHERE series_id IS NOT NULL ORDER BY starts_at DESC, id LIMIT 1")


async def test_lists_and_removals_read_no_large_table_whole(make_database: MakeDatabase, postgres_server: Postgres) -> None:
    url = await make_database("scheduling")
    await write_network(f"{postgres_server.superuser_dsn.rpartition('/')[0]}/{url.rpartition('/')[2]}", "scheduling", BOOKINGS)
    database = Database(Settings(service="scheduling", database_url=url, broker_url="amqp://nowhere"))
    now = datetime.now(UTC)
    async with database.reading() as db:
        one = (await db.rows(ONE))[0]
        begin, end = await queries.day_of(db, one.site_id, one.starts_at.date())
        that_day = {"since": begin, "until": end}
        site, therapist, room = {"site_id": one.site_id}, {"therapist_id": one.therapist_id}, {"room_id": one.room_id}
        nobody: dict[str, Any] = {}
        client = {"client_id": one.client_id}
        booked, unfinished = [SessionStatus.BOOKED], [SessionStatus.REQUESTED, SessionStatus.OFFERED]
        lists: list[dict[str, Any]] = [
            {**times, **who, "statuses": statuses}
            for times in (OPEN, that_day, {"since": now, "until": None}, {"since": None, "until": now - timedelta(days=400)})
            for who in (nobody, site, therapist, room, client, site | therapist, site | client, site | room)
            for statuses in ((), booked, unfinished)
        ]
        with statements_of(database) as sent:
            for wanted in lists:
                await day_queries.list_sessions(db, 50, None, now, **wanted)
            await timelines_queries.get_timeline(db, one.id)
            await series_queries.list_series(db, one.client_id, 50, None, now)
            series = await series_queries.list_series(db, None, 20, None, now)
            await day_queries.read(db, one.site_id, one.starts_at.date(), None)
            await progress_queries.get_sagas(db, 50, now)
        with statements_of(database) as sent_by_removals:
            assert await latest_of_client(db, one.client_id)
            assert not await latest_of_client(db, ClientId(uuid4()))
            assert not await latest_of_therapist(db, TherapistId(uuid4()))
    await database.close()
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    found = [(statement, scanned_whole(await plan_of(connection, statement)) & LARGE) for statement in sent]
    pages = [pages_of(await plan_of(connection, statement, analyze=True)) for statement in sent_by_removals]
    await connection.close()
    assert max(pages) < PAGES_OF_ONE
    assert len(found) >= len(lists)
    assert (len(series.items), series.next_cursor is None) == (series_queries.SERIES_AT_MOST, False)
    assert [statement for statement, tables in found if tables] == []
