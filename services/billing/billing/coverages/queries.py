"""Coverages and discounts as they are, and the policies by which visits are priced."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, cast
from uuid import UUID

from chassis.data.database import ReadSession
from chassis.rows.changes import require
from chassis.rows.paging import Page
from contracts.types import ClientId, Code, RecordId
from sqlalchemy import ARRAY, Uuid, bindparam, select, text
from sqlalchemy import Table as CoreTable

from billing.coverages.schemas import CoverageView, DiscountView
from billing.coverages.tables import CoverageRow, DiscountRow
from billing.payers import queries as payers_queries
from billing.pricing.amounts import Plan
from billing.pricing.terms import BenefitYear, Coverage, Discount, Policies, Used, remaining
from billing.tables import among

COVERAGE: Final = cast("CoreTable", CoverageRow.__table__)
"""Coverages, to be joined in what other capabilities read."""


async def policies_of(
    db: ReadSession, clients: Collection[ClientId], codes: Collection[Code], *, alone: bool = False, without: RecordId | None = None
) -> Policies:
    """Return fees, coverages and discounts of these clients and codes.

    ``alone``, nobody else uses up these coverages; ``without``, as if this record had taken nothing from them.
    """
    covered = select(CoverageRow).where(among(CoverageRow.client_id, clients)).order_by(CoverageRow.id)
    rows = await db.scalars(covered.with_for_update() if alone else covered)
    if not rows:
        return Policies(discounts=await _discounts_of(db, clients))
    payers = {row.payer_id for row in rows}
    names = await payers_queries.names_of(db, payers)
    coverages: defaultdict[ClientId, list[Coverage]] = defaultdict(list)
    for row in rows:
        coverages[row.client_id].append(to_coverage(row, names[row.payer_id]))
    return Policies(
        fees=await payers_queries.fees_of(db, payers, codes),
        coverages={key: tuple(found) for key, found in coverages.items()},
        used=await _used_of(db, [row.id for row in rows], without),
        discounts=await _discounts_of(db, clients),
    )


DISCOUNTS: Final = text("""
    SELECT client_id, percent, reason, effective_from, effective_to FROM discount WHERE client_id = ANY(CAST(:clients AS uuid[]))
""")

TAKEN: Final = text("""
    SELECT record.coverage_id, CAST(extract(year FROM record.service_date) AS integer) AS benefit_year, count(*) AS visits,
        sum(CASE WHEN answer.said IS NULL THEN record.deductible_amount ELSE borne.deductible END) AS deductible,
        sum(CASE WHEN answer.said IS NULL THEN record.deductible_amount + record.copay_amount + record.coinsurance_amount
            ELSE borne.shared END) AS out_of_pocket
    FROM published_record record JOIN coverage ON coverage.id = record.coverage_id
    LEFT JOIN LATERAL (
        SELECT given.said FROM published_remittance_claim given JOIN published_remittance remittance ON remittance.id = given.remittance_id
        WHERE given.record_id = record.id AND given.sequence = 1 AND given.reversed_by IS NULL AND given.outcome IN ('paid', 'denied')
        ORDER BY given.outcome = 'paid' DESC, remittance.posted_at DESC, given.remittance_id DESC, given.position DESC LIMIT 1
    ) answer ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount) FILTER (WHERE reason = '1'), 0) AS deductible, coalesce(sum(amount), 0) AS shared
        FROM (
            SELECT jsonb_path_query(answer.said, '$.adjustments[*]') AS each
            UNION ALL SELECT jsonb_path_query(answer.said, '$.lines[*].adjustments[*]')
        ) AS adjustments, jsonb_to_record(each) AS adjustment ("group" text, reason text, amount numeric)
        WHERE "group" = 'PR' AND reason IN ('1', '2', '3')
    ) borne
    WHERE record.coverage_id = ANY(:coverages) AND record.service_date >= coverage.as_of AND record.insurance_covered
        AND record.payment_status <> 'voided' AND record.id IS DISTINCT FROM CAST(:without AS uuid)
    GROUP BY record.coverage_id, benefit_year
