"""The self-check: compares sessions with rooms' holds and billing's records, page by page, and mends by saying things again.

The owners compare, because the facts are theirs; what they find is looked at once more against the session as it is by then,
so that nothing that was merely under way is called a difference.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from chassis.data.database import Transaction
from contracts.billing import CompareRecords, CompletedSession, RecordDifference, RecordDifferenceKind, RecordsCompared
from contracts.open_words import is_known
from contracts.rooms import (
    CompareHolds,
    ConfirmHolds,
    HoldDifference,
    HoldDifferenceKind,
    HoldRelease,
    HoldsCompared,
    ReleaseHolds,
    ReleaseReason,
    RequestHolds,
    StandingHold,
)
from contracts.scheduling import SessionRequested, SessionStatus, StartReconciliation, UndoneStep
from contracts.types import ComparisonId, HoldId, SessionId, new_id
from prometheus_client import Counter
from sqlalchemy import ColumnElement, delete, func, or_, select

from scheduling.lifecycle import facts, steps
from scheduling.lifecycle.outgoing import TakenSteps
from scheduling.lifecycle.state import Session
from scheduling.reconciliation import queries
from scheduling.reconciliation.queries import reconciliation_view
from scheduling.reconciliation.schemas import Reconciliation
from scheduling.reconciliation.tables import ComparisonRow, DifferenceRow
from scheduling.replicas import queries as replicas_queries
from scheduling.sessions import queries as sessions_queries
from scheduling.sessions import saga
from scheduling.sessions import use_cases as sessions_use_cases
from scheduling.sessions.queries import first_made

PAGE: Final = 500

UNDER_WAY: Final = timedelta(minutes=1)
"""Billing may not have received yet a session that was completed, or whose completion was undone, so recently."""

TAKING: Final = {SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED, SessionStatus.COMPLETED}
"""In these a session may have a room; a completed one until its planned end."""

KEPT: Final = timedelta(days=30)

GIVEN_UP: Final = timedelta(hours=6)
"""The next comparison waits no longer for one that is not complete by then."""

LOST: Final = timedelta(minutes=5)
"""A page that is not answered for so long is sent again."""

ONE_WAITS: Final = 0x401DFA5C
"""The advisory lock of those who request a comparison, so that all of them find the one that waits already."""

IS_OPEN: Final = or_(ComparisonRow.holds_compared_at.is_(None), ComparisonRow.records_compared_at.is_(None))

FOUND: Final = Counter("holdfast_differences", "Differences that the self-check found.", ["kind"])


async def start(tx: Transaction, *, repair: bool) -> Reconciliation:
    """Have a comparison begin, as soon as the one under way is complete: a single one waits, for all who request one meanwhile."""
    await tx.scalar(select(func.pg_advisory_xact_lock(ONE_WAITS)))
    await tx.execute(delete(ComparisonRow).where(ComparisonRow.started_at < tx.now - KEPT))
    row = await tx.scalar(select(ComparisonRow).where(IS_OPEN, ComparisonRow.holds_page == 0).with_for_update())
    if row is None:
        row = ComparisonRow(id=ComparisonId(new_id()), repair=repair, started_at=tx.now)
        tx.add(row)
    row.repair = row.repair or repair
    return reconciliation_view(row, [])


async def start_reconciliations(messages: Sequence[StartReconciliation], tx: Transaction) -> None:
    """Have one comparison begin for all requests at once; it repairs if any of them requests that."""
    await start(tx, repair=any(message.repair for message in messages))


async def run(tx: Transaction, every: timedelta) -> int:
    """Begin the comparison that is due by itself, when none is under way: so long after the last one, or after the first session."""
    last = await tx.scalar(select(func.max(ComparisonRow.started_at))) or await first_made(tx)
    if last is None or last > tx.now - every or await tx.scalar(select(ComparisonRow.id).where(*_under_way(tx)).limit(1)):
        return 0
    await start(tx, repair=True)
    return 1


async def advance(tx: Transaction) -> int:
    """Send rooms and billing the next page of the comparison under way, or the first of the one that waits.

    One page of each a second: a comparison of a large network takes long, so that bookings do not. A page that is not answered for
    ``LOST`` is sent again: an inbox may have been deleted with it.
    """
    begun_first = select(ComparisonRow.id).where(*_under_way(tx)).order_by(ComparisonRow.holds_page == 0, ComparisonRow.started_at).limit(1)
    first = await tx.scalar(begun_first)  # by its id: where it is locked, because a page of it is recorded, the next one does not begin
    row = await tx.scalar(select(ComparisonRow).where(ComparisonRow.id == first).with_for_update(skip_locked=True))
    if row is None:
        return 0
    if row.holds_page == 0:
        row.started_at = tx.now
    lost = tx.now - LOST
    if row.holds_compared_at is None and (row.holds_sent_at is None or row.holds_sent_at < lost):
        tx.send(await _compare_holds(row, tx))
    if row.records_compared_at is None and (row.records_sent_at is None or row.records_sent_at < lost):
        tx.send(await _compare_records(row, tx))
    return 1


def _under_way(tx: Transaction) -> tuple[ColumnElement[bool], ...]:
    return IS_OPEN, or_(ComparisonRow.holds_page == 0, ComparisonRow.started_at > tx.now - GIVEN_UP)


async def apply_holds_compared(messages: Sequence[HoldsCompared], tx: Transaction, ask_again_after: timedelta) -> None:
    """Record what differs, and repair it if that was requested; the next page is sent when it is time to."""
    for message in messages:
        row = await tx.lock(ComparisonRow, message.comparison_id)
        if row is None or row.holds_sent_at is None or row.holds_page != message.page:
            continue
        for found in message.differences:
            session = (await sessions_queries.lock_sessions(tx, [found.session_id])).get(found.session_id)
            if not _hold_differs(found, session):
                continue
            repair = None
            if row.repair and found.kind is HoldDifferenceKind.ORPHAN:
                tx.send(ReleaseHolds(holds=(HoldRelease(hold_id=found.hold_id, reason=ReleaseReason.STALE),)))
                repair = "hold released"
            elif row.repair and found.kind is HoldDifferenceKind.UNCONFIRMED:
                tx.send(ConfirmHolds(hold_ids=(found.hold_id,)))
                repair = "confirmation sent again"
            elif row.repair and session is not None:
                step = saga.advance(session, steps.Released(found.hold_id), tx.now, HoldId(new_id()))
                sessions_use_cases.save(tx, [(session, step.session)], ask_again_after)
                sessions_use_cases.send(tx, TakenSteps([step]), RequestHolds, ReleaseHolds, SessionRequested)
                repair = "a room requested again"
            _note(
                tx, DifferenceRow(comparison_id=row.id, kind=found.kind, session_id=found.session_id, hold_id=found.hold_id, repair=repair)
            )
        row.holds_sent_at, row.holds_after, row.holds_compared_at = None, message.upto, tx.now if message.upto is None else None


async def apply_records_compared(messages: Sequence[RecordsCompared], tx: Transaction) -> None:
    """Record what differs, and repair it if that was requested; the next page is sent when it is time to."""
    for message in messages:
        row = await tx.lock(ComparisonRow, message.comparison_id)
        if row is None or row.records_sent_at is None or row.records_page != message.page:
            continue
        for found in message.differences:
            session = (await sessions_queries.lock_sessions(tx, [found.session_id])).get(found.session_id)
            if not _record_differs(found, session, tx.now):
                continue
            repair = None
            if row.repair and session is not None and found.kind is RecordDifferenceKind.MISSING:
                site = (await replicas_queries.load_sites(tx, {session.site_id}))[session.site_id]
                tx.send(facts.session_completed(session, site.day(session.actual_start or session.starts_at)))
                repair = "completion sent again"
            elif row.repair and session is not None and session.status is SessionStatus.BOOKED:
                tx.send(facts.session_restored(session, UndoneStep.COMPLETION))
                repair = "undo of the completion sent again"
            different = DifferenceRow(
                comparison_id=row.id,
                kind=f"record_{found.kind}",
                session_id=found.session_id,
                client_id=found.client_id,
                record_id=found.record_id,
                repair=repair,
            )
            _note(tx, different)
        row.records_sent_at, row.records_after, row.records_compared_at = None, message.upto, tx.now if message.upto is None else None


async def _compare_holds(row: ComparisonRow, tx: Transaction) -> CompareHolds:
    """Return the next page for rooms, or once more the one that is not answered."""
    holds = await queries.standing_holds(tx, row.holds_after, PAGE, tx.now)
    row.holds_page += row.holds_sent_at is None
    row.holds_sent_at = tx.now
    return CompareHolds(comparison_id=row.id, page=row.holds_page, after=row.holds_after, upto=_last(holds), holds=tuple(holds))


async def _compare_records(row: ComparisonRow, tx: Transaction) -> CompareRecords:
    """Return the next page for billing, or once more the one that is not answered."""
    some = await queries.completed_sessions(tx, row.records_after, PAGE)
    row.records_page += row.records_sent_at is None
    row.records_sent_at = tx.now
    return CompareRecords(
        comparison_id=row.id, page=row.records_page, after=row.records_after, upto=_last(some), sessions=tuple(some), read_at=tx.now
    )


def _hold_differs(found: HoldDifference, session: Session | None) -> bool:
    """Whether a hold and its session still differ; a session that waits for rooms repeats its request itself."""
    stands = session is not None and (session.status in TAKING or session.undoing) and found.hold_id in _holds(session)
    if found.kind is HoldDifferenceKind.ORPHAN:
        return not stands
    return stands and session is not None and not session.waits_for_rooms and is_known(found.kind)


def _record_differs(found: RecordDifference, session: Session | None, now: datetime) -> bool:
    """Whether a record and its session still differ, and have for long enough."""
    explained = (
        session is not None
        and session.status is SessionStatus.COMPLETED
        and found.client_id in facts.who_attended(session.client_id, session.other_client_ids, session.attended)
    )
    if (found.kind is RecordDifferenceKind.MISSING) != explained or not is_known(found.kind):
        return False
    return session is None or session.updated_at <= now - UNDER_WAY


def _note(tx: Transaction, difference: DifferenceRow) -> None:
    tx.add(difference)
    tx.after_commit.append(FOUND.labels(difference.kind).inc)


def _holds(session: Session) -> set[HoldId | None]:
    return {None if session.undoing else session.hold_id, session.pending.hold_id if session.pending else None}


def _last(some: Sequence[StandingHold | CompletedSession]) -> SessionId | None:
    return some[-1].session_id if len(some) == PAGE else None
