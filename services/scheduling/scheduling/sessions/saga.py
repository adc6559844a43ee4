"""The booking saga: what a session becomes by each event, as one pure function.

``services/scheduling/docs/booking-saga.md`` is this function, tabulated over every state and every event.
Each attempt has a hold id of its own (``next_hold``, given by the caller), which fences every answer: late, repeated
and reordered messages are cells of the table. A step that a person may not take now is refused by a value, not an exception.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from contracts.open_words import open_word
from contracts.rooms import Alternative, HoldAnswer, HoldRelease, Obstacle, Outcome, RefusalReason, ReleaseReason
from contracts.scheduling import (
    CancellationCause,
    RescheduleRefused,
    SessionBooked,
    SessionCancelled,
    SessionClientsChanged,
    SessionFact,
    SessionNoShow,
    SessionOffered,
    SessionRejected,
    SessionRescheduled,
    SessionStatus,
    Slot,
    UndoneStep,
    UndoRefused,
)
from contracts.types import HoldId

from scheduling.decisions import booking
from scheduling.decisions.completion import complete
from scheduling.decisions.requests import ReferenceData
from scheduling.lifecycle.busy_times import BusyTimes, Interval
from scheduling.lifecycle.facts import about_session, promised, session_restored, with_waiver
from scheduling.lifecycle.state import Attempt, Session
from scheduling.lifecycle.steps import (
    AcceptOffer,
    Answer,
    Cancel,
    Complete,
    Confirmed,
    ConfirmHold,
    DeadlinePassed,
    Decline,
    Event,
    Expired,
    Granted,
    Leave,
    Move,
    NoAnswer,
    NoShow,
    Refused,
    Released,
    RequestedStep,
    Step,
    Undo,
    Withdraw,
    abandoned,
    as_it_was,
    attempt,
    changed,
    hold_request,
    impossible,
    pending_attempt,
    releases_of,
    request_room,
    withdrawn,
)

REQUESTED, OFFERED, BOOKED = SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED
REJECTED, CANCELLED, COMPLETED = SessionStatus.REJECTED, SessionStatus.CANCELLED, SessionStatus.COMPLETED

NO_SHOW = SessionStatus.NO_SHOW

UNDONE: Final = {COMPLETED: UndoneStep.COMPLETION, NO_SHOW: UndoneStep.NO_SHOW, CANCELLED: UndoneStep.CANCELLATION}
"""What is undone of a session in one of these states."""


def advance(session: Session, event: Event, now: datetime, next_hold: HoldId) -> Step:
    """Return what follows from an event; ``next_hold`` names the new attempt, should there be one."""
    step = _follow(session, event, now, next_hold)
    return step if step.session is session else replace(step, session=replace(step.session, updated_at=now))


def answer(session: Session, answered: HoldAnswer, reference: ReferenceData, busy: BusyTimes, now: datetime, next_hold: HoldId) -> Step:
    """Return what follows from an answer of rooms; of its alternatives those are kept that suit the people."""
    return advance(session, _understood(answered, session, reference, busy, now), now, next_hold)


def interval_of_offer(session: Session, offer: Alternative) -> Interval:
    """Return whose time an alternative would take."""
    return booking.interval_of_move(session, Move(offer.starts_at, offer.ends_at, offer.room_id, session.calculated_rate))


def _follow(session: Session, event: Event, now: datetime, next_hold: HoldId) -> Step:
    match event:
        case Granted() | Confirmed() | Refused() | Expired() | Released():
            return _answered(session, event, now, next_hold)
        case NoAnswer():
            return _repeat(session)
        case DeadlinePassed():
            return _unanswered(session, now)
        case _:
            return _requested(session, event, now, next_hold)


def _requested(session: Session, requested: RequestedStep, now: datetime, next_hold: HoldId) -> Step:
    match requested:
        case Move():
            return _move(session, requested, now, next_hold)
        case Withdraw():
            return withdrawn(session, requested)
        case Leave():
            return _leave(session, requested)
        case AcceptOffer():
            return _accept_offer(session)
        case Decline():
            return _decline(session, requested)
        case Cancel():
            return _cancel(session, requested)
        case Complete():
            return complete(session, requested, now)
        case NoShow():
            return _no_show(session, requested, now)
        case Undo():
            return _undo(session, now, next_hold)


def _answered(session: Session, answer: Answer, now: datetime, next_hold: HoldId) -> Step:
    pending = session.pending is not None and answer.hold_id == session.pending.hold_id
    current = answer.hold_id == session.hold_id
    match answer:
        case Granted() if pending:
            return _granted(session, answer, pending_attempt(session))
        case Granted() if current and (session.stands or session.status is COMPLETED):
            return Step(session, (ConfirmHold(answer.hold_id),))
        case Granted():
            return Step(session, (HoldRelease(hold_id=answer.hold_id, reason=ReleaseReason.STALE),), event="stale grant released")
        case Confirmed() if current and session.stands and not session.confirmed:
            return Step(replace(session, confirmed=True, asks=0), event="hold confirmed")
        case Confirmed() if not current and not pending:
            return Step(session, (HoldRelease(hold_id=answer.hold_id, reason=ReleaseReason.STALE),), event="stale hold released")
        case Refused() if pending:
            return _refused(session, answer)
        case Expired() | Released() if pending:
            return _refused(session, Refused(answer.hold_id, RefusalReason.TOO_LATE))
        case Expired(gone=True) if current and session.stands and not session.confirmed:
            return _lose(session, now, next_hold)
        case Released() if current and session.stands:
            return _lose(session, now, next_hold)
        case _:
            return Step(session)


def _understood(answer: HoldAnswer, session: Session, reference: ReferenceData, busy: BusyTimes, now: datetime) -> Answer:
    """Return an answer of rooms without the alternatives at which somebody is busy or something else speaks against them."""
    match answer.outcome:
        case Outcome.GRANTED if answer.room_id is not None:
            return Granted(answer.hold_id, answer.room_id, answer.room_number or "")
        case Outcome.CONFIRMED:
            return Confirmed(answer.hold_id)
        case Outcome.EXPIRED:
            return Expired(answer.hold_id, gone=answer.reason is not None)
        case Outcome.RELEASED:
            return Released(answer.hold_id)
        case _:
            suiting = [
                offer for offer in answer.alternatives if booking.is_bookable(interval_of_offer(session, offer), reference, busy, now)
            ]
            offers = tuple(suiting[: booking.OFFERED_AT_MOST])
            return Refused(answer.hold_id, answer.reason or RefusalReason.BOOKED, offers, answer.reasons)


def _granted(session: Session, answer: Granted, pending: Attempt) -> Step:
    if session.undoing:
        return _restored(session, answer)
    moved = session.status is BOOKED
    clients = pending.client_ids or session.client_ids
    booked = changed(
        session,
        status=OFFERED if session.offer_until else BOOKED,
        client_id=clients[0],
        other_client_ids=clients[1:],
        starts_at=pending.starts_at,
        ends_at=pending.ends_at,
        room_id=answer.room_id,
        room_number=answer.room_number,
        only_room_id=pending.room_id if pending.is_chosen else None,
        calculated_rate=pending.rate,
        hold_id=answer.hold_id,
        confirmed=False,
        pending=None,
        alternatives=(),
        rejection_reason=None,
        obstacles=(),
    )
    confirm = ConfirmHold(answer.hold_id)
    if session.offer_until:
        text = f"room {answer.room_number} is held for somebody who waited"
        return Step(booked, (confirm,), (SessionOffered(**about_session(booked), offer_until=session.offer_until),), "offered", text)
    if not moved:
        fact = SessionBooked(**about_session(booked), **promised(booked))
        return Step(booked, (confirm,), (fact,), "booked", f"room {answer.room_number} is held")
    previous = Slot(room_id=session.room_id, starts_at=session.starts_at, ends_at=session.ends_at)
    commands = (confirm, *releases_of(ReleaseReason.RESCHEDULED, session.hold_id))
    facts: list[SessionFact] = [SessionClientsChanged(**about_session(booked))] if booked.client_ids != session.client_ids else []
    if previous != Slot(room_id=booked.room_id, starts_at=booked.starts_at, ends_at=booked.ends_at) or not facts:
        facts.append(SessionRescheduled(**about_session(booked), **promised(booked), previous=previous))
    event, joined = "client joined" if booked.client_ids != session.client_ids else "rescheduled", session.joining
    return Step(booked, commands, tuple(facts), event, f"room {answer.room_number} is held; the former hold is given back", joined)


def _refused(session: Session, answer: Refused) -> Step:
    reason = f"no room: {answer.reason.value.replace('_', ' ')}"
    obstacles = answer.obstacles or (open_word(Obstacle, answer.reason.value),)
    if session.undoing:
        kept = changed(session, pending=None, rejection_reason=reason, obstacles=obstacles)
        return Step(
            kept, (), (UndoRefused(**about_session(kept)),), "undo refused", f"{reason}; the session stays {_described(session.status)}"
        )
    if session.status is BOOKED:
        kept = changed(session, pending=None, alternatives=answer.alternatives, rejection_reason=reason, obstacles=obstacles)
        return Step(
            kept, (), (RescheduleRefused(**about_session(kept)),), "reschedule refused", f"{reason}; the session keeps its room and time"
        )
    if answer.alternatives and not session.offer_until:
        offered = changed(
            session, status=OFFERED, pending=None, alternatives=answer.alternatives, rejection_reason=reason, obstacles=obstacles
        )
        count = len(answer.alternatives)
        return Step(offered, (), (SessionOffered(**about_session(offered)),), "offered", f"{reason}; {count} alternatives")
    rejected = changed(
        session, status=REJECTED, pending=None, alternatives=(), rejection_reason=f"{reason}, and nothing else is free", obstacles=obstacles
    )
    return Step(rejected, (), (SessionRejected(**about_session(rejected)),), "rejected", reason)


def _lose(session: Session, now: datetime, next_hold: HoldId) -> Step:
    """Look for a room again: rooms has lost the hold, and its room is gone."""
    pending = session.pending.hold_id if session.pending else None
    wanted = Move(session.starts_at, session.ends_at, session.only_room_id, session.calculated_rate)
    fresh = attempt(next_hold, wanted, now)
    again = replace(session, room_id=None, room_number=None, hold_id=None, confirmed=False)
    why = "rooms does not keep its hold any more; a room is requested again"
    step = request_room(changed(again, status=REQUESTED, pending=fresh), fresh, "room lost", why)
    return replace(step, commands=(*releases_of(ReleaseReason.STALE, session.hold_id, pending), *step.commands))


def _repeat(session: Session) -> Step:
    """Send the outstanding command again, unchanged."""
    again = replace(session, asks=session.asks + 1)
    if session.pending is not None:
        return Step(again, (hold_request(session, session.pending),), event="requested again", detail="rooms has not answered yet")
    if session.stands and not session.confirmed and session.hold_id is not None:
        return Step(again, (ConfirmHold(session.hold_id),), event="requested again", detail="rooms has not confirmed yet")
    return Step(session)


def _unanswered(session: Session, now: datetime) -> Step:
    if session.pending is None or now < session.pending.not_after:
        return Step(session)
    step = _refused(session, Refused(session.pending.hold_id, RefusalReason.TOO_LATE))
    return replace(step, commands=(*step.commands, *releases_of(ReleaseReason.TIMED_OUT, session.pending.hold_id)))


def _move(session: Session, wanted: Move, now: datetime, next_hold: HoldId) -> Step:
    if session.status not in {OFFERED, BOOKED} or session.pending is not None:
        return impossible(session, "moved")
    if session.offer_until:
        return impossible(session, "moved", "it is held for somebody who waited, who accepts or declines it first")
    fresh = attempt(next_hold, wanted, now)
    if session.status is BOOKED:
        return request_room(
            changed(session, pending=fresh, alternatives=(), rejection_reason=None, obstacles=()), fresh, "reschedule requested"
        )
    requested = changed(
        session,
        status=REQUESTED,
        pending=fresh,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        alternatives=(),
        rejection_reason=None,
        obstacles=(),
    )
    return request_room(requested, fresh, "alternative accepted", "held again before it is booked")


def _leave(session: Session, leave: Leave) -> Step:
    staying = tuple(client for client in session.client_ids if client != leave.client_id)
    if session.status is not BOOKED or session.pending is not None:
        return impossible(session, "left")
    if len(staying) == len(session.client_ids):
        return impossible(session, "left", "this client is not in it")
    if not staying:
        return impossible(session, "left", "nobody else is in it; cancel it instead")
    left = changed(session, client_id=staying[0], other_client_ids=staying[1:])
    return Step(left, (), (SessionClientsChanged(**about_session(left)),), "client left", f"{len(staying)} stay", (leave.client_id,))


def _accept_offer(session: Session) -> Step:
    if session.status is not OFFERED or not session.stands:
        return impossible(session, "taken from the waitlist")
    booked = changed(session, status=BOOKED, offer_until=None)
    return Step(booked, (), (SessionBooked(**about_session(booked), **promised(booked)),), "booked", "who waited for it takes it")


def _decline(session: Session, decline: Decline) -> Step:
    if session.offer_until is None or session.status not in {REQUESTED, OFFERED}:
        return impossible(session, "declined", "it is not offered to anybody on the waitlist")
    return _cancel(session, Cancel(decline.reason, late=False))


def _cancel(session: Session, cancel: Cancel) -> Step:
    if session.status not in {REQUESTED, OFFERED, BOOKED}:
        return impossible(session, "cancelled")
    waiver = cancel.waiver if cancel.late else None
    cancelled = changed(
        session,
        status=CANCELLED,
        pending=None,
        alternatives=(),
        **_nothing_refused(session),
        cancellation_reason=cancel.reason,
        cancellation_cause=cancel.cause,
        fee_waiver=waiver,
        undo_until=cancel.undo_until if session.status is BOOKED else None,
    )
    fact = SessionCancelled(**about_session(cancelled), late=cancel.late, cause=cancel.cause, fee_waived=waiver is not None)
    pending = session.pending.hold_id if session.pending else None
    releases = releases_of(ReleaseReason.CANCELLED, pending, session.hold_id)
    caused = "" if cancel.cause is CancellationCause.CLIENT else f"because of the {cancel.cause.value}"
    return Step(cancelled, releases, (fact,), "cancelled", with_waiver("late", waiver) if cancel.late else caused)


def _no_show(session: Session, mark: NoShow, now: datetime) -> Step:
    if session.status is not BOOKED or now < session.starts_at:
        return impossible(session, "marked as missed", None if session.status is not BOOKED else "it has not started yet")
    missed = changed(session, status=NO_SHOW, pending=None, **_nothing_refused(session), fee_waiver=mark.waiver, undo_until=mark.undo_until)
    fact = SessionNoShow(**about_session(missed), fee_waived=mark.waiver is not None)
    freed = releases_of(ReleaseReason.NO_SHOW, session.hold_id)
    return Step(missed, (*abandoned(session), *freed), (fact,), "no-show", with_waiver("", mark.waiver))


def _undo(session: Session, now: datetime, next_hold: HoldId) -> Step:
    """Book a completed session again at once, which has its room still; for another one request its room first."""
    if session.undo_until is None or session.pending is not None:
        return impossible(session, "undone")
    if now > session.undo_until:
        return impossible(session, "undone", "the time in which that was possible has passed")
    if session.status is COMPLETED:
        return _booked_again(session)
    fresh = attempt(next_hold, as_it_was(session), now)
    requested = changed(session, pending=fresh, rejection_reason=None, obstacles=())
    return request_room(requested, fresh, "undo requested", "its room is requested again")


def _restored(session: Session, answer: Granted) -> Step:
    """Book a session again whose no-show or cancellation is undone: its room is held."""
    held = replace(session, room_id=answer.room_id, room_number=answer.room_number, hold_id=answer.hold_id, confirmed=False, pending=None)
    return replace(_booked_again(held), commands=(ConfirmHold(answer.hold_id),))


def _booked_again(session: Session) -> Step:
    undone, before = UNDONE[session.status], session.booked_as
    service = {} if before is None else {
        "service_id": before.service_id,
        "service_code": before.service_code,
        "service_name": before.service_name,
        "calculated_rate": before.rate,
        "booked_as": None,
    }  # fmt: skip
    booked = changed(
        session,
        status=BOOKED,
        cancellation_reason=None,
        cancellation_cause=None,
        fee_waiver=None,
        undo_until=None,
        actual_start=None,
        actual_end=None,
        attended=(),
        modality=session.booked_modality or session.modality,
        booked_modality=None,
        client_location=None,
        add_ons=(),
        **service,
    )
    return Step(booked, (), (session_restored(booked, undone),), "undone", f"{undone.value.replace('_', '-')}; booked again")


def _nothing_refused(session: Session) -> dict[str, Any]:
    """Drop the reason why a booked session could not be moved: the reason of an ended one is about its undo."""
    return {"rejection_reason": None, "obstacles": ()} if session.status is BOOKED else {}


def _described(status: SessionStatus) -> str:
    return "a no-show" if status is NO_SHOW else status.value
