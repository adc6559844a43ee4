"""The saga, as a pure function: every cell of its table, and what no order of messages may break."""

from dataclasses import replace
from datetime import timedelta

import booking_saga
import pytest
from contracts.rooms import HoldRelease, HoldRequest
from contracts.scheduling import SessionBooked, SessionStatus
from contracts.types import HoldId, new_id
from hypothesis import given
from hypothesis import strategies as st
from scheduling.lifecycle import steps
from scheduling.lifecycle.state import Session
from scheduling.lifecycle.steps import Step
from scheduling.sessions import saga

FINISHED = {SessionStatus.REJECTED, SessionStatus.CANCELLED, SessionStatus.COMPLETED, SessionStatus.NO_SHOW}


def test_the_page_shows_what_the_saga_does() -> None:
    assert booking_saga.PAGE.read_text(encoding="utf-8") == booking_saga.page(), "run python services/scheduling/docs/booking_saga.py"


@pytest.mark.parametrize("state", list(booking_saga.STATES))
@pytest.mark.parametrize("row", booking_saga.EVENTS, ids=lambda row: row.label)
def test_hearing_the_same_thing_twice_does_no_more_than_hearing_it_once(state: str, row: booking_saga.Row) -> None:
    """But for commands that are repeated on purpose, and grants that are given back each time."""
    once = saga.advance(booking_saga.STATES[state], row.event, row.now, booking_saga.NEXT)
    twice = saga.advance(once.session, row.event, row.now, HoldId(new_id()))
    assert not twice.facts or isinstance(row.event, steps.Move)
    again = steps.NoAnswer | steps.Granted  # rooms repeats a grant that it wants confirmed
    assert all(isinstance(command, HoldRelease) for command in twice.commands) or isinstance(row.event, again)
    assert replace(twice.session, asks=0, updated_at=row.now) == replace(once.session, asks=0, updated_at=row.now)


@pytest.mark.parametrize(
    "state", [name for name, session in booking_saga.STATES.items() if session.status in FINISHED and not session.undo_until]
)
@pytest.mark.parametrize("row", booking_saga.EVENTS, ids=lambda row: row.label)
def test_a_finished_session_stays_as_it_is(state: str, row: booking_saga.Row) -> None:
    session = booking_saga.STATES[state]
    step = saga.advance(session, row.event, row.now, booking_saga.NEXT)
    assert step.session == session
    assert not step.facts


@pytest.mark.parametrize("state", list(booking_saga.STATES))
def test_a_grant_that_nobody_waits_for_is_handed_back(state: str) -> None:
    step = saga.advance(
        booking_saga.STATES[state],
        steps.Granted(booking_saga.STALE, booking_saga.OFFER.room_id, "201"),
        booking_saga.BEFORE,
        booking_saga.NEXT,
    )
    assert [command.hold_id for command in step.commands if isinstance(command, HoldRelease)] == [booking_saga.STALE]


def answers_to(hold_ids: list[HoldId]) -> st.SearchStrategy[steps.Event]:
    """Any answer to any of these holds."""
    hold = st.sampled_from(hold_ids)
    return st.one_of(
        st.builds(steps.Granted, hold, st.just(booking_saga.OFFER.room_id), st.just("201")),
        st.builds(steps.Confirmed, hold),
        st.builds(steps.Refused, hold, st.just(saga.RefusalReason.BOOKED), st.sampled_from([(), (booking_saga.OFFER,)])),
        st.builds(steps.Expired, hold, st.booleans()),
        st.builds(steps.Released, hold),
    )


@given(st.data())
def test_no_order_of_messages_loses_a_room_or_keeps_two(data: st.DataObject) -> None:
    """Every hold that was requested and is not the session's any more is released, or rooms itself ended it."""
    session: Session = booking_saga.REQUESTED
    requested, ended = [booking_saga.PENDING], set[HoldId]()
    for _ in range(data.draw(st.integers(1, 12))):
        human = st.sampled_from([
            steps.Move(booking_saga.START, booking_saga.START + timedelta(hours=1), None, booking_saga.REQUESTED.calculated_rate),
            steps.Cancel("ill", late=False, undo_until=data.draw(st.sampled_from([None, booking_saga.LONG_AFTER]))),
            steps.Complete(booking_saga.START, booking_saga.AFTER, booking_saga.START.date(), undo_until=booking_saga.LONG_AFTER),
            steps.Undo(),
            steps.Withdraw(data.draw(st.sampled_from(requested))),
            steps.Decline("the offer was declined"),
            steps.NoAnswer(),
            steps.DeadlinePassed(),
            steps.NoShow(undo_until=booking_saga.LONG_AFTER),
        ])  # fmt: skip
        event = data.draw(st.one_of(answers_to(requested), human))
        step: Step = saga.advance(session, event, booking_saga.AFTER, HoldId(new_id()))
        requested += [command.hold_id for command in step.commands if isinstance(command, HoldRequest) and command.hold_id not in requested]
        ended |= {command.hold_id for command in step.commands if isinstance(command, HoldRelease)}
        if isinstance(event, steps.Refused | steps.Expired | steps.Released):
            ended.add(event.hold_id)
        session = step.session
        assert (session.status is SessionStatus.BOOKED) == (session.hold_id is not None) or session.status in FINISHED
        assert session.status is not SessionStatus.REQUESTED or session.pending is not None
        if any(isinstance(fact, SessionBooked) for fact in step.facts):
            assert session.room_id is not None
    kept = {hold for hold in (session.hold_id, session.pending and session.pending.hold_id) if hold}
    if session.status not in {SessionStatus.COMPLETED, SessionStatus.NO_SHOW}:
        assert set(requested) - ended <= kept


@pytest.mark.parametrize("is_chosen", [True, False])
def test_only_a_room_that_somebody_asked_for_by_name_is_the_only_one_that_will_do(*, is_chosen: bool) -> None:
    """A room that a plan found for a session may be another one, should it ever be lost."""
    move = replace(booking_saga.LATER, room_id=booking_saga.OFFER.room_id, is_chosen=is_chosen)
    requested = saga.advance(booking_saga.STATES["booked"], move, booking_saga.BEFORE, booking_saga.NEXT)
    granted = steps.Granted(booking_saga.NEXT, booking_saga.OFFER.room_id, "201")
    moved = saga.advance(requested.session, granted, booking_saga.BEFORE, HoldId(new_id())).session
    assert moved.only_room_id == (booking_saga.OFFER.room_id if is_chosen else None)


def test_who_waited_has_the_room_only_until_the_offer_ends() -> None:
    held = booking_saga.STATES["held for who waited"]
    taken = saga.advance(held, steps.AcceptOffer(), booking_saga.BEFORE, booking_saga.NEXT)
    assert (taken.session.status, taken.session.offer_until, [type(fact) for fact in taken.facts]) == (
        SessionStatus.BOOKED,
        None,
        [SessionBooked],
    )
    ended = saga.advance(held, steps.Decline("the offer ran out"), booking_saga.AFTER, booking_saga.NEXT)
    assert [command.hold_id for command in ended.commands if isinstance(command, HoldRelease)] == [held.hold_id]
    assert ended.session.takes == frozenset()
