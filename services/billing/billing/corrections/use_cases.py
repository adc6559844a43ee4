"""Corrections that concern two records: one takes another's place, and credit of one settles another."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.errors import Conflict, DomainError, Invalid, NotFound
from chassis.rows.changes import require
from contracts.types import RecordId, new_id

from billing.corrections.queries import correct
from billing.corrections.schemas import NewCredit, NewReplacement, NewReversal
from billing.ledger import postings as ledger_postings
from billing.ledger import settlement
from billing.ledger.bill import Bill
from billing.ledger.grants import Grant
from billing.ledger.postings import Account, LedgerTransaction, Payer, Posting, PostingKind, Stamp
from billing.pricing.amounts import ZERO
from billing.records import history as records_history
from billing.records import queries as records_queries
from billing.records import use_cases as records_use_cases
from billing.records.history import History, objection
from billing.records.schemas import NewVoid, RecordView
from billing.records.use_cases import StatusChange, payment_status_changed, record_created
from billing.remittances import use_cases as remittances_use_cases

if TYPE_CHECKING:
    from billing.records.tables import RecordRow


async def replace_record(record_id: RecordId, body: NewReplacement, by: str, zone: ZoneInfo, tx: Transaction) -> RecordView:
    """Take a record back and make the right one of the same session, priced anew; what was paid goes along.

    Invalid where it cannot be replaced so.
    """
    replaced = await replace(record_id, body, by, zone, tx)
    for change in replaced.changes:
        tx.send(payment_status_changed(change) if isinstance(change, StatusChange) else record_created(change))
    return await records_queries.show(tx, replaced.record)


@dataclass(frozen=True, slots=True)
class Replaced:
    """A record that took another's place, with what the use case publishes: its bill, and new statuses of both, in order."""

    record: "RecordRow"
    changes: Sequence[Bill | StatusChange]


async def replace(record_id: RecordId, body: NewReplacement, by: str, zone: ZoneInfo, tx: Transaction) -> Replaced:
    """Put a record in another's place as ``replace_record`` does; the use case publishes it."""
    old, postings, _ = await records_use_cases.open_record(record_id, tx)
    history = await records_queries.history_of(tx, record_id)
    covered = settlement.funds(records_history.by_payer(history)).covered
    today = tx.now.astimezone(zone).date()
    corrected = await correct(tx, old, history, body, today, alone=True)
    changes: list[Bill | StatusChange] = [*await records_use_cases.void(old, postings, NewVoid(reason=body.reason), by, today, tx)]
    await tx.flush()
    changes += await records_use_cases.add_bills(tx, [corrected.bill], by)
    changes += await _grant(corrected.given, corrected.bill.id, by, tx)
    changes += await _carry(old.id, corrected.bill.id, covered, by, tx)
    record, _, _ = await records_use_cases.load_record(corrected.bill.id, tx)
    return Replaced(record, changes)


async def _grant(given: Sequence[tuple[Grant, Posting | None]], record_id: RecordId, by: str, tx: Transaction) -> list[StatusChange]:
    """Give off on a new record what was given off on the one before."""
    changes: list[StatusChange] = []
    for grant, posting in given:
        if posting is None:
            continue
        record, postings, _ = await records_use_cases.load_record(record_id, tx)
        payer = grant.payer if grant.kind is PostingKind.WRITE_OFF else None
        about = LedgerTransaction(
            id=new_id(), record_id=record_id, kind=grant.kind, payer=payer, reason=grant.reason, **asdict(Stamp(tx.now, by))
        )
        records_use_cases.keep_posting(tx, about, posting)
        changes += await records_use_cases.post(record, [*postings, posting], about, tx)
    return changes


async def move_credit(record_id: RecordId, body: NewCredit, by: str, today: date, tx: Transaction) -> RecordView:
    """Let credit of a record settle what another record of the same client is owed for.

    Invalid or Conflict where there is too little credit or debt.
    """
    if record_id == body.to_record_id:
        settled, changes = await _settle_here(record_id, body, by, today, tx)
        for change in changes:
            tx.send(payment_status_changed(change))
        return await records_queries.show(tx, settled)
    await records_queries.lock_revisions(tx, [record_id, body.to_record_id])
    giver, history = await records_use_cases.load_history(record_id, tx)
    credit = settlement.funds(records_history.by_payer(history)).credit
    taker, _, owed = await records_use_cases.open_record(body.to_record_id, tx)
    if giver.client_id != taker.client_id:
        raise Conflict("other-client", "Both records must be of one client. Hand the money back instead, and take it again.")
    owes = owed.owed_by_insurer if body.payer is Payer.INSURER else owed.owed_by_client
    most = min(credit[body.payer], owes)
    if body.amount > most:
        detail = f"At most ${most:.2f} can be moved: the {body.payer} has ${credit[body.payer]:.2f} of credit and owes ${owes:.2f} there."
        other = records_use_cases.of_another(credit, body.payer)
        raise Invalid(
            "credit-exceeds-balance", f"{detail}{other}", field="amount", at_most=f"{most:.2f}", **records_use_cases.credit_values(credit)
        )
    stamp = records_use_cases.stamp_of(body, giver, by, today, tx)
    for change in await _move(giver.id, taker.id, {body.payer: body.amount}, stamp, tx):
        tx.send(payment_status_changed(change))
    return await records_queries.show(tx, giver)


