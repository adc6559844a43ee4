"""What is agreed on: payers and their fees, clients' plans and discounts."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession
from chassis.problems import refused
from contracts.types import ClientId, Code
from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.coverage import BenefitYear, Coverage, Discount, Fee, Mode, Policies, Used
from billing.pricing import Plan
from billing.store import Table


class PayerRow(Table):
    """An insurer, or whoever else pays for clients."""

    __tablename__ = "payer"
    __table_args__ = (UniqueConstraint("payer_code", name="payer_code_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payer_name: Mapped[str]
    payer_code: Mapped[str]
    """What claims call it."""
    is_active: Mapped[bool]
    claim_filing_code: Mapped[str] = mapped_column(String(2))
    """SBR09: what kind of payer it is."""
    telehealth_place_of_service: Mapped[str] = mapped_column(String(2))
    telehealth_modifier: Mapped[str | None] = mapped_column(String(2))
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


ONE_DAY: Final = timedelta(days=1)


def require_lasting(what: str, begins: date, ends: date | None) -> None:
    """Raise a 422 where something ends before it begins; what ends on the day before counts on no day, as if it had not been entered."""
    if ends is not None and ends < begins - ONE_DAY:
        detail = f"The {what} begins on {begins}. End it then or later, or on {begins - ONE_DAY} where it was entered by mistake."
        raise refused("ends-before-it-begins", detail, field="effective_to")


class FeeRow(Table):
    """What a payer has agreed to pay for a code; on a day one fee for each credential."""

    __tablename__ = "fee"
    __table_args__ = (
        Index("fee_code", "payer_id", "service_code"),
        CheckConstraint("amount >= 0", name="fee_is_money"),
        CheckConstraint("effective_to IS NULL OR effective_from <= effective_to + 1", name="fee_lasts"),
        ExcludeConstraint(
            ("payer_id", "="),
            ("service_code", "="),
            (text("coalesce(credential, '')"), "="),
            (text("daterange(effective_from, effective_to + 1)"), "&&"),
            name="one_fee_a_day",
            using="gist",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("payer.id"))
    service_code: Mapped[str]
    credential: Mapped[str | None]
    amount: Mapped[Decimal]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1", default=1)


class CoverageRow(Table):
    """A client's plan with a payer; one on a day."""

    __tablename__ = "coverage"
    __table_args__ = (
        CheckConstraint("effective_to IS NULL OR effective_from <= effective_to + 1", name="coverage_lasts"),
        ExcludeConstraint(
            ("client_id", "="), (text("daterange(effective_from, effective_to + 1)"), "&&"), name="one_coverage_a_day", using="gist"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId]
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("payer.id"))
    member_id: Mapped[str]
    plan_name: Mapped[str]
    group_number: Mapped[str | None]
    relationship: Mapped[str] = mapped_column(String(20))
    """The client's, to whoever holds the plan."""
    subscriber: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """Who holds the plan, where that is not the client."""
    mode: Mapped[Mode]
    copay: Mapped[Decimal]
    coinsurance_percent: Mapped[Decimal]
    deductible_remaining: Mapped[Decimal]
    out_of_pocket_remaining: Mapped[Decimal | None]
    copay_after_deductible: Mapped[bool]
    as_of: Mapped[date]
    authorization_number: Mapped[str | None]
    visits_authorized: Mapped[int | None]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DiscountRow(Table):
    """What a client is given off what they owe outside insurance; one on a day."""

    __tablename__ = "discount"
    __table_args__ = (
        CheckConstraint("effective_to IS NULL OR effective_from <= effective_to + 1", name="discount_lasts"),
        ExcludeConstraint(
            ("client_id", "="), (text("daterange(effective_from, effective_to + 1)"), "&&"), name="one_discount_a_day", using="gist"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId]
    percent: Mapped[Decimal]
    reason: Mapped[str]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1", default=1)


async def policies_of(db: ReadSession, clients: Collection[ClientId], codes: Collection[Code], *, alone: bool = False) -> Policies:
    """Return fees, coverages and discounts of these clients and codes; ``alone``, nobody else uses up these coverages."""
    covered = select(CoverageRow).where(CoverageRow.client_id.in_(clients)).order_by(CoverageRow.id)
    rows = await db.scalars(covered.with_for_update() if alone else covered)
    if not rows:
        return Policies(discounts=await _discounts_of(db, clients))
    payers = {row.payer_id for row in rows}
    named = await db.rows(select(PayerRow.id, PayerRow.payer_name).where(PayerRow.id.in_(payers)))
    names = {row.id: row.payer_name for row in named}
    coverages: defaultdict[ClientId, list[Coverage]] = defaultdict(list)
    for row in rows:
        coverages[row.client_id].append(to_coverage(row, names[row.payer_id]))
    fees: defaultdict[tuple[UUID, Code], list[Fee]] = defaultdict(list)
    for fee in await db.scalars(select(FeeRow).where(FeeRow.payer_id.in_(payers), FeeRow.service_code.in_(codes))):
        fees[fee.payer_id, fee.service_code].append(to_fee(fee))
    return Policies(
        fees={key: tuple(found) for key, found in fees.items()},
        coverages={key: tuple(found) for key, found in coverages.items()},
        used=await _used_of(db, [row.id for row in rows]),
        discounts=await _discounts_of(db, clients),
    )


TAKEN: Final = text("""
    SELECT record.coverage_id, CAST(extract(year FROM record.service_date) AS integer) AS benefit_year, count(*) AS visits,
        sum(CASE WHEN answer.said IS NULL THEN record.deductible_amount ELSE borne.deductible END) AS deductible,
        sum(CASE WHEN answer.said IS NULL THEN record.deductible_amount + record.copay_amount + record.coinsurance_amount
            ELSE borne.shared END) AS out_of_pocket
    FROM record JOIN coverage ON coverage.id = record.coverage_id
    LEFT JOIN LATERAL (
        SELECT given.said FROM remittance_claim given JOIN remittance ON remittance.id = given.remittance_id
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
        AND record.payment_status <> 'voided'
    GROUP BY record.coverage_id, benefit_year
""").bindparams(bindparam("coverages", type_=ARRAY(Uuid, dimensions=1)))
"""What records took from coverages: by the first insurer's standing answer its deductible, coinsurance and copay (PR-1, PR-2, PR-3), of a
record without one the quote. A denial that stands beside a payment takes nothing back."""


async def _used_of(db: ReadSession, coverages: Collection[UUID]) -> dict[tuple[UUID, BenefitYear], Used]:
    rows = await db.rows(TAKEN, {"coverages": list(coverages)})
    return {(row.coverage_id, row.benefit_year): Used(row.deductible, row.out_of_pocket, row.visits) for row in rows}


async def _discounts_of(db: ReadSession, clients: Collection[ClientId]) -> dict[ClientId, tuple[Discount, ...]]:
    found: defaultdict[ClientId, list[Discount]] = defaultdict(list)
    for row in await db.scalars(select(DiscountRow).where(DiscountRow.client_id.in_(clients))):
        found[row.client_id].append(Discount(row.client_id, row.percent, row.reason, row.effective_from, row.effective_to))
    return {key: tuple(discounts) for key, discounts in found.items()}


def to_fee(row: FeeRow) -> Fee:
    """Read a fee from its row."""
    return Fee(
        payer_id=row.payer_id,
        service_code=row.service_code,
        credential=row.credential,
        amount=row.amount,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
    )


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
