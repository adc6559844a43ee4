"""Tables of the clinic's rules, travel times and overrides."""

from datetime import datetime
from typing import Any, Final

from contracts.types import SessionId, SiteId
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.tables import Table


class PolicyRow(Table):
    """The clinic's rules for every booking, or instead of them for those of one service."""

    __tablename__ = "policy"

    scope: Mapped[str] = mapped_column(primary_key=True)
    """"default", or the id of a service."""
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]
    updated_at: Mapped[datetime]


class PolicyRevisionRow(Table):
    """How often the clinic's rules were changed; one row, which every change and every statement of them locks."""

    __tablename__ = "policy_revision"
    __table_args__ = (CheckConstraint("id = 1", name="policy_revision_is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]


class TravelRow(Table):
    """How long therapists travel between two sites; written once, the smaller id first."""

    __tablename__ = "travel_time"
    __table_args__ = (CheckConstraint("one_site_id < other_site_id", name="travel_is_written_once"),)

    one_site_id: Mapped[SiteId] = mapped_column(primary_key=True)
    other_site_id: Mapped[SiteId] = mapped_column(primary_key=True)
    minutes: Mapped[int]


class OverrideRow(Table):
    """A rule that staff overrode, and why; never changed."""

    __tablename__ = "override"
    __table_args__ = (Index("override_at", "at"), Index("override_session", "session_id", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    session_id: Mapped[SessionId]
    at: Mapped[datetime]
    reason: Mapped[str]
    by: Mapped[str | None]
    rules: Mapped[list[Any]] = mapped_column(JSONB)
    """What each rule reported."""


ONLY: Final = 1
