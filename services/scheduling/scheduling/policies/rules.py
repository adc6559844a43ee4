"""The clinic's own rules: how early and how late to book, time between sessions and sites, sessions a day; pure.

They may be overridden by staff with a reason. Nothing that separates two sessions in the database is among them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.named_times import NamedTime
from contracts.scheduling import CancellationPolicyStated, CancellationPolicyStatedV2, CancellationWindow, ServiceWindow
from contracts.types import ServiceId, SessionId, SiteId

from scheduling.lifecycle.busy_times import BusyTimes, Interval, Taken
from scheduling.lifecycle.reasons import Reason

DEFAULT_SCOPE: Final = "default"

RULE_NAMES: Final[dict[str, tuple[str, timedelta | None]]] = {
    "book_ahead_days": ("book_ahead", timedelta(days=1)),
    "notice_minutes": ("notice", timedelta(minutes=1)),
    "buffer_before_minutes": ("buffer_before", timedelta(minutes=1)),
    "buffer_after_minutes": ("buffer_after", timedelta(minutes=1)),
    "therapist_sessions_a_day": ("therapist_a_day", None),
    "client_sessions_a_day": ("client_a_day", None),
    "cancellation_window_minutes": ("late_within", timedelta(minutes=1)),
}
"""How each rule is written, and in which unit."""

AHEAD_AT_MOST: Final = timedelta(days=730)

LATE_WITHIN: Final = timedelta(hours=24)

NONE: Final = timedelta()


@dataclass(frozen=True, slots=True)
class Policy:
    """What a clinic requires of a booking."""

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


def to_policy(rules: Mapping[str, int | None], default: Policy) -> Policy:
    """Read a policy as it is written; what it leaves out is taken from the default."""
    stated: dict[str, Any] = {}
    for name, value in rules.items():
        if value is not None:
            field, unit = RULE_NAMES[name]
            stated[field] = value * unit if unit else value
    return replace(default, **stated)


ONE_DAY: Final = timedelta(days=1)

MINUTE: Final = timedelta(minutes=1)

Times = tuple[UUID, datetime, datetime]
"""A person, from when, until when."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The network's policy, what services have instead, and how long therapists travel."""

    default: Policy = field(default_factory=Policy)
    services: Mapping[ServiceId, Policy] = field(default_factory=dict[ServiceId, Policy])
    travel: Mapping[frozenset[SiteId], timedelta] = field(default_factory=dict[frozenset[SiteId], timedelta])
    """Between two sites, either way."""
    longest_gap: timedelta = field(init=False, repr=False)
    """The longest gap that two sessions of a therapist may need."""

    def __post_init__(self) -> None:
        """Find the longest gap once: every interval is judged by it."""
        policies = (self.default, *self.services.values())
        pause = max(policy.buffer_before for policy in policies) + max(policy.buffer_after for policy in policies)
        object.__setattr__(self, "longest_gap", pause + max(self.travel.values(), default=NONE))

    def of(self, service_id: ServiceId) -> Policy:
        """Return the policy of a service."""
        return self.services.get(service_id, self.default)

    def concerning(self, interval: Interval, zone: ZoneInfo | None) -> Iterator[Times]:
        """Return whose time must be known, and when, to judge an interval."""
        policy = self.of(interval.service_id)
        for person, reach, most in (
            (interval.therapist_id, self.longest_gap, policy.therapist_a_day),
            *((client, NONE, policy.client_a_day) for client in interval.client_ids),
        ):
            begin, end = interval.starts_at - reach, interval.ends_at + reach
            if zone and most is not None:
                day_begin, day_end = _day(interval.starts_at, zone)
                begin, end = min(begin, day_begin), max(end, day_end)
            yield person, begin, end

    def obstacles(self, interval: Interval, zone: ZoneInfo, busy_times: BusyTimes, now: datetime) -> Iterator[Reason]:
        """Find every rule that an interval would break, with what would keep it."""
        policy = self.of(interval.service_id)
        if policy.book_ahead < AHEAD_AT_MOST and interval.starts_at > now + policy.book_ahead:
            last = NamedTime.moment(now + policy.book_ahead, zone)
            message = f"Sessions are booked at most {_spoken(policy.book_ahead)} ahead. Choose a time until {last}."
            yield Reason("outside-booking-window", "starts_at", message, times=(last,))
        if now <= interval.starts_at < now + policy.notice:
            first = NamedTime.moment(now + policy.notice, zone)
            message = f"Sessions are booked at least {_spoken(policy.notice)} before they start. Choose a time from {first} on."
            yield Reason("short-notice", "starts_at", message, times=(first,))
        yield from self._too_close(interval, zone, busy_times)
        for who, person, most in (
            ("therapist", interval.therapist_id, policy.therapist_a_day),
            *(("client", client, policy.client_a_day) for client in interval.client_ids),
        ):
            if most is not None and len(others := _on_the_day(interval, person, zone, busy_times)) >= most:
                message = f"The {who} has {len(others)} sessions that day, and at most {most} are booked. Choose another day."
                client = next((client for client in interval.client_ids if client == person), None)
                yield Reason(f"{who}-daily-maximum", f"{who}_id", message, tuple(sorted(others)), client_id=client)

    def _too_close(self, interval: Interval, zone: ZoneInfo, busy_times: BusyTimes) -> Iterator[Reason]:
        """Find the therapist's sessions that leave too little time before or after the interval."""
        own = interval.busy_time_of(interval.therapist_id)
        for other in busy_times.others(interval.therapist_id, interval.session_id):
            if own.starts_at - other.ends_at >= self.longest_gap or other.starts_at - own.ends_at >= self.longest_gap:
                continue
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


def cancellation_policy_stated_v2(known: Policies, version: int, now: datetime) -> CancellationPolicyStatedV2:
    """Return what counts as a late cancellation, by the clinic's rules and by those of services."""
    windows = tuple(ServiceWindow(service_id=service, minutes=minutes) for service, minutes in _late_minutes(known).items())
    return CancellationPolicyStatedV2(version=version, minutes=known.default.late_within // MINUTE, services=windows, stated_at=now)


def cancellation_policy_stated(known: Policies, now: datetime) -> CancellationPolicyStated:
    """Return the same in the version of the message before."""
    by_scope = {None: known.default.late_within // MINUTE, **_late_minutes(known)}
    windows = tuple(CancellationWindow(service_id=service, minutes=minutes) for service, minutes in by_scope.items())
    return CancellationPolicyStated(windows=windows, stated_at=now)


def _late_minutes(known: Policies) -> dict[ServiceId, int]:
    return {service: policy.late_within // MINUTE for service, policy in known.services.items()}


def _on_the_day(interval: Interval, person: UUID, zone: ZoneInfo, busy_times: BusyTimes) -> set[SessionId]:
    begin, end = _day(interval.starts_at, zone)
    return {other.session_id for other in busy_times.others(person, interval.session_id) if begin <= other.starts_at < end}


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
