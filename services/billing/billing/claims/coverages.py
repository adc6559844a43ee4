"""Corrections of a coverage: records that were not claimed follow, and for those that were claimed the answer names what to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from chassis.database import ReadSession, Transaction
from chassis.edge import View
from chassis.problems import Problem, conflict
from contracts.billing import PaymentStatus
from contracts.types import Day, RecordId
from pydantic import ConfigDict
from sqlalchemy import delete, select
from sqlalchemy.orm import aliased

from billing import corrections, coverages
from billing.claims.cases import load_cases
from billing.claims.resources import CLAIM_ID, MOST_RECORDS, REFUSED_ID, Claimed
from billing.claims.store import ClaimRow, ClaimStatus, RepricingRow
from billing.coverages import COVERAGE_EXAMPLE, CoverageChanges, CoverageView
from billing.resources import RECORD_ID, NewReplacement
from billing.store import Record, lock_revisions
from billing.terms_store import PayerRow

log = structlog.get_logger()

REPRICED_AT_ONCE: Final = 20
"""Records that one transaction prices anew: sessions of the client that are completed meanwhile wait for its end."""
MOST_FOLLOWING: Final = 500
"""A client has so many visits in ten years; a coverage with more records is ended, and a new one begun."""
IDENTITY: Final = {"payer_id", "member_id", "group_number", "relationship", "subscriber"}
"""What claims say of a plan."""
CLAIM_AGAIN: Final = (
    "Claim it again with frequency 7, which replaces the claim; name the payer's number of that claim where no remittance has said it."
)
FOLLOWING_EXAMPLE: Final[dict[str, Any]] = {"record_id": RECORD_ID, "replaced_by": None}
CLAIMED_EXAMPLE: Final[dict[str, Any]] = {
    "record_id": REFUSED_ID,
    "service_date": "2026-03-02",
    "service_code": "90837",
    "claim_id": CLAIM_ID,
    "control_number": "HF000000108",
    "status": "submitted",
    "fix": CLAIM_AGAIN,
}


class FollowingView(View):
    """A record that had not been claimed: its claim will say what the coverage says now."""

    record_id: RecordId
    replaced_by: RecordId | None
    """The record in its place, priced by another payer's fees; None where only what claims say has changed, or that was refused."""


class ClaimedView(View):
    """A record whose claim says what the coverage said before."""

    record_id: RecordId
    service_date: Day
    service_code: str
    claim_id: UUID
    control_number: str
    status: ClaimStatus
    fix: str


class CoverageChanged(CoverageView):
    """A changed coverage, and what became of the records that were made with it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**COVERAGE_EXAMPLE, "following": [FOLLOWING_EXAMPLE], "claimed": [CLAIMED_EXAMPLE]}]}
    )

    following: list[FollowingView]
    """Records that had not been claimed; empty where nothing that a claim says was changed."""
    claimed: list[ClaimedView]
    """Records whose claims have to be mended by hand."""


class Repriced(View):
    """How far the pricing anew of a coverage's records has come."""

    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """A record that was made with the coverage, and its latest claim."""

    record: Record
    claim: ClaimRow | None


async def change_coverage(
    coverage_id: UUID, body: CoverageChanges, expected: int | None, by: str, zone: ZoneInfo, tx: Transaction
) -> CoverageChanged:
    """Change a coverage; where what claims say of it was corrected, name the records that follow.

    Of a corrected payer, ``reprice`` puts records in their place afterwards.
    """
    today = tx.now.astimezone(zone).date()
    repricing = await tx.lock(RepricingRow, coverage_id)  # before the records, as in reprice
    if IDENTITY & body.model_fields_set:
        await _made_with(coverage_id, zone, tx)  # locks records before their coverage, as a replacement does
    before = await coverages.find_coverage(tx, coverage_id, today)
    after = await coverages.change_coverage(coverage_id, body, expected, by, today, tx)
    if all(getattr(before, name) == getattr(after, name) for name in IDENTITY):
        return CoverageChanged(**dict(after), following=[], claimed=[])
    made = await _made_with(coverage_id, zone, tx)
    if before.payer_id == after.payer_id:
        claimed = [_claimed(each.record, each.claim, CLAIM_AGAIN) for each in made if each.claim and each.claim.status != ClaimStatus.PAID]
        following = [FollowingView(record_id=each.record.id, replaced_by=None) for each in made if each.claim is None]
        return CoverageChanged(**dict(after), following=following, claimed=claimed)
    fix = await _fix(before.payer_id, after.payer_id, tx)
    claimed = [_claimed(each.record, each.claim, fix) for each in made if each.claim]
    following = [FollowingView(record_id=each.record.id, replaced_by=None) for each in made if each.claim is None]
    if repricing is not None:
        repricing.after, repricing.changed_by, repricing.changed_at = None, by, tx.now
    elif following:
        tx.add(RepricingRow(coverage_id=coverage_id, after=None, changed_by=by, changed_at=tx.now))
    return CoverageChanged(**dict(after), following=following, claimed=claimed)


