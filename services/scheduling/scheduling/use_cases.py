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
    Alternative,
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
from contracts.scheduling import AnnounceCompletedSessions, SessionStatus
from contracts.types import AlternativeId, HoldId, RoomId, SessionId, new_id

from scheduling import domain, replicas, saga, store
from scheduling.domain import Diary, Reason, Refusal, Service, Site, Therapist, Wish
from scheduling.saga import Cancel, Complete, Heard, Miss, Move, Step
from scheduling.session import Session

HOLDS_IN_A_MESSAGE: Final = 500
ALARM_BATCH: Final = 200
ANNOUNCED_AT_ONCE: Final = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Book:
    """Somebody asks for a session."""

    session_id: SessionId
    wish: Wish
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """The same key asked for the same already, about this session."""

    session_id: SessionId


BookingOutcome = Session | DoneBefore | Refusal


async def book(bookings: Sequence[Book], tx: Transaction, ask_again_after: timedelta) -> list[BookingOutcome]:
    """Take both people's time for each booking and ask rooms for its hold, or say every reason why not."""
    keys = [booking.key for booking in bookings if booking.key]
    before = {key: answer for key, answer in zip(keys, await idempotency.claim(tx, keys), strict=True) if answer is not None}
    fresh = [booking for booking in bookings if booking.key not in before]
    board = await replicas.load_board(tx, [booking.wish for booking in fresh])
    diary = await store.load_diary(tx, [time for booking in fresh for time in times(booking.wish, board)])

    decided: dict[SessionId, Session | Refusal] = {}
    for booking in fresh:
        decided[booking.session_id] = domain.book(booking.wish, booking.session_id, HoldId(new_id()), board, diary, tx.now)

    sessions = [session for session in decided.values() if isinstance(session, Session)]
    await store.take_time(tx, diary.fresh)
    await store.add_sessions(tx, sessions, ask_again_after)
    await tell(tx, [saga.begin(session) for session in sessions])
    refused = [booking.key for booking in fresh if booking.key and isinstance(decided[booking.session_id], Refusal)]
    await idempotency.release(tx, refused)
    await idempotency.remember(tx, {b.key: str(b.session_id) for b in fresh if b.key and b.key not in refused})
    return [DoneBefore(SessionId(UUID(before[b.key]))) if b.key in before else decided[b.session_id] for b in bookings]


def times(wish: Wish, board: domain.Board) -> list[tuple[UUID, datetime, datetime]]:
    """Say whose time a wish would take, and when."""
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


@dataclass(frozen=True, slots=True)
class Ask:
    """An action, and the key that makes its repetition harmless."""

    action: Action
    key: Key | None = None


ActionOutcome = Session | DoneBefore | NotFound | Impossible | Refusal


async def act(asks: Sequence[Ask], tx: Transaction, ask_again_after: timedelta) -> list[ActionOutcome]:
    """Take each step that people ask for, in order, or say why it cannot be taken."""
    keys = [ask.key for ask in asks if ask.key]
    done = {key: answer for key, answer in zip(keys, await idempotency.claim(tx, keys), strict=True) if answer is not None}
    before = await store.lock_sessions(tx, [ask.action.session_id for ask in asks])
    sessions = dict(before)
    sites = await replicas.load_sites(tx, {session.site_id for session in sessions.values()})
    services = await replicas.load_services(tx, {session.service_id for session in sessions.values()})
    therapists = await replicas.load_therapists(tx, {session.therapist_id for session in sessions.values()})
    diary = await store.load_diary(tx, [time for ask in asks for time in _new_times(sessions.get(ask.action.session_id), ask.action)])

    outcomes: list[ActionOutcome] = []
    steps: list[Step] = []
    for ask in asks:
        session = sessions.get(ask.action.session_id)
        if ask.key in done:
            outcomes.append(DoneBefore(ask.action.session_id))
        elif session is None:
            outcomes.append(NotFound())
        else:
            site, service = sites[session.site_id], services.get(session.service_id)
            decided = _decide(session, ask.action, site, service, therapists.get(session.therapist_id), diary, tx.now)
            outcomes.append(decided.session if isinstance(decided, Step) else decided)
            if isinstance(decided, Step):
                sessions[session.id] = decided.session
                steps.append(decided)

    changed = {step.session.id: (before[step.session.id], sessions[step.session.id]) for step in steps}
    await store.take_time(tx, [taken for taken in diary.fresh if (taken.starts_at, taken.ends_at) in sessions[taken.session_id].takes_time])
    await store.save_sessions(tx, list(changed.values()), ask_again_after)
    await tell(tx, steps)
    acted = [ask.key for ask, outcome in zip(asks, outcomes, strict=True) if ask.key and isinstance(outcome, Session)]
    await idempotency.release(tx, [key for key in keys if key not in done and key not in acted])
    await idempotency.remember(tx, dict.fromkeys(acted, "done"))
    return outcomes


