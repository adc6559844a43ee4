"""The table of sign-ins."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from identity.provider.ids import AccountId, SignInId
from identity.tables import Table


class SignInRow(Table):
    """A browser that somebody is signed in with; its cookie holds the secret whose digest is here."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("sign_in_of_account", "account_id", "id"), Index("sign_in_by_digest", "digest", unique=True))

    id: Mapped[SignInId] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId]
    digest: Mapped[str]
    amr: Mapped[list[str]]
    """How the person proved who they are, as RFC 8176 names it."""
    began_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    user_agent: Mapped[str]
