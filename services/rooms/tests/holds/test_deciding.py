"""Who gets which room, decided from plain values."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from chassis.hours import Timetable
from contracts.rooms import HoldRequest, Obstacle
from contracts.types import GroupId, HoldId, RoomId, SessionId, SiteId, new_id
from rooms.holds.rules import Block, Grant, Occupancy, Refusal, Room, Site, Stay, answer

HERE = SiteId(UUID(int=1))
MONDAY = datetime(2031, 3, 3, 15, tzinfo=UTC)
"""Ten o'clock in New York."""
HOUR = timedelta(hours=1)
WEEK = {"mon": (("08:00", "20:00"),)}
SITE = Site(HERE, Timetable(WEEK, ZoneInfo("America/New_York")), is_active=True)


def room(number: str, *, capacity: int = 2, equipment: tuple[str, ...] = (), turnover: int = 0, is_active: bool = True) -> Room:
    key = RoomId(UUID(int=int(number)))
    return Room(key, HERE, number, f"Room {number}", capacity, frozenset(equipment), timedelta(minutes=turnover), is_active)


def occupancy(*rooms: Room, stays: tuple[Stay, ...] = (), blocks: tuple[Block, ...] = ()) -> Occupancy:
    """Return an occupancy in which the stays and blocks take the first room."""
    first = rooms[0].id if rooms else RoomId(UUID(int=0))
    return Occupancy({HERE: SITE}, {each.id: each for each in rooms}, {first: stays}, {first: blocks})


def request(**stated: object) -> HoldRequest:
    usual = {
        "hold_id": HoldId(new_id()),
        "session_id": SessionId(new_id()),
        "site_id": HERE,
        "starts_at": MONDAY,
        "ends_at": MONDAY + HOUR,
        "not_after": MONDAY,
    }
    return HoldRequest.model_validate({**usual, **stated})


def taken(begin: timedelta, end: timedelta, *, is_held: bool = False) -> Stay:
    return Stay(MONDAY + begin, MONDAY + end, SessionId(new_id()), is_held=is_held)


def decide(*requests: HoldRequest, on: Occupancy) -> list[str]:
    """Return the number of the room granted, or the reason of the refusal, for each request."""
    decisions = answer(requests, on, MONDAY)
    return [decision.room.number if isinstance(decision, Grant) else decision.reasons[0].value for decision in decisions]


NAMED = room("201", capacity=4, equipment=("video",))


@pytest.mark.parametrize(
    ("stated", "known", "reason"),
    [
        ({"site_id": SiteId(UUID(int=9))}, occupancy(NAMED), Obstacle.UNKNOWN_SITE),
        ({"room_id": RoomId(UUID(int=9))}, occupancy(NAMED), Obstacle.UNKNOWN_ROOM),
        ({}, occupancy(), Obstacle.UNKNOWN_ROOM),
        ({"not_after": MONDAY - HOUR}, occupancy(NAMED), Obstacle.TOO_LATE),
        ({"starts_at": MONDAY + timedelta(days=1), "ends_at": MONDAY + timedelta(days=1) + HOUR}, occupancy(NAMED), Obstacle.CLOSED),
        ({"ends_at": MONDAY}, occupancy(NAMED), Obstacle.CLOSED),
        ({"ends_at": MONDAY - HOUR}, occupancy(NAMED), Obstacle.CLOSED),
        ({"starts_at": MONDAY - 2 * HOUR, "ends_at": MONDAY + 8 * HOUR + timedelta(minutes=1)}, occupancy(NAMED), Obstacle.TOO_LONG),
        ({}, occupancy(room("201", is_active=False)), Obstacle.INACTIVE),
        ({"capacity": 5}, occupancy(NAMED), Obstacle.TOO_SMALL),
        ({"equipment": ("piano",)}, occupancy(NAMED), Obstacle.LACKS_EQUIPMENT),
        ({}, occupancy(NAMED, blocks=(Block(MONDAY + HOUR / 2, MONDAY + HOUR),)), Obstacle.BLOCKED),
        ({}, occupancy(NAMED, stays=(taken(-HOUR, HOUR / 2, is_held=True),)), Obstacle.HELD),
        ({}, occupancy(NAMED, stays=(taken(-HOUR, HOUR / 2),)), Obstacle.BOOKED),
    ],
)
def test_each_refusal_says_why(stated: dict[str, object], known: Occupancy, reason: Obstacle) -> None:
    assert decide(request(**stated), on=known) == [reason.value]


