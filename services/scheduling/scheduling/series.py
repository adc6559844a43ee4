"""Sessions that recur: every occurrence is decided, in one transaction, and asked for in one message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from chassis.database import Database, ReadSession, Transaction
from chassis.questions import Questions
from contracts.named_times import NamedTime
from contracts.rooms import Alternative, HoldFinding, HoldRequest
from contracts.types import GroupId, HoldId, RoomId, SeriesId, SessionId, new_id
from pydantic_core import to_jsonable_python

from scheduling import domain, inquiries, recurrence, replicas, saga, store, use_cases
from scheduling.diary import Diary
from scheduling.domain import Site, Wish
from scheduling.reasons import Reason, Refusal
from scheduling.recurrence import Occurrence, Unusable
from scheduling.replicas import Named
from scheduling.session import Session
from scheduling.store import SeriesRow
from scheduling.use_cases import ActionOutcome, Ask, CancelSession, Impossible, NotFound, Reschedule

CHANGEABLE: Final = {"requested", "offered", "booked"}


class Mode(StrEnum):
    """What becomes of a series of which a part cannot be had."""

    ALL_OR_NOTHING = "all_or_nothing"
    BEST_EFFORT = "best_effort"


class Scope(StrEnum):
    """Which sessions of a series a change is about."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one occurrence: a session that asks for its room, or every reason why not."""

    occurrence: Occurrence
    outcome: Session | Refusal


@dataclass(frozen=True, slots=True)
class Seen:
    """What would become of one occurrence."""

    decided: Decided
    finding: HoldFinding | None
    """What rooms says; None where it was not asked or does not answer."""

    @property
    def alternative(self) -> Alternative | None:
        """The best that rooms has instead."""
        return next(iter(self.finding.alternatives), None) if self.finding else None


@dataclass(frozen=True, slots=True)
class Booked:
    """A series that asks for its rooms."""

    row: SeriesRow
    decided: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of one session when its series was changed."""

    session_id: SessionId
    outcome: ActionOutcome


async def book(wish: Wish, rule: str, mode: Mode, tx: Transaction, ask_again_after: timedelta) -> Booked | Unusable | tuple[Decided, ...]:
    """Ask for every occurrence; what nobody can have is returned as decided, and nothing is written then."""
    series_id = SeriesId(new_id())
    diary = Diary()
    decided = await _decide(wish, rule, mode, series_id, diary, tx, tx.now, alone=True)
    if isinstance(decided, Unusable):
        return decided
    sessions = [each.outcome for each in decided if isinstance(each.outcome, Session)]
    if not sessions or (mode is Mode.ALL_OR_NOTHING and len(sessions) < len(decided)):
        return decided
    problems = [_written(each) for each in decided if isinstance(each.outcome, Refusal)]
    row = SeriesRow(
        id=series_id, client_id=wish.client_id, site_id=wish.site_id, rrule=rule, mode=mode, problems=problems, created_at=tx.now
    )
    tx.add(row)
    await tx.flush()
    await use_cases.begin(tx, sessions, diary, ask_again_after)
    return Booked(row, decided)


async def preview(wish: Wish, rule: str, mode: Mode, database: Database, questions: Questions) -> list[Seen] | Unusable:
    """Say what would become of every occurrence, with rooms asked once about all of them; nothing is booked."""
    async with database.reading() as db:
        decided = await _decide(wish, rule, mode, SeriesId(new_id()), Diary(), db, datetime.now(UTC))
    if isinstance(decided, Unusable):
        return decided
    requests = [request for each in decided if (request := _request(each)) is not None]
    found = await inquiries.ask(questions, requests, alternatives=1)
    return [Seen(each, (found or {}).get(request.hold_id) if (request := _request(each)) else None) for each in decided]


async def find(db: Transaction, series_id: SeriesId) -> list[Session]:
    """Return the sessions of a series in the order of time, locked."""
    ids = await store.series_sessions(db, series_id)
    return sorted((await store.lock_sessions(db, ids)).values(), key=lambda session: (session.starts_at, session.id))


async def reschedule(
    sessions: Sequence[Session], anchor: Session, target: datetime, room_id: RoomId | None, tx: Transaction, ask_again_after: timedelta
) -> list[Changed]:
    """Move the sessions by as much as the anchor moves on the wall clock; each keeps its room until the new one is held.

    One that already has a time of the moved series stays there, and the one that leaves takes its new time.
    """
    zone = (await replicas.load_sites(tx, {anchor.site_id}))[anchor.site_id].zone
    moments = {session.id: recurrence.shift(session.starts_at, anchor.starts_at, target, zone) for session in sessions}
    uncertain = [Changed(key, Refusal((_uncertain(candidates, None),))) for key, candidates in moments.items() if len(candidates) > 1]
    times = {session.id: session.starts_at for session in sessions}
    targets = recurrence.with_fewest_moves(times, {key: candidates[0] for key, candidates in moments.items() if len(candidates) == 1})
    staying = [Changed(session.id, session) for session in sessions if targets.get(session.id) == session.starts_at and room_id is None]
    kept = {each.session_id for each in staying}
    asks = [Ask(Reschedule(key, target, room_id)) for key, target in targets.items() if key not in kept]
    return [*uncertain, *staying, *await _act(asks, tx, ask_again_after, timedelta())]


async def cancel(steps: Sequence[CancelSession], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta) -> list[Changed]:
    """Call each session off."""
    return await _act([Ask(step) for step in steps], tx, ask_again_after, undo_for)


def chosen(sessions: Sequence[Session], scope: Scope, anchor: SessionId | None, now: datetime) -> list[Session]:
    """Return the sessions that a change is about: those that have not begun, from the anchor on where it says so, or the anchor alone.

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


