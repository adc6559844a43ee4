"""The table of records that wait to be priced anew."""

from datetime import datetime
from uuid import UUID

from contracts.types import RecordId
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import Table


class RepricingRow(Table):
    """A coverage that was added or corrected, while records of its days wait to be priced anew."""

    __tablename__ = "coverage_repricing"

    coverage_id: Mapped[UUID] = mapped_column(ForeignKey("coverage.id"), primary_key=True)
    after: Mapped[RecordId | None]
    """The last record that was looked at; None at the beginning."""
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