""").bindparams(bindparam("coverages", type_=ARRAY(Uuid, dimensions=1)), bindparam("without", type_=Uuid))
"""What records took from coverages: by the first insurer's standing answer its deductible, coinsurance and copay (PR-1, PR-2, PR-3), of a
record without one the quote. A denial that stands beside a payment takes nothing back."""


async def _used_of(db: ReadSession, coverages: Collection[UUID], without: RecordId | None) -> dict[tuple[UUID, BenefitYear], Used]:
    rows = await db.rows(TAKEN, {"coverages": list(coverages), "without": without})
    return {(row.coverage_id, row.benefit_year): Used(row.deductible, row.out_of_pocket, row.visits) for row in rows}


async def _discounts_of(db: ReadSession, clients: Collection[ClientId]) -> dict[ClientId, tuple[Discount, ...]]:
    found: defaultdict[ClientId, list[Discount]] = defaultdict(list)
    for row in await db.rows(DISCOUNTS, {"clients": list(clients)}):
        found[row.client_id].append(Discount(row.client_id, row.percent, row.reason, row.effective_from, row.effective_to))
    return {key: tuple(discounts) for key, discounts in found.items()}


def to_coverage(row: CoverageRow, payer_name: str) -> Coverage:
    """Read a coverage from its row."""
    return Coverage(
        id=row.id,
        client_id=row.client_id,
        payer_id=row.payer_id,
        payer_name=payer_name,
        mode=row.mode,
        plan=Plan(
            copay=row.copay,
            coinsurance_percent=row.coinsurance_percent,
            deductible_remaining=row.deductible_remaining,
            out_of_pocket_remaining=row.out_of_pocket_remaining,
            copay_after_deductible=row.copay_after_deductible,
        ),
        as_of=row.as_of,
        visits_authorized=row.visits_authorized,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
    )


MOST_SHOWN: Final = 200


async def find_coverage(db: ReadSession, coverage_id: UUID, today: date) -> CoverageView:
    """Return a coverage; NotFound where there is none."""
    row = require(await db.find(CoverageRow, coverage_id), "coverage", coverage_id)
    [view] = await coverage_views([row], today, db)
    return view


async def list_coverages(db: ReadSession, client_id: ClientId, today: date) -> Page[CoverageView]:
    """Return what a client is and was covered by, the latest first."""
    query = select(CoverageRow).where(CoverageRow.client_id == client_id).order_by(CoverageRow.effective_from.desc()).limit(MOST_SHOWN)
    return Page(items=await coverage_views(await db.scalars(query), today, db))


async def find_discount(db: ReadSession, discount_id: UUID) -> DiscountView:
    """Return a discount; NotFound where there is none."""
    row = require(await db.find(DiscountRow, discount_id), "discount", discount_id)
    return DiscountView.model_validate(row)


async def list_discounts(db: ReadSession, client_id: ClientId) -> Page[DiscountView]:
    """Return what a client is and was given off, the latest first."""
    query = select(DiscountRow).where(DiscountRow.client_id == client_id).order_by(DiscountRow.effective_from.desc()).limit(MOST_SHOWN)
    return Page(items=[DiscountView.model_validate(row) for row in await db.scalars(query)])


async def coverage_views(rows: Sequence[CoverageRow], today: date, db: ReadSession) -> list[CoverageView]:
    """Show coverages with what is left in the benefit year of today, or in the first or last one of a coverage not in force today."""
    policies = await policies_of(db, {row.client_id for row in rows}, []) if rows else None
    return [_view(row, today, policies) for row in rows] if policies else []


def _view(row: CoverageRow, today: date, policies: Policies) -> CoverageView:
    day = max(min(today, row.effective_to or today), row.effective_from, row.as_of)
    used = policies.used_by(row.id, day)
    left = remaining(to_coverage(row, "").plan, used)
    facts = {name: getattr(row, name) for name in CoverageView.model_fields if hasattr(row, name)}
    visits = None if row.visits_authorized is None else max(row.visits_authorized - used.visits, 0)
    return CoverageView(
        **facts, deductible_left=left.deductible_remaining, out_of_pocket_left=left.out_of_pocket_remaining, visits_left=visits
    )
