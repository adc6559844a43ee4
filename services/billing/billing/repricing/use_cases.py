"""Coverages that are corrected, fees and discounts that are withdrawn: unclaimed records follow, for others the answer lists what to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from chassis.data.database import Transaction
from chassis.errors import Conflict, DomainError
from contracts.billing import PaymentStatus
from contracts.types import ClientId, RecordId
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from billing.claim_rules.facts import ClaimStatus
from billing.claims.schemas import MOST_RECORDS, Claimed
from billing.corrections import use_cases as corrections_use_cases
from billing.corrections.schemas import NewReplacement
from billing.coverages import queries as coverages_queries
from billing.coverages import use_cases as coverages_use_cases
from billing.coverages.schemas import CoverageChanges, CoverageView, DiscountChanges, DiscountView, NewCoverage
from billing.ledger.bill import Bill
from billing.payers import queries as payers_queries
from billing.payers import use_cases as payers_use_cases
from billing.payers.queries import names_of
from billing.payers.schemas import FeeChanges, FeeView
from billing.pricing.terms import counts
from billing.records.queries import RECORD, lock_revisions
from billing.records.use_cases import StatusChange, payment_status_changed, record_created
from billing.repricing import queries
from billing.repricing.schemas import CLAIM_AGAIN, MOST_FOLLOWING, ClaimedView, CoverageChanged, FollowingView, Looked, Repriced
from billing.repricing.tables import RepricingRow
from billing.submissions.queries import load_cases

if TYPE_CHECKING:
    from billing.claims.tables import ClaimRow
    from billing.records.tables import RecordRow

log = structlog.get_logger()

REPRICED_AT_ONCE: Final = 20
"""Records that one transaction prices anew: sessions of the client that are completed meanwhile wait for its end."""

IDENTITY: Final = {"payer_id", "member_id", "group_number", "relationship", "subscriber"}
"""What claims state of a plan."""

PRICES: Final = {
    *("copay", "coinsurance_percent", "deductible_remaining", "out_of_pocket_remaining", "copay_after_deductible"),
    *("as_of", "visits_authorized", "effective_to"),
}
"""What prices depend on in addition to the payer's fees."""

PRICED: Final = (
    *("coverage_id", "payer_id", "contractual_adjustment", "other_adjustment", "patient_amount", "insurance_amount"),
    *("deductible_amount", "copay_amount", "coinsurance_amount"),
)
"""What a record has by its coverage."""

NEW_PRICE: Final = select(*(RECORD.c[name] for name in PRICED)).where(RECORD.c.id == bindparam("record"))

ADDED: Final = "a coverage for this day, or what its payer has agreed to pay, was added or corrected"

WITHDRAWN: Final = "the discount was entered by mistake and is withdrawn"

CORRECTED: Final = "the payer of the coverage was corrected"


@dataclass(frozen=True, slots=True)
class _Made:
    """A record that was made with the coverage, and its latest claim."""

    record: "RecordRow"
    claim: "ClaimRow | None"


async def change_coverage(
    coverage_id: UUID, body: CoverageChanges, expected: int | None, by: str, zone: ZoneInfo, tx: Transaction
) -> CoverageChanged:
    """Change a coverage; where what claims or prices take from it was corrected, name the records that follow.

    Of those that have another price by now, ``reprice`` puts records in their place afterwards. Conflict where more than
    ``MOST_FOLLOWING`` records were made with the coverage and what claims state of it is to change, and where it would overlap another.
    """
    today = tx.now.astimezone(zone).date()
    repricing = await tx.lock(RepricingRow, coverage_id)  # before the records, as in reprice
    if IDENTITY & body.model_fields_set:
        await _made_with(coverage_id, zone, tx)  # locks records before their coverage, as a replacement does
    before = await coverages_queries.find_coverage(tx, coverage_id, today)
    after = await coverages_use_cases.change_coverage(coverage_id, body, expected, by, today, tx)
    following: list[RecordId] = []
    claimed: list[ClaimedView] = []
    if _differ(before, after, IDENTITY):
        made = await _made_with(coverage_id, zone, tx)
        following = [each.record.id for each in made if each.claim is None]
        is_of_payer = before.payer_id == after.payer_id
        fix = CLAIM_AGAIN if is_of_payer else await _fix(before.payer_id, after.payer_id, tx)
        sent = [(each.record, each.claim) for each in made if each.claim is not None]
        claimed = [_claimed(record, claim, fix) for record, claim in sent if not (is_of_payer and claim.status == ClaimStatus.PAID)]
    waits = bool(following) and before.payer_id != after.payer_id
    if _differ(before, after, PRICES):
        dated = await queries.otherwise_priced(coverage_id, MOST_FOLLOWING, None, tx)
        following += [key for key in dated if key not in following]
        waits = waits or bool(dated)
    await _let_wait(coverage_id, repricing, waits=waits, by=by, tx=tx)
    return CoverageChanged(**dict(after), following=[FollowingView(record_id=key, replaced_by=None) for key in following], claimed=claimed)


