"""The HTTP edge of sessions: booking by service, and every step of a session's life."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from chassis.data import idempotency
from chassis.data.database import Database, Transaction
from chassis.data.group_commit import GroupCommit
from chassis.errors import DomainError
from chassis.http.conventions import Patience, Reading, RequestKey
from chassis.http.problems import documented
from chassis.requests.waiting import Waiters
from contracts.types import ClientId, SessionId
from fastapi import APIRouter, Depends, Request, Response

from scheduling.decisions.completion import CompleteSession
from scheduling.lifecycle.state import Session
from scheduling.sessions import queries, use_cases
from scheduling.sessions.actions import (
    Accept,
    ActionOutcome,
    Answered,
    Book,
    BookingOutcome,
    CancelSession,
    DoneBefore,
    Join,
    LeaveGroup,
    MarkNoShow,
    Reschedule,
    StepRequest,
    UndoEnd,
)
from scheduling.sessions.schemas import (
    Acceptance,
    Cancellation,
    Completion,
    Joining,
    NewSession,
    NewTime,
    NoShow,
    SessionView,
    stated,
    waived,
)
from scheduling.sessions.use_cases import BookingGateway, SessionRequest
from scheduling.settings import Settings

HTTP_PATIENCE_S: Final = 5
"""A booking waits this long for a database that restarts, then answers 503."""
REMEMBERED_BEFORE: Final = "done"
"""What a process of the release before stored of a step in place of the session's id."""

router = APIRouter(prefix="/sessions", tags=["sessions"])

Undecided: Final = {202: {"model": SessionView, "description": "Taken, and still waiting for a room; look again at Location."}}
STEP: Final = documented(404, 409) | Undecided


def _stated_on(response: Response) -> Callable[[Answered], None]:
    """Return what states on a response where the session is, whether it is undecided (202), and whether the key was used before."""

    def state(answered: Answered) -> None:
        response.headers["Location"] = f"/sessions/{answered.session_id}"
        if answered.is_repeat:
            response.headers["Idempotent-Replayed"] = "true"
        if not answered.is_decided:
            response.status_code = 202

    return state


async def _session_request(request: Request, response: Response, patience: Patience, key: RequestKey) -> SessionRequest:
    state = request.app.state
    return SessionRequest(
        state.gateway, state.database, _stated_on(response), patience, key, state.dependencies, partial(datetime.now, UTC)
    )


Requested = Annotated[SessionRequest, Depends(_session_request)]
"""A step of a session that is requested over HTTP, with what its answer states beside the body."""


@router.post("", status_code=201, summary="Book a session by service", operation_id="book_session", responses=documented(409) | Undecided)
async def book_session(body: NewSession, request: Requested) -> SessionView:
    """Take therapist's and client's time, request a hold from rooms, and answer at once (202) or when it is decided (`Prefer: wait`)."""
    return await request.book(body)


@router.get("/{session_id}", summary="One session", operation_id="get_session", responses=documented(404))
async def get_session(session_id: SessionId, db: Reading, request: Request) -> SessionView:
    """Return one session."""
    session = await queries.find_session(db, session_id)
    return await queries.show(db, session, datetime.now(UTC), request.app.state.dependencies.away)


@router.post("/{session_id}/accept", summary="Accept an alternative", operation_id="accept_alternative", responses=STEP)
async def accept(session_id: SessionId, body: Acceptance, request: Requested) -> SessionView:
    """Request the alternative from rooms; it is checked again, because somebody may have been faster."""
    return await request.act(Accept(session_id, body.alternative_id))


@router.post("/{session_id}/reschedule", summary="Move a session", operation_id="reschedule_session", responses=STEP)
async def reschedule(session_id: SessionId, body: NewTime, request: Requested) -> SessionView:
    """Request another time or room; the session keeps what it has until the new room is held."""
    return await request.act(Reschedule(session_id, await request.moment(session_id, body), body.room_id, stated(body.override)))


