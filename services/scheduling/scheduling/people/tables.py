"""Tables of therapists, clients and time off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.types import ClientId, TherapistId
from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.tables import Table


class TherapistRow(Table):
    """Somebody who treats clients."""

    __tablename__ = "therapist"

    id: Mapped[TherapistId] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    npi: Mapped[str | None]
    credential: Mapped[str | None]
    time_zone: Mapped[str]
    site_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    working_hours: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
    """Weeks by site; at others they work whenever it is open."""
    breaks: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)


class TimeOffRow(Table):
    """A time in which a therapist is not there."""

    __tablename__ = "time_off"
    __table_args__ = (
        Index("time_off_therapist", "therapist_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="absence_lasts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    therapist_id: Mapped[TherapistId] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]


class ClientRow(Table):
    """Somebody who is treated."""

    __tablename__ = "client"
    __table_args__ = (
        Index("client_name", "full_name", "id"),
        Index("client_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    id: Mapped[ClientId] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    search: Mapped[str] = mapped_column(FetchedValue(), init=False, deferred=True)
    """What they are found by: made by the database of name, e-mail and telephone."""
    time_zone: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
