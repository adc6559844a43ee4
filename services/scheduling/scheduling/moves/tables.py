"""The table of moves of series."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.types import SeriesId, SessionId
from pydantic import TypeAdapter
from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.moves.dates import MovedDate
from scheduling.tables import Table

DATES: Final = TypeAdapter(tuple[MovedDate, ...])


class MoveRow(Table):
    """A move of several sessions of a series: what was requested for each date, and the attempts that were made."""

    __tablename__ = "series_move"
    __table_args__ = (Index("series_move_series", "series_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series_id: Mapped[SeriesId] = mapped_column(ForeignKey("series.id"))
    session_id: Mapped[SessionId]
    """The session whose new time was given; the others moved by as much."""
    scope: Mapped[str]
    dates: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    undo_until: Mapped[datetime]
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
