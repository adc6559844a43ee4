"""Compares completed sessions with their records, a page at a time, states where they differ, and keeps what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chassis.data.database import Transaction
from contracts.billing import CompareRecords, RecordDifference, RecordDifferenceKind, RecordsCompared
from contracts.catalog import BilledPer
from contracts.types import ClientId, RecordId, SessionId
from sqlalchemy import delete, func, select

from billing.reconciliation.tables import ComparisonRow, DifferenceRow
from billing.records.queries import sessions_billed

KEPT: Final = timedelta(days=30)
MOST_KEPT: Final = 10_000
"""Differences of one comparison; with more, the count that is kept is this one, and as alarming."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record that a completed session should explain."""

    id: RecordId
    created_at: datetime
    billed_per: BilledPer = BilledPer.CLIENT


Keys = Mapping[tuple[SessionId, ClientId], Recorded]


async def compare_records(messages: Sequence[CompareRecords], tx: Transaction) -> None:
    """Answer each page with what differs in it, and keep it for the reconciliation report."""
    for page in messages:
        recorded = await _recorded(page, tx)
        differences = list(differ(page, recorded))
        tx.send(RecordsCompared(comparison_id=page.comparison_id, page=page.page, upto=page.upto, differences=tuple(differences)))
        await _keep(page, [found for found in differences if not came_later(found, page, recorded)], tx)


def differ(page: CompareRecords, recorded: Keys) -> Iterable[RecordDifference]:
    """Name who attended without a record, and the records that nobody's attendance explains.

    A session that was billed once needs no other record, and has it for the client for whom it was booked.
    """
    once = {key for key, record in recorded.items() if record.billed_per is BilledPer.SESSION}
    billed_once = {session_id for session_id, _ in once}
    attended = {(session.session_id, client) for session in page.sessions for client in session.client_ids}
    completed = {session.session_id for session in page.sessions}
    attended = {key for key in attended if key[0] not in billed_once} | {key for key in once if key[0] in completed}
    for session_id, client_id in sorted(attended - recorded.keys()):
        yield RecordDifference(kind=RecordDifferenceKind.MISSING, session_id=session_id, client_id=client_id)
    for session_id, client_id in sorted(recorded.keys() - attended):
        yield RecordDifference(
            kind=RecordDifferenceKind.SURPLUS,
            session_id=session_id,
            client_id=client_id,
            record_id=recorded[session_id, client_id].id,
        )


def came_later(found: RecordDifference, page: CompareRecords, recorded: Keys) -> bool:
    """Whether a surplus record was made after scheduling had looked: its session may have been completed in between."""
    record = recorded.get((found.session_id, found.client_id))
    return record is not None and page.read_at is not None and record.created_at >= page.read_at


async def _keep(page: CompareRecords, differences: Sequence[RecordDifference], tx: Transaction) -> None:
    row = await tx.lock(ComparisonRow, page.comparison_id)
    if row is None:
        await tx.execute(delete(ComparisonRow).where(ComparisonRow.started_at < tx.now - KEPT))
        row = ComparisonRow(id=page.comparison_id, started_at=page.read_at or tx.now)
        tx.add(row)
    row.sessions += len(page.sessions)
    row.attended += sum(len(session.client_ids) for session in page.sessions)
    row.completed_at = tx.now if page.upto is None else None
    await tx.flush()
    if not differences:
        return
    kept = await tx.scalar(select(func.count()).where(DifferenceRow.comparison_id == page.comparison_id))
    for found in differences[: MOST_KEPT - kept]:
        tx.add(
            DifferenceRow(
                comparison_id=page.comparison_id,
                kind=found.kind,
                session_id=found.session_id,
                client_id=found.client_id,
                record_id=found.record_id,
            )
        )


async def _recorded(page: CompareRecords, tx: Transaction) -> Keys:
    rows = await sessions_billed(tx, page.after, page.upto)
    return {(row.session_id, row.client_id): Recorded(row.id, row.created_at, row.billed_per) for row in rows}
