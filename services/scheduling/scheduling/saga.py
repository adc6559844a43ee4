"""The booking saga: what a session becomes by what is heard, as one pure function.

``docs/booking-saga.md`` is this function, tabulated over every state and everything that can be heard.
The hold id is minted here, one per attempt, and fences every answer: late, repeated and reordered messages are
cells of the table. A step that a person may not take now is refused by a value, not an exception.
"""

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
    SessionBooked,
    SessionCancelled,
    SessionClientsChanged,
    SessionCompleted,
    SessionFact,
    SessionNoShow,
    SessionOffered,
    SessionRejected,
    SessionRequested,
    SessionRescheduled,
    SessionRestored,
    SessionStatus,
    Slot,
    UndoneStep,
    UndoRefused,
)
from contracts.types import ClientId, GroupId, HoldId, RoomId

from scheduling.session import Attempt, BilledAs, Session

SHORTEST_DEADLINE: Final = timedelta(hours=1)
"""An attempt for a session that starts sooner, or lies in the past, waits this long for a room."""

REQUESTED, OFFERED, BOOKED = SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED
REJECTED, CANCELLED, COMPLETED = SessionStatus.REJECTED, SessionStatus.CANCELLED, SessionStatus.COMPLETED
NO_SHOW = SessionStatus.NO_SHOW
UNDONE: Final = {COMPLETED: UndoneStep.COMPLETION, NO_SHOW: UndoneStep.NO_SHOW, CANCELLED: UndoneStep.CANCELLATION}
"""What is undone of a session in one of these states."""


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
    """Rooms does not keep the hold any more: its stay is long over, or rooms does not know it."""

    hold_id: HoldId
    gone: bool
    """The room has gone to somebody else; otherwise a confirmation still revives the hold."""


@dataclass(frozen=True, slots=True)
class Released:
    """The hold was handed back."""

    hold_id: HoldId


@dataclass(frozen=True, slots=True)
class Silence:
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
    """Whether somebody asked for that room by name; a plan did otherwise."""


@dataclass(frozen=True, slots=True)
class Leave:
    """A client leaves a group."""

    client_id: ClientId


@dataclass(frozen=True, slots=True)
class Consent:
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
    """Who of a group came; everybody when nothing is said."""
    modality: Modality = Modality.IN_PERSON
    client_location: ClientLocation | None = None
    add_ons: tuple[AddOn, ...] = ()
    billed_as: BilledAs | None = None
    """Another service than was booked, such as one that the documented minutes fit."""
    undo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """The client did not come."""

    waiver: str | None = None
    """Why the fee is not charged."""
    undo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """The completion, no-show or cancellation was a mistake; the people's time is taken for the session already."""


Answer = Granted | Confirmed | Refused | Expired | Released
Asked = Move | Leave | Consent | Decline | Cancel | Complete | Miss | Undo
"""Steps that people ask for."""
Heard = Answer | Silence | DeadlinePassed | Asked


@dataclass(frozen=True, slots=True)
class ConfirmHold:
    """Ask rooms to keep a hold for good."""

    hold_id: HoldId


Command = HoldRequest | ConfirmHold | HoldRelease


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from what was heard."""

    session: Session
    commands: tuple[Command, ...] = ()
    facts: tuple[SessionFact, ...] = ()
    event: str = ""
    """The timeline's word for it; empty when nothing is worth telling."""
    detail: str = ""
    refusal: str | None = None
    """Why this step cannot be taken now."""


def attempt(hold_id: HoldId, wish: Move, now: datetime, group_id: GroupId | None = None) -> Attempt:
    """Begin to ask for a room: an answer is of use until the session starts."""
    deadline = max(wish.starts_at, now + SHORTEST_DEADLINE)
    return Attempt(hold_id, wish.starts_at, wish.ends_at, wish.room_id, deadline, wish.rate, group_id, wish.client_ids, wish.is_chosen)


def as_it_was(session: Session) -> Move:
    """Wish for the room and time that a session has, or had."""
    return Move(session.starts_at, session.ends_at, session.room_id, session.calculated_rate, is_chosen=False)


