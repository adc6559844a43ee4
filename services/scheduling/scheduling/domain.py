"""What may be booked: decisions over plain values, every reason at once.

Nothing here knows of tables, HTTP or time passing; ``now`` and ids come in as arguments.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from contracts.catalog import EffectiveRate, Kind
from contracts.hours import Timetable
from contracts.named_times import NamedTime
from contracts.scheduling import AddOn, ClientLocation, Modality, SessionStatus
from contracts.types import LONGEST_SESSION, ClientId, EntryId, GroupId, HoldId, RoomId, SeriesId, ServiceId, SessionId, SiteId, TherapistId

from scheduling.diary import Diary, Plan
from scheduling.policy import AHEAD_AT_MOST, Policies, Times
from scheduling.reasons import Override, Reason, Refusal, Waived
from scheduling.saga import Move, as_it_was, attempt
from scheduling.session import BilledAs, Session, places_for
from scheduling.working_time import WorkingTime

BACKDATED_AT_MOST: Final = timedelta(days=30)
OFFERED_AT_MOST: Final = 5
GROUP_AT_MOST: Final = 50
OVERRIDABLE: Final = frozenset(
    {
        "outside-booking-window",
        "short-notice",
        "buffer-time",
        "travel-time",
        "therapist-daily-maximum",
        "client-daily-maximum",
        "outside-working-hours",
        "lunch-break",
        "time-off",
    }
)
"""What staff may override with a reason; everything else holds for everybody."""


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
    min_clients: int = 1
    """A session is booked for at least so many clients."""

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


@dataclass(frozen=True, slots=True)
class Room:
    """What scheduling knows of a room."""

    id: RoomId
    site_id: SiteId
    room_number: str
    room_name: str
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
    credential: str | None = None
    time: WorkingTime = field(default_factory=WorkingTime)

    def not_at_work(self, site: Site | None, starts_at: datetime, ends_at: datetime) -> list[Reason]:
        """Say why they cannot be booked at that time, as far as their own time is concerned."""
        found = self.time.obstacles(site.id, site.zone, starts_at, ends_at) if site else []
        return [Reason(each.code, "therapist_id", each.message, times=(each.named,)) for each in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A session that somebody wants; how long it takes and what it costs, the service decides."""

    client_id: ClientId
    therapist_id: TherapistId
    service_id: ServiceId
    site_id: SiteId
    starts_at: datetime
    other_client_ids: tuple[ClientId, ...] = ()
    """The others of a group."""
    room_id: RoomId | None = None
    capacity: int | None = None
    equipment: tuple[str, ...] = ()
    insurance_applicable: bool = False
    billing_notes: str | None = None
    backdated: bool = False
    override: Override | None = None
    """The clinic's rules do not count for this session."""
    offer_until: datetime | None = None
    """It is offered to somebody on the waitlist, until then."""
    entry_id: EntryId | None = None
    modality: Modality = Modality.IN_PERSON

    @property
    def places(self) -> int | None:
        """How many people the room must take; None when any room will do."""
        return places_for((self.client_id, *self.other_client_ids), self.capacity)

    def plan(self, session_id: SessionId, ends_at: datetime) -> Plan:
        """Say whose time it would take."""
        return Plan(
            session_id=session_id,
            service_id=self.service_id,
            site_id=self.site_id,
            therapist_id=self.therapist_id,
            client_ids=(self.client_id, *self.other_client_ids),
            starts_at=self.starts_at,
            ends_at=ends_at,
        )


