"""The table of clients."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Table


class ClientRow(Table):
    """A program that gets tokens (RFC 6749, section 2)."""

    __tablename__ = "client"

    id: Mapped[str] = mapped_column(primary_key=True)
    client_name: Mapped[str]
    secret_digest: Mapped[str | None]
    """Of a confidential client; a random secret of 256 bits."""
    is_public: Mapped[bool]
    redirect_uris: Mapped[list[str]]
    logout_uris: Mapped[list[str]]
    scopes: Mapped[list[str]]
    """What a machine may be granted by client credentials."""
    has_refresh_cookie: Mapped[bool]
    is_active: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
