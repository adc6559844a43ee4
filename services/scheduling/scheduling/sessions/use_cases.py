"""What can be done with sessions: load, decide, record, send. Each function serves a whole batch in one transaction."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from chassis.data.database import Database, Transaction
from chassis.data.group_commit import GroupCommit
from chassis.data.idempotency import Key
from chassis.database_errors import lost, taken
from chassis.errors import Conflict, NotFound
from chassis.requests.presence import Dependencies
from chassis.requests.waiting import LAST_LOOK_S, Waiters
from chassis.telemetry.metrics import FAST
from contracts.message import Message
from contracts.open_words import is_known
from contracts.rooms import ConfirmHolds, HoldAnswer, HoldRelease, HoldsAnswered, Outcome, ReleaseHolds, ReleaseReason, RequestHolds
from contracts.scheduling import (
    AnnounceCompletedSessions,
    MoveSessions,
    OfferSlots,
    RescheduleRefused,
    SessionBooked,
    SessionCancelled,
    SessionClientsChanged,
    SessionCompleted,
    SessionNoShow,
    SessionOffered,
    SessionRejected,
    SessionRequested,
    SessionRescheduled,
    SessionRestored,
    SessionStatus,
    UndoRefused,
)
from contracts.types import HoldId, SessionId, new_id
from prometheus_client import Histogram

from scheduling.decisions import booking as decisions_booking
from scheduling.decisions import queries as decisions_queries
from scheduling.decisions.requests import Named, ReferenceData
from scheduling.lifecycle import facts
from scheduling.lifecycle.busy_times import BusyTimes
from scheduling.lifecycle.outgoing import Change, TakenSteps, in_parts, messages_of, timeline
from scheduling.lifecycle.reasons import Refusal, Waived
from scheduling.lifecycle.state import SeriesDate, Session
from scheduling.lifecycle.steps import Move, Step
from scheduling.people.queries import client_names
from scheduling.policies import use_cases as policies_use_cases
from scheduling.policies.rules import Policies
from scheduling.replicas import queries as replicas_queries
from scheduling.replicas.schemas import Start
from scheduling.sessions import queries, saga, tables
from scheduling.sessions.actions import (
    MOVING,
    Action,
    ActionOutcome,
    Answered,
    Book,
    BookingOutcome,
    DeclineOffer,
    DoneBefore,
    Impossible,
    StepRequest,
    decide,
    interval_of,
    named,
    overdue,
)
from scheduling.sessions.queries import refused
from scheduling.sessions.schemas import NewSession, SessionView
from scheduling.timelines import use_cases as timelines_use_cases

JOB_BATCH: Final = 200

ANNOUNCED_AT_ONCE: Final = 500

NOTHING: Final = ReferenceData({}, {}, {}, {}, {}, Policies())

Item = TypeVar("Item")

Answer = TypeVar("Answer")


async def book(bookings: Sequence[Book], tx: Transaction, ask_again_after: timedelta) -> list[BookingOutcome]:
    """Take both people's time for each booking and request its room, or return every reason why not."""
    reference_data = await decisions_queries.load_reference_data(tx, Named.by([booking.request for booking in bookings]), alone=True)
    intervals = [booking.request.interval(booking.session_id, reference_data.ends(booking.request)) for booking in bookings]
    times = [times for interval in intervals for times in reference_data.concerning(interval)]
    busy_times = await queries.load_busy(tx, times, [booking.request.in_place_of for booking in bookings])

    outcomes: list[BookingOutcome] = [
        decisions_booking.book(booking.request, booking.session_id, HoldId(new_id()), reference_data, busy_times, tx.now)
        for booking in bookings
    ]
    sessions = [outcome for outcome in outcomes if isinstance(outcome, Session)]
    steps = [decisions_booking.begin(session) for session in sessions]

    add(tx, sessions, ask_again_after)
    send(tx, TakenSteps(steps), RequestHolds, SessionRequested)
    await policies_use_cases.note_waived(tx, busy_times.waived)
    return await _with_names(outcomes, tx)


async def _with_names(outcomes: Sequence[Answer], tx: Transaction) -> list[Answer | Refusal]:
    """Return outcomes with the names of the clients whom refusals are about."""
    names = await client_names(tx, frozenset().union(*(each.client_ids for each in outcomes if isinstance(each, Refusal))))
    return [each.with_names(names) if isinstance(each, Refusal) else each for each in outcomes]


