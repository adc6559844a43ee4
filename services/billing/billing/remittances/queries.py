"""The read side of remittances: insurers' answers as text, and what they did."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession, Transaction, named
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page, read_cursor, write_cursor
from chassis.runtime.steps import AT_ONCE, in_steps, portions
from contracts.types import ClientId, RecordId, SessionId
from sqlalchemy import Numeric, bindparam, func, select, text, tuple_
from sqlalchemy import Table as CoreTable

from billing.claim_rules.facts import Frequency
from billing.claims.queries import CLAIM, claims_of
from billing.ledger import grants
from billing.ledger.postings import Account, LedgerTransaction, Payer, Posting, PostingKind
from billing.payers import queries as payers_queries
from billing.payers.schemas import PayerView
from billing.payment_advice.advice import ANSWER, Adjustment, Remittance, RemittanceStatus, ServicePayment
from billing.payment_advice.codes import PROVIDER_REASONS, STATUSES, explain
from billing.payment_advice.senders import KnownPayer, Sender, doubt, plain
from billing.pricing.amounts import ZERO
from billing.records import queries as records_queries
from billing.records.queries import RECORD, RECORD_LINE, TRANSACTION, find_records, histories_of, lock_revisions
from billing.records.schemas import TransactionView
from billing.remittances.answers import Case, OpenRecord, StandingAnswer
from billing.remittances.coordination import FIRST
from billing.remittances.decision import Billed, ClaimedAmounts, ManualPayment, ManualPostings, Outcome
from billing.remittances.schemas import (
    AdjustmentView,
    ClaimPaymentView,
    PostParked,
    ProviderAdjustmentView,
    RemarkView,
    RemittanceSummary,
    RemittanceView,
    ServicePaymentView,
)
from billing.remittances.tables import RemittanceClaimRow, RemittanceRow
from billing.tables import among
from billing.x12.interchange import Finding

if TYPE_CHECKING:
    from billing.claims.tables import ClaimRow

REMITTANCE: Final = cast("CoreTable", RemittanceRow.__table__)
REMITTANCE_CLAIM: Final = cast("CoreTable", RemittanceClaimRow.__table__)
"""Remittances and the answers in them, to be joined in what other capabilities read."""

CLAIM_LIST: Final = "claims of a remittance"
"""Names the list in its cursors."""

LATEST: Final = Keyset(REMITTANCE.c.id, descending=True)

SHOWN: Final = tuple(column for column in REMITTANCE.columns if column.name in RemittanceSummary.model_fields)

ASSIGNED_TO: Final = select(TRANSACTION.c.record_id).where(TRANSACTION.c.id == REMITTANCE_CLAIM.c.assigned_as).scalar_subquery()
IS_OF_RECORD: Final = RECORD.c.id == func.coalesce(ASSIGNED_TO, REMITTANCE_CLAIM.c.record_id)

CLAIMS: Final = (
    select(
        *(column for column in REMITTANCE_CLAIM.columns if column.name in ClaimPaymentView.model_fields),
        select(CLAIM.c.control_number).where(CLAIM.c.id == REMITTANCE_CLAIM.c.claim_id).label("claim_number"),
        select(RECORD.c.client_id).where(IS_OF_RECORD).label("client_id"),
        REMITTANCE_CLAIM.c.said,
        REMITTANCE_CLAIM.c.transaction_ids,
        REMITTANCE_CLAIM.c.assigned_as,
    )
    .where(REMITTANCE_CLAIM.c.remittance_id == bindparam("remittance"), REMITTANCE_CLAIM.c.position > bindparam("after"))
    .order_by(REMITTANCE_CLAIM.c.position)
    .limit(bindparam("most"))
)
PAID_FOR_CLAIMS: Final = select(func.coalesce(func.sum(REMITTANCE_CLAIM.c.said["paid"].astext.cast(Numeric(12, 2))), ZERO)).where(
    REMITTANCE_CLAIM.c.remittance_id == bindparam("remittance")
)


async def list_remittances(
    db: ReadSession,
    *,
    status: RemittanceStatus | None,
    trace_number: str | None,
    record_id: RecordId | None,
    has_unassigned: bool,
    limit: int,
    cursor: str | None,
) -> Page[RemittanceSummary]:
    """Return remittances, the latest first."""
    query = LATEST.after(select(*SHOWN), cursor, limit)
    if status is not None:
        query = query.where(REMITTANCE.c.status == status)
    else:
        query = query.where(REMITTANCE.c.status != RemittanceStatus.DISCARDED)
    if trace_number is not None:
        query = query.where(REMITTANCE.c.trace_number == trace_number)
    if record_id is not None:
        query = query.where(REMITTANCE.c.id.in_(select(REMITTANCE_CLAIM.c.remittance_id).where(REMITTANCE_CLAIM.c.record_id == record_id)))
    if has_unassigned:
        # The outcome as its index states it; a parameter would keep the planner from it.
        left_out = select(REMITTANCE_CLAIM.c.remittance_id).where(text("outcome = 'left_out' AND CAST(said ->> 'paid' AS numeric) <> 0"))
        query = query.where(REMITTANCE.c.id.in_(left_out))
    return LATEST.page([RemittanceSummary.model_validate(row) for row in named(await db.rows(query))], limit)


async def find_remittance(
    db: ReadSession, remittance_id: UUID, zone: ZoneInfo, limit: int | None = None, cursor: str | None = None
) -> RemittanceView:
    """Return a remittance with at most ``limit`` of its claims, those after a cursor, or with all of them; raises NotFound."""
    row = await find_row(db, remittance_id)
    after = read_cursor(CLAIM_LIST, cursor, int)[0] if cursor else 0
    claims = [claim async for claim in _claims(db, remittance_id, zone, after, limit)]
    withheld = [{**each, "meaning": PROVIDER_REASONS.get(each["reason"])} for each in row.provider_adjustments]
    facts = {name: getattr(row, name) for name in RemittanceSummary.model_fields}
    return RemittanceView(
        **facts,
        paid_for_claims=await db.scalar(PAID_FOR_CLAIMS, {"remittance": remittance_id}),
        provider_adjustments=[ProviderAdjustmentView.model_validate(each) for each in withheld],
        problems=row.problems,
        claims=claims[:limit],
        next_cursor=write_cursor(CLAIM_LIST, claims[limit - 1].position) if limit and len(claims) > limit else None,
    )


async def _claims(db: ReadSession, remittance_id: UUID, zone: ZoneInfo, after: int, limit: int | None) -> AsyncIterator[ClaimPaymentView]:
    """Read the answer to each claim: one more than ``limit`` where there are more, or all of them, some at a time."""
    most = limit + 1 if limit else AT_ONCE
    while True:
        answers = named(await db.rows(CLAIMS, {"remittance": remittance_id, "after": after, "most": most}))
        keys = {answer["position"]: [*answer["transaction_ids"], *filter(None, [answer["assigned_as"]])] for answer in answers}
        postings = await records_queries.transactions_of(db, [key for some in keys.values() for key in some], zone)
        assigned = await records_queries.records_of(db, [answer["assigned_as"] for answer in answers if answer["assigned_as"]])
        async for answer in in_steps(answers):
            to = assigned.get(answer["assigned_as"]) if answer["assigned_as"] else None
            yield _claim(answer, [postings[key] for key in keys[answer["position"]]], to)
        if limit or len(answers) < most:
            return
        after = answers[-1]["position"]


async def read_x12(db: ReadSession, remittance_id: UUID) -> str:
    """Return a remittance's file as it came; NotFound where there is none."""
    return require(await db.scalar(select(REMITTANCE.c.x12).where(REMITTANCE.c.id == remittance_id)), "remittance", remittance_id)


