"""Each use case that moves sessions names the messages that may follow, all of them and no others, where it sends them."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any, Final, get_args

import booking_saga
import pytest
from booking_saga import EVENTS, NEXT, PENDING, STATES
from contracts.message import MESSAGES, Message
from contracts.rooms import RequestHolds
from contracts.scheduling import SessionStatus
from scheduling.decisions import booking
from scheduling.lifecycle import steps
from scheduling.lifecycle.outgoing import TakenSteps, messages_of
from scheduling.lifecycle.state import Session
from scheduling.moves import use_cases as moves
from scheduling.reconciliation import use_cases as reconciliation
from scheduling.series import use_cases as series
from scheduling.sessions import saga, use_cases
from scheduling.waitlist import use_cases as waitlist

Root = Callable[..., Any]

BEGUN: Final = TakenSteps([booking.begin(booking_saga.REQUESTED)])
REACHED: Final = {saga.advance(session, row.event, row.now, PENDING).session for session in STATES.values() for row in EVENTS}
"""Every state, and what one event makes of it."""
OVERDUE: Final = (steps.NoAnswer, steps.DeadlinePassed, steps.Decline)


def follows(kinds: Iterable[type], before: Callable[[Session], bool]) -> set[str]:
    """Return the messages that events of these kinds may have, by name."""
    sent: set[str] = set()
    for session in filter(before, REACHED):
        for row in EVENTS:
            if isinstance(row.event, tuple(kinds)):
                step = saga.advance(session, row.event, row.now, NEXT)
                taken = TakenSteps([step], [(session, step.session)])
                sent |= {type(message).__name__ for message in messages_of(taken, MESSAGES.values(), row.now)}
    return sent


def stated(root: Root) -> set[str]:
    """Return the messages that a use case names where it sends what follows from steps."""
    calls = [node for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(root)))) if isinstance(node, ast.Call)]
    sends = [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == "send" and ast.unparse(call.args[0]) == "tx"]
    names = {each.id for call in sends for each in call.args if isinstance(each, ast.Name)}
    return names & {message.__name__ for message in MESSAGES.values()}


def anything(_: Session) -> bool:
    """Take every state."""
    return True


def booked(session: Session) -> bool:
    """Take sessions that are booked."""
    return session.status is SessionStatus.BOOKED


def cancelled(session: Session) -> bool:
    """Take sessions that are cancelled."""
    return session.status is SessionStatus.CANCELLED


def standing(session: Session) -> bool:
    """Take sessions that have a room and wait for nothing."""
    return session.stands and not session.waits_for_rooms


@pytest.mark.parametrize(
    ("root", "kinds", "before"),
    [
        (use_cases.act, get_args(steps.RequestedStep), anything),
        (use_cases.apply_hold_answers, get_args(steps.Answer), anything),
        (use_cases.retry, OVERDUE, anything),
        (use_cases.move_sessions, (steps.Move,), booked),
        (reconciliation.apply_holds_compared, (steps.Released,), standing),
        (series.cancel, (steps.Cancel,), anything),
        (series.undo, (steps.Undo,), cancelled),
        (moves.move, (steps.Move, steps.Cancel), anything),
        (moves.undo, (steps.Move, steps.Withdraw), booked),
    ],
    ids=lambda value: value.__name__ if inspect.isfunction(value) else "",
)
def test_a_use_case_names_what_may_follow_from_the_steps_that_it_takes(
    root: Root, kinds: Iterable[type], before: Callable[[Session], bool]
) -> None:
    assert stated(root) == follows(kinds, before)


@pytest.mark.parametrize("root", [use_cases.book, series.book, waitlist.offer], ids=lambda root: root.__module__)
def test_a_use_case_that_books_names_what_a_booking_sends(root: Root) -> None:
    assert stated(root) == {type(message).__name__ for message in messages_of(BEGUN, MESSAGES.values(), booking_saga.BEFORE)}


@pytest.mark.parametrize("kinds", [(), (RequestHolds,)])
def test_a_message_that_a_use_case_does_not_name_is_not_sent(kinds: tuple[type[Message], ...]) -> None:
    with pytest.raises(AssertionError, match="does not state that it sends"):
        messages_of(BEGUN, kinds, booking_saga.BEFORE)
