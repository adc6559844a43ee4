"""The dates of a move: where each would go, what became of it, and what takes it back; pure.

A date is followed by the hold that was requested for it, which no later change of the session shares.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from contracts.scheduling import SessionStatus
from contracts.types import HoldId, RoomId, SessionId

from scheduling.lifecycle import refusals
from scheduling.lifecycle.reasons import Reason, Refusal
from scheduling.lifecycle.state import Session
from scheduling.lifecycle.steps import Move
from scheduling.series import recurrence
from scheduling.sessions.actions import MoveBack, UndoEnd, WithdrawMove

ENDED: Final = frozenset({SessionStatus.CANCELLED, SessionStatus.NO_SHOW})


class Choice(StrEnum):
    """What becomes of one date of a move."""

    MOVE = "move"
    """It moves by as much as the others."""
    ALTERNATIVE = "alternative"
    """It moves to a time of its own."""
    LEAVE = "leave"
    """It stays where it is."""
    CANCEL = "cancel"
    """It is cancelled."""


class Foreseen(StrEnum):
    """What would become of one date of a move."""

    MOVES = "moves"
    STAYS = "stays"
    """It could not be moved."""
    SAME = "same"
    """It is already at a time of the moved series."""
    UNCHECKED = "unchecked"
    """Rooms did not answer: it would move once its room is held."""


class DateOutcome(StrEnum):
    """What became of one date of a move."""

    MOVING = "moving"
    """It waits for its room, and keeps its place until then."""
    MOVED = "moved"
    STAYS = "stays"
    """It could not be moved and stays where it was."""
    SAME = "same"
    """It was already at a time of the moved series."""
    LEFT = "left"
    """It stays where it was, as it was chosen."""
    CANCELLED = "cancelled"
    CHANGED = "changed"
    """Somebody changed it after the move."""
    RETURNING = "returning"
    """Its undo waits for the room that it had."""
    RETURNED = "returned"
    """It is again where it was before the move."""
    NOT_RETURNED = "not_returned"
    """Its undo was refused: it stays where the move brought it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Where one session would go."""

    session: Session
    starts_at: datetime
    """The earlier candidate where the clock at the site shows the time twice or never."""
    uncertain: tuple[Reason, ...] = ()
    is_same: bool = False
    """Whether it has a time of the moved series already, and stays."""

    @property
    def ends_at(self) -> datetime:
        """When it would end."""
        return self.starts_at + (self.session.ends_at - self.session.starts_at)


@dataclass(frozen=True, slots=True)
class Back:
    """What the undo of one date requested, or why it could not."""

    hold_id: HoldId | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDate:
    """One date of a move, as it was before and as it was requested."""

    session_id: SessionId
    choice: Choice
    starts_at: datetime
    ends_at: datetime
    room_id: RoomId | None
    room_number: str | None
    is_room_chosen: bool
    """Whether only the room that it had would do."""
    rate: Decimal
    hold_id: HoldId | None
    """The hold that it stood on."""
    new_starts_at: datetime | None = None
    new_ends_at: datetime | None = None
    new_hold_id: HoldId | None = None
    """The hold that was requested for its new place; None where nothing was requested."""
    cancelled_until: datetime | None = None
    """Until when its cancellation by this move can be undone."""
    reasons: tuple[Reason, ...] = ()
    """Why nothing could be requested."""
    back: Back | None = None


Undoing = MoveBack | WithdrawMove | UndoEnd


def basis(sessions: Sequence[Session]) -> str:
    """Return a text that is another one as soon as one of the sessions was changed."""
    versions = " ".join(f"{session.id}:{session.version}" for session in sorted(sessions, key=lambda session: session.id))
    return hashlib.sha256(versions.encode()).hexdigest()


def plan(sessions: Sequence[Session], anchor: Session, target: datetime, zone: ZoneInfo, room_id: RoomId | None) -> list[Planned]:
    """Return where each session goes when the anchor goes to the target: by as much on the wall clock.

    One that already has a time of the moved series stays there, and the one that leaves takes its new time.
    """
    moments = {session.id: recurrence.shift(session.starts_at, anchor.starts_at, target, zone) for session in sessions}
    times = {session.id: session.starts_at for session in sessions}
    targets = recurrence.with_fewest_moves(times, {key: found[0] for key, found in moments.items() if len(found) == 1})
    return [
        Planned(session, starts_at, is_same=starts_at == session.starts_at and room_id is None)
        if (starts_at := targets.get(session.id))
        else Planned(session, moments[session.id][0], (recurrence.uncertain(moments[session.id], zone),))
        for session in sessions
    ]


def recorded(planned: Planned, choice: Choice, new_starts_at: datetime | None, after: Session, reasons: tuple[Reason, ...]) -> MovedDate:
    """Return what is kept of a date: its session before, when it was requested, and the session after, or why it stays as it was."""
    before = planned.session
    pending = after.pending if after.version > before.version else None
    return MovedDate(
        session_id=before.id,
        choice=choice,
        starts_at=before.starts_at,
        ends_at=before.ends_at,
        room_id=before.room_id,
        room_number=before.room_number,
        is_room_chosen=before.only_room_id is not None,
        rate=before.calculated_rate,
        hold_id=before.hold_id,
        new_starts_at=new_starts_at,
        new_ends_at=new_starts_at + (before.ends_at - before.starts_at) if new_starts_at else None,
        new_hold_id=pending.hold_id if pending else None,
        cancelled_until=after.undo_until if choice is Choice.CANCEL else None,
        reasons=reasons,
    )


def outcome(date: MovedDate, session: Session) -> DateOutcome:
    """Return what became of a date, by its session as it is now."""
    moved, back = _moved(date, session), date.back
    if back is None:
        return moved
    if back.hold_id is not None and session.pending is not None and session.pending.hold_id == back.hold_id:
        return DateOutcome.RETURNING
    if back.hold_id is not None and session.hold_id == back.hold_id:
        return DateOutcome.RETURNED
    if moved in {DateOutcome.MOVED, DateOutcome.CANCELLED}:
        return DateOutcome.NOT_RETURNED
    withdrawn = back.hold_id is None and not back.reasons
    return DateOutcome.RETURNED if withdrawn and moved is DateOutcome.STAYS else moved


def _moved(date: MovedDate, session: Session) -> DateOutcome:
    if date.choice is Choice.CANCEL and not date.reasons:
        is_same_end = session.status is SessionStatus.CANCELLED and session.undo_until == date.cancelled_until
        return DateOutcome.CANCELLED if is_same_end else DateOutcome.CHANGED
    if session.status in ENDED:
        return DateOutcome.CHANGED
    if date.new_hold_id is not None:
        if session.pending is not None and session.pending.hold_id == date.new_hold_id:
            return DateOutcome.MOVING
        if session.hold_id == date.new_hold_id:
            return DateOutcome.MOVED
        stays = session.hold_id == date.hold_id and session.pending is None
        return DateOutcome.STAYS if stays else DateOutcome.CHANGED
    if session.starts_at != date.starts_at:
        return DateOutcome.CHANGED
    if date.reasons:
        return DateOutcome.STAYS
    return DateOutcome.LEFT if date.choice is Choice.LEAVE else DateOutcome.SAME


def reasons(date: MovedDate, session: Session, undo_fix: str) -> tuple[Reason, ...]:
    """Return why a date is not where the move puts it; nothing where it is. ``undo_fix`` is what makes its former room free."""
    match outcome(date, session):
        case DateOutcome.STAYS:
            return date.reasons or _of_rooms(session)
        case DateOutcome.NOT_RETURNED:
            return date.back.reasons if date.back and date.back.reasons else _of_rooms(session, undo_fix)
        case DateOutcome.CHANGED:
            return (Reason("changed-since", "session_id", _why_left(date, session)),)
        case _:
            return ()


def _why_left(date: MovedDate, session: Session) -> str:
    """Return what happened to a date after the move that keeps it out of the undo, and what would work."""
    if session.status is SessionStatus.CANCELLED:
        return "This session was cancelled after the move. It stays cancelled; undo the cancellation to have it at its moved time."
    if session.starts_at == date.new_starts_at:
        return (
            "This session has the time of the move, but since then it was cancelled and booked again, or got another room. "
            "The undo of the move leaves it; move it on its own page."
        )
    return "Somebody changed this session after the move; it stays as it is now."


def _of_rooms(session: Session, taken_fix: str | None = None) -> tuple[Reason, ...]:
    found = []
    for obstacle in session.obstacles:
        _, message, fix = refusals.as_text(obstacle)
        words = f"{message} {taken_fix if taken_fix and obstacle in refusals.TAKEN else fix}"
        found.append(Reason(refusals.slug(obstacle), "room_id", words))
    return tuple(found)


def undoing(date: MovedDate, session: Session) -> Undoing | Refusal | None:
    """Return what takes a date back, why nothing does, or None where there is nothing to take back."""
    found = outcome(date, session)
    is_cancelled = date.choice is Choice.CANCEL
    if found not in {DateOutcome.MOVED, DateOutcome.MOVING, DateOutcome.CANCELLED, DateOutcome.NOT_RETURNED}:
        return None
    if date.hold_id is None:
        message = "This session had no room before, so there is no place to which it could return."
        return Refusal((Reason("nothing-to-return-to", "session_id", message),))
    if is_cancelled:
        return UndoEnd(date.session_id)
    if found is DateOutcome.MOVING and date.new_hold_id is not None:
        return WithdrawMove(date.session_id, date.new_hold_id)
    place = Move(date.starts_at, date.ends_at, date.room_id, date.rate, is_chosen=date.is_room_chosen)
    return MoveBack(date.session_id, place)


def is_undoable(dates: Sequence[MovedDate], sessions: Mapping[SessionId, Session]) -> bool:
    """Whether anything of a move can be taken back."""
    steps = (undoing(date, sessions[date.session_id]) for date in dates)
    return any(step is not None and not isinstance(step, Refusal) for step in steps)
