"""What may be booked: decisions over plain values, every reason at once.

Nothing here depends on tables, HTTP or the clock; ``now`` and ids come in as arguments.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from chassis.named_times import NamedTime
from contracts.catalog import Kind
from contracts.open_words import is_known
from contracts.scheduling import SessionStatus
from contracts.types import LONGEST_SESSION, ClientId, GroupId, HoldId, SeriesId, SessionId

from scheduling.decisions.requests import BookingRequest, ReferenceData
from scheduling.lifecycle import refusals
from scheduling.lifecycle.busy_times import BusyTimes, Interval
from scheduling.lifecycle.reasons import Override, Reason, Refusal, Waived
from scheduling.lifecycle.state import SeriesDate, Session
from scheduling.lifecycle.steps import Move, Step, attempt, pending_attempt, request_room
from scheduling.people.working_time import BACKDATED_AT_MOST
from scheduling.policies.rules import AHEAD_AT_MOST, Policies
from scheduling.replicas.reference import Service, Site

OFFERED_AT_MOST: Final = 5

GROUP_AT_MOST: Final = 50

OVERRIDABLE: Final = frozenset(refusals.RULES)
"""What staff may override with a reason; everything else holds for everybody."""

AT_THE_SITE: Final = frozenset({"buffer-time", "travel-time", "outside-working-hours"})
"""What names times at a site for its therapist, and leads nowhere where the therapist does not work at that site."""


def book(
    wanted: BookingRequest,
    session_id: SessionId,
    hold_id: HoldId,
    reference_data: ReferenceData,
    busy_times: BusyTimes,
    now: datetime,
    series_id: SeriesId | None = None,
    group_id: GroupId | None = None,
) -> Session | Refusal:
    """Decide whether a request becomes a session, and take everybody's time for it."""
    service, site = reference_data.services.get(wanted.service_id), reference_data.sites.get(wanted.site_id)
    interval = wanted.interval(session_id, reference_data.ends(wanted))
    reasons = at_any_time(wanted, reference_data)
    works_elsewhere = any(reason.code == "therapist-elsewhere" for reason in reasons)
    against_time = conditions(interval, reference_data, busy_times, now, backdated=wanted.backdated)
    reasons += [reason for reason in against_time if not works_elsewhere or reason.code not in AT_THE_SITE]
    rate = rate_on(service, site, wanted.starts_at)
    if service and site and rate is None:
        reasons.append(no_rate(service, site.day(wanted.starts_at)))
    reasons += _date_booked(wanted.in_place_of, session_id, busy_times, "Open that session, and cancel it before the date is booked again.")
    against = remaining(session_id, reasons, wanted.override, busy_times)
    if against or service is None or rate is None:
        return Refusal(against)
    therapist = reference_data.therapists[wanted.therapist_id]
    session = Session(
        id=session_id,
        client_id=wanted.client_id,
        other_client_ids=wanted.other_client_ids,
        therapist_id=wanted.therapist_id,
        service_id=wanted.service_id,
        service_code=service.service_code,
        service_name=service.service_name,
        site_id=wanted.site_id,
        starts_at=wanted.starts_at,
        ends_at=interval.ends_at,
        calculated_rate=rate,
        insurance_applicable=wanted.insurance_applicable,
        billing_notes=wanted.billing_notes,
        therapist_credential=therapist.credential,
        series_id=series_id,
        in_place_of=wanted.in_place_of,
        capacity=wanted.capacity,
        equipment=wanted.equipment,
        pending=attempt(hold_id, Move(wanted.starts_at, interval.ends_at, wanted.room_id, rate), now, group_id),
        offer_until=wanted.offer_until,
        entry_id=wanted.entry_id,
        modality=wanted.modality,
        created_at=now,
        updated_at=now,
    )
    busy_times.take(interval)
    if wanted.in_place_of:
        busy_times.dates[wanted.in_place_of] = session_id
    return session


def begin(session: Session) -> Step:
    """Return the first step of a new session: its room is requested."""
    return request_room(session, pending_attempt(session), "requested")


def move(
    session: Session, wanted: Move, reference_data: ReferenceData, busy_times: BusyTimes, now: datetime, override: Override | None
) -> tuple[Reason, ...]:
    """Return why a session cannot be moved to this time or these clients, not counting rooms; take everybody's time where it can."""
    interval = interval_of_move(session, wanted)
    reasons = [*conditions(interval, reference_data, busy_times, now, backdated=session.starts_at < now)]
    against = remaining(session.id, reasons, override, busy_times)
    if not against:
        busy_times.take(interval)
    return against


