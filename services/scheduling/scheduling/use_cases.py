"""What can be done with sessions: load, decide, record. Each function serves a whole batch in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from chassis import idempotency
from chassis.database import Transaction
from chassis.idempotency import Key
from chassis.problems import Problem
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
    ReleaseReason,
    RequestHolds,
)
from contracts.scheduling import (
    AnnounceCompletedSessions,
    CancellationCause,
    ClientLocation,
    FreedSlot,
    Modality,
    OfferSlots,
    SessionStatus,
)
from contracts.types import AlternativeId, ClientId, HoldId, RoomId, ServiceId, SessionId, new_id

from scheduling import domain, replicas, saga, store
from scheduling.diary import Diary, Plan
from scheduling.domain import Board, Wish
from scheduling.policy import Policies
from scheduling.reasons import Override, Reason, Refusal
from scheduling.replicas import Named
from scheduling.saga import Cancel, Complete, Consent, Decline, Heard, Leave, Miss, Move, Step, Undo
from scheduling.session import Session

HOLDS_IN_A_MESSAGE: Final = 500
ALARM_BATCH: Final = 200
ANNOUNCED_AT_ONCE: Final = 500
GONE: Final = frozenset({SessionStatus.CANCELLED, SessionStatus.REJECTED, SessionStatus.NO_SHOW})
REMEMBERED_BEFORE: Final = "done"
"""What a process of the release before remembers of a step in place of the session's id."""
NOTHING: Final = Board({}, {}, {}, {}, frozenset(), Policies())

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


async def book(bookings: Sequence[Book], tx: Transaction, ask_again_after: timedelta) -> list[BookingOutcome | Problem]:
    """Take both people's time for each booking and ask rooms for its hold, or say every reason why not."""
    return await idempotency.once(
        tx,
        bookings,
        partial(_book, tx=tx, ask_again_after=ask_again_after),
        kept=lambda outcome: str(outcome.id) if isinstance(outcome, Session) else None,
        repeat=lambda _, session_id: DoneBefore(SessionId(UUID(session_id))),
    )


async def _book(bookings: Sequence[Book], *, tx: Transaction, ask_again_after: timedelta) -> list[BookingOutcome]:
    board = await replicas.load_board(tx, Named.by([booking.wish for booking in bookings]), alone=True)
    plans = [booking.wish.plan(booking.session_id, board.ends(booking.wish)) for booking in bookings]
    diary = await store.load_diary(tx, [times for plan in plans for times in board.concerning(plan)])

    decided: list[BookingOutcome] = [
        domain.book(booking.wish, booking.session_id, HoldId(new_id()), board, diary, tx.now) for booking in bookings
    ]
    await begin(tx, [session for session in decided if isinstance(session, Session)], diary, ask_again_after)
    return decided


async def begin(tx: Transaction, sessions: Sequence[Session], diary: Diary, ask_again_after: timedelta) -> None:
    """Write new sessions, take their people's time, and ask rooms for their holds."""
    await store.take_time(tx, [(None, session) for session in sessions])
    await store.add_sessions(tx, sessions, ask_again_after)
    await tell(tx, [saga.begin(session) for session in sessions])
    await store.note_waived(tx, diary.waived)


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


@dataclass(frozen=True, slots=True)
class CancelSession:
    """Somebody calls a session off."""

    session_id: SessionId
    reason: str
    cause: CancellationCause = CancellationCause.CLIENT
    waiver: str | None = None
    """Why a fee that it costs is not charged."""


@dataclass(frozen=True, slots=True)
class CompleteSession:
    """Somebody says that a session took place."""

    session_id: SessionId
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    attended: tuple[ClientId, ...] | None = None
    """Who of a group came; everybody when None."""
    modality: Modality | None = None
    """How therapist and client met; as planned when None."""
    client_location: ClientLocation | None = None
    telehealth: bool = False
    """Without a modality: they did not meet in person."""
    add_ons: tuple[tuple[ServiceId, int], ...] = ()
    """What was done besides, and how many units of it."""
    service_id: ServiceId | None = None
    """The service that it is billed as; the booked one when None."""


@dataclass(frozen=True, slots=True)
class MissSession:
    """Somebody says that the client did not come."""

    session_id: SessionId
    waiver: str | None = None
    """Why the fee is not charged."""


@dataclass(frozen=True, slots=True)
class UndoEnd:
    """The completion, no-show or cancellation of a session was a mistake."""

    session_id: SessionId


