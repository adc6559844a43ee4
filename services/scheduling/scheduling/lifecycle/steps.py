"""What can happen to a session, and what follows from it; pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracts.rooms import Alternative, HoldRelease, HoldRequest, Obstacle, RefusalReason, ReleaseReason
from contracts.scheduling import (
    AddOn,
    CancellationCause,
    ClientLocation,
    Modality,
    RescheduleRefused,
    SessionFact,
    SessionRequested,
    SessionStatus,
)
from contracts.types import ClientId, GroupId, HoldId, RoomId

from scheduling.lifecycle.facts import about_session
from scheduling.lifecycle.state import Attempt, BilledAs, Session

ENDS: Final = {
    SessionStatus.COMPLETED: "completion",
    SessionStatus.NO_SHOW: "no-show",
    SessionStatus.CANCELLED: "cancellation",
}
"""What ended a session, for as long as it can be undone."""
SHORTEST_DEADLINE: Final = timedelta(hours=1)
"""An attempt for a session that starts sooner, or lies in the past, waits this long for a room."""


@dataclass(frozen=True, slots=True)
class Granted:
    """Rooms holds a room."""

    hold_id: HoldId
    room_id: RoomId
    room_number: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Rooms keeps the hold for good."""

    hold_id: HoldId


@dataclass(frozen=True, slots=True)
class Refused:
    """Rooms has no room; these alternatives suit both people."""

    hold_id: HoldId
    reason: RefusalReason
    alternatives: tuple[Alternative, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()


@dataclass(frozen=True, slots=True)
class Expired:
    """Rooms does not keep the hold any more: its stay is long over, or rooms does not have it."""

    hold_id: HoldId
    gone: bool
    """The room has gone to somebody else; otherwise a confirmation still revives the hold."""


@dataclass(frozen=True, slots=True)
class Released:
    """The hold was released."""

    hold_id: HoldId


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Rooms has not answered for a while."""


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """An answer to the pending attempt is of no use any more."""


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody chose another room or time; the people's time is taken for it already."""

    starts_at: datetime
    ends_at: datetime
    room_id: RoomId | None
    rate: Decimal
    client_ids: tuple[ClientId, ...] = ()
    """Who will be treated then; none when they stay the same."""
    is_chosen: bool = True
    """Whether that room was requested by name; a plan did otherwise."""


@dataclass(frozen=True, slots=True)
class Leave:
    """A client leaves a group."""

    client_id: ClientId


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    """Who waited for a slot takes it."""


@dataclass(frozen=True, slots=True)
class Decline:
    """A slot that is offered to somebody on the waitlist is not taken: they declined it, or the offer ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Somebody called the session off."""

    reason: str
    late: bool
    cause: CancellationCause = CancellationCause.CLIENT
    waiver: str | None = None
    """Why the fee is not charged."""
    undo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """The session took place."""

    actual_start: datetime
    actual_end: datetime
    service_date: date
    attended: tuple[ClientId, ...] = ()
    """Who of a group came; everybody when nothing is stated."""
    modality: Modality = Modality.IN_PERSON
    client_location: ClientLocation | None = None
    add_ons: tuple[AddOn, ...] = ()
    billed_as: BilledAs | None = None
    """Another service than was booked, such as one that the documented minutes fit."""
    undo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoShow:
    """The client did not come."""

    waiver: str | None = None
    """Why the fee is not charged."""
    undo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """The completion, no-show or cancellation was a mistake; the people's time is taken for the session already."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A move that waits for rooms' answer is not wanted any more."""

    hold_id: HoldId
    """The hold that was requested for it; another move is left alone."""


Answer = Granted | Confirmed | Refused | Expired | Released

RequestedStep = Move | Withdraw | Leave | AcceptOffer | Decline | Cancel | Complete | NoShow | Undo
"""Steps that staff request."""

Event = Answer | NoAnswer | DeadlinePassed | RequestedStep


@dataclass(frozen=True, slots=True)
class ConfirmHold:
    """The command to keep a hold for good."""

    hold_id: HoldId


Command = HoldRequest | ConfirmHold | HoldRelease


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from an event."""

    session: Session
    commands: tuple[Command, ...] = ()
    facts: tuple[SessionFact, ...] = ()
    event: str = ""
    """The timeline's text for it; empty when nothing is noted."""
    detail: str = ""
    clients: tuple[ClientId, ...] = ()
    """Who joins or leaves."""
    refusal: str | None = None
    """Why this step cannot be taken now."""


def attempt(hold_id: HoldId, wanted: Move, now: datetime, group_id: GroupId | None = None) -> Attempt:
    """Return a new attempt to get a room: an answer is of use until the session starts."""
    deadline = max(wanted.starts_at, now + SHORTEST_DEADLINE)
    return Attempt(
        hold_id, wanted.starts_at, wanted.ends_at, wanted.room_id, deadline, wanted.rate, group_id, wanted.client_ids, wanted.is_chosen
    )


def as_it_was(session: Session) -> Move:
    """Return the move to the room and time that a session has, or had."""
    return Move(session.starts_at, session.ends_at, session.room_id, session.calculated_rate, is_chosen=False)


def hold_request(session: Session, wanted: Attempt) -> HoldRequest:
    """Request the room of an attempt."""
    return HoldRequest(
        hold_id=wanted.hold_id,
        session_id=session.id,
        site_id=session.site_id,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        room_id=wanted.room_id,
        capacity=session.places_for(wanted.client_ids or session.client_ids),
        equipment=session.equipment,
        not_after=wanted.not_after,
        group_id=wanted.group_id,
    )


def abandoned(session: Session) -> tuple[HoldRelease, ...]:
    """Release the hold that is requested and no longer needed."""
    return releases_of(ReleaseReason.STALE, session.pending.hold_id) if session.pending else ()


def releases_of(reason: ReleaseReason, *hold_ids: HoldId | None) -> tuple[HoldRelease, ...]:
    """Release these holds, where there are any."""
    return tuple(HoldRelease(hold_id=hold_id, reason=reason) for hold_id in hold_ids if hold_id is not None)


def pending_attempt(session: Session) -> Attempt:
    """Return the attempt that rooms has not answered; AssertionError where there is none."""
    if session.pending is None:
        message = f"session {session.id} has no pending attempt"
        raise AssertionError(message)
    return session.pending


def request_room(session: Session, wanted: Attempt, event: str, detail: str = "a room is requested") -> Step:
    """Return the step that requests the room of an attempt; of a session without a room it is published that it is requested."""
    facts = (SessionRequested(**about_session(session)),) if session.status is SessionStatus.REQUESTED else ()
    return Step(replace(session, asks=0), (hold_request(session, wanted),), facts, event, detail, session.joining)


def withdrawn(session: Session, withdraw: Withdraw) -> Step:
    """Give up a move that waits for rooms' answer; a room that is granted to it later is released as stale."""
    pending = session.pending
    if session.status is not SessionStatus.BOOKED or pending is None or pending.hold_id != withdraw.hold_id:
        return impossible(session, "kept where it is", "this move does not wait for a room any more")
    kept = changed(session, pending=None, alternatives=(), rejection_reason=None, obstacles=())
    facts = (RescheduleRefused(**about_session(kept)),)
    return Step(kept, abandoned(session), facts, "move withdrawn", "the session keeps its room and time")


def changed(session: Session, **changes: Any) -> Session:
    """Return the next version of a session."""
    return replace(session, asks=0, version=session.version + 1, **changes)


def impossible(session: Session, what: str, why: str | None = None) -> Step:
    """Return the step that refuses to do ``what`` with a session in its present state, and what would work where its end can be undone."""
    waiting = " and waits for rooms' answer" if session.pending is not None else ""
    end = ENDS.get(session.status) if session.undo_until is not None and not waiting and why is None else None
    fix = f" Undo the {end} first, as long as it can be undone." if end else ""
    return Step(session, refusal=f"A session that is {session.status.value}{waiting} cannot be {what}{': ' + why if why else ''}.{fix}")
