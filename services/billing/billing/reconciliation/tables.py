"""Tables of comparisons."""

from datetime import datetime

from contracts.billing import RecordDifferenceKind
from contracts.types import ClientId, ComparisonId, RecordId, SessionId
from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import Table, publish


class ComparisonRow(Table):
    """What came of comparing completed sessions with records, as far as it has come."""

    __tablename__ = "comparison"

    id: Mapped[ComparisonId] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None] = mapped_column(default=None)
    sessions: Mapped[int] = mapped_column(default=0)
    attended: Mapped[int] = mapped_column(default=0)
    """Each client of each session."""


class DifferenceRow(Table):
    """Where a comparison found sessions and records to differ."""

    __tablename__ = "comparison_difference"
    __table_args__ = (Index("comparison_difference_comparison", "comparison_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    comparison_id: Mapped[ComparisonId] = mapped_column(ForeignKey("comparison.id", ondelete="CASCADE"))
    kind: Mapped[RecordDifferenceKind]
    session_id: Mapped[SessionId]
    client_id: Mapped[ClientId]
    record_id: Mapped[RecordId | None]


publish(ComparisonRow, "id", "started_at", "completed_at", "sessions", "attended")
publish(DifferenceRow, "comparison_id", "kind", "session_id", "client_id", "record_id")