@dataclass(frozen=True, slots=True)
class Board:
    """What must be known to decide a batch of bookings and moves."""

    services: Mapping[ServiceId, Service]
    sites: Mapping[SiteId, Site]
    rooms: Mapping[RoomId, Room]
    therapists: Mapping[TherapistId, Therapist]
    clients: frozenset[ClientId]
    policies: Policies

    def ends(self, wish: Wish) -> datetime:
        """Return when a wish would end."""
        service = self.services.get(wish.service_id)
        return wish.starts_at + (service.duration if service else timedelta())

    def concerning(self, plan: Plan) -> Iterator[Times]:
        """Say whose time must be known, and when, to judge a plan."""
        site = self.sites.get(plan.site_id)
        return self.policies.concerning(plan, site.zone if site else None)


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
    """Decide whether a wish becomes a session, and take everybody's time for it."""
    service, site = board.services.get(wish.service_id), board.sites.get(wish.site_id)
    plan = wish.plan(session_id, board.ends(wish))
    reasons = [*at_any_time(wish, board), *conditions(plan, board, diary, now, backdated=wish.backdated)]
    rate = rate_on(service, site, wish.starts_at)
    if service and site and rate is None:
        reasons.append(no_rate(service, site.day(wish.starts_at)))
    against = remaining(session_id, reasons, wish.override, diary)
    if against or service is None or rate is None:
        return Refusal(against)
    therapist = board.therapists[wish.therapist_id]
    session = Session(
        id=session_id,
        client_id=wish.client_id,
        other_client_ids=wish.other_client_ids,
        therapist_id=wish.therapist_id,
        service_id=wish.service_id,
        service_code=service.service_code,
        service_name=service.service_name,
        site_id=wish.site_id,
        starts_at=wish.starts_at,
        ends_at=plan.ends_at,
        calculated_rate=rate,
        insurance_applicable=wish.insurance_applicable,
        billing_notes=wish.billing_notes,
        therapist_credential=therapist.credential,
        series_id=series_id,
        capacity=wish.capacity,
        equipment=wish.equipment,
        pending=attempt(hold_id, Move(wish.starts_at, plan.ends_at, wish.room_id, rate), now, group_id),
        offer_until=wish.offer_until,
        entry_id=wish.entry_id,
        modality=wish.modality,
        created_at=now,
        updated_at=now,
    )
    diary.take(plan)
    return session


def move(session: Session, wish: Move, board: Board, diary: Diary, now: datetime, override: Override | None) -> tuple[Reason, ...]:
    """Say why a session cannot be moved to this time or these clients, rooms aside; take everybody's time where it can."""
    plan = planned(session, wish)
    reasons = conditions(plan, board, diary, now, backdated=session.starts_at < now)
    against = remaining(session.id, reasons, override, diary)
    if not against:
        diary.take(plan)
    return against


def restore(session: Session, diary: Diary) -> tuple[Reason, ...]:
    """Say whose time a session that is to be booked again has lost, rooms aside; take it where nobody has.

    The clinic's rules were kept or overridden when it was booked, and do not count again.
    """
    plan = planned(session, as_it_was(session))
    against = tuple(_people_busy(diary, plan, "Move or cancel that session first, then undo."))
    if not against:
        diary.take(plan)
    return against


def planned(session: Session, wish: Move) -> Plan:
    """Say whose time a move of a session would take."""
    return Plan(
        session_id=session.id,
        service_id=session.service_id,
        site_id=session.site_id,
        therapist_id=session.therapist_id,
        client_ids=wish.client_ids or session.client_ids,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
    )


def at_any_time(wish: Wish, board: Board) -> list[Reason]:
    """Find what speaks against a wish whatever its start is."""
    service = board.services.get(wish.service_id)
    return [*_unknown(wish, board), *_not_offered(service), *_not_working(wish, board), *_bad_group(wish, service)]


def conditions(plan: Plan, board: Board, diary: Diary, now: datetime, *, backdated: bool = False) -> list[Reason]:
    """Find everything that speaks against a time, as far as hours, people and the clinic's rules are concerned."""
    site, therapist = board.sites.get(plan.site_id), board.therapists.get(plan.therapist_id)
    reasons = _bad_time(plan.starts_at, plan.ends_at, site, now, backdated=backdated)
    reasons += therapist.not_at_work(site, plan.starts_at, plan.ends_at) if therapist else []
    reasons += _people_busy(diary, plan)
    reasons += board.policies.obstacles(plan, site.zone, diary, now) if site and not backdated else []
    return reasons