def _claim(row: dict[str, Any], postings: list[TransactionView], assigned_record_id: RecordId | None) -> ClaimPaymentView:
    answer = ANSWER.validate_python(row["said"])
    outcome = Outcome(row["outcome"])
    return ClaimPaymentView.of(
        {
            **row,
            "outcome": outcome,
            "status_code": answer.status,
            "status_meaning": STATUSES.get(answer.status),
            "charge": answer.charge,
            "paid": answer.paid,
            "patient_responsibility": answer.patient,
            "payer_reference": answer.payer_reference,
            "patient_name": answer.patient_name,
            "member_id": answer.member_id,
            "service_date": answer.first_day,
            "adjustments": _adjustments(answer.adjustments),
            "remarks": _remarks(answer.remarks),
            "lines": [_line(line) for line in answer.lines],
            "unassigned_amount": answer.paid if outcome is Outcome.LEFT_OUT else ZERO,
            "assigned_record_id": assigned_record_id,
            "postings": postings,
        }
    )


def _line(line: ServicePayment) -> ServicePaymentView:
    return ServicePaymentView.of(
        {
            "service_code": line.service_code,
            "modifiers": list(line.modifiers),
            "charge": line.charge,
            "paid": line.paid,
            "service_date": line.service_date,
            "control_number": line.control_number,
            "adjustments": _adjustments(line.adjustments),
            "remarks": _remarks(line.remarks),
        }
    )


def _adjustments(found: Sequence[Adjustment]) -> list[AdjustmentView]:
    return [AdjustmentView.of({"code": each.code, "meaning": explain(each.code), "amount": each.amount}) for each in found]


