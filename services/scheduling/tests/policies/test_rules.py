"""The clinic's own rules, as pure decisions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.types import ClientId, ServiceId, SessionId, SiteId, TherapistId, new_id
from hypothesis import given
from hypothesis import strategies as st
from scheduling.lifecycle.busy_times import BusyTimes, Interval
from scheduling.policies.rules import Policies, Policy

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 2, 20, 12, tzinfo=UTC)
TEN = datetime(2026, 3, 2, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THERAPIST, CLIENT = TherapistId(new_id()), ClientId(new_id())
HERE, THERE = SiteId(new_id()), SiteId(new_id())
TALK, TEST = ServiceId(new_id()), ServiceId(new_id())

minutes = st.integers(0, 120).map(lambda count: count * MINUTE)


def plan(starts_at: datetime = TEN, *, site_id: SiteId = HERE, service_id: ServiceId = TALK, client: ClientId = CLIENT) -> Interval:
    """Think of a session."""
    return Interval(
        session_id=SessionId(new_id()),
        service_id=service_id,
        site_id=site_id,
        therapist_id=THERAPIST,
        client_ids=(client,),
        starts_at=starts_at,
        ends_at=starts_at + 60 * MINUTE,
    )


def broken(policies: Policies, booking_request: Interval, *taken: Interval, now: datetime = NOW) -> list[str]:
    """Return which rules a plan would break."""
    busy_times = BusyTimes()
    for other in taken:
        busy_times.take(other)
    return [reason.code for reason in policies.obstacles(booking_request, NEW_YORK, busy_times, now)]


@given(before=minutes, after=minutes, travel=minutes, gap=minutes, elsewhere=st.booleans(), earlier=st.booleans())
def test_two_sessions_are_exactly_as_far_apart_as_buffers_and_travel_ask(
    before: timedelta, after: timedelta, travel: timedelta, gap: timedelta, *, elsewhere: bool, earlier: bool
) -> None:
    policies = Policies(
        services={TALK: Policy(buffer_before=before), TEST: Policy(buffer_after=after)}, travel={frozenset((HERE, THERE)): travel}
    )
    other = plan(TEN - gap - 60 * MINUTE, service_id=TEST, site_id=THERE if elsewhere else HERE)
    booking_request = plan()
    needed = before + after + (travel if elsewhere else timedelta())
    found = broken(policies, other, booking_request) if earlier else broken(policies, booking_request, other)
    assert bool(found) == (gap < needed)
    if found:
        assert found == ["buffer-time" if gap < before + after else "travel-time"]


@given(gap=minutes, before=minutes, after=minutes, travel=minutes)
def test_everything_that_a_rule_needs_to_know_is_asked_for(gap: timedelta, before: timedelta, after: timedelta, travel: timedelta) -> None:
    policies = Policies(Policy(buffer_before=before, buffer_after=after), {}, {frozenset((HERE, THERE)): travel})
    booking_request, other = plan(), plan(TEN - gap - 60 * MINUTE, site_id=THERE)
    if broken(policies, booking_request, other):
        requested = {person: (begin, end) for person, begin, end in policies.concerning(booking_request, NEW_YORK)}
        begin, end = requested[THERAPIST]
        assert other.ends_at > begin
        assert other.starts_at < end


def test_a_day_is_the_sites_own_also_when_the_clocks_change() -> None:
    policies = Policies(Policy(therapist_a_day=1))
    late = datetime(2026, 3, 9, 3, 30, tzinfo=UTC)  # 23:30 on the 8th, the day the clocks go forward
    same_day, next_day = datetime(2026, 3, 8, 5, 30, tzinfo=UTC), datetime(2026, 3, 9, 4, 30, tzinfo=UTC)
    assert broken(policies, plan(late), plan(same_day)) == ["therapist-daily-maximum"]
    assert broken(policies, plan(late), plan(next_day)) == []
    begin, end = next((begin, end) for person, begin, end in policies.concerning(plan(late), NEW_YORK) if person == THERAPIST)
    assert begin <= same_day
    assert end <= next_day


def test_a_clients_maximum_counts_that_client_alone() -> None:
    policies = Policies(Policy(client_a_day=1))
    somebody_else = plan(TEN + 120 * MINUTE, client=ClientId(new_id()))
    assert broken(policies, plan(), somebody_else) == []
    assert broken(policies, plan(), plan(TEN + 120 * MINUTE)) == ["client-daily-maximum"]


@given(st.integers(-60 * 24 * 40, 60 * 24 * 400))
def test_notice_and_window_bound_the_start_from_both_sides(from_now: int) -> None:
    policies = Policies(Policy(notice=timedelta(hours=24), book_ahead=timedelta(days=90)))
    start = NOW + from_now * MINUTE
    expected = ["short-notice"] if NOW <= start < NOW + timedelta(hours=24) else []
    expected += ["outside-booking-window"] if start > NOW + timedelta(days=90) else []
    assert broken(policies, plan(start)) == expected


def test_a_service_that_has_no_rules_of_its_own_keeps_the_default() -> None:
    policies = Policies(Policy(notice=timedelta(days=20)), {TEST: Policy()})
    assert broken(policies, plan()) == ["short-notice"]
    assert broken(policies, plan(service_id=TEST)) == []
