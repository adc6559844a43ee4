"""The plans for sessions of rooms that go out of use."""

from datetime import datetime
from typing import Any

from contracts.types import ReplanId, RoomId
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from rooms.tables import Table


class ReplanRow(Table):
    """A plan for the sessions of a room that goes out of use."""

    __tablename__ = "replan"

    id: Mapped[ReplanId] = mapped_column(primary_key=True)
    room_id: Mapped[RoomId] = mapped_column(ForeignKey("room.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    """None when the room goes out of use for good, or is changed."""
    reason: Mapped[str]
    block: Mapped[bool]
    deactivate: Mapped[bool]
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """What is changed of the room; none when it goes out of use."""
    created_at: Mapped[datetime]
    moves: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    unmoved: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
