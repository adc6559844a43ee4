"""Sessions whose room goes out of use: nobody is put on top of anybody, and nobody is dropped in silence."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.hours import WEEKDAYS, Timetable
from contracts.types import HoldId, RoomId, SessionId, SiteId
from hypothesis import given
from hypothesis import strategies as st
from rooms.holds.rules import Displaced, Occupancy, Room, RoomNeed, Site, Stay, obstacles
from rooms.replanning.relocation import place

HERE = SiteId(UUID(int=1))
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
ALWAYS = Timetable(dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),)), ZoneInfo("UTC"))
HOUR = timedelta(hours=1)


def room(number: int, capacity: int, equipment: frozenset[str], turnover: int, *, is_active: bool = True) -> Room:
    return Room(RoomId(UUID(int=number)), HERE, str(number), f"Room {number}", capacity, equipment, timedelta(minutes=turnover), is_active)


EQUIPMENT = st.frozensets(st.sampled_from(["video", "whiteboard"]))
ROOMS = st.lists(st.tuples(st.integers(1, 4), EQUIPMENT, st.sampled_from([0, 15, 30])), min_size=1, max_size=5)
STAYS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40), st.integers(1, 8)), max_size=12)
NEEDS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8), st.integers(1, 4), EQUIPMENT), max_size=8)


@given(rooms=ROOMS, stays=STAYS, needs=NEEDS)
def test_everybody_keeps_their_time_and_needs_and_shares_no_room(
    rooms: list[tuple[int, frozenset[str], int]], stays: list[tuple[int, int, int]], needs: list[tuple[int, int, int, frozenset[str]]]
) -> None:
    known = {each.id: each for each in (room(201 + number, *facts) for number, facts in enumerate(rooms))}
    wet = room(299, 9, frozenset({"video", "whiteboard"}), 0, is_active=False)
    keys = [*known]
    taken: dict[RoomId, list[Stay]] = {key: [] for key in keys}
    for number, (which, start, length) in enumerate(stays):
        begin = MONDAY + start * HOUR / 4
        taken[keys[which % len(keys)]].append(Stay(begin, begin + length * HOUR / 4, SessionId(UUID(int=5000 + number))))
    occupancy = Occupancy(
        {HERE: Site(HERE, ALWAYS, is_active=True)},
        {**known, wet.id: wet},
        {key: sorted(each, key=lambda stay: stay.starts_at) for key, each in taken.items()},
    )
    displaced = [
        Displaced(
            HoldId(UUID(int=9000 + number)),
            SessionId(UUID(int=8000 + number)),
            RoomNeed(HERE, MONDAY + start * HOUR / 4, MONDAY + (start + length) * HOUR / 4, None, capacity, equipment),
        )
        for number, (start, length, capacity, equipment) in enumerate(needs)
    ]
    placed = place(displaced, occupancy)
    assert {each.displaced for each in placed} == set(displaced), "nobody is dropped"
    assert placed == place(reversed(displaced), occupancy), "the same plan whoever is named first"
    site = occupancy.sites[HERE]
    for one in placed:
        others = [
            Stay(other.displaced.need.starts_at, other.displaced.need.ends_at + other.room.turnover, other.displaced.session_id)
            for other in placed
            if other is not one and other.room is not None and one.room is not None and other.room.id == one.room.id
        ]
        if one.room is not None:
            assert one.room.id != wet.id
            sorted_others = sorted(others, key=lambda stay: stay.starts_at)
            assert list(obstacles(one.displaced.need, one.room, site, occupancy, sorted_others)) == []