async def add_coverage(client_id: ClientId, body: NewCoverage, by: str, today: date, tx: Transaction) -> CoverageChanged:
    """Cover a client; name the insured records of its days that were not claimed, which ``reprice`` prices by it afterwards."""
    added = await coverages_use_cases.add_coverage(client_id, body, by, today, tx)
    following = await queries.otherwise_priced(added.id, MOST_FOLLOWING, None, tx)
    await _let_wait(added.id, None, waits=bool(following), by=by, tx=tx)
    return CoverageChanged(**dict(added), following=[FollowingView(record_id=key, replaced_by=None) for key in following], claimed=[])


async def change_fee(fee_id: UUID, body: FeeChanges, expected: int | None, by: str, tx: Transaction) -> FeeView:
    """Correct or end a fee; where it is withdrawn, records that were made with it and not claimed wait to be priced anew."""
    before = await payers_queries.find_fee(tx, fee_id)
    began, ended = before.effective_from, before.effective_to
    view = await payers_use_cases.change_fee(fee_id, body, expected, by, tx)
    if not counts(began, ended) or counts(view.effective_from, view.effective_to):
        return view
    waiting = queries.coverages_with_fee(view, began, ended, by, tx.now)
    again = insert(RepricingRow).from_select(["coverage_id", "after", "changed_by", "changed_at"], waiting)
    anew = {"after": None, "changed_by": by, "changed_at": tx.now}
    await tx.execute(again.on_conflict_do_update(index_elements=[RepricingRow.coverage_id], set_=anew))
    return view


async def change_discount(
    discount_id: UUID, body: DiscountChanges, expected: int | None, by: str, zone: ZoneInfo, tx: Transaction
) -> DiscountView:
    """Correct or end a discount; where it is withdrawn, the first records that were made with it and not claimed are priced anew.

    ``reprice_discounted`` prices the others.
    """
    before = await coverages_queries.find_discount(tx, discount_id)
    counted = counts(before.effective_from, before.effective_to)
    view = await coverages_use_cases.change_discount(discount_id, body, expected, by, tx)
    if counted and not counts(view.effective_from, view.effective_to):
        records, _ = await _discounted(view, None, zone, tx)
        for record in records:
            for change in await _reprice(record, WITHDRAWN, by, zone, tx):
                tx.send(payment_status_changed(change) if isinstance(change, StatusChange) else record_created(change))
    return view


async def reprice_discounted(view: DiscountView, after: RecordId | None, by: str, zone: ZoneInfo, tx: Transaction) -> Looked:
    """Price the next records of a client of a withdrawn discount anew, at most REPRICED_AT_ONCE."""
    if counts(view.effective_from, view.effective_to):
        return Looked(after=None)
    records, looked = await _discounted(view, after, zone, tx)
    for record in records:
        for change in await _reprice(record, WITHDRAWN, by, zone, tx):
            tx.send(payment_status_changed(change) if isinstance(change, StatusChange) else record_created(change))
    return looked


async def _discounted(view: DiscountView, after: RecordId | None, zone: ZoneInfo, tx: Transaction) -> tuple[list["RecordRow"], Looked]:
    """Return the next records of a withdrawn discount's client that were not claimed, locked, and where those after them begin."""
    ids = tuple(await queries.discounted(tx, view.client_id, view.effective_from, REPRICED_AT_ONCE, after))
    cases = await load_cases(tx, Claimed(record_ids=ids), tx.now.astimezone(zone), alone=True) if ids else {}
    unclaimed = [case.record for case in cases.values() if case.former is None and case.record.payment_status is not PaymentStatus.VOIDED]
    return unclaimed, Looked(after=ids[-1] if len(ids) == REPRICED_AT_ONCE else None)