def begin(session: Session) -> Step:
    """Take the first step of a new session: ask for a room."""
    return _ask(session, _pending(session), "requested")


def advance(session: Session, heard: Heard, now: datetime, next_hold: HoldId) -> Step:
    """Say what follows from what was heard; ``next_hold`` names the new attempt, should there be one."""
    step = _follow(session, heard, now, next_hold)
    return step if step.session is session else replace(step, session=replace(step.session, updated_at=now))


def _follow(session: Session, heard: Heard, now: datetime, next_hold: HoldId) -> Step:
    match heard:
        case Granted() | Confirmed() | Refused() | Expired() | Released():
            return _answered(session, heard, now, next_hold)
        case Silence():
            return _repeat(session)
        case DeadlinePassed():
            return _unanswered(session, now)
        case _:
            return _asked(session, heard, now, next_hold)


def _asked(session: Session, asked: Asked, now: datetime, next_hold: HoldId) -> Step:
    match asked:
        case Move():
            return _move(session, asked, now, next_hold)
        case Leave():
            return _leave(session, asked)
        case Consent():
            return _consent(session)
        case Decline():
            return _decline(session, asked)
        case Cancel():
            return _cancel(session, asked)
        case Complete() | Miss():
            return _end(session, asked, now)
        case Undo():
            return _undo(session, now, next_hold)


def completed(session: Session, service_date: date) -> SessionCompleted:
    """Say that a session took place, at the price that was promised."""
    about = _about(session)
    if session.attended and session.other_client_ids:
        about |= {"client_id": session.attended[0], "client_ids": session.attended}
    return SessionCompleted(
        **about,
        **_promised(session),
        actual_start=session.actual_start or session.starts_at,
        actual_end=session.actual_end or session.ends_at,
        service_date=service_date,
        primary_client_id=session.client_id,
        telehealth=session.telehealth,
        modality=session.modality,
        client_location=session.client_location,
        add_ons=session.add_ons,
    )


def _answered(session: Session, answer: Answer, now: datetime, next_hold: HoldId) -> Step:
    pending = session.pending is not None and answer.hold_id == session.pending.hold_id
    current = answer.hold_id == session.hold_id
    match answer:
        case Granted() if pending:
            return _granted(session, answer, _pending(session))
        case Granted() if current and (session.stands or session.status is COMPLETED):
            return Step(session, (ConfirmHold(answer.hold_id),))
        case Granted():
            return Step(session, (HoldRelease(hold_id=answer.hold_id, reason=ReleaseReason.STALE),), event="stale grant handed back")
        case Confirmed() if current and session.stands and not session.confirmed:
            return Step(replace(session, confirmed=True, asks=0), event="hold confirmed")
        case Confirmed() if not current and not pending:
            return Step(session, (HoldRelease(hold_id=answer.hold_id, reason=ReleaseReason.STALE),), event="stale hold handed back")
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