def why(outcome: ActionOutcome) -> tuple[Reason, ...]:
    """Say why a session was not changed; nothing when it was."""
    match outcome:
        case Refusal(reasons):
            return reasons
        case Impossible(_, words):
            return (Reason("impossible-step", "session_id", words),)
        case NotFound():
            return (Reason("not-found", "session_id", "There is no such session."),)
        case _:
            return ()


async def _decide(
    wish: Wish, rule: str, mode: Mode, series_id: SeriesId, diary: Diary, db: ReadSession, now: datetime, *, alone: bool = False
) -> tuple[Decided, ...] | Unusable:
    board = await replicas.load_board(db, Named.by([wish]), alone=alone)
    site = board.sites.get(wish.site_id)
    if site is None:
        return (Decided(Occurrence(wish.starts_at, (wish.starts_at,)), _book(wish, board, diary, series_id, None, now)),)
    occurrences = recurrence.expand(rule, wish.starts_at, site.zone)
    if isinstance(occurrences, Unusable):
        return occurrences
    wishes = [replace(wish, starts_at=occurrence.starts_at) for occurrence in occurrences]
    plans = [each.plan(SessionId(new_id()), board.ends(each)) for each in wishes]
    diary.taken |= (await store.load_diary(db, [times for plan in plans for times in board.concerning(plan)])).taken
    group = GroupId(new_id()) if mode is Mode.ALL_OR_NOTHING else None
    return tuple(
        Decided(
            occurrence,
            _book(each, board, diary, series_id, group, now) if occurrence.is_certain else Refusal((_uncertain(occurrence.moments, site),)),
        )
        for occurrence, each in zip(occurrences, wishes, strict=True)
    )


def _book(wish: Wish, board: domain.Board, diary: Diary, series_id: SeriesId, group: GroupId | None, now: datetime) -> Session | Refusal:
    return domain.book(wish, SessionId(new_id()), HoldId(new_id()), board, diary, now, series_id, group)


def _request(decided: Decided) -> HoldRequest | None:
    if not isinstance(decided.outcome, Session):
        return None
    return next(command for command in saga.begin(decided.outcome).commands if isinstance(command, HoldRequest))


def _uncertain(candidates: Sequence[datetime], site: Site | None) -> Reason:
    times = tuple(NamedTime.instant(moment, site.zone if site else None) for moment in candidates)
    shown = " or ".join(map(str, times))
    return Reason(
        "uncertain-local-time", "starts_at", f"The clock at the site shows this time twice or never. Choose {shown}.", times=times
    )


def _written(decided: Decided) -> dict[str, object]:
    reasons = decided.outcome.reasons if isinstance(decided.outcome, Refusal) else ()
    errors = [
        {"field": reason.field, "code": reason.code, "message": reason.message, "times": to_jsonable_python(reason.times) or None}
        for reason in reasons
    ]
    return {"starts_at": decided.occurrence.starts_at.isoformat(), "local_start": decided.occurrence.wall.isoformat(), "problems": errors}


async def _act(asks: Sequence[Ask], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta) -> list[Changed]:
    outcomes = await use_cases.take_steps(asks, tx, ask_again_after, undo_for)
    return [Changed(ask.action.session_id, outcome) for ask, outcome in zip(asks, outcomes, strict=True)]
