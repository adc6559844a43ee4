"""What the ledgers of records note of their claims: that the insurer was asked, or that a claim was sent back before any decision."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from chassis.database import Transaction
from contracts.types import new_id

from billing import store, use_cases
from billing.ledger import Payer, Posting
from billing.store import LedgerTransaction, Record, Stamp


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of one claim."""

    record: Record
    """Locked."""
    control_number: str
    reason: str | None = None


async def post_notes(posting: Posting, notes: Sequence[Note], stamp: Stamp, tx: Transaction) -> None:
    """Append a posting that moves nothing for each claim to the ledger of its record, and let the record's status follow."""
    histories = await store.histories_of(tx, {note.record.id for note in notes})
    records = {note.record.id: note.record for note in notes}
    postings: list[tuple[LedgerTransaction, Posting]] = []
    for record_id, record in records.items():
        posted = [(_about(note, posting, stamp), posting) for note in notes if note.record.id == record_id]
        posted += store.settle([*histories[record_id], *posted], stamp)
        for each in posted:
            use_cases.keep(tx, *each)
        postings += posted
        use_cases.follow_the_ledger(record, [told for _, told in (*histories[record_id], *posted)], tx)
    await store.add_postings(tx, postings)


def _about(note: Note, posting: Posting, stamp: Stamp) -> LedgerTransaction:
    return LedgerTransaction(
        id=new_id(),
        record_id=note.record.id,
        kind=posting.kind,
        payer=Payer.INSURER,
        reference=note.control_number,
        reason=note.reason,
        **asdict(stamp),
    )
