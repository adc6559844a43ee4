"""The tables of second factors."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from identity.provider.ids import AccountId, FactorId
from identity.tables import Table


class TotpRow(Table):
    """The secret that an account shares with an authenticator."""

    __tablename__ = "totp"

    account_id: Mapped[AccountId] = mapped_column(primary_key=True)
    secret: Mapped[str]
    """Encrypted."""
    last_step: Mapped[int]
    """The time step of the last code that was taken: neither it nor an earlier one is taken again."""
    confirmed_at: Mapped[datetime | None]
    """When a first code was taken; before, nothing is asked for."""
    created_at: Mapped[datetime]


class RecoveryCodeRow(Table):
    """A code that takes the place of an authenticator, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("recovery_code_of_account", "account_id"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId]
    used_at: Mapped[datetime | None]


class PasskeyRow(Table):
    """A key pair of an authenticator, by WebAuthn; only the public key is here."""

    __tablename__ = "passkey"
    __table_args__ = (
        Index("passkey_of_account", "account_id"),
        Index("passkey_by_credential", "credential_id", unique=True),
    )

    id: Mapped[FactorId] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId]
    passkey_name: Mapped[str]
    credential_id: Mapped[str]
    """In base64url."""
    public_key: Mapped[str]
    """As COSE, in base64url."""
    sign_count: Mapped[int]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ChallengeRow(Table):
    """What a passkey has to sign next in a browser, once."""

    __tablename__ = "passkey_challenge"

    browser: Mapped[str] = mapped_column(primary_key=True)
    """The digest of the browser's cookie."""
    challenge: Mapped[str]
    account_id: Mapped[AccountId | None]
    """Who adds a passkey; nobody where it is to sign somebody in."""
    expires_at: Mapped[datetime]
