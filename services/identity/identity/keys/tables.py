"""The table of signing keys."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Table


class SigningKeyRow(Table):
    """A key pair; of all that are not withdrawn, the one that began last signs."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[dict[str, Any]] = mapped_column(JSONB)
    private_key: Mapped[str]
    """The private JWK, encrypted."""
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
