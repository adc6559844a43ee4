"""The table of good-faith estimates: each as it was given to the client, never changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.types import ClientId
from sqlalchemy import BigInteger, Index, Sequence, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import Table

NUMBERS = Sequence("estimate_number", metadata=Table.metadata)
"""Each number is drawn once."""


class EstimateRow(Table):
    """The estimate that a client was given for planned visits."""

    __tablename__ = "estimate"
    __table_args__ = (UniqueConstraint("number", name="estimate_number_once"), Index("estimate_client", "client_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[ClientId]
    issued_on: Mapped[date]
    total_amount: Mapped[Decimal]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Everything that its document states, as it was on that day."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]
