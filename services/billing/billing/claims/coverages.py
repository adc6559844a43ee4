"""Coverages that are corrected, fees and discounts that are withdrawn: unclaimed records follow, for others the answer says what to do."""

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
from contracts.types import ClientId, Day, RecordId
from pydantic import ConfigDict
from sqlalchemy import ColumnElement, Select, Uuid, cast, delete, func, literal, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from billing import corrections, coverages, payers
from billing.claims.cases import load_cases
from billing.claims.resources import CLAIM_ID, MOST_RECORDS, REFUSED_ID, Claimed
from billing.claims.store import ClaimRow, ClaimStatus, RepricingRow
from billing.coverages import COVERAGE_EXAMPLE, CoverageChanges, CoverageView, DiscountChanges, DiscountView, NewCoverage
from billing.domain import RecordKind
from billing.ledger import Payer, PostingKind
from billing.payers import FeeChanges, FeeView
from billing.resources import RECORD_ID, NewReplacement
from billing.store import LedgerTransaction, Record, RecordLine, lock_revisions
from billing.terms_store import CoverageRow, DiscountRow, FeeRow, PayerRow

log = structlog.get_logger()

REPRICED_AT_ONCE: Final = 20
"""Records that one transaction prices anew: sessions of the client that are completed meanwhile wait for its end."""
MOST_FOLLOWING: Final = 500
"""A client has so many visits in ten years; a coverage with more records is ended, and a new one begun."""
IDENTITY: Final = {"payer_id", "member_id", "group_number", "relationship", "subscriber"}
"""What claims say of a plan."""
PRICES: Final = {
    *("copay", "coinsurance_percent", "deductible_remaining", "out_of_pocket_remaining", "copay_after_deductible"),
    *("as_of", "visits_authorized", "effective_to"),
}
"""What prices depend on besides the payer's fees."""
PRICED: Final = (
    *("coverage_id", "payer_id", "contractual_adjustment", "other_adjustment", "patient_amount", "insurance_amount"),
    *("deductible_amount", "copay_amount", "coinsurance_amount"),
)
"""What a record has by its coverage."""
ANSWERED: Final = (PostingKind.PAYMENT, PostingKind.ADJUSTMENT, PostingKind.TRANSFER, PostingKind.DENIAL, PostingKind.WRITE_OFF)
"""Postings by which an insurer's part is settled or decided; a record that has one of them keeps its price."""
ADDED: Final = "a coverage for this day, or what its payer has agreed to pay, was added or corrected"
WITHDRAWN: Final = "the discount was entered by mistake and is withdrawn"
CORRECTED: Final = "the payer of the coverage was corrected"
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
    """The record in its place, priced anew; None where its price stays and only what claims say has changed, or that was refused."""


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
    """Records that had not been claimed; empty where nothing that a claim or a price says was changed."""
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
    """Change a coverage; where what claims or prices say of it was corrected, name the records that follow.

    Of those that have another price by now, ``reprice`` puts records in their place afterwards.
    """
    today = tx.now.astimezone(zone).date()
    repricing = await tx.lock(RepricingRow, coverage_id)  # before the records, as in reprice
    if IDENTITY & body.model_fields_set:
        await _made_with(coverage_id, zone, tx)  # locks records before their coverage, as a replacement does
    before = await coverages.find_coverage(tx, coverage_id, today)
    after = await coverages.change_coverage(coverage_id, body, expected, by, today, tx)
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
        dated = [key for key in await _otherwise_priced(coverage_id, MOST_FOLLOWING, None, tx) if key not in following]
        following, waits = following + dated, waits or bool(dated)
    await _let_wait(coverage_id, repricing, waits=waits, by=by, tx=tx)
    return CoverageChanged(**dict(after), following=[FollowingView(record_id=key, replaced_by=None) for key in following], claimed=claimed)


