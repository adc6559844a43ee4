"""Tables of comparisons and differences."""

from datetime import datetime

from contracts.types import ClientId, ComparisonId, HoldId, RecordId, SessionId
from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.tables import Table


class ComparisonRow(Table):
    """One comparison of sessions with rooms' holds and billing's records, page by page."""

    __tablename__ = "comparison"

    id: Mapped[ComparisonId] = mapped_column(primary_key=True)
    repair: Mapped[bool]
    started_at: Mapped[datetime]
    holds_page: Mapped[int] = mapped_column(default=0)
    """The page that rooms was sent last; 0 while another comparison is under way."""
    records_page: Mapped[int] = mapped_column(default=0)
    """The page that billing was sent last."""
    holds_sent_at: Mapped[datetime | None] = mapped_column(default=None)
    """When rooms was sent the page that it compares now; None once it has answered."""
    records_sent_at: Mapped[datetime | None] = mapped_column(default=None)
    """The same of billing."""
    holds_compared_at: Mapped[datetime | None] = mapped_column(default=None)
    records_compared_at: Mapped[datetime | None] = mapped_column(default=None)
    holds_after: Mapped[SessionId | None] = mapped_column(default=None)
    """The session after which the page begins that rooms compares now, or is sent next; None at the first."""
    records_after: Mapped[SessionId | None] = mapped_column(default=None)
    """The same of billing."""


class DifferenceRow(Table):
    """One difference that a comparison found."""

    __tablename__ = "difference"
    __table_args__ = (Index("difference_comparison", "comparison_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    comparison_id: Mapped[ComparisonId] = mapped_column(ForeignKey("comparison.id", ondelete="CASCADE"))
    kind: Mapped[str]
    session_id: Mapped[SessionId]
    hold_id: Mapped[HoldId | None] = mapped_column(default=None)
    client_id: Mapped[ClientId | None] = mapped_column(default=None)
    record_id: Mapped[RecordId | None] = mapped_column(default=None)
    repair: Mapped[str | None] = mapped_column(default=None)
    """What was sent to mend it."""
