"""Tables of remittances, and the statements that posting them needs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from contracts.types import ClientId, RecordId, SessionId
from pydantic import TypeAdapter
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    delete,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from billing import ledger
from billing.claims.store import ClaimRow
from billing.in_steps import portions
from billing.ledger import Account, Payer, Posting, PostingKind
from billing.pricing import ZERO
from billing.remittances.coordination import FIRST
from billing.remittances.posting import NOTHING_BY_HAND, Asked, Billed, ByHand, HandPayment, Outcome, Posted
from billing.remittances.remittance import ClaimPayment
from billing.remittances.senders import KnownPayer, Sender, plain
from billing.store import LedgerTransaction, Record, RecordLine, Table, among, histories_of, lock_revisions
from billing.terms_store import PayerRow

WORD: Final = String(20)
ANSWERS: Final = (Outcome.PAID, Outcome.DENIED, Outcome.CREDITED)
"""What a reversal can take back."""
ANSWER: Final = TypeAdapter(ClaimPayment)
NOTHING_ASKED: Final = (Asked(ZERO, ZERO, ZERO), frozenset[str]())


class RemittanceStatus(StrEnum):
    """Whether a remittance is in the books."""

    POSTED = "posted"
    PARKED = "parked"
    """As a whole, with every reason; nothing of it is in the books."""
    DISCARDED = "discarded"
    """Somebody has taken it out of the list, for a reason; nothing of it is in the books."""


class RemittanceRow(Table):
    """One 835 file, as it came."""

    __tablename__ = "remittance"
    __table_args__ = (
        UniqueConstraint("digest", name="remittance_content_once"),
        Index("payment_posted_once", "payer_identifier", "trace_number", unique=True, postgresql_where=text("status = 'posted'")),
        Index("remittance_status", "status", "id"),
        Index("remittance_trace", "trace_number", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(WORD)
    digest: Mapped[str] = mapped_column(String(64))
    """Of what it says, whatever its envelope."""
    payer_identifier: Mapped[str | None]
    """None, like all that follows, where the file cannot be read."""
    trace_number: Mapped[str | None]
    payer_name: Mapped[str | None]
    payer_ids: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """N104 and REF*2U."""
    amount: Mapped[Decimal | None]
    method: Mapped[str | None]
    payment_date: Mapped[date | None]
    provider_adjustments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Why it is parked."""
    x12: Mapped[str] = mapped_column(deferred=True)
    received_at: Mapped[datetime]
    received_by: Mapped[str]
    posted_at: Mapped[datetime | None] = mapped_column(default=None)
    posted_by: Mapped[str | None] = mapped_column(default=None)
    discarded_at: Mapped[datetime | None] = mapped_column(default=None)
    discarded_by: Mapped[str | None] = mapped_column(default=None)
    discard_reason: Mapped[str | None] = mapped_column(default=None)