async def _settle_here(
    record_id: RecordId, body: NewCredit, by: str, today: date, tx: Transaction
) -> tuple["RecordRow", list[StatusChange]]:
    """Let credit settle its own record, which every posting does by itself; only a record that is older than that may have some left.

    It is settled wholly, as with any posting, so the amount is refused where it is not what the payer's credit settles.
    """
    record, postings, _ = await records_use_cases.open_record(record_id, tx)
    stamp = records_use_cases.stamp_of(body, record, by, today, tx)
    owed = settlement.settle(records_history.by_payer(await records_queries.history_of(tx, record_id)))
    amounts = {payer: posting.entries[Account.UNAPPLIED_CREDIT] for payer, posting in owed if posting.entries[Account.UNAPPLIED_CREDIT] > 0}
    if not amounts:
        detail = "Credit settles what the same payer owes on its own record by itself, and nothing is left to settle. Name another record."
        raise Invalid("same-record", detail, field="to_record_id")
    if amounts.get(body.payer) != body.amount:
        possible = ", ".join(f"${amount:.2f} of the {payer}" for payer, amount in amounts.items())
        detail = f"The credit that settles what its own payer owes on this record is {possible}. Name that amount and that payer."
        raise Invalid("credit-settles-another-amount", detail, field="amount", **records_use_cases.credit_values(amounts))
    settled = await records_use_cases.settle(record, postings, stamp, tx)
    return record, records_use_cases.follow_the_ledger(record, [*postings, *settled], tx)


async def _carry(old: RecordId, new: RecordId, covered: Decimal, by: str, tx: Transaction) -> list[StatusChange]:
    """Move all that was paid for the record that was taken back, each payer's money as theirs.

    The insurer's money settles of the client's part as much as it had ``covered`` before.
    """
    credit = settlement.funds(records_history.by_payer(await records_queries.history_of(tx, old))).credit
    amounts = {payer: credit[payer] for payer in (Payer.INSURER, Payer.CLIENT) if credit[payer]}
    return await _move(old, new, amounts, Stamp(tx.now, by), tx, covered)


async def _move(
    giver: RecordId, taker: RecordId, amounts: dict[Payer, Decimal], stamp: Stamp, tx: Transaction, covers: Decimal = ZERO
) -> list[StatusChange]:
    changes: list[StatusChange] = []
    for payer, amount in amounts.items():
        given_by, given, _ = await records_use_cases.load_record(giver, tx)
        taken_by, taken, standing = await records_use_cases.load_record(taker, tx)
        out, into = ledger_postings.credit(amount, payer, standing, covers)
        stated = records_history.credit_between(giver, taker, payer, stamp), records_history.credit_between(taker, giver, payer, stamp)
        for about, posting in zip(stated, (out, into), strict=True):
            records_use_cases.keep_posting(tx, about, posting)
        changes += await records_use_cases.post(given_by, [*given, out], stated[0], tx)
        changes += await records_use_cases.post(taken_by, [*taken, into], stated[1], tx)
    return changes


async def reverse_posting(
    record_id: RecordId, transaction_id: UUID, body: NewReversal, by: str, today: date, tx: Transaction
) -> RecordView:
    """Take back a posting of a record, once; of moved credit at both records.

    NotFound without that record or posting, Invalid for a kind of posting or a day that is refused. Conflict where it is a
    reversal, was reversed already, was posted by a remittance, or nothing of it is left, such as after a refund.
    """
    about, posting = _find(await records_queries.history_of(tx, record_id), transaction_id, record_id)
    giver_id = _giver(about, posting)
    await records_queries.lock_revisions(tx, [record_id, giver_id or record_id])
    record, history = await records_use_cases.load_history(record_id, tx)
    remittance_id = (await records_queries.remittances_of(tx, record_id)).get(transaction_id)
    if problem := objection(about, posting, history, remittance_id):
        raise problem
    stamp = records_use_cases.stamp_of(body, record, by, today, tx)
    opposite = settlement.opposite(posting, about.payer or Payer.CLIENT, records_history.by_payer(history), _refunded(about, history))
    if opposite is None:
        raise _money_is_gone(about, posting, history)
    changes = await _give_back(giver_id, about, posting, body.reason, stamp, tx) if giver_id is not None else []
    await _put_back(about, posting, body.reason, stamp, tx)
    posted = _reversal(about, body.reason, stamp)
    records_use_cases.keep_posting(tx, posted, opposite)
    changes += await records_use_cases.post(record, [*(stated for _, stated in history), opposite], posted, tx)
    for change in changes:
        tx.send(payment_status_changed(change))
    return await records_queries.show(tx, record)