def restore(session: Session, place: Move, busy_times: BusyTimes) -> tuple[Reason, ...]:
    """Return whose time a session has lost at the place where it was booked before, not counting rooms; take it where nobody has.

    The clinic's rules were kept or overridden when it was booked there, and do not count again.
    """
    interval = interval_of_move(session, place)
    people_busy = _people_busy(
        busy_times, interval, "Move or cancel that session first, or decline it where it is an offer from the waitlist, then undo."
    )
    date_booked = _date_booked(session.in_place_of, session.id, busy_times, "Cancel that session first, then undo.")
    if not people_busy and not date_booked:
        busy_times.take(interval)
    return (*people_busy, *date_booked)


def interval_of_move(session: Session, wanted: Move) -> Interval:
    """Return whose time a move of a session would take."""
    return Interval(
        session_id=session.id,
        service_id=session.service_id,
        site_id=session.site_id,
        therapist_id=session.therapist_id,
        client_ids=wanted.client_ids or session.client_ids,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
    )


def at_any_time(wanted: BookingRequest, reference_data: ReferenceData) -> list[Reason]:
    """Find what speaks against a request whatever its start is."""
    service = reference_data.services.get(wanted.service_id)
    return [*_unknown(wanted, reference_data), *not_offered(service), *_not_working(wanted, reference_data), *_bad_group(wanted, service)]


def conditions(
    interval: Interval, reference_data: ReferenceData, busy_times: BusyTimes, now: datetime, *, backdated: bool = False
) -> Iterator[Reason]:
    """Find everything that speaks against a time, as far as hours, people and the clinic's rules are concerned."""
    site, therapist = reference_data.sites.get(interval.site_id), reference_data.therapists.get(interval.therapist_id)
    yield from _bad_time(interval.starts_at, interval.ends_at, site, now, backdated=backdated)
    yield from therapist.not_at_work(site, interval.starts_at, interval.ends_at) if therapist else ()
    yield from _people_busy(busy_times, interval)
    yield from reference_data.policies.obstacles(interval, site.zone, busy_times, now) if site and not backdated else ()


def is_bookable(
    interval: Interval, reference_data: ReferenceData, busy_times: BusyTimes, now: datetime, *, backdated: bool = False
) -> bool:
    """Whether nothing speaks against a time; cheaper than to find everything that does."""
    return not any(conditions(interval, reference_data, busy_times, now, backdated=backdated))


def remaining(session_id: SessionId, reasons: Sequence[Reason], override: Override | None, busy_times: BusyTimes) -> tuple[Reason, ...]:
    """Return what stands in the way after an override; what staff overrides is noted where that is all."""
    if override is None:
        return tuple(reasons)
    hard = tuple(reason for reason in reasons if reason.code not in OVERRIDABLE)
    if reasons and not hard:
        busy_times.waived.append(Waived(session_id, override, tuple(reasons)))
    return hard


def rate_on(service: Service | None, site: Site | None, starts_at: datetime) -> Decimal | None:
    """Return the rate in force on the date of service, at the site."""
    return service.rate_on(site.day(starts_at)) if service and site else None


def no_rate(service: Service, day: date) -> Reason:
    """Return the reason against a day on which a service has no price."""
    named = NamedTime.of_day(day)
    message = f"{service.service_code} has no rate on {named}. Enter one, or choose another day."
    return Reason("no-rate", "service_id", message, times=(named,))


def _people_busy(busy_times: BusyTimes, interval: Interval, fix: str = "Choose another time, or move that session first.") -> list[Reason]:
    """Return which of the people are somewhere else, and where."""
    reasons = []
    for person in interval.people:
        if clashes := busy_times.clashes(person, interval.starts_at, interval.ends_at, interval.session_id):
            who = "therapist" if person == interval.therapist_id else "client"
            field_name = f"{who}_id" if person in {interval.therapist_id, *interval.client_ids[:1]} else "other_client_ids"
            message = f"The {who} has another session at that time. {fix}"
            client = next((client for client in interval.client_ids if client == person), None)
            reasons.append(Reason(f"{who}-busy", field_name, message, clashes, client_id=client))
    return reasons


