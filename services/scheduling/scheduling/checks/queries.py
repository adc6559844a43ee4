"""Find every reason why a booking request would not become a session now."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from chassis.data.database import Database
from chassis.requests.questions import Questions
from contracts.rooms import Alternative, HoldFinding, HoldRequest, Obstacle
from contracts.types import HoldId, SessionId, new_id

from scheduling.availability import queries as availability_queries
from scheduling.checks.schemas import Obstruction
from scheduling.decisions import booking
from scheduling.decisions import queries as decisions_queries
from scheduling.decisions.booking import OFFERED_AT_MOST
from scheduling.decisions.requests import BookingRequest, Named, ReferenceData
from scheduling.inquiries import queries as inquiries_queries
from scheduling.lifecycle import refusals
from scheduling.lifecycle.reasons import Reason, Refusal
from scheduling.lifecycle.steps import SHORTEST_DEADLINE
from scheduling.replicas.reference import Service
from scheduling.sessions import queries as sessions_queries

ROOMS_FIELD: Final = "room_id"
LOOKED_AT: Final = 12
"""Alternatives that are requested, because some do not suit the people."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known about a request."""

    service: Service | None
    ends_at: datetime | None
    rate: Decimal | None
    """The rate in force on the day, at the site."""
    reasons: tuple[Reason, ...]
    """Scheduling's own."""
    overridden: tuple[Reason, ...]
    """The clinic's rules that the request overrides; none where something else stands in the way."""
    finding: HoldFinding | None
    """Rooms' answer; None when there is none, or the question could not be sent."""
    obstacles: tuple[Obstacle, ...]
    """Rooms' reasons that scheduling has not given already."""
    alternatives: tuple[Alternative, ...]
    """Those at which the people are free."""
    could_be_requested: bool
    """Whether enough is known to query rooms."""


async def check(wanted: BookingRequest, database: Database, questions: Questions, now: datetime) -> Checked:
    """Return every reason why a request would not become a session now."""
    async with database.reading() as db:
        reference_data = await decisions_queries.load_reference_data(db, Named.by([wanted]))
        interval = wanted.interval(SessionId(new_id()), reference_data.ends(wanted))
        busy_times = await sessions_queries.load_busy(db, list(reference_data.concerning(interval)))
    outcome = booking.book(wanted, interval.session_id, HoldId(new_id()), reference_data, busy_times, now)
    request = _request(wanted, reference_data, now)
    reasons = outcome.with_names(reference_data.clients).reasons if isinstance(outcome, Refusal) else ()
    finding, other_starts = None, ()
    # Rooms has nothing that has passed.
    if request is not None and (reasons or wanted.backdated) and wanted.therapist_id in reference_data.therapists:
        finding, other_starts = await _with_other_starts(request, wanted, reference_data, database, questions, now)
    elif request is not None:
        finding = await _alone(request, questions)
    is_refused = bool(reasons) or (finding is not None and finding.room_id is None)
    service = reference_data.services.get(wanted.service_id)
    return Checked(
        service=service,
        ends_at=wanted.starts_at + service.duration if service else None,
        rate=booking.rate_on(service, reference_data.sites.get(wanted.site_id), wanted.starts_at),
        reasons=reasons,
        overridden=tuple(reason for waived in busy_times.waived for reason in waived.reasons),
        finding=finding,
        obstacles=tuple(further(finding, reasons)) if finding else (),
        alternatives=await _instead(wanted, finding, reference_data, database, other_starts, now) if finding and is_refused else (),
        could_be_requested=request is not None,
    )


