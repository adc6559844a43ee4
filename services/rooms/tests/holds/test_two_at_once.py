"""Two replicas decide at the same moment: the slower one sees what the faster one did, and decides anew."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import pytest
from chassis.data.database import Database
from chassis.data.tables import outbox
from contracts.rooms import HoldAnswer, HoldRequest, HoldsAnswered, Outcome, RefusalReason
from contracts.types import GroupId, HoldId, new_id
from pydantic import SecretStr
from requester import at, need
from rooms.closures import use_cases as closures
from rooms.holds import use_cases
from rooms.holds.tables import TAKING, HoldRow
from rooms.places import use_cases as places
from rooms.places.schemas import NewBlock, NewRoom, NewSite, RoomView
from rooms.settings import Settings
from sqlalchemy import select, text
from testing import until

MONDAYS = {"mon": (("08:00", "20:00"),)}
HOLD_TIME = timedelta(minutes=5)
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Write to the database of rooms without any service beside."""
    database = Database(Settings(database_url=SecretStr(database_url), broker_url=SecretStr("amqp://nobody")))
    yield database
    await database.close()


@pytest.fixture
async def room(database: Database) -> RoomView:
    """Add a site with one room."""
    async with database.transaction() as tx:
        site = await places.add_site(NewSite(site_name="Elm Street", time_zone="America/New_York", opening_hours=MONDAYS), tx)
        await tx.flush()
        return await places.add_room(NewRoom(site_id=site.id, room_number="201", room_name="Willow", capacity=2), tx)


async def decide(database: Database, *requests: HoldRequest) -> None:
    async with database.transaction() as tx:
        await use_cases.answer_hold_requests(requests, tx, HOLD_TIME)


async def stated(database: Database) -> list[dict[HoldId, HoldAnswer]]:
    """Return the answers of each message in the outbox."""
    async with database.reading() as db:
        bodies = await db.scalars(select(outbox.c.body).where(outbox.c.type == HoldsAnswered.type).order_by(outbox.c.id))
    return [{answer.hold_id: answer for answer in HoldsAnswered.model_validate_json(body).answers} for body in bodies]


async def test_the_slower_replica_repeats_what_the_faster_one_answered_and_refuses_the_rest(database: Database, room: RoomView) -> None:
    same, other = [need(room.site_id, at(10), room_id=room.id) for _ in range(2)]
    async with database.transaction() as faster:
        await use_cases.answer_hold_requests([same], faster, HOLD_TIME)
        slower = asyncio.create_task(decide(database, same, other))
        await until(lambda: _waits(database))
    await slower
    first, second = await stated(database)
    assert first[same.hold_id].outcome is Outcome.GRANTED
    assert second[same.hold_id] == first[same.hold_id]
    refused = second[other.hold_id]
    assert (refused.outcome, refused.reason, refused.alternatives[0].shift_minutes) == (Outcome.REFUSED, RefusalReason.HELD, -60)


async def test_a_request_waits_for_a_block_that_is_being_written(database: Database, room: RoomView) -> None:
    late = need(room.site_id, at(10), room_id=room.id)
    async with database.transaction() as tx:
        await closures.add_block(room.id, NewBlock(starts_at=at(9), ends_at=at(12), reason="paint"), tx, force=False)
        asking = asyncio.create_task(decide(database, late))
        await until(lambda: _waits(database))
    await asking
    [answers] = await stated(database)
    assert answers[late.hold_id].reason is RefusalReason.BLOCKED


async def test_of_two_groups_that_race_for_one_room_one_is_granted_whole(database: Database, room: RoomView) -> None:
    groups = [GroupId(new_id()) for _ in range(2)]
    first, second = (
        [need(room.site_id, at(hour), room_id=room.id, group_id=group) for hour in (earlier, earlier + 1)]
        for group, earlier in zip(groups, (9, 10), strict=True)
    )
    async with database.transaction() as faster:
        await use_cases.answer_hold_requests(first, faster, HOLD_TIME)
        slower = asyncio.create_task(decide(database, *second))
        await until(lambda: _waits(database))
    await slower
    answers = {key: answer for each in await stated(database) for key, answer in each.items()}
    assert {answers[request.hold_id].outcome for request in first} == {Outcome.GRANTED}
    assert {answers[request.hold_id].outcome for request in second} == {Outcome.REFUSED}
    async with database.reading() as db:
        taken = await db.scalars(select(HoldRow.id).where(HoldRow.room_id == room.id, TAKING))
    assert set(taken) == {request.hold_id for request in first}


@pytest.mark.parametrize("seed", range(5))
async def test_many_groups_at_once_never_leave_a_part_of_one_and_never_two_in_a_room(database: Database, room: RoomView, seed: int) -> None:
    groups = [GroupId(new_id()) for _ in range(6)]
    units = [
        [need(room.site_id, at(9 + (number + step + seed) % 4), room_id=room.id, group_id=group) for step in range(2)]
        for number, group in enumerate(groups)
    ]
    await asyncio.gather(*(decide(database, *unit) for unit in units))
    answers = {key: answer.outcome for each in await stated(database) for key, answer in each.items()}
    for unit in units:
        assert len({answers[request.hold_id] for request in unit}) == 1
    async with database.reading() as db:
        query = select(HoldRow.starts_at, HoldRow.occupied_until).where(HoldRow.room_id == room.id, TAKING).order_by(HoldRow.starts_at)
        taken = [(starts_at, until) for starts_at, until in await db.rows(query) if starts_at and until]
    assert taken
    assert all(until <= starts_at for (_, until), (starts_at, _) in pairwise(taken))


async def _waits(database: Database) -> bool:
    async with database.reading() as db:
        return bool(await db.scalar(WAITING))
