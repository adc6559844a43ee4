"""What can be done with sessions: load, decide, record. Each function serves a whole batch in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from chassis import idempotency
from chassis.database import Transaction
from chassis.idempotency import Key
from contracts.catalog import AnnounceServices
from contracts.rooms import (
    AnnounceRooms,
    ConfirmHolds,
    HoldAnswer,
    HoldRelease,
    HoldRequest,
    Outcome,
    RefusalReason,
    ReleaseHolds,
    RequestHolds,
)
from contracts.scheduling import SessionStatus
from contracts.types import AlternativeId, HoldId, RoomId, SessionId, new_id
from sqlalchemy import exists, select

from scheduling import domain, saga, store
from scheduling.domain import Diary, Reason, Refusal, Site, Wish
from scheduling.saga import Cancel, Complete, Heard, Miss, Move, Session, Step

HOLDS_IN_A_MESSAGE: Final = 500
ALARM_BATCH: Final = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Book:
    """Somebody asks for a session."""

    session_id: SessionId
    wish: Wish
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class BookedBefore:
    """The same key asked for this session already."""

    session_id: SessionId


BookingOutcome = Session | BookedBefore | Refusal


async def book(bookings: Sequence[Book], tx: Transaction, ask_again_after: timedelta) -> list[BookingOutcome]:
    """Take both people's time for each booking and ask rooms for its hold, or say every reason why not."""
    keys = [booking.key for booking in bookings if booking.key]
    before = {key: answer for key, answer in zip(keys, await idempotency.claim(tx, keys), strict=True) if answer is not None}
    fresh = [booking for booking in bookings if booking.key not in before]
    board = await store.load_board(tx, [booking.wish for booking in fresh])
    diary = await store.load_diary(tx, [time for booking in fresh for time in _times(booking.wish, board)])

    decided: dict[SessionId, Session | Refusal] = {}
    for booking in fresh:
        decided[booking.session_id] = domain.book(booking.wish, booking.session_id, HoldId(new_id()), board, diary, tx.now)

    sessions = [session for session in decided.values() if isinstance(session, Session)]
    await store.take_time(tx, diary.fresh)
    await store.add_sessions(tx, sessions, ask_again_after)
    await _tell(tx, [saga.begin(session) for session in sessions])
    refused = [booking.key for booking in fresh if booking.key and isinstance(decided[booking.session_id], Refusal)]
    await idempotency.release(tx, refused)
    await idempotency.remember(tx, {b.key: str(b.session_id) for b in fresh if b.key and b.key not in refused})
    return [BookedBefore(SessionId(UUID(before[b.key]))) if b.key in before else decided[b.session_id] for b in bookings]


def _times(wish: Wish, board: domain.Board) -> list[tuple[UUID, datetime, datetime]]:
    service = board.services.get(wish.service_id)
    ends_at = wish.starts_at + (service.duration if service else timedelta())
    return [(person, wish.starts_at, ends_at) for person in (wish.therapist_id, wish.client_id)]


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


@dataclass(frozen=True, slots=True)
class CancelSession:
    """Somebody calls a session off."""

    session_id: SessionId
    reason: str


@dataclass(frozen=True, slots=True)
class CompleteSession:
    """Somebody says that a session took place."""

    session_id: SessionId
    actual_start: datetime | None = None
    actual_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class MissSession:
    """Somebody says that the client did not come."""

    session_id: SessionId


Action = Accept | Reschedule | CancelSession | CompleteSession | MissSession


@dataclass(frozen=True, slots=True)
class NotFound:
    """There is no such session."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """The session's present state does not allow the step."""

    status: SessionStatus
    why: str


ActionOutcome = Session | NotFound | Impossible | Refusal


async def act(actions: Sequence[Action], tx: Transaction, ask_again_after: timedelta) -> list[ActionOutcome]:
    """Take each step that people ask for, in order, or say why it cannot be taken."""
    before = await store.lock_sessions(tx, [action.session_id for action in actions])
    sessions = dict(before)
    sites = await store.load_sites(tx, {session.site_id for session in sessions.values()})
    moves = [(sessions[a.session_id], wish) for a in actions if a.session_id in sessions and (wish := _wished(sessions[a.session_id], a))]
    diary = await store.load_diary(tx, [(person, w.starts_at, w.ends_at) for s, w in moves for person in (s.therapist_id, s.client_id)])

    outcomes: list[ActionOutcome] = []
    steps: list[Step] = []
    for action in actions:
        session = sessions.get(action.session_id)
        decided = NotFound() if session is None else _decide(session, action, sites[session.site_id], diary, tx.now)
        outcomes.append(decided.session if isinstance(decided, Step) else decided)
        if isinstance(decided, Step):
            sessions[action.session_id] = decided.session
            steps.append(decided)

    changed = {step.session.id: (before[step.session.id], step.session) for step in steps}
    await store.take_time(tx, diary.fresh)
    await store.save_sessions(tx, list(changed.values()), ask_again_after)
    await _tell(tx, steps)
    return outcomes


def _wished(session: Session, action: Action) -> Move | None:
    """Say where a session shall go, when that is what is asked."""
    match action:
        case Accept():
            chosen = next((a for a in session.alternatives if a.id == action.alternative_id), None)
            return Move(chosen.starts_at, chosen.ends_at, chosen.room_id) if chosen else None
        case Reschedule():
            return Move(action.starts_at, action.starts_at + (session.ends_at - session.starts_at), action.room_id)
        case _:
            return None