def _request(wanted: BookingRequest, reference_data: ReferenceData, now: datetime) -> HoldRequest | None:
    service = reference_data.services.get(wanted.service_id)
    if service is None or wanted.site_id not in reference_data.sites:
        return None
    return HoldRequest(
        hold_id=HoldId(new_id()),
        session_id=SessionId(new_id()),
        site_id=wanted.site_id,
        starts_at=wanted.starts_at,
        ends_at=wanted.starts_at + service.duration,
        room_id=wanted.room_id,
        capacity=wanted.places,
        equipment=wanted.equipment,
        not_after=max(wanted.starts_at, now + SHORTEST_DEADLINE),
    )


def further(finding: HoldFinding, reasons: tuple[Reason, ...]) -> list[Obstacle]:
    """Leave out what scheduling has reported in more detail."""
    stated = {reason.code for reason in reasons}
    same = {
        Obstacle.CLOSED: {"outside-opening-hours", "not-bookable"},
        Obstacle.UNKNOWN_ROOM: {"unknown-room", "room-elsewhere"},
        Obstacle.INACTIVE: {"inactive-site"},
    }
    return [obstacle for obstacle in finding.reasons if not same.get(obstacle, set()) & stated]


def obstruction(reason: Reason) -> Obstruction:
    """Show one of scheduling's own reasons."""
    return Obstruction(
        group=refusals.about(reason),
        code=reason.code,
        field=reason.field,
        message=reason.message,
        fix=refusals.fix(reason.message),
        session_ids=list(reason.clashes),
        times=list(reason.times) or None,
        people=list(reason.people) or None,
    )


def obstruction_of_room(obstacle: Obstacle) -> Obstruction:
    """Show one of rooms' reasons."""
    return _about_room(refusals.slug(obstacle), refusals.as_text(obstacle))


def rooms_away() -> Obstruction:
    """Return the problem that the room was not checked."""
    return _about_room(refusals.ROOMS_AWAY, refusals.AWAY)


def _about_room(code: str, words: tuple[str, str, str]) -> Obstruction:
    group, message, fix = words
    return Obstruction(group=group, code=code, field=ROOMS_FIELD, message=message, fix=fix, session_ids=[])


async def _alone(request: HoldRequest, questions: Questions) -> HoldFinding | None:
    """Return what would become of a request, where the people are not in its way."""
    found = await inquiries_queries.query_rooms(questions, [request], LOOKED_AT)
    return (found or {}).get(request.hold_id)


async def _with_other_starts(
    request: HoldRequest, wanted: BookingRequest, reference_data: ReferenceData, database: Database, questions: Questions, now: datetime
) -> tuple[HoldFinding | None, tuple[Alternative, ...]]:
    """Return what would become of a request and when the people and a room are free, where the people are in its way.

    A therapist who cannot be booked at the site at any time has no alternative there: others who are free are offered.
    """
    lasting = availability_queries.lasting_fields(wanted, reference_data)
    found, offers = await availability_queries.find_with_alternatives(
        [request],
        wanted,
        OFFERED_AT_MOST,
        database,
        questions,
        now,
        others=bool(lasting),
        data=reference_data,
        most=LOOKED_AT,
    )
    return (found or {}).get(request.hold_id), tuple(offers or ())


async def _instead(
    wanted: BookingRequest,
    finding: HoldFinding,
    reference_data: ReferenceData,
    database: Database,
    other_starts: tuple[Alternative, ...],
    now: datetime,
) -> tuple[Alternative, ...]:
    """Return what rooms has instead and suits the people; where only the people are in the way, when they and a room are free."""
    if wanted.therapist_id not in reference_data.therapists:
        return ()
    if wanted.backdated or finding.room_id is not None or availability_queries.lasting_fields(wanted, reference_data):
        return other_starts
    nobody = SessionId(new_id())
    intervals = [replace(wanted, starts_at=offer.starts_at).interval(nobody, offer.ends_at) for offer in finding.alternatives]
    free = {
        interval.starts_at async for interval in availability_queries.bookable(intervals, len(intervals), reference_data, database, now)
    }
    return tuple(offer for offer in finding.alternatives if offer.starts_at in free)[:OFFERED_AT_MOST]
