"""What is offered instead is really free, as long as was requested, and nothing better was left out."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.hours import Timetable
from contracts.rooms import Alternative, AlternativeKind, HoldRequest
from contracts.types import AlternativeId, HoldId, RoomId, SessionId, SiteId
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms.holds import ranking
from rooms.holds.ranking import DAYS, STEP, STEPS, USABLE_GAP
from rooms.holds.rules import Block, Grant, Occupancy, Room, RoomNeed, Site, Stay, judge, obstacles
from testing.properties import examples

HERE = SiteId(UUID(int=1))
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2031, 3, 3, 14, tzinfo=UTC)
"""Nine o'clock in New York, six days before the clock is put forward."""
QUARTER = timedelta(minutes=15)
WORKWEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("08:00", "12:00"), ("13:00", "20:00")))


def room(number: int, *, capacity: int = 2, equipment: frozenset[str] = frozenset(), turnover: int = 0, is_active: bool = True) -> Room:
    return Room(RoomId(UUID(int=number)), HERE, str(number), f"Room {number}", capacity, equipment, timedelta(minutes=turnover), is_active)


def occupancy(*rooms: Room, stays: dict[RoomId, list[Stay]] | None = None, blocks: dict[RoomId, list[Block]] | None = None) -> Occupancy:
    site = Site(HERE, Timetable(WORKWEEK, NEW_YORK), is_active=True)
    return Occupancy({HERE: site}, {each.id: each for each in rooms}, stays or {}, blocks or {})


def stay(hour: float, minutes: int = 60, session: int = 1000) -> Stay:
    starts_at = MONDAY + timedelta(hours=hour - 9)
    return Stay(starts_at, starts_at + timedelta(minutes=minutes), SessionId(UUID(int=session)))


def need(hour: float, minutes: int = 60, **stated: object) -> RoomNeed:
    starts_at = MONDAY + timedelta(hours=hour - 9)
    return RoomNeed(HERE, starts_at, starts_at + timedelta(minutes=minutes), **stated)  # type: ignore[arg-type]


def look(need: RoomNeed, occupancy: Occupancy, now: datetime = MONDAY - timedelta(days=1), most: int = 12) -> list[Alternative]:
    ids = count(1)

    def mint() -> AlternativeId:
        return AlternativeId(UUID(int=next(ids)))

    found: list[Alternative] = []
    for starts in ranking.stages(need, occupancy.sites[need.site_id], now):
        found += ranking.best(need, starts, occupancy, most - len(found), mint)
    return found


def reported(found: list[Alternative]) -> list[tuple[str, int]]:
    return [(each.room_number, each.shift_minutes) for each in found]


def test_another_room_at_the_same_time_comes_before_the_same_room_at_another_time() -> None:
    named = room(201)
    found = look(need(10, room_id=named.id), occupancy(named, room(202), stays={named.id: [stay(10)]}), most=3)
    assert found[0].kind is AlternativeKind.SAME_TIME_OTHER_ROOM
    assert reported(found) == [("202", 0), ("202", -15), ("202", 15)]


def test_earlier_and_later_count_alike() -> None:
    named = room(201)
    found = look(need(10, room_id=named.id), occupancy(named, stays={named.id: [stay(10)]}), most=2)
    assert reported(found) == [("201", -60), ("201", 60)]
    assert found[0].score == found[1].score
    assert [each.reasons for each in found] == [
        ("1 h earlier", "same room", "smallest room that fits", "leaves no gap too short to book"),
        ("1 h later", "same room", "smallest room that fits", "leaves no gap too short to book"),
    ]


def test_the_least_waste_is_offered_first() -> None:
    named, hall, den = room(201), room(301, capacity=20), room(302, capacity=3, equipment=frozenset({"video"}))
    busy = {named.id: [stay(10)]}
    assert reported(look(need(10, room_id=named.id), occupancy(named, hall, den, stays=busy), most=2)) == [("302", 0), ("301", 0)]


def test_a_start_that_leaves_a_useless_gap_comes_after_one_that_does_not() -> None:
    named, far, tight = room(201), room(303), room(302)
    busy = {named.id: [stay(10)], tight.id: [stay(11.25)]}
    assert reported(look(need(10, room_id=named.id), occupancy(named, far, tight, stays=busy), most=2)) == [("303", 0), ("302", 0)]


def test_the_same_floor_decides_among_equals() -> None:
    named = room(201)
    found = look(need(10, room_id=named.id), occupancy(named, room(101), room(209), stays={named.id: [stay(10)]}), most=2)
    assert reported(found) == [("209", 0), ("101", 0)]
    assert found[0].reasons == ("same time", "same floor", "smallest room that fits", "leaves no gap too short to book")


