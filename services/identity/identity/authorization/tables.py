"""The tables of codes and refresh tokens; each is a random secret of which only the digest is here."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from identity.provider.ids import AccountId, FamilyId, SignInId
from identity.tables import Table


class AuthorizationCodeRow(Table):
    """A code that a client exchanges for tokens, once."""

    __tablename__ = "authorization_code"

    digest: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[FamilyId]
    """Of the tokens that it is exchanged for: a second use revokes them."""
    client_id: Mapped[str]
    account_id: Mapped[AccountId]
    sign_in_id: Mapped[SignInId]
    redirect_uri: Mapped[str]
    code_challenge: Mapped[str]
    scope: Mapped[str]
    nonce: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class TokenFamilyRow(Table):
    """Refresh tokens that follow each other, for one client and one sign-in."""

    __tablename__ = "token_family"
    __table_args__ = (Index("token_family_of_sign_in", "sign_in_id"),)

    id: Mapped[FamilyId] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    account_id: Mapped[AccountId]
    sign_in_id: Mapped[SignInId]
    scope: Mapped[str]
    began_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshTokenRow(Table):
    """A refresh token; the next one takes its place, and its use afterwards revokes the family."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("refresh_token_of_family", "family_id"), Index("refresh_token_expires", "expires_at"))

    digest: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[FamilyId]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
