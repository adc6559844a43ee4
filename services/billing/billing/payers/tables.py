"""Tables of payers and fees."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import Table, publish


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


publish(PayerRow, "id", "payer_name", "payer_code")
