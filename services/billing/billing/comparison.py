"""Compares completed sessions with their records, a page at a time, and says where they differ."""

from collections.abc import Iterable, Sequence

from chassis.database import Transaction
from contracts.billing import CompareRecords, RecordDifference, RecordDifferenceKind, RecordsCompared
from contracts.types import ClientId, RecordId, SessionId
from sqlalchemy import select

from billing.domain import RecordKind
from billing.store import Record

Keys = dict[tuple[SessionId, ClientId], RecordId]


async def compare_records(messages: Sequence[CompareRecords], tx: Transaction) -> None:
    """Answer each page with what differs in it."""
    for page in messages:
        differences = differ(page, await _recorded(page, tx))
        tx.send(RecordsCompared(comparison_id=page.comparison_id, page=page.page, upto=page.upto, differences=tuple(differences)))


def differ(page: CompareRecords, recorded: Keys) -> Iterable[RecordDifference]:
    """Name who attended without a record, and the records that nobody's attendance explains."""
    attended = {(session.session_id, client) for session in page.sessions for client in session.client_ids}
    for session_id, client_id in sorted(attended - recorded.keys()):
        yield RecordDifference(kind=RecordDifferenceKind.MISSING, session_id=session_id, client_id=client_id)
    for session_id, client_id in sorted(recorded.keys() - attended):
        yield RecordDifference(
            kind=RecordDifferenceKind.SURPLUS,
            session_id=session_id,
            client_id=client_id,
            record_id=recorded[session_id, client_id],
        )


async def _recorded(page: CompareRecords, tx: Transaction) -> Keys:
    query = select(Record.session_id, Record.client_id, Record.id).where(Record.kind == RecordKind.SESSION).order_by(Record.revision)
    if page.after is not None:
        query = query.where(Record.session_id > page.after)
    if page.upto is not None:
        query = query.where(Record.session_id <= page.upto)
    return {(row.session_id, row.client_id): row.id for row in await tx.rows(query)}
