"""The next free slot among 600 therapists: found without keeping the event loop from everybody else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from chassis.data.database import Database
from contracts.rooms import CheckHolds, HoldFinding, HoldsChecked, Obstacle
from contracts.types import RoomId, ServiceId, SiteId, new_id
from scheduling.availability import queries
from scheduling.settings import Settings
from servers import Postgres
from sqlalchemy import text
from support.network_rows import THERAPISTS, write_network
from testing import MakeDatabase
from testing.loop_steps import loop_steps

BOOKINGS: Final = 10_000
LONGEST_STEP: Final = 10
"""In units of ``testing.loop_steps``; measured: less than 5."""
TRIES: Final = 3
"""A step that is long by itself is long each time."""


class EveryRoomIsFree:
    """Answers the questions to rooms: there is a room for everything, or none has enough places."""

    def __init__(self, *, are_too_small: bool = False) -> None:
        """No question has come yet."""
        self.asked = 0
        self._refused = (Obstacle.TOO_SMALL,) if are_too_small else ()

    async def request_answer(self, question: CheckHolds, answer: type[HoldsChecked], patience_s: float) -> HoldsChecked:
        """Answer."""
        del answer, patience_s
        self.asked += len(question.requests)
        room = None if self._refused else RoomId(new_id())
        number = "201" if room else None
        findings = tuple(
            HoldFinding(hold_id=request.hold_id, room_id=room, room_number=number, reasons=self._refused) for request in question.requests
        )
        return HoldsChecked(inquiry_id=question.inquiry_id, findings=findings)


@pytest.fixture
async def database(make_database: MakeDatabase, postgres_server: Postgres) -> AsyncIterator[Database]:
    """Give scheduling's database of a network with realistic hours and busy times."""
    url = await make_database("scheduling")
    await write_network(f"{postgres_server.superuser_dsn.rpartition('/')[0]}/{url.rpartition('/')[2]}", "scheduling", BOOKINGS)
    found = Database(Settings(service="scheduling", database_url=url, broker_url="amqp://nowhere"))
    yield found
    await found.close()


async def test_the_next_free_slot_among_600_therapists_takes_no_long_step_of_the_event_loop(database: Database) -> None:
    async with database.reading() as db:
        site = SiteId(await db.scalar(text("SELECT id FROM site_replica WHERE site_name = 'Site 0'")))
        service = ServiceId(await db.scalar(text("SELECT id FROM service_replica LIMIT 1")))
        assert await db.scalar(text("SELECT count(*) FROM therapist")) == THERAPISTS
    now = datetime.now(UTC)
    search = queries.Search(service, site, now, now + timedelta(days=14))
    rooms: Any = EveryRoomIsFree()
    long: list[str] = []
    for _ in range(TRIES):
        with loop_steps() as steps:
            found = await queries.first_available(search, 10, database, rooms, datetime.now(UTC))
            await asyncio.sleep(0)  # ends the step in which it returned
        assert len(found.items) == 10
        if steps.longest < LONGEST_STEP:
            break
        long.append(f"{steps.longest:.0f} units: {steps.what}")
    assert len(long) < TRIES, long
    too_small: Any = EveryRoomIsFree(are_too_small=True)
    nowhere = await queries.first_available(search, 10, database, too_small, datetime.now(UTC))
    assert (nowhere.items, nowhere.rooms_checked, nowhere.searched_until) == ([], True, search.until)
    assert too_small.asked == queries.REQUESTED_AT_ONCE[0], "what no room of the site can do is asked once"
