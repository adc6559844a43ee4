"""The read side of remittances: what insurers said, in words, and what it did."""

from collections.abc import AsyncIterator, Collection, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, named
from chassis.edge import Page, page, read_cursor, write_cursor
from chassis.problems import not_found
from contracts.types import RecordId
from sqlalchemy import ARRAY, Numeric, Uuid, any_, bindparam, cast, func, select, text

from billing.in_steps import AT_ONCE, in_steps
from billing.pricing import ZERO
from billing.remittances.codes import PROVIDER_REASONS, STATUSES, explain
from billing.remittances.posting import Outcome
from billing.remittances.remittance import Adjustment, ServicePayment
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
from billing.store import LedgerEntry, LedgerTransaction, among

CLAIMS: Final = (
    select(
        *(column for column in RemittanceClaimRow.__table__.columns if column.name in ClaimPaymentView.model_fields),
        RemittanceClaimRow.said,
        RemittanceClaimRow.transaction_ids,
        RemittanceClaimRow.assigned_as,
    )
    .where(RemittanceClaimRow.remittance_id == bindparam("remittance"), RemittanceClaimRow.position > bindparam("after"))
    .order_by(RemittanceClaimRow.position)
    .limit(bindparam("most"))
)
PAID_FOR_CLAIMS: Final = select(func.coalesce(func.sum(cast(RemittanceClaimRow.said["paid"].astext, Numeric(12, 2))), ZERO)).where(
    RemittanceClaimRow.remittance_id == bindparam("remittance")
)
POSTINGS: Final = (
    select(
        *(column for column in LedgerTransaction.__table__.columns if column.name in TransactionView.model_fields),
        LedgerEntry.account,
        LedgerEntry.amount,
    )
    .outerjoin(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
    .where(LedgerTransaction.id == any_(bindparam("transactions", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(LedgerTransaction.id, LedgerEntry.account)
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


async def find_remittance(
    db: ReadSession, remittance_id: UUID, zone: ZoneInfo, limit: int | None = None, cursor: str | None = None
) -> RemittanceView:
    """Return a remittance with at most ``limit`` of its claims, those after a cursor, or with all of them; or 404."""
    row = await db.find(RemittanceRow, remittance_id)
    if row is None:
        raise not_found("remittance", remittance_id)
    after = read_cursor(cursor, int)[0] if cursor else 0
    claims = [claim async for claim in _claims(db, remittance_id, zone, after, limit)]
    withheld = [{**each, "meaning": PROVIDER_REASONS.get(each["reason"])} for each in row.provider_adjustments]
    facts = {name: getattr(row, name) for name in RemittanceSummary.model_fields}
    return RemittanceView(
        **facts,
        paid_for_claims=await db.scalar(PAID_FOR_CLAIMS, {"remittance": remittance_id}),
        provider_adjustments=[ProviderAdjustmentView.model_validate(each) for each in withheld],
        problems=row.problems,
        claims=claims[:limit],
        next_cursor=write_cursor(claims[limit - 1].position) if limit and len(claims) > limit else None,
    )


async def _claims(db: ReadSession, remittance_id: UUID, zone: ZoneInfo, after: int, limit: int | None) -> AsyncIterator[ClaimPaymentView]:
    """Read what is said of each claim: one more than ``limit`` where there are more, or all of them, some at a time."""
    most = limit + 1 if limit else AT_ONCE
    while True:
        answers = named(await db.rows(CLAIMS, {"remittance": remittance_id, "after": after, "most": most}))
        keys = {answer["position"]: [*answer["transaction_ids"], *filter(None, [answer["assigned_as"]])] for answer in answers}
        postings = await _transactions(db, [key for some in keys.values() for key in some], zone)
        assigned = await _records_of(db, [answer["assigned_as"] for answer in answers if answer["assigned_as"]])
        async for answer in in_steps(answers):
            to = assigned.get(answer["assigned_as"]) if answer["assigned_as"] else None
            yield _claim(answer, [postings[key] for key in keys[answer["position"]]], to)
        if limit or len(answers) < most:
            return
        after = answers[-1]["position"]


async def read_x12(db: ReadSession, remittance_id: UUID) -> str:
    """Return a remittance's file as it came, or 404."""
    found = await db.scalar(select(RemittanceRow.x12).where(RemittanceRow.id == remittance_id))
    if found is None:
        raise not_found("remittance", remittance_id)
    return found


async def _transactions(db: ReadSession, keys: Collection[UUID], zone: ZoneInfo) -> dict[UUID, TransactionView]:
    rows = named(await db.rows(POSTINGS, {"transactions": keys})) if keys else ()
    return {key: _transaction(list(entries), zone) for key, entries in groupby(rows, itemgetter("id"))}


async def _records_of(db: ReadSession, keys: Collection[UUID]) -> dict[UUID, RecordId]:
    """Return the records of transactions that have one."""
    if not keys:
        return {}
    rows = await db.rows(select(LedgerTransaction.id, LedgerTransaction.record_id).where(among(LedgerTransaction.id, keys)))
    return {key: record_id for key, record_id in rows if record_id}


def _transaction(entries: Sequence[dict[str, Any]], zone: ZoneInfo) -> TransactionView:
    about = entries[0]
    posted = about["posted_at"].astimezone(zone).date()
    shown = [EntryView.of(entry) for entry in entries if entry["account"]]
    days = {"received_date": about["received_date"] or posted, "deposit_date": about["deposit_date"] or posted}
    return TransactionView.of({**about, **days, "entries": shown, "is_reversible": False})


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