async def _give_back(
    giver_id: RecordId, taken: LedgerTransaction, posting: Posting, reason: str, stamp: Stamp, tx: Transaction
) -> list[StatusChange]:
    """Bring moved credit back to the record that had given it."""
    giver, history = await records_use_cases.load_history(giver_id, tx)
    amount = posting.entries[Account.CASH]
    back_already = {about.reverses_id for about, _ in history}
    given = next(
        about
        for about, stated in history
        if about.id not in back_already
        and (about.kind, about.payer, about.reference, about.posted_at) == (taken.kind, taken.payer, str(taken.record_id), taken.posted_at)
        and stated.entries.get(Account.CASH) == -amount
    )
    posted = _reversal(given, reason, stamp)
    back = Posting(PostingKind.CREDIT, {Account.CASH: amount, Account.UNAPPLIED_CREDIT: -amount})
    records_use_cases.keep_posting(tx, posted, back)
    return await records_use_cases.post(giver, [*(stated for _, stated in history), back], posted, tx)


async def _put_back(about: LedgerTransaction, posting: Posting, reason: str, stamp: Stamp, tx: Transaction) -> None:
    """Put money that had been assigned from a remittance back on its payer's account."""
    remittance_id = await remittances_use_cases.unassign(tx, about.id)
    if remittance_id is None:
        return
    stated, back = records_history.unassigned(remittance_id, posting.entries[Account.CASH], about.reference or "", reason, stamp)
    records_use_cases.keep_posting(tx, stated, back)
    await records_use_cases.add_postings(tx, [(stated, back)])


def _find(history: History, transaction_id: UUID, record_id: RecordId) -> tuple[LedgerTransaction, Posting]:
    if not history:
        raise NotFound.of("record", record_id)
    return require(next((each for each in history if each[0].id == transaction_id), None), "posting", transaction_id)


def _giver(about: LedgerTransaction, posting: Posting) -> RecordId | None:
    """Return the record that had given moved credit."""
    is_received = about.kind is PostingKind.CREDIT and posting.entries.get(Account.CASH, ZERO) > 0
    return RecordId(UUID(about.reference)) if is_received and about.reference else None


def _money_is_gone(about: LedgerTransaction, posting: Posting, history: History) -> DomainError:
    """Build the refusal of a reversal whose money is not here any more; it names where some of it went."""
    payer, amount = about.payer or Payer.CLIENT, posting.entries.get(Account.CASH, ZERO)
    found = settlement.funds(records_history.by_payer(history))
    here = found.credit[payer] + found.settled[payer] + (found.covered if payer is Payer.INSURER else ZERO)
    back = {each.reverses_id for each, _ in history}
    moved = [
        each.reference
        for each, stated in history
        if each.kind is PostingKind.CREDIT
        and each.reverses_id is None
        and each.id not in back
        and stated.entries.get(Account.CASH, ZERO) < 0
    ]
    where = "was moved to another record: reverse the credit transfer there first" if moved else "was refunded: reverse the refund first"
    detail = f"Of {amount:.2f}, {amount - here:.2f} {where}."
    return Conflict("money-is-gone", detail, here=f"{here:.2f}", moved_to=moved[-1] if moved else None)


def _refunded(about: LedgerTransaction, history: History) -> Decimal:
    """Return how much of the payer's money was refunded from a record; it is owed again where what had come in for it did not."""
    if about.kind is not PostingKind.PAYMENT or any(stated.kind is PostingKind.VOID for _, stated in history):
        return ZERO
    back = {each.reverses_id for each, _ in history}
    of_payer = [(each, stated) for each, stated in history if (each.payer or Payer.CLIENT) is (about.payer or Payer.CLIENT)]
    refunds = [stated for each, stated in of_payer if each.kind is PostingKind.REFUND and each.id not in back]
    return -sum((stated.entries.get(Account.CASH, ZERO) for stated in refunds if stated.entries.get(Account.CASH, ZERO) < 0), ZERO)


def _reversal(about: LedgerTransaction, reason: str, stamp: Stamp) -> LedgerTransaction:
    """Return the ledger transaction of a posting that takes back another, of the same kind, payer and method."""
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
