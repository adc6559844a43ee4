"""What may be stated of a session that took place, and what is published of it; pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.catalog import Kind
from contracts.scheduling import AddOn, ClientLocation, Modality, SessionStatus
from contracts.types import LONGEST_SESSION, ClientId, ServiceId, SessionId

from scheduling.decisions.booking import no_rate, not_offered
from scheduling.decisions.requests import ReferenceData
from scheduling.lifecycle.facts import session_completed
from scheduling.lifecycle.reasons import Reason, Refusal
from scheduling.lifecycle.state import BilledAs, Session
from scheduling.lifecycle.steps import Complete, Step, abandoned, changed, impossible
from scheduling.replicas.reference import Service


@dataclass(frozen=True, slots=True)
class CompleteSession:
    """Staff record that a session took place."""

    session_id: SessionId
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    attended: tuple[ClientId, ...] | None = None
    """Who of a group came; everybody when None."""
    modality: Modality | None = None
    """How therapist and client met; as planned when None."""
    client_location: ClientLocation | None = None
    telehealth: bool = False
    """Without a modality: they did not meet in person."""
    add_ons: tuple[tuple[ServiceId, int], ...] = ()
    """An add-on, and how many units of it."""
    service_id: ServiceId | None = None
    """The service that it is billed as; the booked one when None."""


def stated(session: Session, action: CompleteSession, reference_data: ReferenceData, now: datetime) -> Complete | Refusal:
    """Return the completion of a session as it is stated, or why it cannot be stated so."""
    site = reference_data.sites[session.site_id]
    times = actual_times(session, action.actual_start, action.actual_end, now)
    if isinstance(times, Refusal):
        if session.status is SessionStatus.BOOKED and now >= session.starts_at:
            return times
        times = session.starts_at, session.ends_at  # the saga refuses the step itself
    attended = action.attended
    if attended is not None and (reasons := not_attendance(session, attended)):
        return Refusal(reasons)
    modality = modality_of(session, action.modality, action.client_location, telehealth=action.telehealth)
    if isinstance(modality, Refusal):
        return modality
    instead = None
    if action.service_id is not None and action.service_id != session.service_id:
        instead = billed_as(reference_data.services.get(action.service_id), site.day(times[0]))
        if isinstance(instead, Refusal):
            return instead
    billed = instead.service_id if instead else session.service_id
    added = add_ons(billed, action.add_ons, reference_data.services, site.day(session.starts_at))
    if isinstance(added, Refusal):
        return added
    came = tuple(client for client in session.client_ids if attended is None or client in attended)
    return Complete(*times, site.day(times[0]), came, modality, action.client_location, added, instead)


def not_attendance(session: Session, attended: Collection[ClientId]) -> tuple[Reason, ...]:
    """Return why this cannot be the list of those who came."""
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
    if reasons := not_offered(service):
        return Refusal(tuple(reasons))
    rate = service.rate_on(day)
    if rate is None:
        return Refusal((no_rate(service, day),))
    return BilledAs(service.id, service.service_code, service.service_name, rate)


def add_ons(
    billed: ServiceId, wanted: Sequence[tuple[ServiceId, int]], services: Mapping[ServiceId, Service], day: date
) -> tuple[AddOn, ...] | Refusal:
    """Price the add-ons to the service that is ``billed`` by the rates in force on the day, or return what cannot be added."""
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
    """Return when a completed session took place: as planned where nothing else is stated, never in the future."""
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


def complete(session: Session, done: Complete, now: datetime) -> Step:
    """Take the step at which a session took place; it is published at the price that was promised."""
    if session.status is not SessionStatus.BOOKED or now < session.starts_at:
        return impossible(session, "completed", None if session.status is not SessionStatus.BOOKED else "it has not started yet")
    attended = done.attended or session.client_ids
    instead = done.billed_as
    changes = {} if instead is None else {
        "service_id": instead.service_id,
        "service_code": instead.service_code,
        "service_name": instead.service_name,
        "calculated_rate": instead.rate,
        "booked_as": BilledAs(session.service_id, session.service_code, session.service_name, session.calculated_rate),
    }  # fmt: skip
    ended = changed(
        session,
        status=SessionStatus.COMPLETED,
        pending=None,
        actual_start=done.actual_start,
        actual_end=done.actual_end,
        attended=attended,
        modality=done.modality,
        booked_modality=session.modality,
        client_location=done.client_location,
        add_ons=done.add_ons,
        **changes,
        undo_until=done.undo_until,
    )
    fact = session_completed(ended, done.service_date)
    minutes = (done.actual_end - done.actual_start) // timedelta(minutes=1)
    came = f", {len(attended)} of {len(session.client_ids)} came" if session.other_client_ids else ""
    added = "".join(f", {add_on.units} x {add_on.service_code}" for add_on in done.add_ons)
    other = f", billed as {instead.service_code} instead of {session.service_code}" if instead else ""
    return Step(ended, abandoned(session), (fact,), "completed", f"{minutes} minutes{came}{added}{other}")
