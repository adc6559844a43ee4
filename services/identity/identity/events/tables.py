"""The table of security events; it is append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from identity.provider.ids import AccountId, SecurityEventId
from identity.tables import Table


class SecurityEventRow(Table):
    """Something that happened: who did what to whom, from where."""

    __tablename__ = "security_event"
    __table_args__ = (Index("security_event_of_account", "account_id", "id"), Index("security_event_of_kind", "kind", "id"))

    id: Mapped[SecurityEventId] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    account_id: Mapped[AccountId | None]
    """Whom it is about."""
    actor: Mapped[str]
    """Who did it: the id of an account or of a client, or nothing where nobody is known."""
    address: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