def _chosen(session: Session, action: Accept) -> Alternative | None:
    return next((alternative for alternative in session.alternatives if alternative.id == action.alternative_id), None)


def _new_times(session: Session | None, action: Action) -> list[tuple[UUID, datetime, datetime]]:
    """Say whose time an action would take, and when."""
    match action:
        case Accept() if session and (chosen := _chosen(session, action)):
            starts_at, ends_at = chosen.starts_at, chosen.ends_at
        case Reschedule() if session:
            starts_at, ends_at = action.starts_at, action.starts_at + (session.ends_at - session.starts_at)
        case _:
            return []
    return [(person, starts_at, ends_at) for person in (session.therapist_id, session.client_id)]


def _decide(
    session: Session,
    action: Action,
    site: Site,
    service: Service | None,
    therapist: Therapist | None,
    diary: Diary,
    now: datetime,
) -> Step | Impossible | Refusal:
    heard = _heard(session, action, site, service, now)
    if isinstance(heard, Impossible | Refusal):
        return heard
    step = saga.advance(session, heard, now, HoldId(new_id()))
    if step.refusal is not None:
        return Impossible(session.status, step.refusal)
    if isinstance(heard, Move):
        if reasons := domain.move(session, heard, site, therapist, diary, now):
            return Refusal(reasons)
        diary.take(session, heard.starts_at, heard.ends_at)
    return step


def _heard(session: Session, action: Action, site: Site, service: Service | None, now: datetime) -> Heard | Impossible | Refusal:
    """Say an action in the saga's words."""
    match action:
        case Accept():
            chosen = _chosen(session, action)
            if chosen is None:
                return _no_such_alternative(session)
            rate = domain.rate_on(service, site, chosen.starts_at)
            return Move(chosen.starts_at, chosen.ends_at, chosen.room_id, rate or session.calculated_rate)
        case Reschedule():
            rate = domain.rate_on(service, site, action.starts_at)
            if service is not None and rate is None:
                return Refusal((domain.no_rate(service, site.day(action.starts_at)),))
            ends_at = action.starts_at + (session.ends_at - session.starts_at)
            return Move(action.starts_at, ends_at, action.room_id, rate or session.calculated_rate)
        case CancelSession():
            return Cancel(action.reason, domain.is_late(session, now))
        case CompleteSession():
            return _completion(session, action, site, now)
        case MissSession():
            return Miss()


def _completion(session: Session, action: CompleteSession, site: Site, now: datetime) -> Complete | Refusal:
    times = domain.actual_times(session, action.actual_start, action.actual_end, now)
    if isinstance(times, Refusal):
        if session.status is SessionStatus.BOOKED and now >= session.starts_at:
            return times
        times = session.starts_at, session.ends_at  # the saga refuses the step itself
    return Complete(*times, site.day(times[0]))


def _no_such_alternative(session: Session) -> Impossible | Refusal:
    if not session.alternatives:
        return Impossible(session.status, f"A session that is {session.status.value} has no alternatives to accept.")
    message = "This alternative is not among those that the session offers now. Read the session again and choose one of them."
    return Refusal((Reason("unknown-alternative", "alternative_id", message),))


