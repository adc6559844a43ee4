"""The HTTP edge of sessions: booking by service, and every step of a session's life."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final

from chassis.database import Database, lost
from chassis.edge import Body, Cursor, Limit, Page, Patience, Reading, RequestKey
from chassis.group_commit import GroupCommit
from chassis.idempotency import Key
from chassis.neighbours import Neighbours
from chassis.problems import FieldError, Problem, documented, not_found
from chassis.text import PRINTABLE, Seen
from chassis.waiting import LAST_LOOK_S, Waiters
from contracts.scheduling import CancellationCause, ClientLocation, Modality, SessionStatus
from contracts.types import (
    AlternativeId,
    ClientId,
    Day,
    Equipment,
    Flag,
    Instant,
    RoomId,
    ServiceId,
    SessionId,
    SiteId,
    TherapistId,
    Whole,
    new_id,
)
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict, Field, StringConstraints

from scheduling import queries, refusals, starts
from scheduling.domain import GROUP_AT_MOST, OVERRIDABLE, Wish
from scheduling.queries import SessionView, Timeline
from scheduling.reasons import Override, Refusal
from scheduling.session import Session
from scheduling.starts import LOOK_AGAIN_S, Start
from scheduling.use_cases import (
    Accept,
    Action,
    ActionOutcome,
    Ask,
    Book,
    BookingOutcome,
    CancelSession,
    CompleteSession,
    DoneBefore,
    Impossible,
    Join,
    LeaveGroup,
    MissSession,
    NotFound,
    Reschedule,
    UndoEnd,
)

router = APIRouter(prefix="/sessions", tags=["sessions"])

MOST_ADD_ONS: Final = 6
MOST_UNITS: Final = 24
REPLICATED: Final = {"unknown-service", "unknown-site", "unknown-room"}
CONFLICTS: Final = {"therapist-busy", "client-busy"}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PRINTABLE), Seen]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where requests that arrive together share a transaction."""

    bookings: GroupCommit[Book, BookingOutcome]
    actions: GroupCommit[Ask, ActionOutcome]
    waiters: Waiters[Session]
    replica_patience_s: float
    ask_again_after: timedelta
    undo_for: timedelta


class RoomRequirements(Body):
    """What the room must offer when any such room will do."""

    capacity: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    equipment: Annotated[tuple[Equipment, ...], Field(max_length=20)] = ()


class OverrideBody(Body):
    """Why the clinic's own rules do not count for a session."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The client is in a crisis", "by": "Front desk, M. Ortiz"}]})

    reason: Text
    by: Text | None = None
    """Who decided it."""


def said(override: OverrideBody | None) -> Override | None:
    """Say an override in the domain's words."""
    return Override(override.reason, override.by) if override else None


class NewSession(Start):
    """A session by service: the service decides how long it takes and what it costs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "starts_at": "2026-03-02T09:00:00-05:00",
                    "room_requirements": {"capacity": 2, "equipment": ["video"]},
                    "modality": "video",
                    "insurance_applicable": False,
                }
            ]
        }
    )

    client_id: ClientId
    therapist_id: TherapistId
    service_id: ServiceId
    site_id: SiteId
    other_client_ids: Annotated[tuple[ClientId, ...], Field(max_length=GROUP_AT_MOST - 1)] = ()
    """The others of a group session; the room takes all of them and the therapist."""
    room_id: RoomId | None = None
    """Only this room will do; without it the plainest suitable room is taken."""
    room_requirements: RoomRequirements | None = None
    insurance_applicable: Flag = False
    billing_notes: Annotated[str, StringConstraints(max_length=2000, pattern=PRINTABLE)] | None = None
    backdated: Flag = False
    """Records a walk-in of the last 30 days."""
    modality: Modality = Modality.IN_PERSON
    """How therapist and client will meet; it may be corrected when the session is completed."""
    override: OverrideBody | None = None
    """Books against the clinic's own rules (notice, buffers, daily maximum, working hours …); kept for the audit."""

    def wish(self, starts_at: datetime) -> Wish:
        """Say it in the domain's words, for the moment that is meant."""
        needs = self.room_requirements or RoomRequirements()
        return Wish(
            client_id=self.client_id,
            therapist_id=self.therapist_id,
            service_id=self.service_id,
            site_id=self.site_id,
            starts_at=starts_at,
            other_client_ids=self.other_client_ids,
            room_id=self.room_id,
            capacity=needs.capacity,
            equipment=needs.equipment,
            insurance_applicable=self.insurance_applicable,
            billing_notes=self.billing_notes,
            backdated=self.backdated,
            override=said(self.override),
            modality=self.modality,
        )