def add(tx: Transaction, sessions: Sequence[Session], ask_again_after: timedelta) -> None:
    """Write new sessions and take their people's time."""
    tables.take_time(tx, [(None, session) for session in sessions])
    tables.add_sessions(tx, sessions, ask_again_after)


def save(tx: Transaction, changes: Sequence[Change], ask_again_after: timedelta) -> None:
    """Write what became of sessions, and give back their people's time that is not needed any more."""
    tables.save_sessions(tx, changes, ask_again_after)


def send(tx: Transaction, done: TakenSteps, *kinds: type[Message]) -> None:
    """Send what follows from steps, which is of these kinds; note the steps in the timelines, each with the message that carried it."""
    sent = [(message, tx.send(message)) for message in messages_of(done, kinds, tx.now)]
    timelines_use_cases.note(tx, timeline(done.steps, sent))


async def act(requests: Sequence[StepRequest], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta) -> list[ActionOutcome]:
    """Take each step that is requested, in order, or return why it cannot be taken."""
    outcomes, done, waived = await take(requests, tx, ask_again_after, undo_for)
    send(
        tx, done, RequestHolds, ReleaseHolds, OfferSlots,
        SessionRequested, SessionBooked, SessionClientsChanged, RescheduleRefused,
        SessionCompleted, SessionCancelled, SessionNoShow, SessionRestored,
    )  # fmt: skip
    await policies_use_cases.note_waived(tx, waived)
    return await _with_names(outcomes, tx)


async def take(
    requests: Sequence[StepRequest], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta
) -> tuple[list[ActionOutcome], TakenSteps, Sequence[Waived]]:
    """Take and write each step that is requested, in order, or return why it cannot be taken.

    The use case sends what follows from the steps, and notes what was waived for them.
    """
    before = await queries.lock_sessions(tx, [request.action.session_id for request in requests])
    sessions = dict(before)
    reference_data = await decisions_queries.load_reference_data(
        tx, named(sessions.values(), requests), alone=any(isinstance(request.action, MOVING) for request in requests)
    )
    intervals = [interval for request in requests if (interval := interval_of(sessions.get(request.action.session_id), request.action))]
    times = [times for interval in intervals for times in reference_data.concerning(interval)]
    busy_times = await queries.load_busy(tx, times, [session.in_place_of for session in sessions.values()])

    outcomes: list[ActionOutcome] = []
    steps: list[Step] = []
    for request in requests:
        session = sessions.get(request.action.session_id)
        if session is None:
            outcomes.append(NotFound.of("session", request.action.session_id))
        else:
            decided = decide(session, request.action, reference_data, busy_times, tx.now, HoldId(new_id()), tx.now + undo_for)
            outcomes.append(decided.session if isinstance(decided, Step) else decided)
            if isinstance(decided, Step):
                sessions[session.id] = decided.session
                steps.append(decided)
    changes = list({step.session.id: (before[step.session.id], sessions[step.session.id]) for step in steps}.values())

    tables.take_time(tx, changes)
    tables.save_sessions(tx, changes, ask_again_after)
    kept_free = [action.session_id for request in requests if isinstance(action := request.action, DeclineOffer) and not action.offer_on]
    return outcomes, TakenSteps(steps, changes, kept_free), busy_times.waived


FIRST_DECISION: Final = 2
"""The version of a session after rooms' first answer."""
SAGA_SECONDS: Final = Histogram("holdfast_saga_seconds", "From the request to rooms' first answer, by outcome.", ["outcome"], buckets=FAST)