def _granted(session: Session, answer: Granted, pending: Attempt) -> Step:
    if session.undoing:
        return _restored(session, answer)
    moved = session.status is BOOKED
    clients = pending.client_ids or session.client_ids
    booked = _next(
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
        words = f"room {answer.room_number} is held for somebody who waited"
        return Step(booked, (confirm,), (SessionOffered(**_about(booked), offer_until=session.offer_until),), "offered", words)
    if not moved:
        fact = SessionBooked(**_about(booked), **_promised(booked))
        return Step(booked, (confirm,), (fact,), "booked", f"room {answer.room_number} is held")
    previous = Slot(room_id=session.room_id, starts_at=session.starts_at, ends_at=session.ends_at)
    commands = (confirm, *_releases(ReleaseReason.RESCHEDULED, session.hold_id))
    facts: list[SessionFact] = [SessionClientsChanged(**_about(booked))] if booked.client_ids != session.client_ids else []
    if previous != Slot(room_id=booked.room_id, starts_at=booked.starts_at, ends_at=booked.ends_at) or not facts:
        facts.append(SessionRescheduled(**_about(booked), **_promised(booked), previous=previous))
    event = "client joined" if booked.client_ids != session.client_ids else "rescheduled"
    return Step(booked, commands, tuple(facts), event, f"room {answer.room_number} is held; the former hold is given back")


def _refused(session: Session, answer: Refused) -> Step:
    reason = f"no room: {answer.reason.value.replace('_', ' ')}"
    obstacles = answer.obstacles or (Obstacle(answer.reason),)
    if session.undoing:
        kept = _next(session, pending=None, rejection_reason=reason, obstacles=obstacles)
        return Step(kept, (), (UndoRefused(**_about(kept)),), "undo refused", f"{reason}; the session stays {_words(session.status)}")
    if session.status is BOOKED:
        kept = _next(session, pending=None, alternatives=answer.alternatives, rejection_reason=reason, obstacles=obstacles)
        return Step(kept, (), (RescheduleRefused(**_about(kept)),), "reschedule refused", f"{reason}; the session keeps its room and time")
    if answer.alternatives and not session.offer_until:
        offered = _next(
            session, status=OFFERED, pending=None, alternatives=answer.alternatives, rejection_reason=reason, obstacles=obstacles
        )
        count = len(answer.alternatives)
        return Step(offered, (), (SessionOffered(**_about(offered)),), "offered", f"{reason}; {count} alternatives")
    rejected = _next(
        session, status=REJECTED, pending=None, alternatives=(), rejection_reason=f"{reason}, and nothing else is free", obstacles=obstacles
    )
    return Step(rejected, (), (SessionRejected(**_about(rejected)),), "rejected", reason)


def _lose(session: Session, now: datetime, next_hold: HoldId) -> Step:
    """Look for a room again: rooms has lost the hold, and its room is gone."""
    pending = session.pending.hold_id if session.pending else None
    wish = Move(session.starts_at, session.ends_at, session.only_room_id, session.calculated_rate)
    fresh = attempt(next_hold, wish, now)
    again = replace(session, room_id=None, room_number=None, hold_id=None, confirmed=False)
    why = "rooms does not keep its hold any more; asking for a room again"
    step = _ask(_next(again, status=REQUESTED, pending=fresh), fresh, "room lost", why)
    return replace(step, commands=(*_releases(ReleaseReason.STALE, session.hold_id, pending), *step.commands))


def _repeat(session: Session) -> Step:
    """Say the outstanding command again, word for word."""
    again = replace(session, asks=session.asks + 1)
    if session.pending is not None:
        return Step(again, (_request(session, session.pending),), event="asked again", detail="rooms has not answered yet")
    if session.stands and not session.confirmed and session.hold_id is not None:
        return Step(again, (ConfirmHold(session.hold_id),), event="asked again", detail="rooms has not confirmed yet")
    return Step(session)


def _unanswered(session: Session, now: datetime) -> Step:
    if session.pending is None or now < session.pending.not_after:
        return Step(session)
    step = _refused(session, Refused(session.pending.hold_id, RefusalReason.TOO_LATE))
    return replace(step, commands=(*step.commands, *_releases(ReleaseReason.TIMED_OUT, session.pending.hold_id)))


def _move(session: Session, wish: Move, now: datetime, next_hold: HoldId) -> Step:
    if session.status not in {OFFERED, BOOKED} or session.pending is not None:
        return _impossible(session, "moved")
    if session.offer_until:
        return _impossible(session, "moved", "it is held for somebody who waited, who accepts or declines it first")
    fresh = attempt(next_hold, wish, now)
    if session.status is BOOKED:
        return _ask(_next(session, pending=fresh, alternatives=(), rejection_reason=None, obstacles=()), fresh, "reschedule requested")
    asked = _next(
        session,
        status=REQUESTED,
        pending=fresh,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        alternatives=(),
        rejection_reason=None,
        obstacles=(),
    )
    return _ask(asked, fresh, "alternative accepted", "held again before it is booked")


def _leave(session: Session, leave: Leave) -> Step:
    staying = tuple(client for client in session.client_ids if client != leave.client_id)
    if session.status is not BOOKED or session.pending is not None:
        return _impossible(session, "left")
    if len(staying) == len(session.client_ids):
        return _impossible(session, "left", "this client is not in it")
    if not staying:
        return _impossible(session, "left", "nobody else is in it; cancel it instead")
    left = _next(session, client_id=staying[0], other_client_ids=staying[1:])
    return Step(left, (), (SessionClientsChanged(**_about(left)),), "client left", f"{len(staying)} stay")


def _consent(session: Session) -> Step:
    if session.status is not OFFERED or not session.stands:
        return _impossible(session, "taken from the waitlist")
    booked = _next(session, status=BOOKED, offer_until=None)
    return Step(booked, (), (SessionBooked(**_about(booked), **_promised(booked)),), "booked", "who waited for it takes it")


def _decline(session: Session, decline: Decline) -> Step:
    if session.offer_until is None or session.status not in {REQUESTED, OFFERED}:
        return _impossible(session, "declined", "it is not offered to anybody on the waitlist")
    return _cancel(session, Cancel(decline.reason, late=False))


def _cancel(session: Session, cancel: Cancel) -> Step:
    if session.status not in {REQUESTED, OFFERED, BOOKED}:
        return _impossible(session, "cancelled")
    waiver = cancel.waiver if cancel.late else None
    cancelled = _next(
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
    fact = SessionCancelled(**_about(cancelled), late=cancel.late, cause=cancel.cause, fee_waived=waiver is not None)
    pending = session.pending.hold_id if session.pending else None
    releases = _releases(ReleaseReason.CANCELLED, pending, session.hold_id)
    caused = "" if cancel.cause is CancellationCause.CLIENT else f"because of the {cancel.cause.value}"
    return Step(cancelled, releases, (fact,), "cancelled", _fee("late", waiver) if cancel.late else caused)


def _end(session: Session, ended: Complete | Miss, now: datetime) -> Step:
    match ended:
        case Complete():
            return _complete(session, ended, now)
        case Miss():
            return _miss(session, ended, now)


def _complete(session: Session, done: Complete, now: datetime) -> Step:
    if session.status is not BOOKED or now < session.starts_at:
        return _impossible(session, "completed", None if session.status is not BOOKED else "it has not started yet")
    attended = done.attended or session.client_ids
    instead = done.billed_as
    changes = {} if instead is None else {
        "service_id": instead.service_id,
        "service_code": instead.service_code,
        "service_name": instead.service_name,
        "calculated_rate": instead.rate,
        "booked_as": BilledAs(session.service_id, session.service_code, session.service_name, session.calculated_rate),
    }  # fmt: skip
    ended = _next(
        session,
        status=COMPLETED,
        pending=None,
        actual_start=done.actual_start,
        actual_end=done.actual_end,
        attended=attended,
        modality=done.modality,
        booked_modality=session.modality,
        client_location=done.client_location,
        add_ons=done.add_ons,
        **changes,
        undo_until=done.undo_until,
    )
    fact = completed(ended, done.service_date)
    minutes = (done.actual_end - done.actual_start) // timedelta(minutes=1)
    came = f", {len(attended)} of {len(session.client_ids)} came" if session.other_client_ids else ""
    besides = "".join(f", {add_on.units} x {add_on.service_code}" for add_on in done.add_ons)
    other = f", billed as {instead.service_code} instead of {session.service_code}" if instead else ""
    return Step(ended, _abandon(session), (fact,), "completed", f"{minutes} minutes{came}{besides}{other}")


def _miss(session: Session, miss: Miss, now: datetime) -> Step:
    if session.status is not BOOKED or now < session.starts_at:
        return _impossible(session, "marked as missed", None if session.status is not BOOKED else "it has not started yet")
    missed = _next(session, status=NO_SHOW, pending=None, **_nothing_refused(session), fee_waiver=miss.waiver, undo_until=miss.undo_until)
    fact = SessionNoShow(**_about(missed), fee_waived=miss.waiver is not None)
    freed = _releases(ReleaseReason.NO_SHOW, session.hold_id)
    return Step(missed, (*_abandon(session), *freed), (fact,), "no-show", _fee("", miss.waiver))


def _undo(session: Session, now: datetime, next_hold: HoldId) -> Step:
    """Book a completed session again at once, which has its room still; for another one ask for its room first."""
    if session.undo_until is None or session.pending is not None:
        return _impossible(session, "undone")
    if now > session.undo_until:
        return _impossible(session, "undone", "the time in which that was possible has passed")
    if session.status is COMPLETED:
        return _booked_again(session)
    fresh = attempt(next_hold, as_it_was(session), now)
    asked = _next(session, pending=fresh, rejection_reason=None, obstacles=())
    return _ask(asked, fresh, "undo requested", "asked rooms for its room again")


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
    booked = _next(
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
    return Step(booked, (), (restored(booked, undone),), "undone", f"{undone.value.replace('_', '-')}; booked again")


def restored(session: Session, undone: UndoneStep) -> SessionRestored:
    """Say that a session is booked again, at the price that was promised."""
    return SessionRestored(**_about(session), **_promised(session), undone=undone)


def _ask(session: Session, wish: Attempt, event: str, detail: str = "") -> Step:
    facts = (SessionRequested(**_about(session)),) if session.status is REQUESTED else ()
    return Step(replace(session, asks=0), (_request(session, wish),), facts, event, detail or "asked rooms for a hold")


def _request(session: Session, wish: Attempt) -> HoldRequest:
    return HoldRequest(
        hold_id=wish.hold_id,
        session_id=session.id,
        site_id=session.site_id,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        room_id=wish.room_id,
        capacity=session.places_for(wish.client_ids or session.client_ids),
        equipment=session.equipment,
        not_after=wish.not_after,
        group_id=wish.group_id,
    )


def _abandon(session: Session) -> tuple[HoldRelease, ...]:
    return _releases(ReleaseReason.STALE, session.pending.hold_id) if session.pending else ()


def _releases(reason: ReleaseReason, *hold_ids: HoldId | None) -> tuple[HoldRelease, ...]:
    return tuple(HoldRelease(hold_id=hold_id, reason=reason) for hold_id in hold_ids if hold_id is not None)


def _pending(session: Session) -> Attempt:
    if session.pending is None:
        message = f"session {session.id} has no pending attempt"
        raise AssertionError(message)
    return session.pending


def _next(session: Session, **changes: Any) -> Session:
    return replace(session, asks=0, version=session.version + 1, **changes)


def _nothing_refused(session: Session) -> dict[str, Any]:
    """Forget why a booked session could not be moved: what is said of its end is about an undo."""
    return {"rejection_reason": None, "obstacles": ()} if session.status is BOOKED else {}


def _fee(what: str, waiver: str | None) -> str:
    return ", ".join(filter(None, (what, waiver and f"fee waived: {waiver}")))


def _words(status: SessionStatus) -> str:
    return "a no-show" if status is NO_SHOW else status.value


def _impossible(session: Session, what: str, why: str | None = None) -> Step:
    waiting = " and waits for rooms' answer" if session.pending is not None else ""
    return Step(session, refusal=f"A session that is {session.status.value}{waiting} cannot be {what}{': ' + why if why else ''}.")


def _promised(session: Session) -> dict[str, Any]:
    return {
        "rate_per_unit": session.calculated_rate,
        "insurance_applicable": session.insurance_applicable,
        "therapist_credential": session.therapist_credential,
    }


def _about(session: Session) -> dict[str, Any]:
    return {
        "session_id": session.id,
        "client_id": session.client_id,
        "client_ids": session.client_ids if session.other_client_ids else (),
        "therapist_id": session.therapist_id,
        "service_id": session.service_id,
        "service_code": session.service_code,
        "site_id": session.site_id,
        "room_id": session.room_id,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "status": session.status,
        "version": session.version,
    }