MOVING: Final = (Accept, Reschedule, Join, UndoEnd)
"""Actions that take people's time."""
Action = Accept | Reschedule | Join | LeaveGroup | TakeOffer | DeclineOffer | CancelSession | CompleteSession | MissSession | UndoEnd


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


async def act(asks: Sequence[Ask], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta) -> list[ActionOutcome | Problem]:
    """Take each step that people ask for, in order, or say why it cannot be taken."""
    return await idempotency.once(
        tx,
        asks,
        partial(take_steps, tx=tx, ask_again_after=ask_again_after, undo_for=undo_for),
        kept=lambda outcome: str(outcome.id) if isinstance(outcome, Session) else None,
        repeat=_repeat_step,
    )


def _repeat_step(ask: Ask, remembered: str) -> DoneBefore:
    return DoneBefore(ask.action.session_id if remembered == REMEMBERED_BEFORE else SessionId(UUID(remembered)))


async def take_steps(asks: Sequence[Ask], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta) -> list[ActionOutcome]:
    """Take each step, in order, whatever its key."""
    before = await store.lock_sessions(tx, [ask.action.session_id for ask in asks])
    sessions = dict(before)
    board = await replicas.load_board(tx, _named(sessions.values(), asks), alone=any(isinstance(ask.action, MOVING) for ask in asks))
    plans = [plan for ask in asks if (plan := _plan(sessions.get(ask.action.session_id), ask.action))]
    diary = await store.load_diary(tx, [times for plan in plans for times in board.concerning(plan)])

    outcomes: list[ActionOutcome] = []
    steps: list[Step] = []
    for ask in asks:
        session = sessions.get(ask.action.session_id)
        if session is None:
            outcomes.append(NotFound())
        else:
            decided = _decide(session, ask.action, board, diary, tx.now, tx.now + undo_for)
            outcomes.append(decided.session if isinstance(decided, Step) else decided)
            if isinstance(decided, Step):
                sessions[session.id] = decided.session
                steps.append(decided)

    changed = {step.session.id: (before[step.session.id], sessions[step.session.id]) for step in steps}
    await store.take_time(tx, changed.values())
    await record(tx, list(changed.values()), steps, ask_again_after)
    await store.note_waived(tx, diary.waived)
    return outcomes


def _chosen(session: Session, action: Accept) -> Alternative | None:
    return next((alternative for alternative in session.alternatives if alternative.id == action.alternative_id), None)


def _named(sessions: Collection[Session], asks: Sequence[Ask]) -> Named:
    joins = [ask.action for ask in asks if isinstance(ask.action, Join)]
    joined = {join.session_id for join in joins}
    completions = [ask.action for ask in asks if isinstance(ask.action, CompleteSession)]
    besides = {service_id for done in completions for service_id, _ in done.add_ons}
    besides |= {done.service_id for done in completions if done.service_id is not None}
    return Named(
        services={session.service_id for session in sessions} | besides,
        sites={session.site_id for session in sessions},
        rooms={session.room_id for session in sessions if session.id in joined},
        therapists={session.therapist_id for session in sessions},
        clients={join.client_id for join in joins},
    )


def _plan(session: Session | None, action: Action) -> Plan | None:
    """Say whose time an action would take, and when."""
    wish = None
    match action:
        case Accept() if session and (chosen := _chosen(session, action)):
            wish = Move(chosen.starts_at, chosen.ends_at, chosen.room_id, session.calculated_rate)
        case Reschedule() if session:
            ends_at = action.starts_at + (session.ends_at - session.starts_at)
            wish = Move(action.starts_at, ends_at, action.room_id, session.calculated_rate)
        case Join() if session:
            wish = _with_one_more(session, action, None)
        case UndoEnd() if session and session.status in GONE:
            wish = saga.as_it_was(session)
        case _:
            pass
    return domain.planned(session, wish) if session and wish else None


def _decide(
    session: Session, action: Action, board: Board, diary: Diary, now: datetime, undo_until: datetime
) -> Step | Impossible | Refusal:
    heard = _heard(session, action, board, now, undo_until)
    if isinstance(heard, Impossible | Refusal):
        return heard
    step = saga.advance(session, heard, now, HoldId(new_id()))
    if step.refusal is not None:
        return Impossible(session.status, step.refusal)
    if isinstance(heard, Move):
        override = action.override if isinstance(action, Reschedule | Join) else None
        if reasons := domain.move(session, heard, board, diary, now, override):
            return Refusal(reasons)
    if step.session.undoing and (reasons := domain.restore(session, diary)):
        return Refusal(reasons)
    return step