class Acceptance(Body):
    """The alternative that somebody chose."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"alternative_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c15"}]})

    alternative_id: AlternativeId


class NewTime(Start):
    """Where a session shall move."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"starts_at": "2026-03-03T10:00:00-05:00"}]})

    room_id: RoomId | None = None
    """Only this room will do."""
    override: OverrideBody | None = None
    """Moves against the clinic's own rules; kept for the audit."""


class Joining(Body):
    """A client who comes into a group."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c16"}]})

    client_id: ClientId
    override: OverrideBody | None = None
    """Joins against the clinic's own rules; kept for the audit."""


class Waiver(Body):
    """Why a fee is not charged."""

    reason: Text
    by: Text | None = None
    """Who decided it."""


def waived(waiver: Waiver | None) -> str | None:
    """Return what is kept of a waiver with the session."""
    if waiver is None:
        return None
    return f"{waiver.reason} ({waiver.by})" if waiver.by else waiver.reason


class Cancellation(Body):
    """Why a session is called off."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The client is ill", "cause": "client", "waiver": {"reason": "For the first time"}}]}
    )

    reason: Text
    cause: CancellationCause = CancellationCause.CLIENT
    """Who or what caused it; only a client's cancellation is ever late, and charged."""
    waiver: Waiver | None = None
    """Does not charge the fee that a late cancellation costs."""


class NoShow(Body):
    """A client who did not come."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"waiver": {"reason": "The bus was late", "by": "M. Ortiz"}}]})

    waiver: Waiver | None = None
    """Does not charge the fee for a missed session."""


class Besides(Body):
    """A service that was done within a session besides the booked one."""

    service_id: ServiceId
    """An add-on, such as the complexity supplement, or another base service, such as a screening."""
    units: Annotated[Whole, Field(ge=1, le=MOST_UNITS)] = 1


class Completion(Body):
    """When the session really took place, and what was done; as planned where nothing is said."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "actual_end": "2026-03-02T14:52:00Z",
                    "modality": "audio",
                    "client_location": "home",
                    "add_ons": [{"service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c19", "units": 1}],
                }
            ]
        }
    )

    actual_start: Instant | None = None
    actual_end: Instant | None = None
    attended: Annotated[tuple[ClientId, ...], Field(min_length=1, max_length=GROUP_AT_MOST)] | None = None
    """Who of a group came, each of whom gets a billing record; everybody when nothing is said."""
    modality: Modality | None = None
    """How therapist and client met; as booked when nothing is said."""
    client_location: ClientLocation | None = None
    """Where the client was, of a session by video or audio; claims name it as the place of service."""
    telehealth: Flag = False
    """Where no modality is given, true means by video, unless the session was booked by audio."""
    add_ons: Annotated[tuple[Besides, ...], Field(max_length=MOST_ADD_ONS)] = ()
    """What was done besides; billed in the same record, at the rates in force on the day."""
    service_id: ServiceId | None = None
    """The service that the session is billed as, at its rate on the date of service, where the documented minutes fit another one than was
    booked; the booked one when nothing is said."""


