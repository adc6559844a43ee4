"""What is agreed on: payers and their fees, clients' plans and discounts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.types import ClientId
from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.pricing.terms import Mode
from billing.tables import Table


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
