"""The table of what was changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import WORD, Table


class ChangeRow(Table):
    """One change that somebody made to what prices and claims are made of."""

    __tablename__ = "change"
    __table_args__ = (Index("change_key", "key", "id"), Index("change_what", "what", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    what: Mapped[str] = mapped_column(WORD)
    key: Mapped[UUID]
    action: Mapped[str] = mapped_column(WORD)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
