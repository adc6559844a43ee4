"""The clinic's own rules: how early and how late to book, time between sessions and sites, sessions a day; pure.

They may be overridden by staff with a reason. Nothing that keeps two sessions apart in the database is among them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.named_times import NamedTime
from contracts.types import ServiceId, SessionId, SiteId

from scheduling.diary import Diary, Plan, Taken
from scheduling.reasons import Reason

AHEAD_AT_MOST: Final = timedelta(days=730)
LATE_WITHIN: Final = timedelta(hours=24)
ONE_DAY: Final = timedelta(days=1)
NONE: Final = timedelta()
MINUTE: Final = timedelta(minutes=1)

Times = tuple[UUID, datetime, datetime]
"""A person, from when, until when."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a clinic asks of a booking."""

    book_ahead: timedelta = AHEAD_AT_MOST
    """The booking window: nothing is booked earlier than this before it starts."""
    notice: timedelta = NONE
    """Nothing is booked later than this before it starts."""
    buffer_before: timedelta = NONE
    """The therapist is kept free so long before a session."""
    buffer_after: timedelta = NONE
    """The therapist is kept free so long after a session."""
    therapist_a_day: int | None = None
    """Sessions that a therapist has on a day at most."""
    client_a_day: int | None = None
    """Sessions that a client has on a day at most."""
    late_within: timedelta = LATE_WITHIN
    """The cancellation window: a cancellation this close to the start is late."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The network's policy, what services have instead, and how long therapists travel."""

    default: Policy = field(default_factory=Policy)
    services: Mapping[ServiceId, Policy] = field(default_factory=dict[ServiceId, Policy])
    travel: Mapping[frozenset[SiteId], timedelta] = field(default_factory=dict[frozenset[SiteId], timedelta])
    """Between two sites, either way."""

    def of(self, service_id: ServiceId) -> Policy:
        """Return the policy of a service."""
        return self.services.get(service_id, self.default)

    def concerning(self, plan: Plan, zone: ZoneInfo | None) -> Iterator[Times]:
        """Say whose time must be known, and when, to judge a plan."""
        policy = self.of(plan.service_id)
        day = _day(plan.starts_at, zone) if zone else (plan.starts_at, plan.ends_at)
        apart = self.apart_at_most()
        for person in plan.people:
            is_therapist = person == plan.therapist_id
            reach = apart if is_therapist else NONE
            begin, end = plan.starts_at - reach, plan.ends_at + reach
            if (policy.therapist_a_day if is_therapist else policy.client_a_day) is not None:
                begin, end = min(begin, day[0]), max(end, day[1])
            yield person, begin, end

    def obstacles(self, plan: Plan, zone: ZoneInfo, diary: Diary, now: datetime) -> Iterator[Reason]:
        """Find every rule that a plan would break, with what would keep it."""
        policy = self.of(plan.service_id)
        if policy.book_ahead < AHEAD_AT_MOST and plan.starts_at > now + policy.book_ahead:
            last = NamedTime.moment(now + policy.book_ahead, zone)
            message = f"Sessions are booked at most {_spoken(policy.book_ahead)} ahead. Choose a time until {last}."
            yield Reason("outside-booking-window", "starts_at", message, times=(last,))
        if now <= plan.starts_at < now + policy.notice:
            first = NamedTime.moment(now + policy.notice, zone)
            message = f"Sessions are booked at least {_spoken(policy.notice)} before they start. Choose a time from {first} on."
            yield Reason("short-notice", "starts_at", message, times=(first,))
        yield from self._too_close(plan, zone, diary)
        for who, person, most in (
            ("therapist", plan.therapist_id, policy.therapist_a_day),
            *(("client", client, policy.client_a_day) for client in plan.client_ids),
        ):
            others = _on_the_day(plan, person, zone, diary)
            if most is not None and len(others) >= most:
                message = f"The {who} has {len(others)} sessions that day, and at most {most} are booked. Choose another day."
                yield Reason(f"{who}-daily-maximum", f"{who}_id", message, tuple(sorted(others)))

    def _too_close(self, plan: Plan, zone: ZoneInfo, diary: Diary) -> Iterator[Reason]:
        """Find the therapist's sessions that leave too little time before or after the plan."""
        own = plan.taken_of(plan.therapist_id)
        for other in diary.others(plan.therapist_id, plan.session_id):
            earlier, later = (other, own) if other.ends_at <= own.starts_at else (own, other)
            if earlier.ends_at > later.starts_at:
                continue
            gap, pause, journey = later.starts_at - earlier.ends_at, self._pause(earlier, later), self._journey(earlier, later)
            if gap >= pause + journey:
                continue
            moved = other.ends_at + pause + journey if earlier is other else other.starts_at - pause - journey
            bound = NamedTime.time(moved, zone)
            fix = f"{'Start at' if earlier is other else 'End by'} {bound}"
            if gap < pause:
                message = f"The therapist is kept free for {_spoken(pause)} between these sessions. {fix}, or choose another therapist."
                yield Reason("buffer-time", "starts_at", message, (other.session_id,), (bound,))
            else:
                message = f"The therapist travels {_spoken(journey)} between the two sites. {fix}, or choose another therapist."
                yield Reason("travel-time", "starts_at", message, (other.session_id,), (bound,))

    def _pause(self, earlier: Taken, later: Taken) -> timedelta:
        return self.of(earlier.service_id).buffer_after + self.of(later.service_id).buffer_before

    def _journey(self, earlier: Taken, later: Taken) -> timedelta:
        return self.travel.get(frozenset((earlier.site_id, later.site_id)), NONE)

    def apart_at_most(self) -> timedelta:
        """Return the longest time that two sessions of a therapist must lie apart."""
        policies = (self.default, *self.services.values())
        pause = max(policy.buffer_before for policy in policies) + max(policy.buffer_after for policy in policies)
        return pause + max(self.travel.values(), default=NONE)


def _on_the_day(plan: Plan, person: UUID, zone: ZoneInfo, diary: Diary) -> set[SessionId]:
    begin, end = _day(plan.starts_at, zone)
    return {other.session_id for other in diary.others(person, plan.session_id) if begin <= other.starts_at < end}


def _day(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the local day of a moment begins and ends."""
    day = moment.astimezone(zone).date()
    return datetime.combine(day, time(), zone), datetime.combine(day + ONE_DAY, time(), zone)


def _spoken(length: timedelta) -> str:
    for unit, name in ((ONE_DAY, "day"), (timedelta(hours=1), "hour"), (MINUTE, "minute")):
        if length >= unit and not length % unit:
            count = length // unit
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{length // MINUTE} minutes"
