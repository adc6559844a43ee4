"""The table of timelines."""

from datetime import datetime
from typing import Final, cast
from uuid import UUID

from contracts.types import SessionId
from sqlalchemy import ARRAY, BigInteger, Identity, Index, Uuid
from sqlalchemy import Table as CoreTable
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.tables import Table


class TimelineRow(Table):
    """One step of a session's saga, as it happened."""

    __tablename__ = "timeline"
    __table_args__ = (Index("timeline_session", "session_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    session_id: Mapped[SessionId]
    at: Mapped[datetime]
    event: Mapped[str]
    detail: Mapped[str]
    message_id: Mapped[UUID | None]
    client_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}", init=False)
    """Who joins or leaves."""


timeline_table: Final = cast("CoreTable", TimelineRow.__table__)