async def apply_hold_answers(
    messages: Sequence[HoldsAnswered], tx: Transaction, ask_again_after: timedelta, waiters: Waiters[Session]
) -> None:
    """Take the step of each session that rooms answered, in order, and answer the requests that wait for it once it is committed.

    A room that is held for a session that does not exist, as after a database was restored, is released. An answer of a newer rooms
    whose outcome is unknown here is left out: its session still waits, and an answer is requested again.
    """
    answers = [answer for message in messages for answer in message.answers if is_known(answer.outcome)]
    holders = await queries.find_holders(tx, [answer.hold_id for answer in answers if answer.session_id is None])
    about = [(answer, session_id) for answer in answers if (session_id := answer.session_id or holders.get(answer.hold_id))]
    before = await queries.lock_sessions(tx, [session_id for _, session_id in about])
    sessions = dict(before)
    reference_data, busy_times = await _load_for_alternatives(tx, about, sessions)

    steps: list[Step] = []
    unknown: list[HoldRelease] = []
    for answer, session_id in about:
        session = sessions.get(session_id)
        if session is None and answer.outcome is Outcome.GRANTED:
            unknown.append(HoldRelease(hold_id=answer.hold_id, reason=ReleaseReason.STALE))
        elif session is not None:
            step = saga.answer(session, answer, reference_data, busy_times, tx.now, HoldId(new_id()))
            sessions[session.id] = step.session
            steps.append(step)
    concerned = {step.session.id: step.session for step in steps}
    changes = [(before[key], session) for key, session in concerned.items() if session != before[key]]

    tables.save_sessions(tx, changes, ask_again_after)
    send(
        tx, TakenSteps(steps, changes), RequestHolds, ConfirmHolds, ReleaseHolds, OfferSlots,
        SessionRequested, SessionBooked, SessionOffered, SessionRejected,
        SessionRescheduled, SessionClientsChanged, RescheduleRefused, SessionRestored, UndoRefused,
    )  # fmt: skip
    for some in in_parts(unknown):
        tx.send(ReleaseHolds(holds=some))
    for session in concerned.values():
        tx.after_commit.append(partial(waiters.notify, session.id, session))
        if session.version == FIRST_DECISION:
            waited = (session.updated_at - session.created_at).total_seconds()
            tx.after_commit.append(partial(SAGA_SECONDS.labels(session.status.value).observe, waited))


async def _load_for_alternatives(
    tx: Transaction, about: Sequence[tuple[HoldAnswer, SessionId]], sessions: Mapping[SessionId, Session]
) -> tuple[ReferenceData, BusyTimes]:
    """Load what alternatives are judged by, where rooms offers any."""
    offers = [(sessions[session_id], offer) for answer, session_id in about if session_id in sessions for offer in answer.alternatives]
    if not offers:
        return NOTHING, BusyTimes()
    reference_data = await decisions_queries.load_reference_data(tx, named([session for session, _ in offers], ()))
    intervals = [saga.interval_of_offer(session, offer) for session, offer in offers]
    return reference_data, await queries.load_busy(tx, [times for interval in intervals for times in reference_data.concerning(interval)])


async def retry(due: Sequence[Session], tx: Transaction, ask_again_after: timedelta) -> None:
    """Send again what rooms has not answered, and give up what came too late."""
    steps = [saga.advance(session, overdue(session, tx.now), tx.now, HoldId(new_id())) for session in due]
    changes = [(session, step.session) for session, step in zip(due, steps, strict=True)]
    tables.save_sessions(tx, changes, ask_again_after)
    send(
        tx, TakenSteps(steps, changes), RequestHolds, ConfirmHolds, ReleaseHolds, OfferSlots,
        SessionRejected, SessionCancelled, RescheduleRefused, UndoRefused,
    )  # fmt: skip


async def announce_completed(after: SessionId | None, tx: Transaction) -> None:
    """Publish completed sessions again, some at a time; what is left is requested of this service itself."""
    some = await queries.completed_sessions(tx, after, ANNOUNCED_AT_ONCE)
    sites = await replicas_queries.load_sites(tx, {session.site_id for session in some})
    for session in some:
        tx.send(facts.session_completed(session, sites[session.site_id].day(session.actual_start or session.starts_at)))
    if len(some) == ANNOUNCED_AT_ONCE:
        tx.send(AnnounceCompletedSessions(after=some[-1].id))


@dataclass(frozen=True, slots=True)
class BookingGateway:
    """Where requests that arrive together share a transaction."""

    bookings: GroupCommit[Book, BookingOutcome]
    actions: GroupCommit[StepRequest, ActionOutcome]
    waiters: Waiters[Session]
    replica_patience_s: float
    ask_again_after: timedelta
    undo_for: timedelta


async def _submit(queue: GroupCommit[Item, Answer], item: Item) -> Answer:
    """Have an item done; where another transaction took the same date of a series first, once more, which finds the date taken."""
    try:
        return await queue.submit(item)
    except Exception as error:
        if not taken(error):
            raise
        return await queue.submit(item)