def test_without_a_named_room_the_plainest_one_is_the_wished_one() -> None:
    plain, grand = room(201), room(202, capacity=9)
    found = look(need(10), occupancy(plain, grand, stays={plain.id: [stay(10)], grand.id: [stay(10)]}), most=1)
    assert reported(found) == [("201", -60)]
    assert found[0].kind is AlternativeKind.SAME_ROOM_OTHER_TIME


def test_what_is_needed_is_named_among_the_reasons() -> None:
    fitted = room(201, equipment=frozenset({"video", "sand_tray"}))
    found = look(need(10, equipment=frozenset({"video", "sand_tray"})), occupancy(fitted, room(202), stays={fitted.id: [stay(10)]}), most=1)
    assert found[0].reasons == ("1 h earlier", "has sand tray", "has video", "smallest room that fits", "leaves no gap too short to book")
    assert found[0].reason_codes == ("earlier:60", "has:sand_tray", "has:video", "least_waste", "no_gap")


def test_a_full_day_leads_to_the_same_time_on_the_next_days() -> None:
    named = room(201)
    whole_day = [stay(8, minutes=12 * 60)]
    found = look(need(10, room_id=named.id), occupancy(named, stays={named.id: whole_day}))
    assert [each.reasons[0] for each in found[:4]] == [
        "next day, same time",
        "2 days later, same time",
        "3 days later, same time",
        "4 days later, same time",
    ]
    after_the_clock_change = next(each for each in found if each.reasons[0] == "a week later, same time")
    assert after_the_clock_change.starts_at.astimezone(NEW_YORK).hour == 10
    assert after_the_clock_change.shift_minutes == 7 * 24 * 60 - 60


def test_where_the_session_is_already_is_no_alternative() -> None:
    named, mine = room(201), SessionId(UUID(int=7))
    moving = need(11, room_id=named.id, session_id=mine)
    found = look(moving, occupancy(named, stays={named.id: [stay(10, session=7), stay(11)]}), most=2)
    assert reported(found) == [("201", -75), ("201", -90)]


def test_a_closed_site_offers_nothing() -> None:
    shut = Occupancy({HERE: Site(HERE, Timetable(WORKWEEK, NEW_YORK), is_active=False)}, {UUID(int=201): room(201)})  # type: ignore[dict-item]
    assert look(need(10), shut) == []


ROOMS = st.builds(
    room,
    st.sampled_from([101, 102, 201, 202, 203, 301]),
    capacity=st.integers(1, 14),
    equipment=st.frozensets(st.sampled_from(["video", "whiteboard"])),
    turnover=st.sampled_from([0, 5, 10, 30]),
    is_active=st.sampled_from([True, True, True, False]),
)
MINUTES = st.integers(-5 * 12, 16 * 24 * 12).map(lambda five: MONDAY + timedelta(minutes=5 * five))
NEAR_MINUTES = st.integers(-5 * 12, 16 * 12).map(lambda five: MONDAY + timedelta(minutes=5 * five))


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    starts_at = draw(st.one_of(NEAR_MINUTES, NEAR_MINUTES, MINUTES))
    lasts = timedelta(minutes=5 * draw(st.integers(3, 24)))
    return Stay(starts_at, starts_at + lasts, SessionId(UUID(int=draw(st.integers(1, 4)))))


@st.composite
def situations(draw: st.DrawFn) -> tuple[RoomNeed, Occupancy, datetime]:
    rooms = draw(st.lists(ROOMS, min_size=1, max_size=4, unique_by=lambda each: each.number))
    busy = {each.id: sorted(draw(st.lists(stays(), max_size=9)), key=lambda found: found.starts_at) for each in rooms}
    begins = {each.id: draw(st.lists(NEAR_MINUTES, max_size=2)) for each in rooms}
    blocks = {key: [Block(begin, begin + timedelta(hours=draw(st.integers(1, 30)))) for begin in found] for key, found in begins.items()}
    starts_at = draw(NEAR_MINUTES)
    needed = RoomNeed(
        HERE,
        starts_at,
        starts_at + timedelta(minutes=draw(st.sampled_from([20, 45, 50, 60, 90]))),
        draw(st.sampled_from([None, *(each.id for each in rooms)])),
        draw(st.integers(1, 6)),
        draw(st.sampled_from([frozenset[str](), frozenset({"video"})])),
        SessionId(UUID(int=1)),
    )
    return needed, occupancy(*rooms, stays=busy, blocks=blocks), draw(st.one_of(st.just(MONDAY - timedelta(days=1)), NEAR_MINUTES))


def is_free(needed: RoomNeed, room: Room, occupancy: Occupancy) -> bool:
    site = occupancy.sites[HERE]
    return site.is_open(needed.starts_at, needed.ends_at) and not list(obstacles(needed, room, site, occupancy))