@dataclass(slots=True)
class Reception:
    """Takes one request to the desk and waits for the saga as long as the caller likes."""

    desk: Desk
    database: Database
    response: Response
    patience_s: float
    key: Key | None
    neighbours: Neighbours
    began: float = field(default_factory=time.monotonic)

    async def book(self, new: NewSession) -> SessionView:
        """Book; wait a little for a service, site or room that was announced only just now."""
        wish = new.wish(await starts.moment_soon(new, new.site_id, self.database, self.desk.replica_patience_s))
        booking = Book(SessionId(new_id()), wish, self.key)
        deadline = time.monotonic() + self.desk.replica_patience_s
        outcome = await self.desk.bookings.submit(booking)
        while isinstance(outcome, Refusal) and _may_be_announced(outcome) and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_AGAIN_S)
            outcome = await self.desk.bookings.submit(booking)
        return await self._answer(outcome, HTTPStatus.CREATED)

    async def moment(self, session_id: SessionId, new: Start) -> datetime:
        """Return the moment that is meant, on the clock of a session's site."""
        if new.local_start is None:
            return new.at
        async with self.database.reading() as db:
            session = await queries.find_session(db, session_id)
            return await starts.moment(new, session.site_id, db)

    async def act(self, action: Action) -> SessionView:
        """Take a step of a session's life."""
        outcome = await self.take(action)
        if isinstance(outcome, Impossible):
            about = {"session_id": action.session_id, "session_status": outcome.status}
            raise Problem(HTTPStatus.CONFLICT, "impossible-step", outcome.why, **about)
        return outcome

    async def take(self, action: Action) -> SessionView | Impossible:
        """Take a step of a session's life, or return why its state does not allow it."""
        outcome = await self.desk.actions.submit(Ask(action, self.key))
        match outcome:
            case NotFound():
                raise not_found("session", action.session_id)
            case Impossible():
                return outcome
            case _:
                return await self._answer(outcome, HTTPStatus.OK)

    async def _answer(self, outcome: Session | DoneBefore | Refusal, decided_as: HTTPStatus) -> SessionView:
        match outcome:
            case Refusal():
                raise _refused(outcome)
            case DoneBefore(session_id):
                self.response.headers["Idempotent-Replayed"] = "true"
                session = await self._look(session_id)
            case Session():
                session = outcome
        left_s = self.patience_s - (time.monotonic() - self.began)
        seen = await self.desk.waiters.wait(
            session.id, session, partial(self._look_again, session), lambda session: session.pending is None, left_s
        )
        self.response.status_code = decided_as if seen.pending is None else HTTPStatus.ACCEPTED
        self.response.headers["Location"] = f"/sessions/{seen.id}"
        if seen.pending is None:
            return queries.view(seen, self.neighbours.away)
        return await self._place(seen)

    async def _place(self, session: Session) -> SessionView:
        """Show what waits with its place in the queue; without it while the database is away."""
        try:
            async with asyncio.timeout(LAST_LOOK_S), self.database.reading() as db:
                return await queries.show(db, session, self.neighbours.away)
        except Exception as error:
            if not lost(error):
                raise
            return queries.view(session, self.neighbours.away)

    async def _look_again(self, last: Session) -> Session:
        """Look for news; while the database is away there are none, and what was taken stays taken."""
        try:
            return await self._look(last.id)
        except Exception as error:
            if not lost(error):
                raise
            return last

    async def _look(self, session_id: SessionId) -> Session:
        async with self.database.reading() as db:
            return await queries.find_session(db, session_id)


async def _reception(request: Request, response: Response, patience: Patience, key: RequestKey) -> Reception:
    state = request.app.state
    return Reception(state.desk, state.database, response, patience, key, state.neighbours)


AtReception = Annotated[Reception, Depends(_reception)]
Undecided: Final = {202: {"model": SessionView, "description": "Taken, and still waiting for a room; look again at Location."}}


def _may_be_announced(refusal: Refusal) -> bool:
    return any(reason.code in REPLICATED for reason in refusal.reasons)


def _refused(refusal: Refusal) -> Problem:
    only_conflicts = all(reason.code in CONFLICTS for reason in refusal.reasons)
    status = HTTPStatus.CONFLICT if only_conflicts else HTTPStatus.UNPROCESSABLE_ENTITY
    first = next(reason for reason in refusal.reasons if only_conflicts or reason.code not in CONFLICTS)
    errors = [
        FieldError(
            field=reason.field,
            code=reason.code,
            message=reason.message,
            fix=refusals.fix(reason.message),
            times=list(reason.times) or None,
        )
        for reason in refusal.reasons
    ]
    clashes = {reason.code: list(reason.clashes) for reason in refusal.reasons if reason.clashes}
    members: dict[str, Any] = (
        {"clashes": clashes, "session_ids": sorted({key for keys in clashes.values() for key in keys})} if clashes else {}
    )
    if all(reason.code in OVERRIDABLE for reason in refusal.reasons):
        members["overridable"] = True
    return Problem(status, first.code, " ".join(reason.message for reason in refusal.reasons), errors, **members)


@router.post("", status_code=201, summary="Book a session by service", operation_id="book_session", responses=documented(409) | Undecided)
async def book_session(body: NewSession, reception: AtReception) -> SessionView:
    """Take therapist's and client's time, ask rooms for a hold, and answer at once (202) or when it is decided (`Prefer: wait`)."""
    return await reception.book(body)