@router.post("/{session_id}/clients", summary="Join a group", operation_id="join_session", responses=STEP)
async def join(session_id: SessionId, body: Joining, request: Requested) -> SessionView:
    """Request a room with one place more, the same one where it is large enough; the group keeps what it has until that is held."""
    return await request.act(Join(session_id, body.client_id, stated(body.override)))


@router.delete("/{session_id}/clients/{client_id}", summary="Leave a group", operation_id="leave_session", responses=STEP)
async def leave(session_id: SessionId, client_id: ClientId, request: Requested) -> SessionView:
    """Take a client out of a group; their time is free again, and the others stay."""
    return await request.act(LeaveGroup(session_id, client_id))


@router.post("/{session_id}/cancel", summary="Cancel a session", operation_id="cancel_session", responses=STEP)
async def cancel(session_id: SessionId, body: Cancellation, request: Requested) -> SessionView:
    """Cancel a session; its room and its people's time are free again."""
    return await request.act(CancelSession(session_id, body.reason, body.cause, waived(body.waiver)))


@router.post("/{session_id}/complete", summary="Complete a session", operation_id="complete_session", responses=STEP)
async def complete(session_id: SessionId, request: Requested, body: Completion | None = None) -> SessionView:
    """Record that a session took place, and who of a group came; billing makes a record of each of them."""
    done = body or Completion()
    add_ons = tuple((add_on.service_id, add_on.units) for add_on in done.add_ons)
    return await request.act(
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
async def no_show(session_id: SessionId, request: Requested, body: NoShow | None = None) -> SessionView:
    """Record that the client did not come."""
    return await request.act(MarkNoShow(session_id, waived(body.waiver if body else None)))


@router.post("/{session_id}/undo", summary="Undo a completion, no-show or cancellation", operation_id="undo_session", responses=STEP)
async def undo(session_id: SessionId, request: Requested) -> SessionView:
    """Book a session again that was ended by mistake, until `undo_until`; billing voids what came of it.

    After a no-show or a cancellation its people's time and its room are taken again. Where somebody has them by now the session stays as it
    is: 409 names the other session, and a room that is not free any more is reported in `rejection_reasons`.
    """
    return await request.act(UndoEnd(session_id))


def gateway(settings: Settings, database: Database, waiters: Waiters[Session]) -> BookingGateway:
    """Bind requests that arrive together to one transaction, and to the use case that answers them."""
    again, undo_for = settings.ask_again_after, settings.undo_for
    book = partial(_book, ask_again_after=again)
    act = partial(_act, ask_again_after=again, undo_for=undo_for)
    return BookingGateway(
        bookings=GroupCommit("bookings", database, book, patience_s=HTTP_PATIENCE_S),
        actions=GroupCommit("actions", database, act, patience_s=HTTP_PATIENCE_S),
        waiters=waiters,
        replica_patience_s=settings.replica_patience.total_seconds(),
        ask_again_after=again,
        undo_for=undo_for,
    )


async def _book(bookings: Sequence[Book], tx: Transaction, ask_again_after: timedelta) -> list[BookingOutcome | DomainError]:
    """Book; a booking whose key was used before is answered with the session of then."""
    return await idempotency.once(
        tx,
        bookings,
        partial(use_cases.book, tx=tx, ask_again_after=ask_again_after),
        kept=lambda outcome: str(outcome.id) if isinstance(outcome, Session) else None,
        repeat=lambda _, session_id: DoneBefore(SessionId(UUID(session_id))),
    )


async def _act(
    requests: Sequence[StepRequest], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta
) -> list[ActionOutcome | DomainError]:
    """Take steps; one whose key was used before is answered with its session."""
    return await idempotency.once(
        tx,
        requests,
        partial(use_cases.act, tx=tx, ask_again_after=ask_again_after, undo_for=undo_for),
        kept=lambda outcome: str(outcome.id) if isinstance(outcome, Session) else None,
        repeat=_repeat_step,
    )


def _repeat_step(request: StepRequest, remembered: str) -> DoneBefore:
    return DoneBefore(request.action.session_id if remembered == REMEMBERED_BEFORE else SessionId(UUID(remembered)))
