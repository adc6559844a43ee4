"""Which sessions a change of a series is about, and why one of them stays as it was; pure."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from chassis.errors import NotFound
from contracts.scheduling import SessionStatus
from contracts.types import SessionId

from scheduling.lifecycle.reasons import Reason, Refusal
from scheduling.lifecycle.state import Session
from scheduling.series.recurrence import Scope
from scheduling.sessions.actions import ActionOutcome, Impossible

CHANGEABLE: Final = {"requested", "offered", "booked"}


def chosen(sessions: Sequence[Session], scope: Scope, anchor: SessionId | None, now: datetime) -> list[Session]:
    """Return the sessions that a change is about: those that have not begun, from the anchor on, or it alone.

    One that is named alone may have begun, as where it is changed for itself.
    """
    start = next((session.starts_at for session in sessions if session.id == anchor), None)
    about = [session for session in sessions if session.status in CHANGEABLE]
    ahead = [session for session in about if session.starts_at > now]
    match scope:
        case Scope.THIS:
            return [session for session in about if session.id == anchor]
        case Scope.FOLLOWING:
            return [session for session in ahead if start is not None and session.starts_at >= start]
        case Scope.ALL:
            return ahead


def to_undo(sessions: Sequence[Session], named: Collection[SessionId], now: datetime) -> list[Session]:
    """Return the sessions whose cancellation is to be undone: the named ones, or those of the last cancellation that can be undone.

    Sessions that were cancelled together can be undone until the same moment.
    """
    if named:
        return [session for session in sessions if session.id in named]
    open_until = {
        session.id: session.undo_until
        for session in sessions
        if session.status is SessionStatus.CANCELLED and session.undo_until and session.undo_until > now and not session.undoing
    }
    last = max(open_until.values(), default=None)
    return [session for session in sessions if last is not None and open_until.get(session.id) == last]


def why(outcome: ActionOutcome) -> tuple[Reason, ...]:
    """Return why a session was not changed; nothing when it was."""
    match outcome:
        case Refusal(reasons):
            return reasons
        case Impossible(_, words):
            return (Reason("impossible-step", "session_id", words),)
        case NotFound():
            return (Reason(outcome.slug, "session_id", outcome.detail),)
        case _:
            return ()