async def reprice(coverage_id: UUID, zone: ZoneInfo, tx: Transaction) -> Repriced:
    """Price the next records anew that were made with a coverage for another payer and not claimed, at most REPRICED_AT_ONCE."""
    row = await tx.lock(RepricingRow, coverage_id)
    if row is None:
        return Repriced(is_whole=True)
    today = tx.now.astimezone(zone).date()
    coverage = await coverages.find_coverage(tx, coverage_id, today)
    others = select(Record.id).where(Record.coverage_id == coverage_id, Record.payer_id != coverage.payer_id)
    if row.after is not None:
        others = others.where(Record.id > row.after)
    standing = others.where(Record.payment_status != PaymentStatus.VOIDED).order_by(Record.id).limit(REPRICED_AT_ONCE)
    ids = tuple(await tx.scalars(standing))
    if ids:
        cases = await load_cases(tx, Claimed(record_ids=ids), today, alone=True)
        for case in cases.values():
            if case.former is None and case.record.payment_status is not PaymentStatus.VOIDED:
                await _reprice(case.record, row.changed_by, zone, tx)
    if len(ids) == REPRICED_AT_ONCE:
        row.after = ids[-1]
        return Repriced(is_whole=False)
    await tx.execute(delete(RepricingRow).where(RepricingRow.coverage_id == coverage_id))
    return Repriced(is_whole=True)


async def followed(changed: CoverageChanged, today: date, db: ReadSession) -> CoverageChanged:
    """Return the answer to a change once its records were priced anew: what stands in their place, and what is left of the plan."""
    asked = [each.record_id for each in changed.following]
    old, new = aliased(Record), aliased(Record)
    pairs = select(old.id, new.id).join(new, (new.session_id == old.session_id) & (new.replaces_id == old.id)).where(old.id.in_(asked))
    taken = {row[0]: row[1] for row in await db.rows(pairs)}
    view = await coverages.find_coverage(db, changed.id, today)  # the records in place of others have taken from the plan anew
    following = [FollowingView(record_id=each, replaced_by=taken.get(each)) for each in asked]
    return CoverageChanged(**dict(view), following=following, claimed=changed.claimed)


async def waiting(tx: Transaction, limit: int, without: Collection[UUID]) -> Sequence[UUID]:
    """Lock and return coverages whose records wait to be priced anew, and which nobody is at."""
    due = select(RepricingRow.coverage_id).where(RepricingRow.coverage_id.not_in(without)).order_by(RepricingRow.changed_at)
    return await tx.scalars(due.limit(limit).with_for_update(skip_locked=True))


async def _made_with(coverage_id: UUID, zone: ZoneInfo, tx: Transaction) -> Sequence[_Made]:
    """Lock the records that were made with a coverage and count, and return them with their latest claims."""
    counting = select(Record.id).where(Record.coverage_id == coverage_id, Record.payment_status != PaymentStatus.VOIDED)
    ids = await tx.scalars(counting.order_by(Record.id).limit(MOST_FOLLOWING + 1))
    if len(ids) > MOST_FOLLOWING:
        detail = f"More than {MOST_FOLLOWING} records were made with this coverage. End it, and add the right one from the next day on."
        raise conflict("too-many-records", detail)
    await lock_revisions(tx, ids)
    made: list[_Made] = []
    for first in range(0, len(ids), MOST_RECORDS):
        asked = Claimed(record_ids=tuple(ids[first : first + MOST_RECORDS]))
        cases = await load_cases(tx, asked, tx.now.astimezone(zone).date(), alone=True)
        made += [_Made(case.record, case.former) for case in cases.values()]
    return made


def _claimed(record: Record, claim: ClaimRow, fix: str) -> ClaimedView:
    return ClaimedView(
        record_id=record.id,
        service_date=record.service_date,
        service_code=record.service_code,
        claim_id=claim.id,
        control_number=claim.control_number,
        status=ClaimStatus(claim.status),
        fix=fix,
    )


async def _fix(old: UUID, new: UUID, tx: Transaction) -> str:
    names = {row.id: row.payer_name for row in await tx.rows(select(PayerRow.id, PayerRow.payer_name).where(PayerRow.id.in_({old, new})))}
    return f"Take the claim back from {names[old]} with frequency 8, then replace the record; the one in its place is for {names[new]}."


async def _reprice(record: Record, by: str, zone: ZoneInfo, tx: Transaction) -> None:
    """Put a record in the place of one that another payer's fees have priced; one for which that is refused stays."""
    wanted = NewReplacement(reason="the payer of the coverage was corrected")
    try:
        async with tx.savepoint():
            await corrections.replace_record(record.id, wanted, by, zone, tx)
    except Problem as problem:
        log.warning("a record was not priced anew", record_id=str(record.id), slug=problem.slug)
