"""The read side of remittances: what insurers said, in words, and what it did."""

from collections.abc import AsyncIterator, Collection, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession
from chassis.edge import Page, page, read_cursor
from chassis.problems import not_found
from contracts.types import RecordId
from sqlalchemy import select, text

from billing.in_steps import AT_ONCE, in_steps
from billing.ledger import Account
from billing.pricing import ZERO
from billing.remittances.codes import PROVIDER_REASONS, STATUSES, explain
from billing.remittances.posting import Outcome
from billing.remittances.remittance import Adjustment
from billing.remittances.store import ANSWER, RemittanceClaimRow, RemittanceRow, RemittanceStatus
from billing.remittances.views import (
    AdjustmentView,
    ClaimPaymentView,
    ProviderAdjustmentView,
    RemarkView,
    RemittanceSummary,
    RemittanceView,
    ServicePaymentView,
)
from billing.resources import EntryView, TransactionView
from billing.store import LedgerEntry, LedgerTransaction, among, columns, posting_days


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
    query = select(RemittanceRow).order_by(RemittanceRow.id.desc()).limit(limit + 1)
    if status is not None:
        query = query.where(RemittanceRow.status == status)
    else:
        query = query.where(RemittanceRow.status != RemittanceStatus.DISCARDED)
    if trace_number is not None:
        query = query.where(RemittanceRow.trace_number == trace_number)
    if record_id is not None:
        query = query.where(RemittanceRow.id.in_(select(RemittanceClaimRow.remittance_id).where(RemittanceClaimRow.record_id == record_id)))
    if has_unassigned:
        # The outcome in the words of its index; a parameter would keep the planner from it.
        left_out = select(RemittanceClaimRow.remittance_id).where(text("outcome = 'left_out' AND CAST(said ->> 'paid' AS numeric) <> 0"))
        query = query.where(RemittanceRow.id.in_(left_out))
    if cursor is not None:
        query = query.where(RemittanceRow.id < read_cursor(cursor, UUID)[0])
    return page([RemittanceSummary.model_validate(row) for row in await db.scalars(query)], limit, lambda each: (each.id,))


async def find_remittance(db: ReadSession, remittance_id: UUID, zone: ZoneInfo) -> RemittanceView:
    """Return a remittance claim by claim, or 404."""
    row = await db.find(RemittanceRow, remittance_id)
    if row is None:
        raise not_found("remittance", remittance_id)
    claims = [claim async for claim in _claims(db, remittance_id, zone)]
    withheld = [{**each, "meaning": PROVIDER_REASONS.get(each["reason"])} for each in row.provider_adjustments]
    facts = {name: getattr(row, name) for name in RemittanceSummary.model_fields}
    return RemittanceView(
        **facts,
        paid_for_claims=sum((claim.paid for claim in claims), ZERO),
        provider_adjustments=[ProviderAdjustmentView.model_validate(each) for each in withheld],
        problems=row.problems,
        claims=claims,
    )


async def _claims(db: ReadSession, remittance_id: UUID, zone: ZoneInfo) -> AsyncIterator[ClaimPaymentView]:
    """Read what is said of each claim, some at a time."""
    of_it = select(RemittanceClaimRow).where(RemittanceClaimRow.remittance_id == remittance_id).order_by(RemittanceClaimRow.position)
    after = 0
    while answers := await db.scalars(of_it.where(RemittanceClaimRow.position > after).limit(AT_ONCE)):
        keys = {answer.position: [*answer.transaction_ids, *filter(None, [answer.assigned_as])] for answer in answers}
        postings = await _transactions(db, [key for some in keys.values() for key in some], zone)
        assigned = await _records_of(db, [answer.assigned_as for answer in answers if answer.assigned_as])
        async for answer in in_steps(answers):
            to = assigned.get(answer.assigned_as) if answer.assigned_as else None
            yield _claim(answer, [postings[key] for key in keys[answer.position]], to)
        after = answers[-1].position


async def read_x12(db: ReadSession, remittance_id: UUID) -> str:
    """Return a remittance's file as it came, or 404."""
    found = await db.scalar(select(RemittanceRow.x12).where(RemittanceRow.id == remittance_id))
    if found is None:
        raise not_found("remittance", remittance_id)
    return found


async def _transactions(db: ReadSession, keys: Collection[UUID], zone: ZoneInfo) -> dict[UUID, TransactionView]:
    told = (
        select(LedgerTransaction, LedgerEntry.account, LedgerEntry.amount)
        .outerjoin(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(among(LedgerTransaction.id, keys))
        .order_by(LedgerTransaction.id, LedgerEntry.account)
    )
    rows = await db.rows(told) if keys else ()
    return {about.id: _transaction(about, [(one[1], one[2]) for one in entries], zone) for about, entries in groupby(rows, itemgetter(0))}


async def _records_of(db: ReadSession, keys: Collection[UUID]) -> dict[UUID, RecordId]:
    """Return the records of transactions that have one."""
    if not keys:
        return {}
    rows = await db.rows(select(LedgerTransaction.id, LedgerTransaction.record_id).where(among(LedgerTransaction.id, keys)))
    return {key: record_id for key, record_id in rows if record_id}


def _transaction(about: LedgerTransaction, entries: Sequence[tuple[Account | None, Any]], zone: ZoneInfo) -> TransactionView:
    shown = [EntryView(account=account, amount=amount) for account, amount in entries if account]
    return TransactionView.model_validate({**columns(about), **posting_days(about, zone), "entries": shown, "is_reversible": False})


def _claim(row: RemittanceClaimRow, postings: list[TransactionView], assigned_record_id: RecordId | None) -> ClaimPaymentView:
    answer = ANSWER.validate_python(row.said)
    return ClaimPaymentView(
        position=row.position,
        control_number=row.control_number,
        claim_id=row.claim_id,
        record_id=row.record_id,
        outcome=row.outcome,
        status_code=answer.status,
        status_meaning=STATUSES.get(answer.status),
        charge=answer.charge,
        paid=answer.paid,
        patient_responsibility=answer.patient,
        payer_reference=answer.payer_reference,
        adjustments=_adjustments(answer.adjustments),
        remarks=_remarks(answer.remarks),
        lines=[
            ServicePaymentView(
                service_code=line.service_code,
                modifiers=list(line.modifiers),
                charge=line.charge,
                paid=line.paid,
                service_date=line.service_date,
                control_number=line.control_number,
                adjustments=_adjustments(line.adjustments),
                remarks=_remarks(line.remarks),
            )
            for line in answer.lines
        ],
        unassigned_amount=answer.paid if row.outcome == Outcome.LEFT_OUT else ZERO,
        assigned_record_id=assigned_record_id,
        postings=postings,
    )


def _adjustments(found: Sequence[Adjustment]) -> list[AdjustmentView]:
    return [AdjustmentView(code=each.code, meaning=explain(each.code), amount=each.amount) for each in found]


def _remarks(codes: Sequence[str]) -> list[RemarkView]:
    return [RemarkView(code=code, meaning=explain(code)) for code in codes]