async def add_coverage(client_id: ClientId, body: NewCoverage, by: str, today: date, tx: Transaction) -> CoverageChanged:
    """Cover a client; name the insured records of its days that were not claimed, which ``reprice`` prices by it afterwards."""
    added = await coverages.add_coverage(client_id, body, by, today, tx)
    following = await _otherwise_priced(added.id, MOST_FOLLOWING, None, tx)
    await _let_wait(added.id, None, waits=bool(following), by=by, tx=tx)
    return CoverageChanged(**dict(added), following=[FollowingView(record_id=key, replaced_by=None) for key in following], claimed=[])


async def change_fee(fee_id: UUID, body: FeeChanges, expected: int | None, by: str, tx: Transaction) -> FeeView:
    """Correct or end a fee; where it is withdrawn, records that were made with it and not claimed wait to be priced anew."""
    found = await tx.find(FeeRow, fee_id)
    before = None if found is None else (found.effective_from, found.effective_to)
    view = await payers.change_fee(fee_id, body, expected, by, tx)
    if before is None or not _counts(*before) or _counts(view.effective_from, view.effective_to):
        return view
    has_code = select(RecordLine.record_id).where(RecordLine.record_id == Record.id, RecordLine.service_code == view.service_code)
    made = _open_of(*before).where(Record.payer_id == view.payer_id, Record.coverage_id.is_not(None), has_code.exists())
    waiting = made.with_only_columns(
        Record.coverage_id, cast(null(), Uuid), literal(by), literal(tx.now), maintain_column_froms=True
    ).distinct()
    names = ["coverage_id", "after", "changed_by", "changed_at"]
    again = insert(RepricingRow).from_select(names, waiting)
    anew = {"after": None, "changed_by": by, "changed_at": tx.now}
    await tx.execute(again.on_conflict_do_update(index_elements=[RepricingRow.coverage_id], set_=anew))
    return view


async def change_discount(
    discount_id: UUID, body: DiscountChanges, expected: int | None, by: str, zone: ZoneInfo, tx: Transaction
) -> DiscountView:
    """Correct or end a discount; where it is withdrawn, the first records that were made with it and not claimed are priced anew.

    ``reprice_discounted`` prices the others.
    """
    found = await tx.find(DiscountRow, discount_id)
    before = None if found is None else (found.effective_from, found.effective_to)
    view = await coverages.change_discount(discount_id, body, expected, by, tx)
    if before is not None and _counts(*before) and not _counts(view.effective_from, view.effective_to):
        await _reprice_discounted(view, None, by, zone, tx)
    return view


class Looked(View):
    """The last record that was looked at; None when there are no more."""

    after: RecordId | None


async def reprice_discounted(view: DiscountView, after: RecordId | None, by: str, zone: ZoneInfo, tx: Transaction) -> Looked:
    """Price the next records of a client of a withdrawn discount anew, at most REPRICED_AT_ONCE."""
    if _counts(view.effective_from, view.effective_to):
        return Looked(after=None)
    return await _reprice_discounted(view, after, by, zone, tx)


async def _reprice_discounted(view: DiscountView, after: RecordId | None, by: str, zone: ZoneInfo, tx: Transaction) -> Looked:
    made = _open_of(view.effective_from, None).where(Record.client_id == view.client_id, Record.other_adjustment > 0)
    ids = tuple(await tx.scalars((made if after is None else made.where(Record.id > after)).order_by(Record.id).limit(REPRICED_AT_ONCE)))
    if ids:
        cases = await load_cases(tx, Claimed(record_ids=ids), tx.now.astimezone(zone).date(), alone=True)
        for case in cases.values():
            if case.former is None and case.record.payment_status is not PaymentStatus.VOIDED:
                await _reprice(case.record, WITHDRAWN, by, zone, tx)
    return Looked(after=ids[-1] if len(ids) == REPRICED_AT_ONCE else None)


def _counts(begins: date, ends: date | None) -> bool:
    """Whether something counts on any day; what was entered by mistake ends before it begins."""
    return ends is None or ends >= begins


def _open_of(begins: date, ends: date | None) -> Select[RecordId]:
    """Select records of sessions of these days that may be priced anew: not claimed, not voided, not answered by an insurer."""
    within = Record.service_date >= begins if ends is None else Record.service_date.between(begins, ends)
    wanted = select(Record.id).where(within, ~Record.is_claimed, Record.payment_status != PaymentStatus.VOIDED)
    return wanted.where(Record.kind == RecordKind.SESSION, ~_answered())


