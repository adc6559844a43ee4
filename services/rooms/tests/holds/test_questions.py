"""What rooms answers about requests for which nothing is held."""

from datetime import UTC, datetime

from chassis.data.database import Database
from contracts.rooms import CheckHolds, HoldFinding, HoldRequest, Obstacle
from contracts.types import HoldId, InquiryId, new_id
from requester import Clinic, at
from rooms.holds.use_cases import check_holds
from rooms.settings import Settings


async def findings(
    database_url: str, *requests: HoldRequest, alternatives: int = 0, alternatives_for: tuple[HoldId, ...] | None = None
) -> list[HoldFinding]:
    question = CheckHolds(inquiry_id=InquiryId(new_id()), requests=requests, alternatives=alternatives, alternatives_for=alternatives_for)
    database = Database(Settings(database_url=database_url, broker_url="amqp://nowhere"))
    async with database.reading() as db:
        checked = await check_holds(question, db, datetime.now(UTC))
    await database.close()
    return list(checked.findings)


async def test_a_room_that_would_be_held_is_named(clinic: Clinic, database_url: str) -> None:
    room = await clinic.add_room("201")
    [found] = await findings(database_url, clinic.need(at(10)))
    assert (found.room_id, found.room_number, found.room_name) == (room, "201", "Room 201")


async def test_alternatives_are_found_for_every_refused_request_or_only_for_those_stated(clinic: Clinic, database_url: str) -> None:
    await clinic.add_room("201")
    await clinic.book(at(10))
    taken, also_taken, free = clinic.need(at(10)), clinic.need(at(10), 30), clinic.need(at(14))
    every = await findings(database_url, taken, also_taken, free, alternatives=3)
    assert [len(found.alternatives) for found in every] == [3, 3, 0]
    some = await findings(database_url, taken, also_taken, free, alternatives=3, alternatives_for=(also_taken.hold_id, free.hold_id))
    assert [len(found.alternatives) for found in some] == [0, 3, 0]
    assert [found.reasons for found in some] == [(Obstacle.BOOKED,), (Obstacle.BOOKED,), ()]
    none = await findings(database_url, taken, alternatives=3, alternatives_for=())
    assert [len(found.alternatives) for found in none] == [0]
