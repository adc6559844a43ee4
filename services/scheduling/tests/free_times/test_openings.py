"""What a wall time means on every clock there is, and what is booked then."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

import pytest
from chassis.hours import Timetable, readings
from contracts.catalog import EffectiveRate, Kind
from contracts.types import ClientId, HoldId, ServiceId, SessionId, SiteId, TherapistId, new_id
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduling.decisions.booking import book, conditions, is_bookable
from scheduling.decisions.requests import BookingRequest, ReferenceData
from scheduling.lifecycle.busy_times import BusyTimes, Interval
from scheduling.lifecycle.state import Session
from scheduling.people.therapist import Therapist
from scheduling.people.working_time import WorkingTime
from scheduling.policies.rules import Policies, Policy
from scheduling.replicas.reference import Service, Site
from testing.properties import examples

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SITE, SERVICE, THERAPIST, CLIENT = SiteId(new_id()), ServiceId(new_id()), TherapistId(new_id()), ClientId(new_id())
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS: Mapping[str, tuple[tuple[str, str], ...]] = dict.fromkeys(WEEK, (("00:00", "24:00"),))


def reference_data(
    zone: str, opens: str = "08:00", closes: str = "18:00", *, policy: Policy | None = None, minutes: int = 60
) -> ReferenceData:
    """Open a site with one therapist who lunches at noon."""
    hours = Timetable(dict.fromkeys(WEEK, ((opens, closes),)), ZoneInfo(zone))
    rate = EffectiveRate(amount=Decimal("185.00"), effective_from=date(2000, 1, 1), effective_to=None)
    service = Service(SERVICE, "90837", "Psychotherapy", minutes * MINUTE, Kind.BASE, is_active=True, rates=(rate,))
    time_ = WorkingTime(breaks=dict.fromkeys(WEEK, (("12:00", "13:00"),)) if opens != "00:00" else {})
    return ReferenceData(
        services={SERVICE: service},
        sites={SITE: Site(SITE, "Harbor Street", hours, is_active=True)},
        rooms={},
        therapists={THERAPIST: Therapist(THERAPIST, is_active=True, site_ids=(), time=time_)},
        clients={CLIENT: "Jonas Weber"},
        policies=Policies(policy or Policy()),
    )


def plan(starts_at: datetime, minutes: int = 60, session: SessionId | None = None) -> Interval:
    """Think of a session."""
    return Interval(
        session_id=session or SessionId(new_id()),
        service_id=SERVICE,
        site_id=SITE,
        therapist_id=THERAPIST,
        client_ids=(CLIENT,),
        starts_at=starts_at,
        ends_at=starts_at + minutes * MINUTE,
    )


CLOCK_CASES = [
    # zone, what the clock shows, how many moments may be meant, and how long an hour from there lasts on the wall
    ("America/New_York", "2026-03-08T01:30", 1, 120),
    ("America/New_York", "2026-03-08T02:30", 2, None),
    ("America/New_York", "2026-11-01T01:30", 2, None),
    ("America/New_York", "2026-11-01T00:30", 1, 60),
    ("Europe/London", "2026-03-29T01:30", 2, None),
    ("Europe/London", "2026-10-25T01:30", 2, None),
    ("Europe/London", "2026-10-25T02:00", 1, 60),
    ("Australia/Lord_Howe", "2026-10-04T02:15", 2, None),
    ("Australia/Lord_Howe", "2026-04-05T01:45", 2, None),
    ("Australia/Lord_Howe", "2026-10-04T01:45", 1, 90),
    ("Africa/Cairo", "2026-04-24T00:30", 2, None),
    ("America/Santiago", "2026-09-06T00:30", 2, None),
    ("America/Phoenix", "2026-03-08T02:30", 1, 60),
    ("Asia/Tokyo", "2026-11-01T01:30", 1, 60),
    ("Asia/Kathmandu", "2026-03-08T23:45", 1, 60),
]


@pytest.mark.parametrize(("zone", "shown", "meanings", "on_the_wall"), CLOCK_CASES)
def test_a_wall_time_means_one_moment_or_names_two(zone: str, shown: str, meanings: int, on_the_wall: int | None) -> None:
    clock, wall = ZoneInfo(zone), datetime.fromisoformat(shown)
    found = readings(wall, clock)
    assert len(found) == meanings
    if on_the_wall is not None:
        local = (found[0] + HOUR).astimezone(clock).replace(tzinfo=None)
        assert (local - wall) // MINUTE == on_the_wall


@pytest.mark.parametrize(("zone", "shown", "meanings", "on_the_wall"), CLOCK_CASES)
def test_each_moment_is_booked_for_as_long_as_the_service_takes_and_never_twice(
    zone: str, shown: str, meanings: int, on_the_wall: int | None
) -> None:
    del meanings, on_the_wall
    world, now = reference_data(zone, "00:00", "24:00"), datetime(2026, 1, 1, tzinfo=UTC)
    for moment in readings(datetime.fromisoformat(shown), ZoneInfo(zone)):
        busy_times = BusyTimes()
        booking_request = BookingRequest(client_id=CLIENT, therapist_id=THERAPIST, service_id=SERVICE, site_id=SITE, starts_at=moment)
        session = book(booking_request, SessionId(new_id()), HoldId(new_id()), world, busy_times, now)
        assert isinstance(session, Session)
        assert session.ends_at - session.starts_at == HOUR
        assert not isinstance(book(booking_request, SessionId(new_id()), HoldId(new_id()), world, busy_times, now), Session)


@settings(max_examples=examples(150))
@given(
    zone=st.sampled_from(sorted(available_timezones())),
    moment=MOMENTS,
)
def test_what_a_clock_shows_always_means_its_moment_among_at_most_two(zone: str, moment: datetime) -> None:
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    found = readings(wall, ZoneInfo(zone))
    assert moment in found
    assert 1 <= len(found) <= 2


def test_a_session_over_midnight_is_booked_where_the_site_is_open_over_midnight() -> None:
    world = reference_data("America/New_York", "00:00", "24:00")
    late = readings(datetime(2026, 3, 8, 23, 30), ZoneInfo("America/New_York"))[0]
    assert is_bookable(plan(late), world, BusyTimes(), late - HOUR)
    closes = reference_data("America/New_York", "08:00", "24:00")
    assert [reason.code for reason in conditions(plan(late), closes, BusyTimes(), late - HOUR)] == ["outside-opening-hours"]


def test_a_therapist_who_is_busy_speaks_against_a_session_whose_clients_are_not_known() -> None:
    nine = readings(datetime(2026, 3, 2, 9), ZoneInfo("America/New_York"))[0]
    busy_times = BusyTimes()
    busy_times.take(plan(nine))
    nobody = replace(plan(nine), client_ids=())
    found = conditions(nobody, reference_data("America/New_York"), busy_times, nine - HOUR)
    assert [(reason.code, reason.field) for reason in found] == [("therapist-busy", "therapist_id")]


def test_a_therapist_at_sites_in_two_zones_is_taken_at_the_same_moment_everywhere() -> None:
    tokyo = SiteId(new_id())
    world = reference_data("America/New_York", "00:00", "24:00")
    site = Site(tokyo, "Shibuya", Timetable(ALWAYS, ZoneInfo("Asia/Tokyo")), is_active=True)
    both = ReferenceData(world.services, {**world.sites, tokyo: site}, {}, world.therapists, world.clients, world.policies)
    nine = readings(datetime(2026, 3, 2, 9), ZoneInfo("America/New_York"))[0]
    busy_times = BusyTimes()
    busy_times.take(plan(nine))
    wall = datetime(2026, 3, 2, 23)  # nine in New York
    booking_request = BookingRequest(
        client_id=CLIENT, therapist_id=THERAPIST, service_id=SERVICE, site_id=tokyo, starts_at=readings(wall, site.zone)[0]
    )
    refused = book(booking_request, SessionId(new_id()), HoldId(new_id()), both, busy_times, nine - HOUR)
    assert not isinstance(refused, Session)
    assert {reason.code for reason in refused.reasons} == {"therapist-busy", "client-busy"}
