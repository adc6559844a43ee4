"""What may be booked: decisions over plain values, every reason at once.

Nothing here knows of tables, HTTP or time passing; ``now`` and ids come in as arguments.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.catalog import EffectiveRate, Kind
from contracts.hours import Timetable
from contracts.scheduling import SessionStatus
from contracts.types import LONGEST_SESSION, ClientId, GroupId, HoldId, RoomId, SeriesId, ServiceId, SessionId, SiteId, TherapistId

from scheduling.saga import Move, attempt
from scheduling.session import Session
from scheduling.working_time import WorkingTime

BACKDATED_AT_MOST: Final = timedelta(days=30)
AHEAD_AT_MOST: Final = timedelta(days=730)
LATE_WITHIN: Final = timedelta(hours=24)
"""A cancellation this close to the start is late."""
OFFERED_AT_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why something cannot be done, with what would work."""

    code: str
    field: str
    message: str
    clashes: tuple[SessionId, ...] = ()
    """The sessions that are in the way."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Every reason why something cannot be done."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """What scheduling knows of a service."""

    id: ServiceId
    service_code: str
    service_name: str
    duration: timedelta
    kind: Kind
    is_active: bool
    rates: tuple[EffectiveRate, ...]

    def rate_on(self, day: date) -> Decimal | None:
        """Return the rate in force on a day."""
        for rate in self.rates:
            if rate.effective_from <= day and (rate.effective_to is None or day <= rate.effective_to):
                return rate.amount
        return None


@dataclass(frozen=True, slots=True)
class Site:
    """What scheduling knows of a site."""

    id: SiteId
    site_name: str
    hours: Timetable
    """When it is open."""
    is_active: bool

    @property
    def zone(self) -> ZoneInfo:
        """Everything at the site happens on this clock."""
        return self.hours.zone

    def day(self, instant: datetime) -> date:
        """Return the calendar day at the site."""
        return instant.astimezone(self.zone).date()

    def is_open(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the site is open from start to end, on its own wall clock."""
        return self.hours.is_open(starts_at, ends_at)

    def spans(self, instant: datetime) -> str:
        """Say when the site is open on the day of a moment."""
        return ", ".join(f"{opens}-{closes}" for opens, closes in self.hours.spans(self.day(instant))) or "not at all"


@dataclass(frozen=True, slots=True)
class Room:
    """What scheduling knows of a room."""

    id: RoomId
    site_id: SiteId
    room_number: str
    capacity: int
    equipment: frozenset[str]
    is_active: bool