async def hear(answers: Sequence[HoldAnswer], tx: Transaction, ask_again_after: timedelta) -> list[Session]:
    """Let each session hear what rooms answered, in order; return what became of those that were concerned."""
    holders = await store.find_holders(tx, [answer.hold_id for answer in answers if answer.session_id is None])
    about = [(answer, session_id) for answer in answers if (session_id := answer.session_id or holders.get(answer.hold_id))]
    before = await store.lock_sessions(tx, [session_id for _, session_id in about])
    sessions = dict(before)
    offers = [(sessions[session_id], offer) for answer, session_id in about if session_id in sessions for offer in answer.alternatives]
    sites = await replicas.load_sites(tx, {session.site_id for session, _ in offers})
    therapists = await replicas.load_therapists(tx, {session.therapist_id for session, _ in offers})
    diary = await store.load_diary(
        tx, [(person, offer.starts_at, offer.ends_at) for s, offer in offers for person in (s.therapist_id, s.client_id)]
    )

    steps: list[Step] = []
    for answer, session_id in about:
        session = sessions.get(session_id)
        if session is not None:
            step = saga.advance(
                session,
                _understood(answer, session, sites.get(session.site_id), therapists.get(session.therapist_id), diary),
                tx.now,
                HoldId(new_id()),
            )
            sessions[session.id] = step.session
            steps.append(step)

    concerned = {step.session.id: step.session for step in steps}
    changes = [(before[key], session) for key, session in concerned.items() if session != before[key]]
    await store.save_sessions(tx, changes, ask_again_after)
    await tell(tx, steps)
    return list(concerned.values())


def _understood(answer: HoldAnswer, session: Session, site: Site | None, therapist: Therapist | None, diary: Diary) -> saga.Answer:
    match answer.outcome:
        case Outcome.GRANTED if answer.room_id is not None:
            return saga.Granted(answer.hold_id, answer.room_id, answer.room_number or "")
        case Outcome.CONFIRMED:
            return saga.Confirmed(answer.hold_id)
        case Outcome.EXPIRED:
            return saga.Expired(answer.hold_id, gone=answer.reason is not None)
        case Outcome.RELEASED:
            return saga.Released(answer.hold_id)
        case _:
            free = domain.suits(session, [(offer.starts_at, offer.ends_at) for offer in answer.alternatives], site, therapist, diary)
            suiting = [offer for offer, suits in zip(answer.alternatives, free, strict=True) if suits]
            offers = tuple(suiting[: domain.OFFERED_AT_MOST])
            return saga.Refused(answer.hold_id, answer.reason or RefusalReason.BOOKED, offers, answer.reasons)


async def chase(tx: Transaction, ask_again_after: timedelta) -> int:
    """Ask again where rooms has not answered, and give up what came too late; return how many sessions that were."""
    due = await store.due_sessions(tx, ALARM_BATCH)
    steps = []
    for session in due:
        overdue = session.pending is not None and session.pending.not_after <= tx.now
        heard = saga.DeadlinePassed() if overdue else saga.Silence()
        steps.append(saga.advance(session, heard, tx.now, HoldId(new_id())))
    await store.save_sessions(tx, [(session, step.session) for session, step in zip(due, steps, strict=True)], ask_again_after)
    await tell(tx, steps)
    return len(due)


async def ask_for_replicas(tx: Transaction) -> None:
    """Ask the owners to say everything again: this service may have started late, or on an older database."""
    tx.send(AnnounceServices())
    tx.send(AnnounceRooms())


async def announce_completed(after: SessionId | None, tx: Transaction) -> None:
    """Say completed sessions again, some at a time; what is left is asked of ourselves."""
    some = await store.completed_sessions(tx, after, ANNOUNCED_AT_ONCE)
    sites = await replicas.load_sites(tx, {session.site_id for session in some})
    for session in some:
        tx.send(saga.completed(session, sites[session.site_id].day(session.actual_start or session.starts_at)))
    if len(some) == ANNOUNCED_AT_ONCE:
        tx.send(AnnounceCompletedSessions(after=some[-1].id))


async def tell(tx: Transaction, steps: Sequence[Step]) -> None:
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