class RemittanceClaimRow(Table):
    """The answer to one claim, and what it did."""

    __tablename__ = "remittance_claim"
    __table_args__ = (
        Index("remittance_claim_record", "record_id", "remittance_id"),
        Index("remittance_claim_unassigned", "remittance_id", postgresql_where=text("outcome = 'left_out'")),
        Index("remittance_claim_assigned", "assigned_as", postgresql_where=text("assigned_as IS NOT NULL")),
    )

    remittance_id: Mapped[UUID] = mapped_column(ForeignKey("remittance.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    control_number: Mapped[str]
    claim_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim.id"))
    record_id: Mapped[RecordId | None] = mapped_column(ForeignKey("record.id"))
    outcome: Mapped[str] = mapped_column(WORD)
    """An Outcome."""
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The whole answer."""
    transaction_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """What it posted; a reversal takes back exactly this. Of a claim that was left out, what holds its money on the payer's account."""
    reversed_by: Mapped[UUID | None] = mapped_column(ForeignKey("remittance.id"), default=None)
    sequence: Mapped[int] = mapped_column(SmallInteger, default=FIRST)
    """Which insurer of the record has answered: 1 the first, 2 the second, 3 the third."""
    assigned_as: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transaction.id"), default=None)
    """The posting to a record by which the money of a claim that was left out was assigned."""


@dataclass(frozen=True, slots=True)
class Standing(Posted):
    """An answer that no reversal has taken back, with its row; None while its file is being posted."""

    outcome: Outcome = Outcome.WAITING
    row: RemittanceClaimRow | None = None


@dataclass(slots=True)
class OpenRecord:
    """A locked record with all that an answer to its claim is decided from."""

    record: Record
    asked: Asked
    billed: Billed
    history: list[tuple[LedgerTransaction, Posting]]
    answers: list[Standing]
    """Answers that no reversal has taken back, the latest first."""
    successor: "OpenRecord | None" = None
    """What took its place, and its money along."""
    revisions: "list[OpenRecord]" = field(default_factory=list)
    """The others of the same session and client."""
    by_hand: ByHand = NOTHING_BY_HAND
    """The insurer's money that people posted to it and its other revisions."""
    given: ledger.Given = field(default_factory=dict[tuple[PostingKind, Payer], Decimal])
    """What people gave off of it and have not reversed."""

    @property
    def credit(self) -> Decimal:
        """What it has that settles nothing."""
        return ledger.read(self.postings).unapplied_credit

    @property
    def of_insurer(self) -> Decimal:
        """What it has of the insurer's money, whatever that settles."""
        moved = (posting.entries.get(Account.CASH, ZERO) for about, posting in self.history if about.payer is Payer.INSURER)
        return sum(moved, ZERO)

    @property
    def postings(self) -> list[Posting]:
        """All that happened to its money."""
        return [posting for _, posting in self.history]

    def taken_back_by(self, answer: ClaimPayment, payer: str, claim_id: UUID | None) -> list[Standing]:
        """Return which answers a reversal may mean: its own payer's, narrowed down as far as it says, the latest first."""
        number = answer.payer_reference
        found = [
            each
            for each in self.answers
            if each.row is not None and (each.payer == payer or (number is not None and each.answer.payer_reference == number))
        ]
        says: tuple[Callable[[Standing], bool], ...] = (
            lambda each: each.row is not None and each.row.claim_id == claim_id,
            lambda each: number is not None and each.answer.payer_reference == number,
            lambda each: each.answer.paid == -answer.paid,
        )
        for fits in says:
            found = [each for each in found if fits(each)] or found
        return found

    def carried_from(self, former: "OpenRecord") -> list[Posting]:
        """Return what came along of the insurer's money when this one took its place."""
        told = (PostingKind.CREDIT, Payer.INSURER, str(former.record.id))
        return [posting for about, posting in self.history if (about.kind, about.payer, about.reference) == told]


async def records_of(db: ReadSession, control_numbers: Collection[str]) -> dict[str, RecordId]:
    """Return the records of these claims, by control number."""
    found = await db.rows(select(ClaimRow.control_number, ClaimRow.record_id).where(among(ClaimRow.control_number, control_numbers)))
    return {row.control_number: row.record_id for row in found}


async def lock_records(tx: Transaction, control_numbers: Collection[str]) -> None:
    """Lock the records of these claims and the other revisions of each, in the order of their ids."""
    if found := await records_of(tx, control_numbers):
        await lock_revisions(tx, found.values())


async def open_records(tx: Transaction, wanted: Collection[RecordId]) -> dict[RecordId, OpenRecord]:
    """Lock these records and the other revisions of each, in the order of their ids, and read where their money is."""
    if not wanted:
        return {}
    await lock_revisions(tx, wanted)
    keys = await _all_revisions(tx, wanted)
    locked = await tx.scalars(select(Record.id).where(among(Record.id, keys)).order_by(Record.id).with_for_update())
    opened: dict[RecordId, OpenRecord] = {}
    for some in portions(locked):
        opened |= await _open(tx, some)
    for each in opened.values():
        if each.record.replaces_id in opened:
            opened[each.record.replaces_id].successor = each
    await _find_what_is_by_hand(tx, opened)
    return opened


async def _find_what_is_by_hand(db: ReadSession, opened: Mapping[RecordId, OpenRecord]) -> None:
    """Find what people posted of the insurer's money to locked records, all revisions of each together."""
    posted_by_files: set[UUID] = set()
    revisions: dict[tuple[SessionId, ClientId], list[OpenRecord]] = {}
    for some in portions(opened.values()):
        files = select(func.unnest(RemittanceClaimRow.transaction_ids)).where(
            among(RemittanceClaimRow.record_id, [each.record.id for each in some])
        )
        posted_by_files.update(await db.scalars(files))
        for each in some:
            revisions.setdefault((each.record.session_id, each.record.client_id), []).append(each)
    for family in revisions.values():
        found = _by_hand([step for each in family for step in each.history], posted_by_files)
        for each in family:
            by_people = [(about, posting) for about, posting in each.history if about.id not in posted_by_files]
            each.given = ledger.given_by((about.id, about.reverses_id, about.payer, posting) for about, posting in by_people)
            each.by_hand = found
            each.revisions = [other for other in family if other is not each]


def _by_hand(history: Sequence[tuple[LedgerTransaction, Posting]], posted_by_files: Collection[UUID]) -> ByHand:
    moved = [
        (about, posting.entries[Account.CASH])
        for about, posting in history
        if about.payer is Payer.INSURER and Account.CASH in posting.entries and about.id not in posted_by_files
    ]
    back = {about.reverses_id for about, _ in moved}
    payments = [(about, cash) for about, cash in moved if about.kind is PostingKind.PAYMENT and cash > 0 and about.id not in back]
    return ByHand(
        left=sum((cash for _, cash in moved), ZERO), payments=tuple(HandPayment(cash, about.reference) for about, cash in payments)
    )


async def _open(tx: Transaction, keys: Sequence[RecordId]) -> dict[RecordId, OpenRecord]:
    """Read where the money of locked records is."""
    records = await tx.scalars(select(Record).where(among(Record.id, keys)).order_by(Record.id))
    histories = await histories_of(tx, keys)
    asked = await _asked(tx, keys)
    answers: dict[RecordId, list[Standing]] = {}
    standing = (
        select(RemittanceClaimRow, RemittanceRow.payer_identifier, RemittanceRow.trace_number)
        .join(RemittanceRow, RemittanceRow.id == RemittanceClaimRow.remittance_id)
        .where(among(RemittanceClaimRow.record_id, keys), RemittanceClaimRow.outcome.in_(ANSWERS), RemittanceClaimRow.reversed_by.is_(None))
    )
    latest = (RemittanceRow.posted_at.desc(), RemittanceClaimRow.remittance_id.desc(), RemittanceClaimRow.position.desc())
    for row, payer, trace_number in await tx.rows(standing.order_by(*latest)):
        given = Standing(row.sequence, payer, ANSWER.validate_python(row.said), trace_number, Outcome(row.outcome), row)
        if row.record_id is not None:
            answers.setdefault(row.record_id, []).append(given)
    opened: dict[RecordId, OpenRecord] = {}
    for record in records:
        charges, codes = asked.get(record.id, NOTHING_ASKED)
        billed = Billed(codes, record.service_date)
        opened[record.id] = OpenRecord(record, charges, billed, histories[record.id], answers.get(record.id, []))
    return opened


async def _all_revisions(db: ReadSession, records: Collection[RecordId]) -> set[RecordId]:
    """Return the records, and all that took their places or whose places they took."""
    billed = select(Record.session_id, Record.client_id).where(among(Record.id, records))
    return set(await db.scalars(select(Record.id).where(tuple_(Record.session_id, Record.client_id).in_(billed))))


async def claims_of(tx: Transaction, records: Collection[RecordId]) -> dict[RecordId, list[ClaimRow]]:
    """Return the claims of locked records, the latest first."""
    found: dict[RecordId, list[ClaimRow]] = {}
    for some in portions(records):
        for claim in await tx.scalars(select(ClaimRow).where(among(ClaimRow.record_id, some)).order_by(ClaimRow.id.desc())):
            found.setdefault(claim.record_id, []).append(claim)
    return found


async def payers_of(db: ReadSession, claims: Collection[ClaimRow]) -> dict[UUID, KnownPayer]:
    """Return the payers that were asked by claims."""
    rows = await db.scalars(select(PayerRow).where(among(PayerRow.id, {claim.payer_id for claim in claims})))
    return {row.id: _known(row) for row in rows}


async def payers_like(db: ReadSession, sender: Sender) -> list[KnownPayer]:
    """Return the payers on file that have an id or the name of who makes a payment."""
    ids, name = _plain(PayerRow.payer_code), _plain(PayerRow.payer_name)
    wanted = select(PayerRow).where(or_(ids.in_({plain(each) for each in sender.ids}), name == plain(sender.name)))
    return [_known(row) for row in await db.scalars(wanted.order_by(PayerRow.id))]


async def has_answered_for(db: ReadSession, sender: Sender, payer_identifier: str, payer_id: UUID) -> bool:
    """Whether a payment of the same sender was posted as the answer to a claim that was sent to this payer."""
    same = RemittanceRow.payer_identifier == payer_identifier, RemittanceRow.payer_name == sender.name
    answered = (
        select(RemittanceClaimRow.position)
        .join(RemittanceRow, RemittanceRow.id == RemittanceClaimRow.remittance_id)
        .join(ClaimRow, ClaimRow.id == RemittanceClaimRow.claim_id)
        .where(*same, RemittanceRow.status == RemittanceStatus.POSTED, RemittanceRow.payer_ids == list(sender.ids))
        .where(RemittanceClaimRow.outcome.in_(ANSWERS), RemittanceClaimRow.sequence == FIRST, ClaimRow.payer_id == payer_id)
    )
    return await db.scalar(select(answered.exists()))


def _known(row: PayerRow) -> KnownPayer:
    return KnownPayer(row.id, row.payer_name, row.payer_code)


def _plain(written: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return the letters and digits of a column in lower case, as ``plain`` does."""
    return func.regexp_replace(func.lower(written), "[^[:alnum:]]", "", "g")


async def forget_answers(tx: Transaction, remittance_id: UUID) -> None:
    """Delete what was kept of a remittance that is about to be tried again."""
    gone = delete(RemittanceClaimRow).where(RemittanceClaimRow.remittance_id == remittance_id)
    # None of them was read; to look for them among all rows that were would keep the event loop.
    await tx.execute(gone.execution_options(synchronize_session=False))


async def _asked(db: ReadSession, records: Collection[RecordId]) -> dict[RecordId, tuple[Asked, frozenset[str]]]:
    """Return what the insurers of records were asked for, and for which codes."""
    total, line = func.sum, RecordLine
    shares = (total(line.amount), total(line.patient_amount), total(line.other_adjustment), total(line.deductible_amount))
    sums = (*shares, total(line.insurance_amount))
    codes = func.array_agg(line.service_code)
    lines = select(line.record_id, *sums, codes).where(among(line.record_id, records), line.claimable)
    found: Sequence[Any] = await db.rows(lines.group_by(line.record_id))
    return {
        key: (Asked(charge, patient, discount, deductible if insurer else patient), frozenset(billed))
        for key, charge, patient, discount, deductible, insurer, billed in found
    }