def _date_booked(date: SeriesDate | None, session_id: SessionId, busy_times: BusyTimes, fix: str) -> list[Reason]:
    """Return that another session is booked in place of a date of a series, where one is."""
    other = busy_times.dates.get(date) if date else None
    if other is None or other == session_id:
        return []
    return [Reason("date-booked", "occurrence", f"Another session is booked in place of this date of the series. {fix}", (other,))]


def is_late(session: Session, policies: Policies, now: datetime) -> bool:
    """Whether cancelling a session now is late: it has a room, and starts soon."""
    return session.status is SessionStatus.BOOKED and session.starts_at - now < policies.of(session.service_id).late_within


def cannot_join(session: Session, client_id: ClientId, known: Collection[ClientId]) -> tuple[Reason, ...]:
    """Return why a client cannot come into a group, not counting rooms and calendars."""
    if client_id not in known:
        return (Reason("unknown-client", "client_id", "There is no such client."),)
    if client_id in session.client_ids:
        return (Reason("client-twice", "client_id", "This client is in the group already."),)
    if len(session.client_ids) >= GROUP_AT_MOST:
        return (Reason("group-full", "client_id", f"A group has at most {GROUP_AT_MOST} clients. Book a second session."),)
    return ()


def _unknown(wanted: BookingRequest, reference_data: ReferenceData) -> list[Reason]:
    room = reference_data.rooms.get(wanted.room_id) if wanted.room_id else None
    missing = {
        "client": ("client_id", wanted.client_id not in reference_data.clients),
        "other-client": ("other_client_ids", not reference_data.clients.keys() >= set(wanted.other_client_ids)),
        "therapist": ("therapist_id", wanted.therapist_id not in reference_data.therapists),
        "service": ("service_id", wanted.service_id not in reference_data.services),
        "site": ("site_id", wanted.site_id not in reference_data.sites),
        "room": ("room_id", wanted.room_id is not None and room is None),
    }
    reasons = [
        Reason(f"unknown-{what}", name, f"There is no such {what.replace('-', ' ')}.") for what, (name, lacks) in missing.items() if lacks
    ]
    if room and room.site_id != wanted.site_id:
        reasons.append(
            Reason("room-elsewhere", "room_id", f"Room {room.room_number} is at another site. Choose a room of this site, or its site.")
        )
    return reasons


def not_offered(service: Service | None) -> list[Reason]:
    """Return why a service cannot be booked; nothing where it can."""
    if service is None:
        return []
    reasons = []
    if not service.is_active:
        reasons.append(Reason("inactive-service", "service_id", f"{service.service_code} is no longer offered. Choose an active service."))
    if service.kind is Kind.FEE or not is_known(service.kind) or not timedelta() < service.duration <= LONGEST_SESSION:
        reasons.append(
            Reason("not-bookable", "service_id", f"{service.service_code} is charged, not booked. Choose a service with a duration.")
        )
    return reasons


def _not_working(wanted: BookingRequest, reference_data: ReferenceData) -> list[Reason]:
    therapist = reference_data.therapists.get(wanted.therapist_id)
    if therapist is None:
        return []
    if not therapist.is_active:
        return [Reason("inactive-therapist", "therapist_id", "This therapist no longer works here. Choose another.")]
    if therapist.site_ids and wanted.site_id not in therapist.site_ids:
        return [Reason("therapist-elsewhere", "therapist_id", "This therapist does not work at that site. Choose one of their sites.")]
    return []


def _bad_group(wanted: BookingRequest, service: Service | None) -> list[Reason]:
    if len({wanted.client_id, *wanted.other_client_ids}) <= len(wanted.other_client_ids):
        return [Reason("client-twice", "other_client_ids", "A client is named twice. Name everybody once.")]
    if service and len(wanted.other_client_ids) + 1 < service.min_clients:
        named = "1 is" if not wanted.other_client_ids else f"{len(wanted.other_client_ids) + 1} are"
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
        reasons.append(Reason("inactive-site", "site_id", f"{site.site_name} is closed. Choose another site, or reopen it."))
    if site and not site.is_open(starts_at, ends_at):
        span = NamedTime.span(starts_at, ends_at, site.zone)
        hours = [NamedTime.of_hours(spans)] if (spans := site.hours.spans(site.day(starts_at))) else []
        that_day = f"; open that day: {hours[0]}" if hours else ": it is closed that day"
        message = f"{site.site_name} is not open {span}{that_day}."
        reasons.append(Reason("outside-opening-hours", "starts_at", message, times=(span, *hours)))
    return reasons