def remaining(session_id: SessionId, reasons: Sequence[Reason], override: Override | None, diary: Diary) -> tuple[Reason, ...]:
    """Return what stands in the way after an override; what staff overrides is noted where that is all."""
    if override is None:
        return tuple(reasons)
    hard = tuple(reason for reason in reasons if reason.code not in OVERRIDABLE)
    if reasons and not hard:
        diary.waived.append(Waived(session_id, override, tuple(reasons)))
    return hard


def rate_on(service: Service | None, site: Site | None, starts_at: datetime) -> Decimal | None:
    """Return the rate in force on the date of service, at the site."""
    return service.rate_on(site.day(starts_at)) if service and site else None


def no_rate(service: Service, day: date) -> Reason:
    """Say that a service has no price on a day."""
    named = NamedTime.of_day(day)
    message = f"{service.service_code} has no rate on {named}. Enter one, or choose another day."
    return Reason("no-rate", "service_id", message, times=(named,))


def _people_busy(diary: Diary, plan: Plan, fix: str = "Choose another time, or move that session first.") -> list[Reason]:
    """Say which of the people are somewhere else, and where."""
    reasons = []
    for person in plan.people:
        if clashes := diary.clashes(person, plan.starts_at, plan.ends_at, plan.session_id):
            who = "therapist" if person == plan.therapist_id else "client"
            field_name = f"{who}_id" if person in {plan.therapist_id, *plan.client_ids[:1]} else "other_client_ids"
            message = f"The {who} has another session at that time. {fix}"
            reasons.append(Reason(f"{who}-busy", field_name, message, clashes))
    return reasons


def is_late(session: Session, policies: Policies, now: datetime) -> bool:
    """Whether cancelling a session now is late: it has a room, and starts soon."""
    return session.status is SessionStatus.BOOKED and session.starts_at - now < policies.of(session.service_id).late_within


def cannot_join(session: Session, client_id: ClientId, known: Collection[ClientId]) -> tuple[Reason, ...]:
    """Say why a client cannot come into a group, rooms and calendars aside."""
    if client_id not in known:
        return (Reason("unknown-client", "client_id", "There is no such client."),)
    if client_id in session.client_ids:
        return (Reason("client-twice", "client_id", "This client is in the group already."),)
    if len(session.client_ids) >= GROUP_AT_MOST:
        return (Reason("group-full", "client_id", f"A group has at most {GROUP_AT_MOST} clients. Book a second session."),)
    return ()


def not_attendance(session: Session, attended: Collection[ClientId]) -> tuple[Reason, ...]:
    """Say why this cannot be the list of those who came."""
    if not attended:
        return (Reason("nobody-attended", "attended", "Choose at least one client who attended, or mark the session as a no-show."),)
    if not set(attended) <= set(session.client_ids):
        return (Reason("not-in-group", "attended", "Only clients of the session can attend it. Add the others to the session first."),)
    return ()


def modality_of(session: Session, stated: Modality | None, location: ClientLocation | None, *, telehealth: bool) -> Modality | Refusal:
    """Return how therapist and client met: as stated, otherwise as booked; ``telehealth`` turns a booking in person into video."""
    modality = stated or (Modality.VIDEO if telehealth and not session.telehealth else session.modality)
    if modality is Modality.IN_PERSON and location is not None:
        message = "The client's location belongs to a session by video or audio. Leave it out, or give the modality as video or audio."
        return Refusal((Reason("location-in-person", "client_location", message),))
    return modality


def billed_as(service: Service | None, day: date) -> BilledAs | Refusal:
    """Return a service with its rate on the date of service, or why a session cannot be billed as it."""
    if service is None:
        return Refusal((Reason("unknown-service", "service_id", "There is no such service."),))
    if reasons := _not_offered(service):
        return Refusal(tuple(reasons))
    rate = service.rate_on(day)
    if rate is None:
        return Refusal((no_rate(service, day),))
    return BilledAs(service.id, service.service_code, service.service_name, rate)


