"""A series keeps its time on the wall, and a rule that makes none is refused with one that would."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import booking_saga
import pytest
from chassis.hours import is_shown
from contracts.types import SessionId, new_id
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduling.series.changes import chosen
from scheduling.series.recurrence import Occurrence, Scope, Unusable, expand, shift, with_fewest_moves

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ("America/New_York", "America/Phoenix", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC")


def at(*moment: int, zone: ZoneInfo = NEW_YORK, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=zone, fold=fold).astimezone(UTC)  # type: ignore[misc]


def expanded(rule: str, first: datetime, zone: ZoneInfo = NEW_YORK) -> tuple[Occurrence, ...]:
    found = expand(rule, first, zone)
    assert not isinstance(found, Unusable), found
    return found


def test_mondays_at_nine_stay_mondays_at_nine_when_the_clocks_go_forward() -> None:
    found = expanded("FREQ=WEEKLY;COUNT=3", at(2026, 3, 2, 9))
    assert [occurrence.starts_at for occurrence in found] == [at(2026, 3, 2, 9), at(2026, 3, 9, 9), at(2026, 3, 16, 9)]
    assert found[1].starts_at - found[0].starts_at == timedelta(days=7, hours=-1)


def test_mondays_at_nine_stay_mondays_at_nine_when_the_clocks_go_back() -> None:
    found = expanded("FREQ=WEEKLY;COUNT=2", at(2026, 10, 26, 9))
    assert found[1].starts_at - found[0].starts_at == timedelta(days=7, hours=1)


def test_a_time_that_the_clock_skips_or_shows_twice_is_told_with_both_candidates() -> None:
    skipped = expanded("FREQ=WEEKLY;COUNT=2", at(2026, 3, 1, 2, 30))[1]
    assert (skipped.is_certain, skipped.moments) == (False, (at(2026, 3, 8, 2, 30, fold=1), at(2026, 3, 8, 2, 30)))
    twice = expanded("FREQ=WEEKLY;COUNT=2", at(2026, 10, 25, 1, 30))[1]
    assert (twice.is_certain, twice.moments) == (False, (at(2026, 11, 1, 1, 30), at(2026, 11, 1, 1, 30, fold=1)))


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=WEEKLY;COUNT=12", 12),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4", 4),
        ("freq=weekly;byday=mo,we;count=5", 5),
        ("FREQ=DAILY;UNTIL=20260306", 5),
        ("FREQ=WEEKLY;UNTIL=20260309T130000Z", 2),
        ("FREQ=WEEKLY;UNTIL=20260309T125959Z", 1),
        ("FREQ=WEEKLY;UNTIL=20260309T090000", 2),
        ("FREQ=WEEKLY;UNTIL=20260309T085959", 1),
        ("FREQ=WEEKLY;UNTIL=20260302T090000", 1),
        ("FREQ=WEEKLY;COUNT=200", 200),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=3", 3),
    ],
)
def test_a_rule_has_as_many_sessions_as_it_says(rule: str, count: int) -> None:
    assert len(expanded(rule, at(2026, 3, 2, 9))) == count


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("FREQ=WEEKLY", "COUNT or UNTIL"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "COUNT or UNTIL"),
        ("FREQ=HOURLY;COUNT=3", "FREQ is one of"),
        ("FREQ=WEEKLY;COUNT=0", "at least 1"),
        ("FREQ=WEEKLY;COUNT=201", "at most 200"),
        ("FREQ=DAILY;UNTIL=20300101", "at most 200"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "no occurrence of the rule"),
        ("FREQ=WEEKLY;BYDAY=MO,XX;COUNT=3", "XX is none"),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=3", "FREQ=MONTHLY"),
        ("FREQ=DAILY;BYDAY=MO,-1WE;COUNT=3", "FREQ=MONTHLY"),
        ("FREQ=WEEKLY;UNTIL=20200101", "before the first"),
        ("FREQ=YEARLY;COUNT=20", "beyond 5 years"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=2", "no occurrence"),
        ("FREQ=MONTHLY;BYDAY=2MO;COUNT=3", "Mon 2026-03-02 09:00, is no occurrence"),
        ("FREQ=WEEKLY;BYHOUR=9,10;COUNT=3", "BYHOUR"),
        ("FREQ=WEEKLY;COUNT=many", "COUNT is a whole number"),
        ("FREQ=WEEKLY;COUNT=-3", "COUNT is a whole number"),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=3", "INTERVAL is a whole number"),
        ("FREQ=MONTHLY;INTERVAL=-1;COUNT=3", "INTERVAL is a whole number"),
        ("FREQ=WEEKLY;INTERVAL=99999999999999999999;COUNT=3", "INTERVAL is a whole number"),
        ("FREQ=WEEKLY;UNTIL=soon", "UNTIL has a value that it cannot have"),
        ("FREQ=WEEKLY;FREQ=DAILY;COUNT=3", "each name once"),
        ("every monday", "NAME=VALUE"),
        ("FREQ=WEEKLY;COUNT=3;X-COLOR=RED", "X-COLOR cannot be given"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31;COUNT=3", "not both"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=40;COUNT=3", "no occurrence"),
    ],
)
def test_an_unusable_rule_says_what_would_work(rule: str, word: str) -> None:
    found = expand(rule, at(2026, 3, 2, 9), NEW_YORK)
    assert isinstance(found, Unusable)
    assert word in found.why


def test_a_move_keeps_the_others_on_the_wall() -> None:
    moved = shift(at(2026, 3, 9, 9), at(2026, 3, 2, 9), at(2026, 3, 3, 10), NEW_YORK)
    assert moved == (at(2026, 3, 10, 10),)


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    wall=st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)),
    count=st.integers(1, 60),
    interval=st.integers(1, 3),
)
def test_every_occurrence_shows_the_same_time_on_the_wall(zone: str, wall: datetime, count: int, interval: int) -> None:
    clock = ZoneInfo(zone)
    wall = wall.replace(microsecond=0)
    first = wall.replace(tzinfo=clock).astimezone(UTC)
    if first.astimezone(clock).replace(tzinfo=None) != wall:
        return  # the clock never shows it
    found = expanded(f"FREQ=WEEKLY;INTERVAL={interval};COUNT={count}", first, clock)
    assert len(found) == count
    for number, occurrence in enumerate(found):
        assert occurrence.wall == wall + number * interval * timedelta(days=7)
        if is_shown(occurrence.wall.replace(tzinfo=clock)):
            assert {moment.astimezone(clock).replace(tzinfo=None) for moment in occurrence.moments} == {occurrence.wall}
        else:
            assert len(occurrence.moments) == 2


def test_a_series_is_changed_from_now_on_and_one_named_session_whenever_it_is() -> None:
    now = at(2026, 3, 11, 9)
    weekly = [replace(booking_saga.REQUESTED, id=SessionId(new_id()), starts_at=now + timedelta(weeks=weeks)) for weeks in (-1, 0, 1, 2)]
    past, begun, *ahead = weekly
    assert chosen(weekly, Scope.ALL, None, now) == ahead
    assert chosen(weekly, Scope.FOLLOWING, past.id, now) == ahead
    assert chosen(weekly, Scope.FOLLOWING, ahead[1].id, now) == ahead[1:]
    assert chosen(weekly, Scope.THIS, past.id, now) == [past]
    assert chosen(weekly, Scope.THIS, begun.id, now) == [begun]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12, unique=True), st.integers(-15, 15))
def test_a_series_that_moves_has_the_target_times_and_no_session_meets_another_of_it(days: list[int], by: int) -> None:
    first = at(2027, 1, 4, 9)
    times = {SessionId(new_id()): first + timedelta(days=day) for day in days}
    targets = {key: time + timedelta(days=by) for key, time in times.items()}
    moved = with_fewest_moves(times, targets)
    assert sorted(moved.values()) == sorted(targets.values())
    leaving = {key for key in moved if moved[key] != times[key]}
    assert not {moved[key] for key in leaving} & set(times.values())


def test_sessions_that_have_to_move_take_the_times_that_are_left_in_their_order() -> None:
    earlier, later, staying = (SessionId(new_id()) for _ in range(3))
    times = {later: at(2026, 3, 9, 9), earlier: at(2026, 3, 2, 9), staying: at(2026, 3, 16, 9)}
    targets = {later: at(2026, 3, 23, 9), earlier: at(2026, 3, 16, 9), staying: at(2026, 3, 30, 9)}
    for named in (targets, dict(reversed(targets.items()))):
        assert with_fewest_moves(times, named) == {staying: times[staying], earlier: at(2026, 3, 23, 9), later: at(2026, 3, 30, 9)}
    swapped = {earlier: times[later], later: times[earlier], staying: times[staying]}
    assert with_fewest_moves(swapped, targets) == {staying: times[staying], later: at(2026, 3, 23, 9), earlier: at(2026, 3, 30, 9)}


def test_sessions_that_shall_have_one_time_are_left_to_be_refused() -> None:
    one, other = SessionId(new_id()), SessionId(new_id())
    targets = dict.fromkeys((one, other), at(2026, 3, 9, 9))
    assert with_fewest_moves({one: at(2026, 3, 9, 9), other: at(2026, 3, 2, 9)}, targets) == targets
