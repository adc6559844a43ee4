"""The tables of accounts."""

from datetime import datetime

from contracts.types import SiteId, TherapistId
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from identity.provider.ids import AccountId, GrantId
from identity.provider.roles import Role
from identity.tables import Table


class AccountRow(Table):
    """Somebody who may sign in."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("user_name", name="one_user_name_once"),
        UniqueConstraint("email", name="one_email_once"),
    )

    id: Mapped[AccountId] = mapped_column(primary_key=True)
    user_name: Mapped[str]
    """In small letters."""
    email: Mapped[str | None]
    """In small letters."""
    full_name: Mapped[str]
    password_hash: Mapped[str | None]
    """Argon2id with its parameters; nothing until a password is set."""
    password_set_at: Mapped[datetime | None]
    must_change_password: Mapped[bool]
    is_disabled: Mapped[bool]
    created_by: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RoleGrantRow(Table):
    """A role that an account has, everywhere or in one place."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("one_grant_once", "account_id", "role", "site_id", "therapist_id", unique=True, postgresql_nulls_not_distinct=True),
        Index("role_grant_at_site", "site_id", "account_id"),
        CheckConstraint("(role = 'therapist') = (therapist_id IS NOT NULL)", name="therapists_alone_are_a_therapist"),
    )

    id: Mapped[GrantId] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role]
    site_id: Mapped[SiteId | None]
    therapist_id: Mapped[TherapistId | None]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]


class OneTimeLinkRow(Table):
    """A link by which somebody sets a password, once; without an account it makes the first administrator."""

    __tablename__ = "one_time_link"
    __table_args__ = (Index("one_time_link_of_account", "account_id"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