def add_ons(
    billed: ServiceId, wanted: Sequence[tuple[ServiceId, int]], services: Mapping[ServiceId, Service], day: date
) -> tuple[AddOn, ...] | Refusal:
    """Price what was done besides the service that is ``billed`` by the rates in force on the day, or say what cannot be added."""
    found: list[AddOn] = []
    reasons: list[Reason] = []
    named = {billed}
    for service_id, units in wanted:
        service = services.get(service_id)
        rate = service.rate_on(day) if service else None
        if service is None:
            reasons.append(Reason("unknown-service", "add_ons", f"There is no service {service_id}."))
        elif service_id in named:
            reasons.append(Reason("service-twice", "add_ons", f"{service.service_code} is listed twice. Set its units instead."))
        elif service.kind not in {Kind.ADD_ON, Kind.BASE} or not service.is_active:
            message = f"{service.service_code} cannot be added to a session. Add an active add-on or base service."
            reasons.append(Reason("not-an-add-on", "add_ons", message))
        elif rate is None:
            reasons.append(no_rate(service, day))
        else:
            found.append(AddOn(service_id=service_id, service_code=service.service_code, units=units, rate_per_unit=rate))
        named.add(service_id)
    return Refusal(tuple(reasons)) if reasons else tuple(found)


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
        "other-client": ("other_client_ids", not board.clients.issuperset(wish.other_client_ids)),
        "therapist": ("therapist_id", wish.therapist_id not in board.therapists),
        "service": ("service_id", wish.service_id not in board.services),
        "site": ("site_id", wish.site_id not in board.sites),
        "room": ("room_id", wish.room_id is not None and room is None),
    }
    reasons = [
        Reason(f"unknown-{what}", name, f"There is no such {what.replace('-', ' ')}.") for what, (name, lacks) in missing.items() if lacks
    ]
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


def _bad_group(wish: Wish, service: Service | None) -> list[Reason]:
    if len({wish.client_id, *wish.other_client_ids}) <= len(wish.other_client_ids):
        return [Reason("client-twice", "other_client_ids", "A client is named twice. Name everybody once.")]
    if service and len(wish.other_client_ids) + 1 < service.min_clients:
        named = "1 is" if not wish.other_client_ids else f"{len(wish.other_client_ids) + 1} are"
        message = f"{service.service_code} is for at least {service.min_clients} clients, and {named} named. Name the others too."
        return [Reason("too-few-clients", "other_client_ids", message)]
    return []


def _bad_time(starts_at: datetime, ends_at: datetime, site: Site | None, now: datetime, *, backdated: bool) -> list[Reason]:
    reasons = []
    if starts_at < now and not backdated:
        message = "The start has passed. Choose a later one, or record a walk-in of the last 30 days as already started (backdated)."
        reasons.append(Reason("in-the-past", "starts_at", message))
    if starts_at < now - BACKDATED_AT_MOST:
        reasons.append(Reason("too-far-back", "starts_at", f"A walk-in is recorded within {BACKDATED_AT_MOST.days} days."))
    if starts_at > now + AHEAD_AT_MOST:
        reasons.append(Reason("too-far-ahead", "starts_at", f"Sessions are booked at most {AHEAD_AT_MOST.days} days ahead."))
    if site and not site.is_active:
        reasons.append(Reason("inactive-site", "site_id", f"{site.site_name} is closed for good. Choose another site."))
    if site and not site.is_open(starts_at, ends_at):
        span = NamedTime.span(starts_at, ends_at, site.zone)
        hours = NamedTime.of_hours(site.hours.spans(site.day(starts_at)))
        message = f"{site.site_name} is not open {span}; open that day: {hours}."
        reasons.append(Reason("outside-opening-hours", "starts_at", message, times=(span, hours)))
    return reasons
