"""The self-check: compares sessions with rooms' holds and billing's records, page by page, and mends by saying things again.

The owners compare, because the facts are theirs; what they find is looked at once more against the session as it is by then,
so that nothing that was merely under way is called a difference.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from chassis.database import ReadSession, Transaction
from chassis.edge import View
from chassis.problems import not_found
from contracts.billing import CompareRecords, CompletedSession, RecordDifference, RecordDifferenceKind, RecordsCompared
from contracts.rooms import (
    CompareHolds,
    ConfirmHolds,
    HoldDifference,
    HoldDifferenceKind,
    HoldRelease,
    HoldsCompared,
    ReleaseHolds,
    ReleaseReason,
    StandingHold,
)
from contracts.scheduling import SessionCompleted, SessionStatus, StartReconciliation, UndoneStep
from contracts.types import ClientId, ComparisonId, HoldId, Instant, RecordId, SessionId, new_id
from prometheus_client import Counter
from pydantic import ConfigDict
from sqlalchemy import delete, func, select

from scheduling import replicas, saga, store, use_cases
from scheduling.session import Session
from scheduling.store import ComparisonRow, DifferenceRow, SessionRow

PAGE: Final = 500
UNDER_WAY: Final = timedelta(minutes=1)
"""Billing may not have heard yet of a session that was completed, or whose completion was undone, so recently."""
SHOWN: Final = 500
TAKING: Final = {SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED, SessionStatus.COMPLETED}
"""In these a session may have a room; a completed one until its planned end."""
KEPT: Final = timedelta(days=30)
FOUND: Final = Counter("holdfast_differences", "Differences that the self-check found.", ["kind"])


class Difference(View):
    """One difference, and what was sent to mend it."""

    kind: str
    """missing | unconfirmed | elsewhere | orphan of holds; record_missing | record_surplus of records."""
    session_id: SessionId
    hold_id: HoldId | None
    client_id: ClientId | None
    record_id: RecordId | None
    repair: str | None
    """None when it was only looked at, or when a person must decide."""


class Reconciliation(View):
    """One comparison of everything that is booked and completed with what its owners keep."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c51",
                    "repair": True,
                    "started_at": "2026-03-02T14:00:00Z",
                    "holds_compared_at": "2026-03-02T14:00:01Z",
                    "records_compared_at": "2026-03-02T14:00:01Z",
                    "is_complete": True,
                    "differences": [
                        {
                            "kind": "orphan",
                            "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                            "hold_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22",
                            "client_id": None,
                            "record_id": None,
                            "repair": "hold released",
                        }
                    ],
                }
            ]
        }
    )

    id: ComparisonId
    repair: bool
    started_at: Instant
    holds_compared_at: Instant | None
    """None while rooms still compares."""
    records_compared_at: Instant | None
    """None while billing still compares."""
    is_complete: bool
    differences: list[Difference]
    """The first 500."""


async def start(tx: Transaction, *, repair: bool) -> Reconciliation:
    """Begin a comparison; rooms and billing are asked for the first page each."""
    row = ComparisonRow(id=ComparisonId(new_id()), repair=repair, started_at=tx.now)
    tx.add(row)
    await tx.execute(delete(ComparisonRow).where(ComparisonRow.started_at < tx.now - KEPT))
    await _ask_rooms(row, None, tx)
    await _ask_billing(row, None, tx)
    return _view(row, [])


async def start_as_asked(messages: Sequence[StartReconciliation], tx: Transaction) -> None:
    """Begin one comparison for all who ask at once; it mends if any of them wants that."""
    await start(tx, repair=any(message.repair for message in messages))


async def ring(tx: Transaction, every: timedelta) -> int:
    """Begin the comparison that is due by itself: so long after the last one, or after the first session."""
    last = await tx.scalar(select(func.max(ComparisonRow.started_at))) or await tx.scalar(select(func.min(SessionRow.created_at)))
    if last is None or last > tx.now - every:
        return 0
    await start(tx, repair=True)
    return 1


async def find(db: ReadSession, comparison_id: ComparisonId) -> Reconciliation:
    """Return a comparison as far as it has come."""
    row = await db.find(ComparisonRow, comparison_id)
    if row is None:
        raise not_found("reconciliation", comparison_id)
    query = select(DifferenceRow).where(DifferenceRow.comparison_id == comparison_id).order_by(DifferenceRow.id).limit(SHOWN)
    return _view(row, await db.scalars(query))


async def hear_rooms(messages: Sequence[HoldsCompared], tx: Transaction, ask_again_after: timedelta) -> None:
    """Note what differs, mend it if that was asked for, and ask for the next page."""
    for message in messages:
        row = await tx.lock(ComparisonRow, message.comparison_id)
        if row is None or row.holds_compared_at is not None or row.holds_page != message.page:
            continue
        for found in message.differences:
            await _note_hold(row, found, tx, ask_again_after)
        await _ask_rooms(row, message.upto, tx)


