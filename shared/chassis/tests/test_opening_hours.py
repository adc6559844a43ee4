"""Opening hours are written on the wall and hold through every change of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from chassis.hours import WEEKDAYS, Timetable, check_spans, readings
from hypothesis import given, settings
from hypothesis import strategies as st

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    *("America/New_York", "America/Phoenix", "America/Havana", "America/St_Johns", "Asia/Beirut", "Africa/Cairo", "UTC"),
    *("Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham"),
]
ALWAYS = dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),))
NINE_TO_FIVE = dict.fromkeys(WEEKDAYS, (("09:00", "17:00"),))


def wall(zone: ZoneInfo, *moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=zone, fold=fold).astimezone(UTC)  # type: ignore[misc]


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9), date(2026, 10, 31), date(2026, 11, 1)])
def test_a_clinic_opens_at_nine_on_the_wall_whatever_the_clock_did_at_night(day: date) -> None:
    nine, five = wall(NEW_YORK, *day.timetuple()[:3], 9), wall(NEW_YORK, *day.timetuple()[:3], 17)
    assert Timetable(NINE_TO_FIVE, NEW_YORK).openings(day, day) == [(nine, five)]
    assert Timetable(NINE_TO_FIVE, NEW_YORK).is_open(nine, five)
    assert not Timetable(NINE_TO_FIVE, NEW_YORK).is_open(nine - timedelta(minutes=1), five)
    assert not Timetable(NINE_TO_FIVE, NEW_YORK).is_open(nine, five + timedelta(minutes=1))


def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    [(opens, closes)] = Timetable({"sun": (("00:00", "06:00"),)}, NEW_YORK).openings(date(2026, 3, 8), date(2026, 3, 8))
    assert closes - opens == timedelta(hours=5)
    [(opens, closes)] = Timetable({"sun": (("00:00", "06:00"),)}, NEW_YORK).openings(date(2026, 11, 1), date(2026, 11, 1))
    assert closes - opens == timedelta(hours=7)


def test_a_time_that_the_clock_skips_stands_for_the_moment_of_the_skip() -> None:
    skip = datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert Timetable({"sun": (("02:30", "05:00"),)}, NEW_YORK).openings(date(2026, 3, 8), date(2026, 3, 8)) == [
        (skip, wall(NEW_YORK, 2026, 3, 8, 5))
    ]
    assert Timetable({"sun": (("01:00", "02:30"),)}, NEW_YORK).openings(date(2026, 3, 8), date(2026, 3, 8)) == [
        (wall(NEW_YORK, 2026, 3, 8, 1), skip)
    ]
    assert Timetable({"sun": (("02:10", "02:50"),)}, NEW_YORK).openings(date(2026, 3, 8), date(2026, 3, 8)) == []


def test_a_time_that_the_clock_shows_twice_opens_at_the_first_and_closes_at_the_last() -> None:
    first, last = wall(NEW_YORK, 2026, 11, 1, 1, 30), wall(NEW_YORK, 2026, 11, 1, 1, 45, fold=1)
    assert Timetable({"sun": (("01:30", "01:45"),)}, NEW_YORK).openings(date(2026, 11, 1), date(2026, 11, 1)) == [(first, last)]


def test_spans_that_meet_over_midnight_are_one() -> None:
    week = {"fri": (("20:00", "24:00"),), "sat": (("00:00", "02:00"),)}
    friday_evening, saturday_night = wall(NEW_YORK, 2026, 6, 5, 23), wall(NEW_YORK, 2026, 6, 6, 1)
    assert Timetable(week, NEW_YORK).is_open(friday_evening, saturday_night)
    assert not Timetable({"fri": (("20:00", "24:00"),)}, NEW_YORK).is_open(friday_evening, saturday_night)


def test_a_stay_does_not_reach_over_lunch() -> None:
    week = {"mon": (("09:00", "12:00"), ("13:00", "17:00"))}
    assert Timetable(week, NEW_YORK).is_open(wall(NEW_YORK, 2026, 6, 1, 11), wall(NEW_YORK, 2026, 6, 1, 12))
    assert not Timetable(week, NEW_YORK).is_open(wall(NEW_YORK, 2026, 6, 1, 11, 30), wall(NEW_YORK, 2026, 6, 1, 13, 30))


def test_a_weekday_that_is_not_named_is_closed() -> None:
    assert Timetable({"mon": (("09:00", "12:00"),)}, NEW_YORK).openings(date(2026, 6, 2), date(2026, 6, 7)) == []


def test_everything_that_is_wrong_with_a_day_is_said_at_once() -> None:
    assert len(check_spans([("12:00", "10:00"), ("09:00", "11:00"), ("11:00", "11:00")])) == 3
    assert check_spans([("08:00", "12:00"), ("12:00", "24:00")]) == []


def test_a_special_day_replaces_the_hours_of_its_weekday_and_only_those() -> None:
    closed, short = date(2026, 12, 25), date(2026, 12, 24)
    clinic = Timetable(NINE_TO_FIVE, NEW_YORK, {closed: (), short: (("09:00", "12:00"),)})
    assert clinic.openings(short, date(2026, 12, 26)) == [
        (wall(NEW_YORK, 2026, 12, 24, 9), wall(NEW_YORK, 2026, 12, 24, 12)),
        (wall(NEW_YORK, 2026, 12, 26, 9), wall(NEW_YORK, 2026, 12, 26, 17)),
    ]


def test_a_wall_time_means_one_moment_or_two_candidates() -> None:
    assert readings(datetime(2026, 6, 1, 9), NEW_YORK) == (wall(NEW_YORK, 2026, 6, 1, 9),)
    assert readings(datetime(2026, 11, 1, 1, 30), NEW_YORK) == (
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    )
    assert readings(datetime(2026, 3, 8, 2, 30), NEW_YORK) == (
        datetime(2026, 3, 8, 6, 30, tzinfo=UTC),
        datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
    )


@settings(deadline=None)
@given(zone=st.sampled_from(ZONES), day=st.dates(date(2001, 1, 1), date(2060, 1, 1)))
def test_a_clinic_that_never_closes_has_no_gap_in_any_zone(zone: str, day: date) -> None:
    [(opens, closes)] = Timetable(ALWAYS, ZoneInfo(zone)).openings(day, day + timedelta(days=370))
    assert closes - opens > timedelta(days=368)


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    begin=st.integers(0, 23),
    length=st.integers(1, 24),
)
def test_an_open_moment_shows_a_time_within_a_span(zone: str, moment: datetime, begin: int, length: int) -> None:
    end = min(begin + length, 24)
    week = dict.fromkeys(WEEKDAYS, ((f"{begin:02}:00", f"{end:02}:00"),))
    shown = moment.astimezone(ZoneInfo(zone))
    is_within = begin <= shown.hour + shown.minute / 60 + shown.second / 3600 + shown.microsecond / 3.6e9 < end
    if Timetable(week, ZoneInfo(zone)).is_open(moment, moment + timedelta(microseconds=1)) != is_within:
        hour = timedelta(hours=1)
        changes = {(shown + step).utcoffset() for step in (-2 * hour, timedelta(), 2 * hour)}
        assert len(changes) > 1, "only where the clock shows an hour twice may it be open a little longer"


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    starts_at=st.datetimes(datetime(2001, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    minutes=st.integers(1, 2 * 24 * 60),
    hours=st.lists(st.integers(0, 24), min_size=4, max_size=4, unique=True).map(sorted),
)
def test_what_is_open_during_a_time_is_what_is_open_around_it_and_overlaps_it(
    zone: str, starts_at: datetime, minutes: int, hours: list[int]
) -> None:
    first, second, third, fourth = (f"{hour:02}:00" for hour in hours)
    timetable = Timetable(dict.fromkeys(WEEKDAYS, ((first, second), (third, fourth))), ZoneInfo(zone))
    ends_at = starts_at + timedelta(minutes=minutes)
    around = timetable.openings_around(starts_at, ends_at)
    overlapping = [(opens, closes) for opens, closes in around if opens < ends_at and starts_at < closes]
    assert timetable.openings_during(starts_at, ends_at) == overlapping
    assert timetable.is_open(starts_at, ends_at) == any(opens <= starts_at and ends_at <= closes for opens, closes in around)