async def _let_wait(coverage_id: UUID, repricing: RepricingRow | None, *, waits: bool, by: str, tx: Transaction) -> None:
    """Note that records of a coverage wait to be priced anew; those that wait already begin again."""
    if repricing is not None:
        repricing.after, repricing.changed_by, repricing.changed_at = None, by, tx.now
    elif waits:
        tx.add(RepricingRow(coverage_id=coverage_id, after=None, changed_by=by, changed_at=tx.now))


def _differ(before: CoverageView, after: CoverageView, names: Collection[str]) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in names)


async def reprice(coverage_id: UUID, zone: ZoneInfo, tx: Transaction) -> Repriced:
    """Price the next records of a coverage anew that were not claimed and have another price by now, at most REPRICED_AT_ONCE."""
    row = await tx.lock(RepricingRow, coverage_id)
    if row is None:
        return Repriced(is_whole=True)
    now = tx.now.astimezone(zone)
    coverage = await coverages_queries.find_coverage(tx, coverage_id, now.date())
    ids = tuple(await queries.otherwise_priced(coverage_id, REPRICED_AT_ONCE, row.after, tx))
    if ids:
        cases = await load_cases(tx, Claimed(record_ids=ids), now, alone=True)
        for case in cases.values():
            if case.former is None and case.record.payment_status is not PaymentStatus.VOIDED:
                reason = CORRECTED if case.record.coverage_id == coverage_id and case.record.payer_id != coverage.payer_id else ADDED
                for change in await _reprice(case.record, reason, row.changed_by, zone, tx):
                    tx.send(payment_status_changed(change) if isinstance(change, StatusChange) else record_created(change))
    if len(ids) == REPRICED_AT_ONCE:
        row.after = ids[-1]
        return Repriced(is_whole=False)
    await tx.execute(delete(RepricingRow).where(RepricingRow.coverage_id == coverage_id))
    return Repriced(is_whole=True)


async def _made_with(coverage_id: UUID, zone: ZoneInfo, tx: Transaction) -> Sequence[_Made]:
    """Lock the records that were made with a coverage and count, and return them with their latest claims."""
    counting = select(RECORD.c.id).where(RECORD.c.coverage_id == coverage_id, RECORD.c.payment_status != PaymentStatus.VOIDED)
    ids = await tx.scalars(counting.order_by(RECORD.c.id).limit(MOST_FOLLOWING + 1))
    if len(ids) > MOST_FOLLOWING:
        detail = f"More than {MOST_FOLLOWING} records were made with this coverage. End it, and add the right one from the next day on."
        raise Conflict("too-many-records", detail)
    await lock_revisions(tx, ids)
    made: list[_Made] = []
    for first in range(0, len(ids), MOST_RECORDS):
        requested = Claimed(record_ids=tuple(ids[first : first + MOST_RECORDS]))
        cases = await load_cases(tx, requested, tx.now.astimezone(zone), alone=True)
        made += [_Made(case.record, case.former) for case in cases.values()]
    return made


def _claimed(record: "RecordRow", claim: "ClaimRow", fix: str) -> ClaimedView:
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
    names = await names_of(tx, {old, new})
    return f"Take the claim back from {names[old]} with frequency 8, then replace the record; the one in its place is for {names[new]}."


class _SamePriceError(Exception):
    """The record that would take another's place has the same price."""


async def _reprice(record: "RecordRow", reason: str, by: str, zone: ZoneInfo, tx: Transaction) -> Sequence[Bill | StatusChange]:
    """Put a record in the place of one that has another price by now; one with the same price, or for which that is refused, stays."""
    record_id, before = record.id, _price(record)
    try:
        async with tx.savepoint():
            anew = await corrections_use_cases.replace(record_id, NewReplacement(reason=reason), by, zone, tx)
            [after] = await tx.rows(NEW_PRICE, {"record": anew.record.id})
            _require_other_price(before, list(after))
    except _SamePriceError:
        return ()
    except DomainError as problem:
        log.warning("a record was not priced anew", record_id=str(record_id), slug=problem.slug)
        return ()
    return anew.changes


def _price(record: "RecordRow") -> Sequence[object]:
    return [getattr(record, name) for name in PRICED]


def _require_other_price(before: Sequence[object], after: Sequence[object]) -> None:
    if before == after:
        raise _SamePriceError