def leaves_a_gap(needed: RoomNeed, room: Room, occupancy: Occupancy) -> bool:
    others = [each for each in occupancy.stays.get(room.id, ()) if each.session_id != needed.session_id]
    blocks = occupancy.blocks.get(room.id, ())
    [(opens, closes)] = [
        (opens, closes)
        for opens, closes in occupancy.sites[HERE].openings(needed.starts_at, needed.ends_at)
        if opens <= needed.starts_at and needed.ends_at <= closes
    ]
    before = [each.occupied_until for each in others] + [each.ends_at for each in blocks] + [opens]
    after = [each.starts_at - room.turnover for each in others] + [each.starts_at for each in blocks] + [closes]
    gaps = [needed.starts_at - max(end for end in before if end <= needed.starts_at)]
    gaps += [min(begin for begin in after if begin >= needed.ends_at) - needed.ends_at]
    return any(timedelta() < gap < USABLE_GAP for gap in gaps)


def request_of(needed: RoomNeed, offer: Alternative) -> HoldRequest:
    return HoldRequest(
        hold_id=HoldId(UUID(int=99)),
        session_id=needed.session_id or SessionId(UUID(int=1)),
        site_id=HERE,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        room_id=offer.room_id,
        capacity=needed.capacity,
        equipment=tuple(sorted(needed.equipment)),
        not_after=offer.ends_at,
    )


def everything(needed: RoomNeed, occupancy: Occupancy, now: datetime) -> list[tuple[tuple[object, ...], Room, datetime]]:
    """Return every alternative there is with its place in the order, found the slow way."""
    rooms = [each for each in occupancy.rooms_of(needed) if needed.fits(each)]
    preferred = occupancy.rooms[needed.room_id] if needed.room_id else next(iter(rooms), None)
    wall = needed.starts_at.astimezone(NEW_YORK)
    starts = [(abs(step), needed.starts_at + step * STEP) for step in range(-STEPS, STEPS + 1)]
    starts += [(STEPS + days, (wall + timedelta(days=days)).astimezone(UTC)) for days in range(1, DAYS + 1)]
    length = needed.ends_at - needed.starts_at
    found: list[tuple[tuple[object, ...], Room, datetime]] = []
    for rank, each in enumerate(rooms):
        own = {mine.starts_at for mine in occupancy.stays.get(each.id, ()) if mine.session_id == needed.session_id}
        for level, start in starts:
            moved = RoomNeed(HERE, start, start + length, each.id, needed.capacity, needed.equipment, needed.session_id)
            is_the_need = each.id == needed.room_id and start == needed.starts_at
            if start < now or start in own or is_the_need or not is_free(moved, each, occupancy):
                continue
            assert preferred is not None
            order = (
                level,
                each.id != preferred.id,
                min(needed.surplus(each), 9),
                leaves_a_gap(moved, each, occupancy),
                each.number[0] != preferred.number[0],
                start,
                rank,
            )
            found.append((order, each, start))
    return sorted(found, key=lambda one: one[0])  # type: ignore[arg-type,return-value]


@settings(max_examples=examples(200), deadline=None)
@given(situations(), st.sampled_from([1, 5, 12, 50]))
def test_the_best_of_all_there_are_is_offered_in_order(situation: tuple[RoomNeed, Occupancy, datetime], most: int) -> None:
    needed, known, now = situation
    expected = [(each.id, start) for _, each, start in everything(needed, known, now)[:most]]
    assert [(each.room_id, each.starts_at) for each in look(needed, known, now, most)] == expected


@settings(max_examples=examples(100), deadline=None)
@given(situations())
def test_every_promise_about_an_alternative_is_kept(situation: tuple[RoomNeed, Occupancy, datetime]) -> None:
    needed, known, now = situation
    found = look(needed, known, now, 50)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    for each in found:
        moved = RoomNeed(HERE, each.starts_at, each.ends_at, each.room_id, needed.capacity, needed.equipment, needed.session_id)
        assert is_free(moved, known.rooms[each.room_id], known)
        assert each.ends_at - each.starts_at == needed.ends_at - needed.starts_at
        assert each.starts_at >= now
        assert 0 <= each.score <= 100
        assert len(each.reason_codes) == len(each.reasons)
        assert ("no_gap" in each.reason_codes) == (not leaves_a_gap(moved, known.rooms[each.room_id], known))
        assert ("same_room" in each.reason_codes) == (each.room_id == needed.room_id)
        least = min(needed.surplus(other) for other in known.rooms.values() if needed.fits(other))
        assert ("least_waste" in each.reason_codes) == (needed.surplus(known.rooms[each.room_id]) == least)
        assert isinstance(judge(request_of(needed, each), known, now), Grant)
        assert each.shift_minutes == (each.starts_at - needed.starts_at).total_seconds() / 60
        assert (each.kind is AlternativeKind.SAME_TIME_OTHER_ROOM) == (each.shift_minutes == 0)