def _remarks(codes: Sequence[str]) -> list[RemarkView]:
    return [RemarkView.of({"code": code, "meaning": explain(code)}) for code in codes]


OTHER_PAYER_FIX: Final = (
    "If this payer pays for the billed one, post it as it is (accept); its further payments are then posted without this question. "
    "Otherwise post the file without this claim (leave_out), or discard it."
)


async def load(read: Remittance, chosen: PostParked, tx: Transaction) -> list[Case]:
    """Find the claims that are answered, and lock their records."""
    wanted = {answer.control_number for answer in read.claims}
    keys = {**chosen.match, **await records_of(tx, wanted)}
    records = await open_records(tx, set(keys.values()))
    claims = await claims_of(tx, records)
    cases = []
    for answer in read.claims:
        record = records.get(keys[answer.control_number]) if answer.control_number in keys else None
        known = claims.get(record.record.id, []) if record else []
        same = [claim for claim in known if claim.control_number == answer.control_number]
        # Of a record that somebody has matched, the claim is the one that was made last.
        claim = next(iter(same or known), None)
        taking_back = (each for each in known if claim and each.replaces_id == claim.id and each.frequency == Frequency.VOID.value)
        cases.append(Case(answer, claim, next(taking_back, None), record))
    await _find_other_payers(cases, read, tx)
    return cases


async def _find_other_payers(cases: Sequence[Case], read: Remittance, tx: Transaction) -> None:
    """Find the claims that were sent to another payer than the one that pays; one whose payment was accepted once is doubted no more."""
    claimed_amounts = await payers_of(tx, [case.claim for case in cases if case.claim])
    sender = Sender(read.payer_name, read.payer_ids)
    known = await payers_like(tx, sender) if claimed_amounts else []
    found: dict[UUID, str] = {}
    for payer in claimed_amounts.values():
        why = doubt(sender, payer, known)
        if why and not await has_answered_for(tx, sender, read.payer_identifier, payer.id):
            found[payer.id] = f"It is paid by {sender.shown}, but the claim was sent to {payer.name} ({payer.code}): {why}."
    for case in cases:
        if case.claim and (message := found.get(case.claim.payer_id)):
            case.other_payer = Finding("other-payer", f"claims.{case.answer.control_number}", message, OTHER_PAYER_FIX)


ANSWERS: Final = (Outcome.PAID, Outcome.DENIED, Outcome.CREDITED)
"""What a reversal can take back."""

NOTHING_CLAIMED: Final = (ClaimedAmounts(ZERO, ZERO, ZERO), frozenset[str]())


async def find_row(db: ReadSession, remittance_id: UUID) -> RemittanceRow:
    """Return a remittance; NotFound where there is none."""
    return require(await db.find(RemittanceRow, remittance_id), "remittance", remittance_id)


async def records_of(db: ReadSession, control_numbers: Collection[str]) -> dict[str, RecordId]:
    """Return the records of these claims, by control number."""
    found = await db.rows(select(CLAIM.c.control_number, CLAIM.c.record_id).where(among(CLAIM.c.control_number, control_numbers)))
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
    locked = await tx.scalars(select(RECORD.c.id).where(among(RECORD.c.id, keys)).order_by(RECORD.c.id).with_for_update())
    opened: dict[RecordId, OpenRecord] = {}
    for some in portions(locked):
        opened |= await _open(tx, some)
    for each in opened.values():
        if each.record.replaces_id in opened:
            opened[each.record.replaces_id].successor = each
    await _find_manual_postings(tx, opened)
    return opened


async def _find_manual_postings(db: ReadSession, opened: Mapping[RecordId, OpenRecord]) -> None:
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
        found = _manual([step for each in family for step in each.history], posted_by_files)
        for each in family:
            by_people = [(about, posting) for about, posting in each.history if about.id not in posted_by_files]
            each.given = grants.given_by((about.id, about.reverses_id, about.payer, posting) for about, posting in by_people)
            each.manual = found
            each.revisions = [other for other in family if other is not each]


def _manual(history: Sequence[tuple[LedgerTransaction, Posting]], posted_by_files: Collection[UUID]) -> ManualPostings:
    moved = [
        (about, posting.entries[Account.CASH])
        for about, posting in history
        if about.payer is Payer.INSURER and Account.CASH in posting.entries and about.id not in posted_by_files
    ]
    back = {about.reverses_id for about, _ in moved}
    payments = [(about, cash) for about, cash in moved if about.kind is PostingKind.PAYMENT and cash > 0 and about.id not in back]
    return ManualPostings(
        left=sum((cash for _, cash in moved), ZERO), payments=tuple(ManualPayment(cash, about.reference) for about, cash in payments)
    )


