"""The table of series."""

from datetime import datetime
from typing import Any

from contracts.types import ClientId, SeriesId, SiteId
from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.tables import Table


class SeriesRow(Table):
    """Sessions that were booked by one rule."""

    __tablename__ = "series"
    __table_args__ = (Index("series_client", "client_id", "id"),)

    id: Mapped[SeriesId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id"))
    site_id: Mapped[SiteId]
    rrule: Mapped[str]
    mode: Mapped[str]
    problems: Mapped[list[Any]] = mapped_column(JSONB)
    """Occurrences that could not be requested, and why."""
    created_at: Mapped[datetime]