def _heard(session: Session, action: Action, board: Board, now: datetime, undo_until: datetime) -> Heard | Impossible | Refusal:
    """Say an action in the saga's words."""
    match action:
        case Accept():
            return _accepting(session, action, board)
        case Reschedule():
            return _moving(session, action, board)
        case Join():
            return _joining(session, action, board)
        case LeaveGroup():
            return Leave(action.client_id)
        case TakeOffer():
            return Consent()
        case DeclineOffer():
            return Decline("the offer was declined")
        case UndoEnd():
            return Undo()
        case CancelSession() | CompleteSession() | MissSession():
            return _ending(session, action, board, now, undo_until)


def _ending(
    session: Session, action: CancelSession | CompleteSession | MissSession, board: Board, now: datetime, undo_until: datetime
) -> Heard | Refusal:
    """Say the end of a session in the saga's words; it can be undone for a while."""
    match action:
        case CancelSession(_, reason, cause, waiver):
            late = cause is CancellationCause.CLIENT and domain.is_late(session, board.policies, now)
            return Cancel(reason, late, cause, waiver, undo_until)
        case CompleteSession():
            done = _completion(session, action, board, now)
            return replace(done, undo_until=undo_until) if isinstance(done, Complete) else done
        case MissSession(_, waiver):
            return Miss(waiver, undo_until)


def _accepting(session: Session, accept: Accept, board: Board) -> Move | Impossible | Refusal:
    chosen = _chosen(session, accept)
    if chosen is None:
        return _no_such_alternative(session)
    rate = domain.rate_on(board.services.get(session.service_id), board.sites[session.site_id], chosen.starts_at)
    return Move(chosen.starts_at, chosen.ends_at, chosen.room_id, rate or session.calculated_rate)


def _moving(session: Session, wish: Reschedule, board: Board) -> Move | Refusal:
    service, site = board.services.get(session.service_id), board.sites[session.site_id]
    rate = domain.rate_on(service, site, wish.starts_at)
    if service is not None and rate is None:
        return Refusal((domain.no_rate(service, site.day(wish.starts_at)),))
    ends_at = wish.starts_at + (session.ends_at - session.starts_at)
    return Move(wish.starts_at, ends_at, wish.room_id, rate or session.calculated_rate)


def _joining(session: Session, join: Join, board: Board) -> Move | Impossible | Refusal:
    if session.status is not SessionStatus.BOOKED:
        return Impossible(session.status, f"A session that is {session.status.value} cannot be joined.")
    if reasons := domain.cannot_join(session, join.client_id, board.clients):
        return Refusal(reasons)
    return _with_one_more(session, join, board.rooms.get(session.room_id) if session.room_id else None)


def _with_one_more(session: Session, join: Join, room: domain.Room | None) -> Move:
    """Ask for the same time with one client more: in its room while that is large enough."""
    clients = (*session.client_ids, join.client_id)
    stays = room is not None and room.capacity >= (session.places_for(clients) or 1)
    return Move(session.starts_at, session.ends_at, session.room_id if stays else None, session.calculated_rate, clients, is_chosen=False)


def _completion(session: Session, action: CompleteSession, board: Board, now: datetime) -> Complete | Refusal:
    site = board.sites[session.site_id]
    times = domain.actual_times(session, action.actual_start, action.actual_end, now)
    if isinstance(times, Refusal):
        if session.status is SessionStatus.BOOKED and now >= session.starts_at:
            return times
        times = session.starts_at, session.ends_at  # the saga refuses the step itself
    attended = action.attended
    if attended is not None and (reasons := domain.not_attendance(session, attended)):
        return Refusal(reasons)
    modality = domain.modality_of(session, action.modality, action.client_location, telehealth=action.telehealth)
    if isinstance(modality, Refusal):
        return modality
    instead = None
    if action.service_id is not None and action.service_id != session.service_id:
        instead = domain.billed_as(board.services.get(action.service_id), site.day(times[0]))
        if isinstance(instead, Refusal):
            return instead
    billed = instead.service_id if instead else session.service_id
    add_ons = domain.add_ons(billed, action.add_ons, board.services, site.day(session.starts_at))
    if isinstance(add_ons, Refusal):
        return add_ons
    came = tuple(client for client in session.client_ids if attended is None or client in attended)
    return Complete(*times, site.day(times[0]), came, modality, action.client_location, add_ons, instead)


