"""Staff's requests to change sessions, and the saga's events that they are; pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chassis.errors import NotFound
from contracts.rooms import Alternative
from contracts.scheduling import CancellationCause, SessionStatus
from contracts.types import AlternativeId, ClientId, HoldId, RoomId, SessionId

from scheduling.decisions import booking, completion
from scheduling.decisions.completion import CompleteSession
from scheduling.decisions.requests import BookingRequest, Named, ReferenceData
from scheduling.lifecycle import steps
from scheduling.lifecycle.busy_times import BusyTimes, Interval
from scheduling.lifecycle.reasons import Override, Reason, Refusal
from scheduling.lifecycle.state import GONE, Session
from scheduling.lifecycle.steps import AcceptOffer, Cancel, Complete, Decline, Event, Leave, Move, NoShow, Step, Undo, Withdraw
from scheduling.replicas import reference
from scheduling.sessions import saga

if TYPE_CHECKING:
    from chassis.data.idempotency import Key


@dataclass(frozen=True, slots=True)
class Book:
    """A request to book a session."""

    session_id: SessionId
    request: BookingRequest
    key: "Key | None" = None


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """The same key has made the same request before, about this session."""

    session_id: SessionId


@dataclass(frozen=True, slots=True)
class Answered:
    """How a request about a session was answered, beside the session itself."""

    session_id: SessionId
    is_decided: bool
    """Whether nothing waits for rooms any more; otherwise the caller looks again."""
    is_repeat: bool
    """Whether the same key had made the request before."""


BookingOutcome = Session | DoneBefore | Refusal


@dataclass(frozen=True, slots=True)
class Accept:
    """Somebody takes an alternative."""

    session_id: SessionId
    alternative_id: AlternativeId


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Somebody wants another time, or another room."""

    session_id: SessionId
    starts_at: datetime
    room_id: RoomId | None = None
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class MoveBack:
    """A move was a mistake: the session goes back to where it was booked before."""

    session_id: SessionId
    place: Move


@dataclass(frozen=True, slots=True)
class WithdrawMove:
    """A move that waits for its room was a mistake: the session stays where it is."""

    session_id: SessionId
    hold_id: HoldId


@dataclass(frozen=True, slots=True)
class Join:
    """Another client comes into a group."""

    session_id: SessionId
    client_id: ClientId
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class LeaveGroup:
    """A client leaves a group."""

    session_id: SessionId
    client_id: ClientId


@dataclass(frozen=True, slots=True)
class TakeOffer:
    """Who waited takes the slot that is held for them."""

    session_id: SessionId


@dataclass(frozen=True, slots=True)
class DeclineOffer:
    """Who waited does not take the slot that is held for them."""

    session_id: SessionId
    offer_on: bool = True
    """Whether the next who fits is offered it."""


@dataclass(frozen=True, slots=True)
class CancelSession:
    """Somebody calls a session off."""

    session_id: SessionId
    reason: str
    cause: CancellationCause = CancellationCause.CLIENT
    waiver: str | None = None
    """Why a fee that it costs is not charged."""


@dataclass(frozen=True, slots=True)
class MarkNoShow:
    """Staff record that the client did not come."""

    session_id: SessionId
    waiver: str | None = None
    """Why the fee is not charged."""


@dataclass(frozen=True, slots=True)
class UndoEnd:
    """The completion, no-show or cancellation of a session was a mistake."""

    session_id: SessionId


OFFER_DECLINED: Final = "the offer was declined"

OFFER_RAN_OUT: Final = "the offer ran out"

MOVING: Final = (Accept, Reschedule, MoveBack, Join, UndoEnd)
"""Actions that take people's time."""

Action = (
    Accept
    | Reschedule
    | MoveBack
    | WithdrawMove
    | Join
    | LeaveGroup
    | TakeOffer
    | DeclineOffer
    | CancelSession
    | CompleteSession
    | MarkNoShow
    | UndoEnd
)


@dataclass(frozen=True, slots=True)
class Impossible:
    """The session's present state does not allow the step."""

    status: SessionStatus
    why: str


@dataclass(frozen=True, slots=True)
class StepRequest:
    """An action, and the key that makes its repetition harmless."""

    action: Action
    key: "Key | None" = None


ActionOutcome = Session | DoneBefore | NotFound | Impossible | Refusal


def _chosen(session: Session, action: Accept) -> Alternative | None:
    return next((alternative for alternative in session.alternatives if alternative.id == action.alternative_id), None)


def interval_of(session: Session | None, action: Action) -> Interval | None:
    """Return whose time an action would take, and when."""
    wanted = None
    match action:
        case Accept() if session and (chosen := _chosen(session, action)):
            wanted = Move(chosen.starts_at, chosen.ends_at, chosen.room_id, session.calculated_rate)
        case Reschedule() if session:
            ends_at = action.starts_at + (session.ends_at - session.starts_at)
            wanted = Move(action.starts_at, ends_at, action.room_id, session.calculated_rate)
        case MoveBack():
            wanted = action.place
        case Join() if session:
            wanted = _with_one_more(session, action, None)
        case UndoEnd() if session and session.status in GONE:
            wanted = steps.as_it_was(session)
        case _:
            pass
    return booking.interval_of_move(session, wanted) if session and wanted else None


def named(sessions: Collection[Session], requests: Sequence[StepRequest]) -> Named:
    """Return what must be known of sessions to take the steps that are requested."""
    joins = [request.action for request in requests if isinstance(request.action, Join)]
    joined = {join.session_id for join in joins}
    completions = [request.action for request in requests if isinstance(request.action, CompleteSession)]
    added = {service_id for done in completions for service_id, _ in done.add_ons}
    added |= {done.service_id for done in completions if done.service_id is not None}
    return Named(
        services={session.service_id for session in sessions} | added,
        sites={session.site_id for session in sessions},
        rooms={session.room_id for session in sessions if session.id in joined},
        therapists={session.therapist_id for session in sessions},
        clients={join.client_id for join in joins},
    )