def test_a_room_of_another_site_is_unknown_here() -> None:
    elsewhere = Site(SiteId(UUID(int=2)), SITE.hours, is_active=True)
    both = Occupancy({HERE: SITE, elsewhere.id: elsewhere}, {NAMED.id: NAMED})
    assert decide(request(site_id=elsewhere.id, room_id=NAMED.id), on=both) == ["unknown_room"]


def test_stays_that_only_touch_do_not_clash() -> None:
    assert decide(request(), on=occupancy(NAMED, stays=(taken(-HOUR, timedelta()), taken(HOUR, 2 * HOUR)))) == ["201"]


def test_the_turnover_after_a_stay_keeps_the_next_one_out() -> None:
    slow = room("201", turnover=10)
    assert decide(request(), on=occupancy(slow, stays=(taken(HOUR + timedelta(minutes=9), 2 * HOUR),))) == ["booked"]
    assert decide(request(), on=occupancy(slow, stays=(taken(HOUR + timedelta(minutes=10), 2 * HOUR),))) == ["201"]


def test_the_turnover_after_a_stay_that_is_granted_beside_it_keeps_the_next_one_out() -> None:
    def after(minutes: int) -> HoldRequest:
        begins = MONDAY + HOUR + timedelta(minutes=minutes)
        return request(starts_at=begins, ends_at=begins + HOUR)

    slow = room("201", turnover=10)
    assert decide(request(), after(9), on=occupancy(slow)) == ["201", "held"]
    assert decide(request(), after(10), on=occupancy(slow)) == ["201", "201"]


def test_a_stay_may_end_when_a_block_begins_or_the_clinic_closes() -> None:
    slow = room("201", turnover=10)
    assert decide(request(), on=occupancy(slow, blocks=(Block(MONDAY + HOUR, MONDAY + 2 * HOUR),))) == ["201"]
    last = request(starts_at=MONDAY + 9 * HOUR, ends_at=MONDAY + 10 * HOUR)
    assert decide(last, on=occupancy(slow)) == ["201"]


def test_a_long_stay_that_began_hours_ago_still_counts() -> None:
    assert decide(request(), on=occupancy(NAMED, stays=(taken(-10 * HOUR, HOUR / 2),))) == ["booked"]


def test_without_a_named_room_the_plainest_that_does_is_taken() -> None:
    rooms = [room("101", capacity=9), room("102", equipment=("video",)), room("104"), room("103")]
    needs = [request() for _ in range(5)]
    assert decide(*needs, on=occupancy(*rooms)) == ["103", "104", "102", "101", "held"]


def test_a_grant_is_seen_by_the_requests_that_follow() -> None:
    needs = [
        request(room_id=NAMED.id),
        request(room_id=NAMED.id),
        request(room_id=NAMED.id, starts_at=MONDAY + HOUR, ends_at=MONDAY + 2 * HOUR),
    ]
    assert decide(*needs, on=occupancy(NAMED)) == ["201", "held", "201"]


def test_a_session_is_not_in_its_own_way() -> None:
    mine = SessionId(new_id())
    busy = occupancy(NAMED, stays=(Stay(MONDAY, MONDAY + HOUR, mine),))
    later = {"starts_at": MONDAY + HOUR / 4, "ends_at": MONDAY + HOUR * 1.25}
    assert decide(request(session_id=mine, **later), on=busy) == ["201"]
    assert decide(request(**later), on=busy) == ["booked"]


def test_the_reason_that_is_nearest_to_a_grant_is_given() -> None:
    rooms = [room("101", capacity=1), room("102", capacity=3)]
    busy = Occupancy({HERE: SITE}, {each.id: each for each in rooms}, {rooms[1].id: (taken(timedelta(), HOUR),)})
    assert decide(request(capacity=2), on=busy) == ["booked"]
    assert isinstance(answer([request(capacity=9)], busy, MONDAY)[0], Refusal)
    assert decide(request(capacity=9), on=busy) == ["too_small"]


def test_a_group_is_granted_whole_or_not_at_all() -> None:
    group = GroupId(UUID(int=77))
    known = occupancy(NAMED, stays=(taken(2 * HOUR, 3 * HOUR),))
    free = request(hold_id=HoldId(UUID(int=501)), group_id=group)
    clash = request(hold_id=HoldId(UUID(int=502)), group_id=group, starts_at=MONDAY + 2 * HOUR, ends_at=MONDAY + 3 * HOUR)
    other = request(hold_id=HoldId(UUID(int=503)))
    assert decide(free, clash, other, on=known) == ["group_refused", "booked", "201"], "what the group gives up is free for others"
    assert decide(free, other, on=known) == ["201", "held"]
