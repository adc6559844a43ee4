"""Tables of who stands on claims and documents, and of who changed what of money's ground rules."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import WORD, Table


class PartyRow(Table):
    """What a claim or a document states of somebody, as the biller wrote it."""

    __tablename__ = "party"

    kind: Mapped[str] = mapped_column(WORD, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The site's, the therapist's or the client's; for the one organization, nil."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]
    updated_at: Mapped[datetime]
