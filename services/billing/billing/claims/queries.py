"""The read side of claims: batches, their files, and what became of each claim."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVarTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, named
from chassis.edge import Page, page, read_cursor
from chassis.problems import not_found
from contracts.types import RecordId
from sqlalchemy import ARRAY, Date, Row, Select, Uuid, any_, bindparam, func, select, tuple_
from sqlalchemy.orm import aliased

from billing import queries as records
from billing.claims import withdrawals
from billing.claims.acknowledgements import AcknowledgementKind
from billing.claims.code_sets import explain_status
from billing.claims.facts import Frequency
from billing.claims.resources import (
    AcknowledgedClaimView,
    AcknowledgementOutcome,
    AcknowledgementView,
    ClaimBatchView,
    ClaimLineView,
    ClaimView,
    FindingView,
    RejectionReasonView,
    UnclaimedRecords,
)
from billing.claims.store import AcknowledgedClaimRow, AcknowledgementRow, ClaimBatchRow, ClaimLineRow, ClaimRow, ClaimStatus
from billing.domain import RecordKind
from billing.store import CLAIMABLE_STATUSES, Record
from billing.terms_store import PayerRow

APART: Final = timedelta(hours=1)
"""A claim's id is minted this much before or after its time at most."""
SHOWN: Final = select(
    *(column for column in ClaimRow.__table__.columns if column.name in ClaimView.model_fields),
    ClaimRow.facts["service_date"].astext.cast(Date).label("service_date"),
    ClaimRow.facts["findings"].label("findings"),
    select(Record.client_id).where(Record.id == ClaimRow.record_id).scalar_subquery().label("client_id"),
    select(PayerRow.payer_name).where(PayerRow.id == ClaimRow.payer_id).scalar_subquery().label("payer_name"),
)
"""What is shown of a claim; the other facts, as many again as all its columns, stay in the database."""
LINES: Final = (
    select(ClaimLineRow.claim_id, *(column for column in ClaimLineRow.__table__.columns if column.name in ClaimLineView.model_fields))
    .where(ClaimLineRow.claim_id == any_(bindparam("claims", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(ClaimLineRow.claim_id, ClaimLineRow.position)
)
REJECTIONS: Final = (
    select(AcknowledgedClaimRow.claim_id, AcknowledgedClaimRow.reasons)
    .where(
        AcknowledgedClaimRow.claim_id == any_(bindparam("claims", type_=ARRAY(Uuid, dimensions=1))),
        AcknowledgedClaimRow.outcome == AcknowledgementOutcome.REJECTED,
    )
    .order_by(AcknowledgedClaimRow.acknowledgement_id)
)
BATCH: Final = select(*(column for column in ClaimBatchRow.__table__.columns if column.name in ClaimBatchView.model_fields))
"""A batch without its file."""

Ts = TypeVarTuple("Ts")


async def list_claims(
    db: ReadSession,
    *,
    status: ClaimStatus | None,
    payer_id: UUID | None,
    record_id: RecordId | None,
    revisions: bool,
    to_be_withdrawn: bool,
    total_amount: Decimal | None,
    since: date | None,
    until: date | None,
    zone: ZoneInfo,
    limit: int,
    cursor: str | None,
) -> Page[ClaimView]:
    """Return claims, the latest first; the days are those on which they were made."""
    wanted = SHOWN.order_by(ClaimRow.id.desc()).limit(limit + 1)
    if status is not None:
        wanted = wanted.where(ClaimRow.status == status)
    if payer_id is not None:
        wanted = wanted.where(ClaimRow.payer_id == payer_id)
    if record_id is not None:
        wanted = wanted.where(ClaimRow.record_id.in_(_revisions_of(record_id)) if revisions else ClaimRow.record_id == record_id)
    if to_be_withdrawn:
        wanted = wanted.where(withdrawals.to_be_withdrawn())
    if total_amount is not None:
        wanted = wanted.where(ClaimRow.total_amount == total_amount)
    if since is not None:
        begin = datetime.combine(since, time.min, zone)
        wanted = wanted.where(ClaimRow.created_at >= begin, ClaimRow.id >= _first_id(begin - APART))
    if until is not None:
        end = datetime.combine(until + timedelta(days=1), time.min, zone)
        wanted = wanted.where(ClaimRow.created_at < end, ClaimRow.id < _first_id(end + APART))
    if cursor is not None:
        wanted = wanted.where(ClaimRow.id < read_cursor(cursor, UUID)[0])
    return page(await _views(db, await db.rows(wanted)), limit, lambda claim: (claim.id,))


def _first_id(moment: datetime) -> UUID:
    """Return the smallest id that is minted at a moment: an id begins with its milliseconds, and the list is in the order of ids."""
    return UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)


def _revisions_of(record_id: RecordId) -> Select[RecordId]:
    billed = select(Record.session_id, Record.client_id).where(Record.id == record_id)
    return select(Record.id).where(tuple_(Record.session_id, Record.client_id).in_(billed))


async def list_unclaimed(db: ReadSession, limit: int, cursor: str | None) -> UnclaimedRecords:
    """Return records whose insurer's part waits to be claimed, the oldest date of service first, with the totals of all of them.

    A record waits while money is owed on it and its latest claim that was not rejected, if there is one, is a void (frequency 8).
    """
    unclaimed = _unclaimed(records.SHOWN)
    wanted = unclaimed.order_by(Record.service_date, Record.id).limit(limit + 1)
    if cursor is not None:
        day, record_id = read_cursor(cursor, date, UUID)
        wanted = wanted.where(tuple_(Record.service_date, Record.id) > tuple_(day, record_id))
    found = page(await records.shown(db, await db.rows(wanted)), limit, lambda record: (record.service_date, record.id))
    [(count, total_amount)] = await db.rows(_unclaimed_sums())
    return UnclaimedRecords(items=found.items, next_cursor=found.next_cursor, count=count, total_amount=total_amount)


@cache
def _unclaimed_sums() -> Select[int, Decimal]:
    return _unclaimed(select(func.count(), func.coalesce(func.sum(Record.total_amount), 0)))


def _unclaimed(statement: Select[*Ts]) -> Select[*Ts]:
    return statement.where(
        ~Record.is_claimed, Record.insurance_covered, Record.kind == RecordKind.SESSION, Record.payment_status.in_(CLAIMABLE_STATUSES)
    )


async def find_batch(db: ReadSession, batch_id: UUID) -> ClaimBatchView:
    """Return a batch with its claims in the order in which they were made, or 404."""
    batches = await db.rows(BATCH.where(ClaimBatchRow.id == batch_id))
    if not batches:
        raise not_found("batch", batch_id)
    claims = await db.rows(SHOWN.where(ClaimRow.batch_id == batch_id).order_by(ClaimRow.id))
    return ClaimBatchView.of({**batches[0]._asdict(), "claims": await _views(db, claims)})


async def find_file(db: ReadSession, batch_id: UUID) -> tuple[int, str]:
    """Return a batch's number and its file as it was written, or 404."""
    batch = await db.find(ClaimBatchRow, batch_id)
    if batch is None:
        raise not_found("batch", batch_id)
    return batch.control_number, batch.x12


async def find_acknowledgement(db: ReadSession, acknowledgement_id: UUID) -> AcknowledgementView:
    """Return a TA1, 999 or 277CA claim by claim, or 404."""
    row = await db.find(AcknowledgementRow, acknowledgement_id)
    if row is None:
        raise not_found("acknowledgement", acknowledgement_id)
    wanted = (
        select(AcknowledgedClaimRow, ClaimRow.record_id, ClaimRow.batch_id)
        .outerjoin(ClaimRow, ClaimRow.id == AcknowledgedClaimRow.claim_id)
        .where(AcknowledgedClaimRow.acknowledgement_id == acknowledgement_id)
        .order_by(AcknowledgedClaimRow.position)
    )
    claims = [
        AcknowledgedClaimView(
            named=said.named,
            claim_id=said.claim_id,
            record_id=record_id,
            batch_id=batch_id,
            outcome=AcknowledgementOutcome(said.outcome),
            reasons=_reasons(said.reasons),
        )
        for said, record_id, batch_id in await db.rows(wanted)
    ]
    return AcknowledgementView(
        id=row.id, kind=AcknowledgementKind(row.kind), received_at=row.received_at, received_by=row.received_by, claims=claims
    )


async def read_acknowledgement(db: ReadSession, acknowledgement_id: UUID) -> str:
    """Return such a file as it came, or 404."""
    found = await db.scalar(select(AcknowledgementRow.x12).where(AcknowledgementRow.id == acknowledgement_id))
    if found is None:
        raise not_found("acknowledgement", acknowledgement_id)
    return found


def _reasons(said: Sequence[dict[str, Any]]) -> list[RejectionReasonView]:
    return [RejectionReasonView(code=each["code"], meaning=explain_status(each["code"]), text=each["text"]) for each in said]


async def _rejections_of(db: ReadSession, claims: Collection[UUID]) -> dict[UUID, list[RejectionReasonView]]:
    """Return why claims were rejected, by the latest file that did."""
    rows = await db.rows(REJECTIONS, {"claims": claims}) if claims else ()
    return {row.claim_id: _reasons(row.reasons) for row in rows}


async def claimed_anew(db: ReadSession, claims: Collection[UUID]) -> set[UUID]:
    """Return which of these claims have a later one of the same session and client that was not rejected, or are paid by another one."""
    return {row.id for row in await db.rows(_claimed_anew(), {"claims": claims})} if claims else set()


@cache
def _claimed_anew() -> Select[UUID]:
    """Select those of the claims that are claimed anew; built once, because that takes longer than to run it."""
    claimed, other, billed, again = aliased(ClaimRow), aliased(ClaimRow), aliased(Record), aliased(Record)
    is_paid = (other.record_id == claimed.record_id) & (claimed.frequency == Frequency.ORIGINAL) & (other.status == ClaimStatus.PAID)
    return (
        select(claimed.id)
        .join(billed, billed.id == claimed.record_id)
        .join(again, (again.session_id == billed.session_id) & (again.client_id == billed.client_id))
        .join(other, (other.record_id == again.id) & (other.id != claimed.id))
        .where(claimed.id == any_(bindparam("claims", type_=ARRAY(Uuid, dimensions=1))), other.status != ClaimStatus.REJECTED)
        .where((other.id > claimed.id) | is_paid)
    )


async def _views(db: ReadSession, claims: Sequence[Row[*tuple[Any, ...]]]) -> list[ClaimView]:
    """Show claims, rows of ``SHOWN``, with their lines and with what became of them."""
    lines = await _lines_of(db, [claim.id for claim in claims])
    rejections = await _rejections_of(db, [claim.id for claim in claims if claim.status == ClaimStatus.REJECTED])
    to_withdraw = await withdrawals.of_these(db, [claim.id for claim in claims])
    anew = await claimed_anew(db, [claim.id for claim in claims if claim.status == ClaimStatus.REJECTED])
    views = []
    for claim in named(claims):
        said: dict[str, Any] = {
            "frequency": Frequency(claim["frequency"]),
            "status": ClaimStatus(claim["status"]),
            "findings": [FindingView.model_validate(finding) for finding in claim["findings"] or ()],
            "lines": lines[claim["id"]],
            "rejections": rejections.get(claim["id"], []),
            "to_be_withdrawn": claim["id"] in to_withdraw,
            "claimed_anew": claim["id"] in anew,
        }
        views.append(ClaimView.of(claim | said))
    return views


async def _lines_of(db: ReadSession, claims: Collection[UUID]) -> dict[UUID, list[ClaimLineView]]:
    lines: dict[UUID, list[ClaimLineView]] = {claim: [] for claim in claims}
    for line in named(await db.rows(LINES, {"claims": list(lines)})) if lines else ():
        lines[line["claim_id"]].append(ClaimLineView.of(line))
    return lines