@dataclass(slots=True)
class SessionRequest:
    """A request about a session: submitted to the booking gateway, answered once rooms has decided or the caller's patience ends."""

    gateway: BookingGateway
    database: Database
    answered: Callable[[Answered], None]
    patience_s: float
    key: Key | None
    dependencies: Dependencies
    clock: Callable[[], datetime]
    """By which a session is shown: some time after the request, which waits for its answer."""
    began: float = field(default_factory=time.monotonic)

    async def book(self, new: NewSession, in_place_of: SeriesDate | None = None) -> SessionView:
        """Book; wait a little for a service, site or room that was announced only just now."""
        patience_s = self.gateway.replica_patience_s
        wanted = new.booking_request(await replicas_queries.moment_soon(new, new.site_id, self.database, patience_s))
        booking = Book(SessionId(new_id()), replace(wanted, in_place_of=in_place_of), self.key)
        outcome = await replicas_queries.when_announced(
            lambda: _submit(self.gateway.bookings, booking),
            patience_s,
            lambda found: [reason.code for reason in found.reasons] if isinstance(found, Refusal) else [],
        )
        return await self._answer(outcome)

    async def moment(self, session_id: SessionId, new: Start) -> datetime:
        """Return the moment that is meant, on the clock of a session's site."""
        if new.local_start is None:
            return new.at
        async with self.database.reading() as db:
            session = await queries.find_session(db, session_id)
            return await replicas_queries.moment(new, session.site_id, db)

    async def act(self, action: Action) -> SessionView:
        """Take a step of a session's life; Conflict where its state does not allow it."""
        outcome = await self.take(action)
        if isinstance(outcome, Impossible):
            about = {"session_id": action.session_id, "session_status": outcome.status}
            raise Conflict("impossible-step", outcome.why, **about)
        return outcome

    async def take(self, action: Action) -> SessionView | Impossible:
        """Take a step of a session's life, or return why its state does not allow it."""
        outcome = await _submit(self.gateway.actions, StepRequest(action, self.key))
        match outcome:
            case NotFound():
                raise outcome
            case Impossible():
                return outcome
            case _:
                return await self._answer(outcome)

    async def _answer(self, outcome: Session | DoneBefore | Refusal) -> SessionView:
        match outcome:
            case Refusal():
                raise refused(outcome)
            case DoneBefore(session_id):
                session = await self._look(session_id)
            case Session():
                session = outcome
        left_s = self.patience_s - (time.monotonic() - self.began)
        seen = await self.gateway.waiters.wait(
            session.id, session, partial(self._look_again, session), lambda session: session.pending is None, left_s
        )
        self.answered(Answered(seen.id, is_decided=seen.pending is None, is_repeat=isinstance(outcome, DoneBefore)))
        if seen.pending is None:
            return queries.view(seen, self.clock(), self.dependencies.away)
        return await self._place(seen)

    async def _place(self, session: Session) -> SessionView:
        """Show what waits with its place in the queue; without it while the database is away."""
        try:
            async with asyncio.timeout(LAST_LOOK_S), self.database.reading() as db:
                return await queries.show(db, session, self.clock(), self.dependencies.away)
        except Exception as error:
            if not lost(error):
                raise
            return queries.view(session, self.clock(), self.dependencies.away)

    async def _look_again(self, last: Session) -> Session:
        """Look for news; while the database is away there are none, and what was taken stays taken."""
        try:
            return await self._look(last.id)
        except Exception as error:
            if not lost(error):
                raise
            return last

    async def _look(self, session_id: SessionId) -> Session:
        async with self.database.reading() as db:
            return await queries.find_session(db, session_id)


async def move_sessions(messages: Sequence[MoveSessions], tx: Transaction, ask_again_after: timedelta) -> None:
    """Request the new rooms, all in one message; who has moved or is moving already is left alone."""
    moves = {move.session_id: move for message in messages for move in message.moves}
    before = await queries.lock_sessions(tx, moves)
    steps = []
    for session in before.values():
        move = moves[session.id]
        if session.status is SessionStatus.BOOKED and session.hold_id == move.hold_id and session.pending is None:
            wanted = Move(session.starts_at, session.ends_at, move.room_id, session.calculated_rate, is_chosen=False)
            steps.append(saga.advance(session, wanted, tx.now, HoldId(new_id())))
    tables.save_sessions(tx, [(before[step.session.id], step.session) for step in steps], ask_again_after)
    send(tx, TakenSteps(steps), RequestHolds)