async def hear_billing(messages: Sequence[RecordsCompared], tx: Transaction) -> None:
    """Note what differs, mend it if that was asked for, and ask for the next page."""
    for message in messages:
        row = await tx.lock(ComparisonRow, message.comparison_id)
        if row is None or row.records_compared_at is not None or row.records_page != message.page:
            continue
        for found in message.differences:
            await _note_record(row, found, tx)
        await _ask_billing(row, message.upto, tx)


async def _ask_rooms(row: ComparisonRow, after: SessionId | None, tx: Transaction) -> None:
    if row.holds_page and after is None:
        row.holds_compared_at = tx.now
        return
    some = await store.standing_sessions(tx, after, PAGE)
    row.holds_page += 1
    holds = tuple(
        StandingHold(hold_id=s.hold_id, session_id=s.id, room_id=s.room_id, starts_at=s.starts_at, ends_at=s.ends_at)
        for s in some
        if s.hold_id is not None and s.room_id is not None
    )
    tx.send(CompareHolds(comparison_id=row.id, page=row.holds_page, after=after, upto=_last(some), holds=holds))


async def _ask_billing(row: ComparisonRow, after: SessionId | None, tx: Transaction) -> None:
    if row.records_page and after is None:
        row.records_compared_at = tx.now
        return
    some = await store.completed_sessions(tx, after, PAGE)
    row.records_page += 1
    sessions = tuple(CompletedSession(session_id=session.id, client_ids=_attended(session)) for session in some)
    tx.send(CompareRecords(comparison_id=row.id, page=row.records_page, after=after, upto=_last(some), sessions=sessions, read_at=tx.now))


async def _note_hold(row: ComparisonRow, found: HoldDifference, tx: Transaction, ask_again_after: timedelta) -> None:
    session = (await store.lock_sessions(tx, [found.session_id])).get(found.session_id)
    stands = session is not None and (session.status in TAKING or session.undoing) and found.hold_id in _holds(session)
    if (found.kind is HoldDifferenceKind.ORPHAN) == stands:
        return
    repair = None
    if found.kind is HoldDifferenceKind.ORPHAN:
        if row.repair:
            tx.send(ReleaseHolds(holds=(HoldRelease(hold_id=found.hold_id, reason=ReleaseReason.STALE),)))
            repair = "hold released"
    elif session is None or session.waits_for_rooms:
        return  # the saga itself still asks rooms again
    elif row.repair:
        repair = await _mend(session, found, tx, ask_again_after)
    _note(tx, DifferenceRow(comparison_id=row.id, kind=found.kind, session_id=found.session_id, hold_id=found.hold_id, repair=repair))


async def _mend(session: Session, found: HoldDifference, tx: Transaction, ask_again_after: timedelta) -> str:
    if found.kind is HoldDifferenceKind.UNCONFIRMED:
        tx.send(ConfirmHolds(hold_ids=(found.hold_id,)))
        return "confirmation sent again"
    step = saga.advance(session, saga.Released(found.hold_id), tx.now, HoldId(new_id()))
    await use_cases.record(tx, [(session, step.session)], [step], ask_again_after)
    return "a room asked for again"


async def _note_record(row: ComparisonRow, found: RecordDifference, tx: Transaction) -> None:
    session = (await store.lock_sessions(tx, [found.session_id])).get(found.session_id)
    explained = session is not None and session.status is SessionStatus.COMPLETED and found.client_id in _attended(session)
    if (found.kind is RecordDifferenceKind.MISSING) != explained:
        return
    if session is not None and session.updated_at > tx.now - UNDER_WAY:
        return
    repair = None
    if session is not None and row.repair:
        if found.kind is RecordDifferenceKind.MISSING:
            tx.send(await _said_again(session, tx))
            repair = "completion sent again"
        elif session.status is SessionStatus.BOOKED:
            tx.send(saga.restored(session, UndoneStep.COMPLETION))
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


async def _said_again(session: Session, tx: Transaction) -> SessionCompleted:
    sites = await replicas.load_sites(tx, {session.site_id})
    return saga.completed(session, sites[session.site_id].day(session.actual_start or session.starts_at))


def _note(tx: Transaction, difference: DifferenceRow) -> None:
    tx.add(difference)
    tx.after_commit.append(FOUND.labels(difference.kind).inc)


def _holds(session: Session) -> set[HoldId | None]:
    return {None if session.undoing else session.hold_id, session.pending.hold_id if session.pending else None}


def _attended(session: Session) -> tuple[ClientId, ...]:
    said = saga.completed(session, session.starts_at.date())
    return said.client_ids or (said.client_id,)


def _last(some: Sequence[Session]) -> SessionId | None:
    return some[-1].id if len(some) == PAGE else None


def _view(row: ComparisonRow, differences: Sequence[DifferenceRow]) -> Reconciliation:
    complete = row.holds_compared_at is not None and row.records_compared_at is not None
    return Reconciliation(
        id=row.id,
        repair=row.repair,
        started_at=row.started_at,
        holds_compared_at=row.holds_compared_at,
        records_compared_at=row.records_compared_at,
        is_complete=complete,
        differences=[Difference.model_validate(difference) for difference in differences],
    )