async def _open(tx: Transaction, keys: Sequence[RecordId]) -> dict[RecordId, OpenRecord]:
    """Read where the money of locked records is."""
    records = await find_records(tx, keys)
    histories = await histories_of(tx, keys)
    claimed_amounts = await _claimed_amounts(tx, keys)
    answers: dict[RecordId, list[StandingAnswer]] = {}
    standing = (
        select(RemittanceClaimRow, RemittanceRow.payer_identifier, RemittanceRow.trace_number)
        .join(RemittanceRow, RemittanceRow.id == RemittanceClaimRow.remittance_id)
        .where(among(RemittanceClaimRow.record_id, keys), RemittanceClaimRow.outcome.in_(ANSWERS), RemittanceClaimRow.reversed_by.is_(None))
    )
    latest = (RemittanceRow.posted_at.desc(), RemittanceClaimRow.remittance_id.desc(), RemittanceClaimRow.position.desc())
    for row, payer, trace_number in await tx.rows(standing.order_by(*latest)):
        place = row.remittance_id, row.position
        answer = ANSWER.validate_python(row.said)
        given = StandingAnswer(row.sequence, payer, answer, trace_number, Outcome(row.outcome), place, row.claim_id, row.transaction_ids)
        if row.record_id is not None:
            answers.setdefault(row.record_id, []).append(given)
    opened: dict[RecordId, OpenRecord] = {}
    for record in records:
        charges, codes = claimed_amounts.get(record.id, NOTHING_CLAIMED)
        billed = Billed(codes, record.service_date)
        opened[record.id] = OpenRecord(record, charges, billed, histories[record.id], answers.get(record.id, []))
    return opened


async def _all_revisions(db: ReadSession, records: Collection[RecordId]) -> set[RecordId]:
    """Return the records, and all that took their places or whose places they took."""
    billed = select(RECORD.c.session_id, RECORD.c.client_id).where(among(RECORD.c.id, records))
    return set(await db.scalars(select(RECORD.c.id).where(tuple_(RECORD.c.session_id, RECORD.c.client_id).in_(billed))))


async def payers_of(db: ReadSession, claims: Collection["ClaimRow"]) -> dict[UUID, KnownPayer]:
    """Return the payers that were billed by claims."""
    payers = await payers_queries.payers_of(db, {claim.payer_id for claim in claims})
    return {key: _known(payer) for key, payer in payers.items()}


async def payers_like(db: ReadSession, sender: Sender) -> list[KnownPayer]:
    """Return the payers on file that have an id or the name of who makes a payment."""
    found = await payers_queries.payers_like(db, {plain(each) for each in sender.ids}, plain(sender.name))
    return [_known(payer) for payer in found]


async def has_answered_for(db: ReadSession, sender: Sender, payer_identifier: str, payer_id: UUID) -> bool:
    """Whether a payment of the same sender was posted as the answer to a claim that was sent to this payer."""
    same = RemittanceRow.payer_identifier == payer_identifier, RemittanceRow.payer_name == sender.name
    answered = (
        select(RemittanceClaimRow.position)
        .join(RemittanceRow, RemittanceRow.id == RemittanceClaimRow.remittance_id)
        .join(CLAIM, CLAIM.c.id == RemittanceClaimRow.claim_id)
        .where(*same, RemittanceRow.status == RemittanceStatus.POSTED, RemittanceRow.payer_ids == list(sender.ids))
        .where(RemittanceClaimRow.outcome.in_(ANSWERS), RemittanceClaimRow.sequence == FIRST, CLAIM.c.payer_id == payer_id)
    )
    return await db.scalar(select(answered.exists()))


def _known(payer: PayerView) -> KnownPayer:
    return KnownPayer(payer.id, payer.payer_name, payer.payer_code)


async def _claimed_amounts(db: ReadSession, records: Collection[RecordId]) -> dict[RecordId, tuple[ClaimedAmounts, frozenset[str]]]:
    """Return what was claimed of the insurers of records, and for which codes."""
    total, line = func.sum, RECORD_LINE.c
    shares = (total(line.amount), total(line.patient_amount), total(line.other_adjustment), total(line.deductible_amount))
    sums = (*shares, total(line.insurance_amount))
    codes = func.array_agg(line.service_code)
    lines = select(line.record_id, *sums, codes).where(among(line.record_id, records), line.claimable)
    found: Sequence[Any] = await db.rows(lines.group_by(line.record_id))
    return {
        key: (ClaimedAmounts(charge, patient, discount, deductible if insurer else patient), frozenset(billed))
        for key, charge, patient, discount, deductible, insurer, billed in found
    }