def decide(
    session: Session,
    action: Action,
    reference_data: ReferenceData,
    busy_times: BusyTimes,
    now: datetime,
    next_hold: HoldId,
    undo_until: datetime,
) -> Step | Impossible | Refusal:
    """Return the step that an action is, or why it cannot be taken; ``next_hold`` names the new attempt, should there be one."""
    event = _event_of(session, action, reference_data, now, undo_until)
    if isinstance(event, Impossible | Refusal):
        return event
    step = saga.advance(session, event, now, next_hold)
    if step.refusal is not None:
        return Impossible(session.status, step.refusal)
    if isinstance(action, MoveBack):
        reasons = booking.restore(session, action.place, busy_times)
        return Refusal(reasons) if reasons else step
    if isinstance(event, Move):
        override = action.override if isinstance(action, Reschedule | Join) else None
        if reasons := booking.move(session, event, reference_data, busy_times, now, override):
            return Refusal(reasons)
    if step.session.undoing and (reasons := booking.restore(session, steps.as_it_was(session), busy_times)):
        return Refusal(reasons)
    return step


def _event_of(
    session: Session, action: Action, reference_data: ReferenceData, now: datetime, undo_until: datetime
) -> Event | Impossible | Refusal:
    """Return the saga's event of an action."""
    match action:
        case Accept():
            return _accepting(session, action, reference_data)
        case Reschedule():
            return _moving(session, action, reference_data)
        case Join():
            return _joining(session, action, reference_data)
        case LeaveGroup():
            return Leave(action.client_id)
        case TakeOffer():
            return AcceptOffer()
        case DeclineOffer():
            return Decline(OFFER_DECLINED)
        case MoveBack() | WithdrawMove() | UndoEnd():
            return _undoing(action)
        case CancelSession() | CompleteSession() | MarkNoShow():
            return _ending(session, action, reference_data, now, undo_until)


def _undoing(action: MoveBack | WithdrawMove | UndoEnd) -> Event:
    match action:
        case MoveBack(_, place):
            return place
        case WithdrawMove(_, hold_id):
            return Withdraw(hold_id)
        case UndoEnd():
            return Undo()


def _ending(
    session: Session,
    action: CancelSession | CompleteSession | MarkNoShow,
    reference_data: ReferenceData,
    now: datetime,
    undo_until: datetime,
) -> Event | Refusal:
    """Return the saga's event of a session's end; it can be undone for a while."""
    match action:
        case CancelSession(_, reason, cause, waiver):
            late = cause is CancellationCause.CLIENT and booking.is_late(session, reference_data.policies, now)
            return Cancel(reason, late, cause, waiver, undo_until)
        case CompleteSession():
            done = completion.stated(session, action, reference_data, now)
            return replace(done, undo_until=undo_until) if isinstance(done, Complete) else done
        case MarkNoShow(_, waiver):
            return NoShow(waiver, undo_until)


def _accepting(session: Session, accept: Accept, reference_data: ReferenceData) -> Move | Impossible | Refusal:
    chosen = _chosen(session, accept)
    if chosen is None:
        return _no_such_alternative(session)
    rate = booking.rate_on(reference_data.services.get(session.service_id), reference_data.sites[session.site_id], chosen.starts_at)
    return Move(chosen.starts_at, chosen.ends_at, chosen.room_id, rate or session.calculated_rate)


def _moving(session: Session, wanted: Reschedule, reference_data: ReferenceData) -> Move | Refusal:
    service, site = reference_data.services.get(session.service_id), reference_data.sites[session.site_id]
    rate = booking.rate_on(service, site, wanted.starts_at)
    if service is not None and rate is None:
        return Refusal((booking.no_rate(service, site.day(wanted.starts_at)),))
    ends_at = wanted.starts_at + (session.ends_at - session.starts_at)
    return Move(wanted.starts_at, ends_at, wanted.room_id, rate or session.calculated_rate)


def _joining(session: Session, join: Join, reference_data: ReferenceData) -> Move | Impossible | Refusal:
    if session.status is not SessionStatus.BOOKED:
        return Impossible(session.status, f"A session that is {session.status.value} cannot be joined.")
    if reasons := booking.cannot_join(session, join.client_id, reference_data.clients):
        return Refusal(reasons)
    return _with_one_more(session, join, reference_data.rooms.get(session.room_id) if session.room_id else None)


def _with_one_more(session: Session, join: Join, room: reference.Room | None) -> Move:
    """Return the move to the same time with one client more: in its room while that is large enough."""
    clients = (*session.client_ids, join.client_id)
    stays = room is not None and room.capacity >= (session.places_for(clients) or 1)
    return Move(session.starts_at, session.ends_at, session.room_id if stays else None, session.calculated_rate, clients, is_chosen=False)


def _no_such_alternative(session: Session) -> Impossible | Refusal:
    if not session.alternatives:
        return Impossible(session.status, f"A session that is {session.status.value} has no alternatives to accept.")
    message = "This alternative is not among those that the session offers now. Read the session again and choose one of them."
    return Refusal((Reason("unknown-alternative", "alternative_id", message),))


def overdue(session: Session, now: datetime) -> Event:
    """Return what has passed for a session without an answer."""
    if session.offer_until is not None and session.offer_until <= now:
        return Decline(OFFER_RAN_OUT)
    overdue = session.pending is not None and session.pending.not_after <= now
    return steps.DeadlinePassed() if overdue else steps.NoAnswer()