def _decide(session: Session, action: Action, site: Site, diary: Diary, now: datetime) -> Step | Impossible | Refusal:
    heard: Heard
    match action:
        case Accept() | Reschedule():
            wish = _wished(session, action)
            if wish is None:
                return _no_such_alternative(session)
            heard = wish
        case CancelSession():
            heard = Cancel(action.reason, domain.is_late(session, now))
        case CompleteSession():
            times = domain.actual_times(session, action.actual_start, action.actual_end, now)
            if isinstance(times, Refusal) and now >= session.starts_at and session.status is SessionStatus.BOOKED:
                return times
            start, end = (session.starts_at, session.ends_at) if isinstance(times, Refusal) else times
            heard = Complete(start, end, site.day(start))
        case MissSession():
            heard = Miss()
    step = saga.advance(session, heard, now, HoldId(new_id()))
    if step.refusal is not None:
        return Impossible(session.status, step.refusal)
    if isinstance(heard, Move):
        if reasons := domain.move(session, heard.starts_at, heard.ends_at, site, diary, now):
            return Refusal(reasons)
        diary.take(session, heard.starts_at, heard.ends_at)
    return step


def _no_such_alternative(session: Session) -> Impossible | Refusal:
    if not session.alternatives:
        return Impossible(session.status, f"A session that is {session.status.value} has no alternatives to accept.")
    message = "This alternative is not among those that the session offers now. Read the session again and choose one of them."
    return Refusal((Reason("unknown-alternative", "alternative_id", message),))


async def hear(answers: Sequence[HoldAnswer], tx: Transaction, ask_again_after: timedelta) -> list[Session]:
    """Let each session hear what rooms answered, in order; return what became of those that were concerned."""
    about = [answer for answer in answers if answer.session_id is not None]
    before = await store.lock_sessions(tx, [SessionId(answer.session_id) for answer in about if answer.session_id])
    sessions = dict(before)
    offers = [(sessions[a.session_id], o) for a in about if a.session_id in sessions for o in a.alternatives]
    diary = await store.load_diary(
        tx, [(person, offer.starts_at, offer.ends_at) for s, offer in offers for person in (s.therapist_id, s.client_id)]
    )

    steps: list[Step] = []
    for answer in about:
        session = sessions.get(SessionId(answer.session_id)) if answer.session_id else None
        if session is not None:
            step = saga.advance(session, _understood(answer, session, diary), tx.now, HoldId(new_id()))
            sessions[session.id] = step.session
            steps.append(step)

    concerned = {step.session.id: step.session for step in steps}
    changes = [(before[key], session) for key, session in concerned.items() if session != before[key]]
    await store.save_sessions(tx, changes, ask_again_after)
    await _tell(tx, steps)
    return list(concerned.values())


def _understood(answer: HoldAnswer, session: Session, diary: Diary) -> saga.Answer:
    match answer.outcome:
        case Outcome.GRANTED if answer.room_id is not None:
            return saga.Granted(answer.hold_id, answer.room_id, answer.room_number or "")
        case Outcome.CONFIRMED:
            return saga.Confirmed(answer.hold_id)
        case Outcome.EXPIRED:
            return saga.Expired(answer.hold_id)
        case Outcome.RELEASED:
            return saga.Released(answer.hold_id)
        case _:
            free = domain.suits(session, [(offer.starts_at, offer.ends_at) for offer in answer.alternatives], diary)
            suiting = [offer for offer, suits in zip(answer.alternatives, free, strict=True) if suits]
            return saga.Refused(answer.hold_id, answer.reason or RefusalReason.BOOKED, tuple(suiting[: domain.OFFERED_AT_MOST]))


async def chase(tx: Transaction, ask_again_after: timedelta) -> int:
    """Ask again where rooms has not answered, and give up what came too late; return how many sessions that were."""
    due = await store.due_sessions(tx, ALARM_BATCH)
    steps = []
    for session in due:
        overdue = session.pending is not None and session.pending.not_after <= tx.now
        heard = saga.DeadlinePassed() if overdue else saga.Silence()
        steps.append(saga.advance(session, heard, tx.now, HoldId(new_id())))
    await store.save_sessions(tx, [(session, step.session) for session, step in zip(due, steps, strict=True)], ask_again_after)
    await _tell(tx, steps)
    return len(due)


async def ask_for_replicas(tx: Transaction) -> None:
    """Ask the owners to say everything again where a replica is empty: this service started late."""
    if not await tx.scalar(select(exists(select(store.ServiceRow.id)))):
        tx.send(AnnounceServices())
    if not await tx.scalar(select(exists(select(store.SiteRow.id)))):
        tx.send(AnnounceRooms())


async def _tell(tx: Transaction, steps: Sequence[Step]) -> None:
    """Send what follows from the steps, holds in plural messages, and note it in the timelines."""
    requests = [command for step in steps for command in step.commands if isinstance(command, HoldRequest)]
    confirms = [command.hold_id for step in steps for command in step.commands if isinstance(command, saga.ConfirmHold)]
    releases = [command for step in steps for command in step.commands if isinstance(command, HoldRelease)]
    commands: dict[UUID, UUID] = {}
    for some in _chunks(requests):
        commands |= dict.fromkeys((request.hold_id for request in some), tx.send(RequestHolds(requests=some)))
    for some in _chunks(confirms):
        commands |= dict.fromkeys(some, tx.send(ConfirmHolds(hold_ids=some)))
    for some in _chunks(releases):
        commands |= dict.fromkeys((release.hold_id for release in some), tx.send(ReleaseHolds(holds=some)))
    entries = []
    for step in steps:
        sent = [tx.send(fact) for fact in step.facts] or [commands[command.hold_id] for command in step.commands]
        entries.append((step, sent[0] if sent else None))
    await store.note(tx, entries)


def _chunks(items: Sequence[T]) -> list[tuple[T, ...]]:
    return [tuple(items[start : start + HOLDS_IN_A_MESSAGE]) for start in range(0, len(items), HOLDS_IN_A_MESSAGE)]