@router.get("", summary="Sessions by start", operation_id="list_sessions")
async def list_sessions(
    db: Reading,
    since: Annotated[Instant | None, Query(alias="from", description="Sessions that end after this.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Sessions that start before this.")] = None,
    site_id: SiteId | None = None,
    therapist_id: TherapistId | None = None,
    client_id: ClientId | None = None,
    room_id: Annotated[RoomId | None, Query(description="Sessions that have this room.")] = None,
    status: Annotated[list[SessionStatus], Query(max_length=7, description="Repeat it for several.")] = [],  # noqa: B006 (FastAPI copies it)
    day: Annotated[Day | None, Query(description="A day of the site that is named, otherwise of UTC; instead of from and to.")] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Every word must occur in a name, the service or the room's number.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SessionView]:
    """Return the sessions that all given filters let through."""
    if day is not None:
        since, until = await queries.day_of(db, site_id, day)
    equal = {"site_id": site_id, "therapist_id": therapist_id, "room_id": room_id}
    return await queries.list_sessions(db, limit, cursor, since=since, until=until, statuses=status, words=q, client_id=client_id, **equal)


@router.get("/{session_id}", summary="One session", operation_id="get_session", responses=documented(404))
async def get_session(session_id: SessionId, db: Reading, request: Request) -> SessionView:
    """Return one session."""
    return await queries.show(db, await queries.find_session(db, session_id), request.app.state.neighbours.away)


@router.get("/{session_id}/timeline", summary="Every step of its saga", operation_id="get_timeline", responses=documented(404))
async def get_timeline(session_id: SessionId, db: Reading) -> Timeline:
    """Return what happened to a session, step by step."""
    return await queries.get_timeline(db, session_id)


STEP: Final = documented(404, 409) | Undecided


@router.post("/{session_id}/accept", summary="Accept an alternative", operation_id="accept_alternative", responses=STEP)
async def accept(session_id: SessionId, body: Acceptance, reception: AtReception) -> SessionView:
    """Ask rooms for the alternative; it is checked again, because somebody may have been faster."""
    return await reception.act(Accept(session_id, body.alternative_id))


@router.post("/{session_id}/reschedule", summary="Move a session", operation_id="reschedule_session", responses=STEP)
async def reschedule(session_id: SessionId, body: NewTime, reception: AtReception) -> SessionView:
    """Ask for another time or room; the session keeps what it has until the new room is held."""
    return await reception.act(Reschedule(session_id, await reception.moment(session_id, body), body.room_id, said(body.override)))


@router.post("/{session_id}/clients", summary="Join a group", operation_id="join_session", responses=STEP)
async def join(session_id: SessionId, body: Joining, reception: AtReception) -> SessionView:
    """Ask for a room with one place more, the same one where it is large enough; the group keeps what it has until that is held."""
    return await reception.act(Join(session_id, body.client_id, said(body.override)))


@router.delete("/{session_id}/clients/{client_id}", summary="Leave a group", operation_id="leave_session", responses=STEP)
async def leave(session_id: SessionId, client_id: ClientId, reception: AtReception) -> SessionView:
    """Take a client out of a group; their time is free again, and the others stay."""
    return await reception.act(LeaveGroup(session_id, client_id))


@router.post("/{session_id}/cancel", summary="Cancel a session", operation_id="cancel_session", responses=STEP)
async def cancel(session_id: SessionId, body: Cancellation, reception: AtReception) -> SessionView:
    """Call a session off; its room and its people's time are free again."""
    return await reception.act(CancelSession(session_id, body.reason, body.cause, waived(body.waiver)))


@router.post("/{session_id}/complete", summary="Complete a session", operation_id="complete_session", responses=STEP)
async def complete(session_id: SessionId, reception: AtReception, body: Completion | None = None) -> SessionView:
    """Say that a session took place, and who of a group came; billing makes a record of each of them."""
    done = body or Completion()
    add_ons = tuple((add_on.service_id, add_on.units) for add_on in done.add_ons)
    return await reception.act(
        CompleteSession(
            session_id,
            done.actual_start,
            done.actual_end,
            done.attended,
            done.modality,
            done.client_location,
            done.telehealth,
            add_ons,
            done.service_id,
        )
    )


@router.post("/{session_id}/no-show", summary="The client did not come", operation_id="miss_session", responses=STEP)
async def no_show(session_id: SessionId, reception: AtReception, body: NoShow | None = None) -> SessionView:
    """Mark a session as missed."""
    return await reception.act(MissSession(session_id, waived(body.waiver if body else None)))


@router.post("/{session_id}/undo", summary="Undo a completion, no-show or cancellation", operation_id="undo_session", responses=STEP)
async def undo(session_id: SessionId, reception: AtReception) -> SessionView:
    """Book a session again that was ended by mistake, until `undo_until`; billing voids what came of it.

    After a no-show or a cancellation its people's time and its room are taken again. Where somebody has them by now the session stays as it
    is: 409 names the other session, and a room that is not free any more is told in `rejection_reasons`.
    """
    return await reception.act(UndoEnd(session_id))
