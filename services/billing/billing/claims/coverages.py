"""Corrections of a coverage: records that were not claimed follow, and for those that were claimed the answer names what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.edge import View
from chassis.problems import conflict
from contracts.billing import PaymentStatus
from contracts.types import Day, RecordId
from pydantic import ConfigDict
from sqlalchemy import select

from billing import corrections, coverages
from billing.claims.cases import load_cases
from billing.claims.resources import CLAIM_ID, MOST_RECORDS, REFUSED_ID, Claimed
from billing.claims.store import ClaimRow, ClaimStatus
from billing.coverages import COVERAGE_EXAMPLE, CoverageChanges, CoverageView
from billing.resources import RECORD_ID, NewReplacement
from billing.store import Record
from billing.terms_store import PayerRow

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
    """The record in its place, priced by another payer's fees; None where only what claims say has changed."""


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


@dataclass(frozen=True, slots=True)
class _Made:
    """A record that was made with the coverage, and its latest claim."""

    record: Record
    claim: ClaimRow | None


async def change_coverage(
    coverage_id: UUID, body: CoverageChanges, expected: int | None, by: str, zone: ZoneInfo, tx: Transaction
) -> CoverageChanged:
    """Change a coverage; where what claims say of it was corrected, let its records follow."""
    if IDENTITY & body.model_fields_set:
        await _made_with(coverage_id, zone, tx)  # locks records before their coverage, as a replacement does
    before = await coverages.find_coverage(tx, coverage_id)
    after = await coverages.change_coverage(coverage_id, body, expected, by, tx)
    if all(getattr(before, name) == getattr(after, name) for name in IDENTITY):
        return CoverageChanged(**dict(after), following=[], claimed=[])
    made = await _made_with(coverage_id, zone, tx)
    if before.payer_id == after.payer_id:
        claimed = [_claimed(each.record, each.claim, CLAIM_AGAIN) for each in made if each.claim and each.claim.status != ClaimStatus.PAID]
        following = [FollowingView(record_id=each.record.id, replaced_by=None) for each in made if each.claim is None]
        return CoverageChanged(**dict(after), following=following, claimed=claimed)
    fix = await _fix(before.payer_id, after.payer_id, tx)
    claimed = [_claimed(each.record, each.claim, fix) for each in made if each.claim]
    following = [await _reprice(each.record, by, zone, tx) for each in made if each.claim is None]
    view = await coverages.find_coverage(tx, coverage_id)  # the records in place of others have taken from the plan anew
    return CoverageChanged(**dict(view), following=following, claimed=claimed)


async def _made_with(coverage_id: UUID, zone: ZoneInfo, tx: Transaction) -> Sequence[_Made]:
    """Lock the records that were made with a coverage and count, and return them with their latest claims."""
    counting = select(Record.id).where(Record.coverage_id == coverage_id, Record.payment_status != PaymentStatus.VOIDED)
    ids = await tx.scalars(counting.order_by(Record.id).limit(MOST_FOLLOWING + 1))
    if len(ids) > MOST_FOLLOWING:
        detail = f"More than {MOST_FOLLOWING} records were made with this coverage. End it, and add the right one from the next day on."
        raise conflict("too-many-records", detail)
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


async def _reprice(record: Record, by: str, zone: ZoneInfo, tx: Transaction) -> FollowingView:
    """Put a record in the place of one that another payer's fees have priced."""
    wanted = NewReplacement(reason="the payer of the coverage was corrected")
    return FollowingView(record_id=record.id, replaced_by=(await corrections.replace_record(record.id, wanted, by, zone, tx)).id)