def _answered() -> ColumnElement[bool]:
    """Whether an insurer has paid or decided something of a record."""
    return (
        select(LedgerTransaction.id)
        .where(LedgerTransaction.record_id == Record.id, LedgerTransaction.payer == Payer.INSURER, LedgerTransaction.kind.in_(ANSWERED))
        .exists()
    )


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
    today = tx.now.astimezone(zone).date()
    coverage = await coverages.find_coverage(tx, coverage_id, today)
    ids = tuple(await _otherwise_priced(coverage_id, REPRICED_AT_ONCE, row.after, tx))
    if ids:
        cases = await load_cases(tx, Claimed(record_ids=ids), today, alone=True)
        for case in cases.values():
            if case.former is None and case.record.payment_status is not PaymentStatus.VOIDED:
                reason = CORRECTED if case.record.coverage_id == coverage_id and case.record.payer_id != coverage.payer_id else ADDED
                await _reprice(case.record, reason, row.changed_by, zone, tx)
    if len(ids) == REPRICED_AT_ONCE:
        row.after = ids[-1]
        return Repriced(is_whole=False)
    await tx.execute(delete(RepricingRow).where(RepricingRow.coverage_id == coverage_id))
    return Repriced(is_whole=True)


async def _otherwise_priced(coverage_id: UUID, limit: int, after: RecordId | None, tx: Transaction) -> Sequence[RecordId]:
    """Return records that were not claimed and may have another price by a coverage now, in the order of their ids.

    Those that were made for another payer than the coverage has now; insured ones of the days of the coverage that were made without it;
    and those that were made with it, also on days that are not its days any more, unless an insurer has answered.

    What is left of a plan is known from ``as_of`` on: before that day,
    only records follow whose price does not depend on it.
    """
    of_another_payer = (Record.coverage_id == CoverageRow.id) & (Record.payer_id != CoverageRow.payer_id)
    within = (Record.service_date >= CoverageRow.effective_from) & (
        Record.service_date <= func.coalesce(CoverageRow.effective_to, Record.service_date)
    )
    is_known = (Record.service_date >= CoverageRow.as_of) | (
        (CoverageRow.deductible_remaining == 0) & CoverageRow.out_of_pocket_remaining.is_(None) & (Record.deductible_amount == 0)
    )
    made_with_another = Record.coverage_id.is_distinct_from(CoverageRow.id)
    insured = Record.insurance_applicable & (Record.kind == RecordKind.SESSION) & ~_answered()
    no_longer = insured & ~within & (Record.coverage_id == CoverageRow.id)
    wanted = (
        select(Record.id)
        .join(CoverageRow, CoverageRow.client_id == Record.client_id)
        .where(CoverageRow.id == coverage_id, ~Record.is_claimed, Record.payment_status != PaymentStatus.VOIDED)
        .where(of_another_payer | no_longer | (insured & within & (made_with_another | is_known)))
        .order_by(Record.id)
        .limit(limit)
    )
    return await tx.scalars(wanted if after is None else wanted.where(Record.id > after))


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


class _SamePriceError(Exception):
    """The record that would take another's place has the same price."""


async def _reprice(record: Record, reason: str, by: str, zone: ZoneInfo, tx: Transaction) -> None:
    """Put a record in the place of one that has another price by now; one with the same price, or for which that is refused, stays."""
    record_id, before = record.id, _price(record)
    try:
        async with tx.savepoint():
            anew = await corrections.replace_record(record_id, NewReplacement(reason=reason), by, zone, tx)
            _require_other_price(before, await tx.find(Record, anew.id))
    except _SamePriceError:
        return
    except Problem as problem:
        log.warning("a record was not priced anew", record_id=str(record_id), slug=problem.slug)


def _price(record: Record) -> Sequence[object]:
    return [getattr(record, name) for name in PRICED]


def _require_other_price(before: Sequence[object], replaced: Record | None) -> None:
    if replaced is not None and _price(replaced) == before:
        raise _SamePriceError
