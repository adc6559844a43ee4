"""A posting that was wrong is taken back by one of opposite sign that names it: a check that bounced, another client's money, a typo."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.database import Transaction
from chassis.problems import Problem, conflict, not_found
from contracts.types import RecordId, new_id

from billing import ledger, store, use_cases
from billing.ledger import Account, Payer, Posting, PostingKind
from billing.pricing import ZERO
from billing.resources import NewReversal, RecordView
from billing.reversible import History, objection
from billing.store import LedgerTransaction, Stamp


async def reverse_posting(
    record_id: RecordId, transaction_id: UUID, body: NewReversal, by: str, today: date, tx: Transaction
) -> RecordView:
    """Take back a posting of a record, once; of moved credit at both records."""
    about, posting = _find(await store.history_of(tx, record_id), transaction_id, record_id)
    giver_id = _giver(about, posting)
    await store.lock_revisions(tx, [record_id, giver_id or record_id])
    record, history = await use_cases.load_history(record_id, tx)
    remittance_id = (await store.remittances_of(tx, record_id)).get(transaction_id)
    if problem := objection(about, posting, history, remittance_id):
        raise problem
    stamp = use_cases.stamp_of(body, record, by, today, tx)
    opposite = ledger.opposite(posting, about.payer or Payer.CLIENT, store.by_payer(history), _refunded(about, history))
    if opposite is None:
        raise _money_is_gone(about, posting, history)
    if giver_id is not None:
        await _give_back(giver_id, about, posting, body.reason, stamp, tx)
    await _put_back(about, posting, body.reason, stamp, tx)
    posted = _reversal(about, body.reason, stamp)
    use_cases.keep(tx, posted, opposite)
    return await use_cases.post(record, [*(told for _, told in history), opposite], posted, tx)


async def _give_back(giver_id: RecordId, taken: LedgerTransaction, posting: Posting, reason: str, stamp: Stamp, tx: Transaction) -> None:
    """Bring moved credit back to the record that had given it."""
    giver, history = await use_cases.load_history(giver_id, tx)
    amount = posting.entries[Account.CASH]
    back_already = {about.reverses_id for about, _ in history}
    given = next(
        about
        for about, told in history
        if about.id not in back_already
        and (about.kind, about.payer, about.reference, about.posted_at) == (taken.kind, taken.payer, str(taken.record_id), taken.posted_at)
        and told.entries.get(Account.CASH) == -amount
    )
    posted = _reversal(given, reason, stamp)
    back = Posting(PostingKind.CREDIT, {Account.CASH: amount, Account.UNAPPLIED_CREDIT: -amount})
    use_cases.keep(tx, posted, back)
    await use_cases.post(giver, [*(told for _, told in history), back], posted, tx)


async def _put_back(about: LedgerTransaction, posting: Posting, reason: str, stamp: Stamp, tx: Transaction) -> None:
    """Put money that had been assigned from a remittance back on its payer's account."""
    remittance_id = await store.put_back(tx, about.id)
    if remittance_id is None:
        return
    told, back = use_cases.unassigned(remittance_id, posting.entries[Account.CASH], about.reference or "", reason, stamp)
    use_cases.keep(tx, told, back)
    await store.add_postings(tx, [(told, back)])


def _find(history: History, transaction_id: UUID, record_id: RecordId) -> tuple[LedgerTransaction, Posting]:
    if not history:
        raise not_found("record", record_id)
    found = [(about, posting) for about, posting in history if about.id == transaction_id]
    if not found:
        raise not_found("posting", transaction_id)
    return found[0]


def _giver(about: LedgerTransaction, posting: Posting) -> RecordId | None:
    """Return the record that had given moved credit."""
    is_received = about.kind is PostingKind.CREDIT and posting.entries.get(Account.CASH, ZERO) > 0
    return RecordId(UUID(about.reference)) if is_received and about.reference else None


def _money_is_gone(about: LedgerTransaction, posting: Posting, history: History) -> Problem:
    """Say that the money is not here any more, and where some of it went."""
    payer, amount = about.payer or Payer.CLIENT, posting.entries.get(Account.CASH, ZERO)
    found = ledger.funds(store.by_payer(history))
    here = found.credit[payer] + found.settled[payer] + (found.covered if payer is Payer.INSURER else ZERO)
    back = {each.reverses_id for each, _ in history}
    moved = [
        each.reference
        for each, told in history
        if each.kind is PostingKind.CREDIT and each.reverses_id is None and each.id not in back and told.entries.get(Account.CASH, ZERO) < 0
    ]
    where = "was moved to another record: reverse the credit transfer there first" if moved else "was refunded: reverse the refund first"
    detail = f"Of {amount:.2f}, {amount - here:.2f} {where}."
    return conflict("money-is-gone", detail, here=f"{here:.2f}", moved_to=moved[-1] if moved else None)


def _refunded(about: LedgerTransaction, history: History) -> Decimal:
    """Return how much of the payer's money was refunded from a record; it is owed again where what had come in for it did not."""
    if about.kind is not PostingKind.PAYMENT or any(told.kind is PostingKind.VOID for _, told in history):
        return ZERO
    back = {each.reverses_id for each, _ in history}
    of_payer = [(each, told) for each, told in history if (each.payer or Payer.CLIENT) is (about.payer or Payer.CLIENT)]
    refunds = [told for each, told in of_payer if each.kind is PostingKind.REFUND and each.id not in back]
    return -sum((told.entries.get(Account.CASH, ZERO) for told in refunds if told.entries.get(Account.CASH, ZERO) < 0), ZERO)


def _reversal(about: LedgerTransaction, reason: str, stamp: Stamp) -> LedgerTransaction:
    """Tell of a posting that takes back another, of the same kind, payer and method."""
    return LedgerTransaction(
        id=new_id(),
        record_id=about.record_id,
        kind=about.kind,
        payer=about.payer,
        method=about.method,
        reference=about.reference,
        reason=reason,
        reverses_id=about.id,
        **asdict(stamp),
    )