def _no_such_alternative(session: Session) -> Impossible | Refusal:
    if not session.alternatives:
        return Impossible(session.status, f"A session that is {session.status.value} has no alternatives to accept.")
    message = "This alternative is not among those that the session offers now. Read the session again and choose one of them."
    return Refusal((Reason("unknown-alternative", "alternative_id", message),))


async def hear(answers: Sequence[HoldAnswer], tx: Transaction, ask_again_after: timedelta) -> list[Session]:
    """Let each session hear what rooms answered, in order; return what became of those that were concerned.

    A room that is held for a session that nobody knows, as after a database was restored, is handed back.
    """
    holders = await store.find_holders(tx, [answer.hold_id for answer in answers if answer.session_id is None])
    about = [(answer, session_id) for answer in answers if (session_id := answer.session_id or holders.get(answer.hold_id))]
    before = await store.lock_sessions(tx, [session_id for _, session_id in about])
    sessions = dict(before)
    offers = [(sessions[session_id], offer) for answer, session_id in about if session_id in sessions for offer in answer.alternatives]
    board, diary = NOTHING, Diary()
    if offers:
        board = await replicas.load_board(tx, _named([session for session, _ in offers], ()))
        diary = await store.load_diary(tx, [times for each in offers for times in board.concerning(_offered(*each))])

    steps: list[Step] = []
    unknown: list[HoldId] = []
    for answer, session_id in about:
        session = sessions.get(session_id)
        if session is None and answer.outcome is Outcome.GRANTED:
            unknown.append(answer.hold_id)
        elif session is not None:
            step = saga.advance(session, _understood(answer, session, board, diary, tx.now), tx.now, HoldId(new_id()))
            sessions[session.id] = step.session
            steps.append(step)

    concerned = {step.session.id: step.session for step in steps}
    changes = [(before[key], session) for key, session in concerned.items() if session != before[key]]
    await record(tx, changes, steps, ask_again_after)
    for some in _chunks(unknown):
        tx.send(ReleaseHolds(holds=tuple(HoldRelease(hold_id=hold_id, reason=ReleaseReason.STALE) for hold_id in some)))
    return list(concerned.values())


def _offered(session: Session, offer: Alternative) -> Plan:
    return domain.planned(session, Move(offer.starts_at, offer.ends_at, offer.room_id, session.calculated_rate))


def _understood(answer: HoldAnswer, session: Session, board: Board, diary: Diary, now: datetime) -> saga.Answer:
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
            suiting = [offer for offer in answer.alternatives if not domain.conditions(_offered(session, offer), board, diary, now)]
            offers = tuple(suiting[: domain.OFFERED_AT_MOST])
            return saga.Refused(answer.hold_id, answer.reason or RefusalReason.BOOKED, offers, answer.reasons)


async def chase(due: Sequence[Session], tx: Transaction, ask_again_after: timedelta) -> None:
    """Ask again where rooms has not answered, and give up what came too late."""
    steps = [saga.advance(session, _overdue(session, tx.now), tx.now, HoldId(new_id())) for session in due]
    await record(tx, [(session, step.session) for session, step in zip(due, steps, strict=True)], steps, ask_again_after)


def _overdue(session: Session, now: datetime) -> Heard:
    if session.offer_until is not None and session.offer_until <= now:
        return Decline("the offer ran out")
    overdue = session.pending is not None and session.pending.not_after <= now
    return saga.DeadlinePassed() if overdue else saga.Silence()


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


async def record(tx: Transaction, changes: Sequence[tuple[Session, Session]], steps: Sequence[Step], ask_again_after: timedelta) -> None:
    """Write what became of sessions, (before, after) each, say what follows, and offer what is free again to those who wait."""
    await store.save_sessions(tx, changes, ask_again_after)
    await tell(tx, steps)
    freed = [slot for before, after in changes if (slot := _freed(before, after)) and slot.starts_at > tx.now]
    if freed:
        tx.send(OfferSlots(slots=tuple(freed)))


def _freed(before: Session, after: Session) -> FreedSlot | None:
    """Return the room and time that a session had and has no more, or that rooms did not give to who waited for it."""
    moved = (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at)
    given_back = before.stands and (after.status in GONE or moved)
    if not given_back and not (before.offer_until is not None and after.status in GONE):
        return None
    return FreedSlot(
        site_id=before.site_id,
        therapist_id=before.therapist_id,
        room_id=before.room_id,
        starts_at=before.starts_at,
        ends_at=before.ends_at,
    )


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