@dataclass(frozen=True, slots=True)
class Therapist:
    """What booking needs to know of a therapist."""

    id: TherapistId
    is_active: bool
    site_ids: tuple[SiteId, ...]
    """Where they work; anywhere when empty."""
    time: WorkingTime = field(default_factory=WorkingTime)

    def not_at_work(self, site: Site | None, starts_at: datetime, ends_at: datetime) -> list[Reason]:
        """Say why they cannot be booked at that time, as far as their own time is concerned."""
        found = self.time.obstacles(site.id, site.zone, starts_at, ends_at) if site else []
        return [Reason(code, "therapist_id", message) for code, message in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A session that somebody wants; how long it takes and what it costs, the service decides."""

    client_id: ClientId
    therapist_id: TherapistId
    service_id: ServiceId
    site_id: SiteId
    starts_at: datetime
    room_id: RoomId | None = None
    capacity: int | None = None
    equipment: tuple[str, ...] = ()
    insurance_applicable: bool = False
    billing_notes: str | None = None
    backdated: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """Time of a person that a session has."""

    person_id: UUID
    session_id: SessionId
    starts_at: datetime
    ends_at: datetime


def time_of(session: Session, starts_at: datetime, ends_at: datetime) -> list[Taken]:
    """Return the time that a session has of each of its people."""
    return [Taken(person, session.id, starts_at, ends_at) for person in (session.therapist_id, session.client_id)]


@dataclass(slots=True)
class Diary:
    """When people are taken, as far as a batch is concerned; grows with what the batch takes."""

    taken: dict[UUID, list[Taken]] = field(default_factory=dict)
    fresh: list[Taken] = field(default_factory=list)
    """What this batch took."""

    def clashes(self, person_id: UUID, starts_at: datetime, ends_at: datetime, session_id: SessionId) -> tuple[SessionId, ...]:
        """Return the other sessions that have this person in that time."""
        found = {
            taken.session_id
            for taken in self.taken.get(person_id, ())
            if taken.starts_at < ends_at and starts_at < taken.ends_at and taken.session_id != session_id
        }
        return tuple(sorted(found))

    def take(self, session: Session, starts_at: datetime, ends_at: datetime) -> None:
        """Take both people's time for a session."""
        fresh = time_of(session, starts_at, ends_at)
        self.add(fresh)
        self.fresh += fresh

    def add(self, taken: Iterable[Taken]) -> None:
        """Note time that is taken."""
        for entry in taken:
            self.taken.setdefault(entry.person_id, []).append(entry)


@dataclass(frozen=True, slots=True)
class Board:
    """What must be known to decide a batch of bookings."""

    services: Mapping[ServiceId, Service]
    sites: Mapping[SiteId, Site]
    rooms: Mapping[RoomId, Room]
    therapists: Mapping[TherapistId, Therapist]
    clients: frozenset[ClientId]


def book(
    wish: Wish,
    session_id: SessionId,
    hold_id: HoldId,
    board: Board,
    diary: Diary,
    now: datetime,
    series_id: SeriesId | None = None,
    group_id: GroupId | None = None,
) -> Session | Refusal:
    """Decide whether a wish becomes a session, and take both people's time for it."""
    service, site = board.services.get(wish.service_id), board.sites.get(wish.site_id)
    reasons = [*_unknown(wish, board), *_not_offered(service), *_not_working(wish, board)]
    ends_at = wish.starts_at + (service.duration if service else timedelta())
    reasons += _bad_time(wish.starts_at, ends_at, site, now, backdated=wish.backdated)
    if therapist := board.therapists.get(wish.therapist_id):
        reasons += therapist.not_at_work(site, wish.starts_at, ends_at)
    rate = rate_on(service, site, wish.starts_at)
    if service and site and rate is None:
        reasons.append(no_rate(service, site.day(wish.starts_at)))
    reasons += people_busy(diary, wish.therapist_id, wish.client_id, wish.starts_at, ends_at, session_id)
    if reasons or service is None or rate is None:
        return Refusal(tuple(reasons))
    session = Session(
        id=session_id,
        client_id=wish.client_id,
        therapist_id=wish.therapist_id,
        service_id=wish.service_id,
        service_code=service.service_code,
        service_name=service.service_name,
        site_id=wish.site_id,
        starts_at=wish.starts_at,
        ends_at=ends_at,
        calculated_rate=rate,
        insurance_applicable=wish.insurance_applicable,
        billing_notes=wish.billing_notes,
        series_id=series_id,
        capacity=wish.capacity,
        equipment=wish.equipment,
        pending=attempt(hold_id, Move(wish.starts_at, ends_at, wish.room_id, rate), now, group_id),
        created_at=now,
        updated_at=now,
    )
    diary.take(session, wish.starts_at, ends_at)
    return session


def move(session: Session, wish: Move, site: Site | None, therapist: Therapist | None, diary: Diary, now: datetime) -> tuple[Reason, ...]:
    """Say why a session cannot be moved to this time, as far as hours and people are concerned."""
    backdated = session.starts_at < now
    return (
        *_bad_time(wish.starts_at, wish.ends_at, site, now, backdated=backdated),
        *(therapist.not_at_work(site, wish.starts_at, wish.ends_at) if therapist else ()),
        *people_busy(diary, session.therapist_id, session.client_id, wish.starts_at, wish.ends_at, session.id),
    )


def rate_on(service: Service | None, site: Site | None, starts_at: datetime) -> Decimal | None:
    """Return the rate in force on the date of service, at the site."""
    return service.rate_on(site.day(starts_at)) if service and site else None


def no_rate(service: Service, day: date) -> Reason:
    """Say that a service has no price on a day."""
    return Reason("no-rate", "service_id", f"{service.service_code} has no rate on {day}. Enter one, or choose another day.")


def people_busy(
    diary: Diary, therapist_id: TherapistId, client_id: ClientId, starts_at: datetime, ends_at: datetime, session_id: SessionId
) -> list[Reason]:
    """Say which of the two people are somewhere else, and where."""
    reasons = []
    for who, person in (("therapist", therapist_id), ("client", client_id)):
        if clashes := diary.clashes(person, starts_at, ends_at, session_id):
            message = f"The {who} has another session at that time. Choose another time, or move that session first."
            reasons.append(Reason(f"{who}-busy", f"{who}_id", message, clashes))
    return reasons


def suits(
    session: Session, offers: Sequence[tuple[datetime, datetime]], site: Site | None, therapist: Therapist | None, diary: Diary
) -> list[bool]:
    """Say for each offered time whether both people are free and the therapist works."""
    people = (session.therapist_id, session.client_id)
    return [
        not any(diary.clashes(person, starts, ends, session.id) for person in people)
        and not (therapist and therapist.not_at_work(site, starts, ends))
        for starts, ends in offers
    ]


def is_late(session: Session, now: datetime) -> bool:
    """Whether cancelling a session now is late: it has a room, and starts soon."""
    return session.status is SessionStatus.BOOKED and session.starts_at - now < LATE_WITHIN


def actual_times(session: Session, started: datetime | None, ended: datetime | None, now: datetime) -> tuple[datetime, datetime] | Refusal:
    """Say when a completed session took place: as planned where nothing else is said, never in the future."""
    start = started or session.starts_at
    end = ended or min(session.ends_at, max(now, start))
    reasons = []
    if end > now or start > now:
        reasons.append(Reason("in-the-future", "actual_end", "A session is completed with times that have passed."))
    if end < start:
        reasons.append(Reason("ends-before-start", "actual_end", "actual_end lies before actual_start."))
    if abs(start - session.starts_at) > LONGEST_SESSION or end - start > LONGEST_SESSION:
        reasons.append(Reason("implausible-time", "actual_start", f"Actual times lie within {LONGEST_SESSION} of the planned ones."))
    return Refusal(tuple(reasons)) if reasons else (start, end)


def _unknown(wish: Wish, board: Board) -> list[Reason]:
    room = board.rooms.get(wish.room_id) if wish.room_id else None
    missing = {
        "client": ("client_id", wish.client_id not in board.clients),
        "therapist": ("therapist_id", wish.therapist_id not in board.therapists),
        "service": ("service_id", wish.service_id not in board.services),
        "site": ("site_id", wish.site_id not in board.sites),
        "room": ("room_id", wish.room_id is not None and room is None),
    }
    reasons = [Reason(f"unknown-{what}", name, f"There is no such {what}.") for what, (name, lacks) in missing.items() if lacks]
    if room and room.site_id != wish.site_id:
        reasons.append(
            Reason("room-elsewhere", "room_id", f"Room {room.room_number} is at another site. Choose a room of this site, or its site.")
        )
    return reasons


def _not_offered(service: Service | None) -> list[Reason]:
    if service is None:
        return []
    reasons = []
    if not service.is_active:
        reasons.append(Reason("inactive-service", "service_id", f"{service.service_code} is no longer offered. Choose an active service."))
    if service.kind is Kind.FEE or not timedelta() < service.duration <= LONGEST_SESSION:
        reasons.append(
            Reason("not-bookable", "service_id", f"{service.service_code} is charged, not booked. Choose a service with a duration.")
        )
    return reasons


def _not_working(wish: Wish, board: Board) -> list[Reason]:
    therapist = board.therapists.get(wish.therapist_id)
    if therapist is None:
        return []
    if not therapist.is_active:
        return [Reason("inactive-therapist", "therapist_id", "This therapist no longer works here. Choose another.")]
    if therapist.site_ids and wish.site_id not in therapist.site_ids:
        return [Reason("therapist-elsewhere", "therapist_id", "This therapist does not work at that site. Choose one of their sites.")]
    return []


def _bad_time(starts_at: datetime, ends_at: datetime, site: Site | None, now: datetime, *, backdated: bool) -> list[Reason]:
    reasons = []
    if starts_at < now and not backdated:
        message = "The start has passed. Choose a later one, or say backdated for a walk-in of the last 30 days."
        reasons.append(Reason("in-the-past", "starts_at", message))
    if starts_at < now - BACKDATED_AT_MOST:
        reasons.append(Reason("too-far-back", "starts_at", f"A walk-in is recorded within {BACKDATED_AT_MOST.days} days."))
    if starts_at > now + AHEAD_AT_MOST:
        reasons.append(Reason("too-far-ahead", "starts_at", f"Sessions are booked at most {AHEAD_AT_MOST.days} days ahead."))
    if site and not site.is_active:
        reasons.append(Reason("inactive-site", "site_id", f"{site.site_name} is closed for good. Choose another site."))
    if site and not site.is_open(starts_at, ends_at):
        span = f"{starts_at.astimezone(site.zone):%a %Y-%m-%d %H:%M}-{ends_at.astimezone(site.zone):%H:%M}"
        message = f"{site.site_name} is not open {span} ({site.zone.key}); open that day: {site.spans(starts_at)}."
        reasons.append(Reason("outside-opening-hours", "starts_at", message))
    return reasons
