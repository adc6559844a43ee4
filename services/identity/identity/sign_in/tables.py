"""The table of sign-ins that are not complete."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from identity.provider.ids import AccountId
from identity.tables import Table


class PendingSignInRow(Table):
    """Somebody has proved a first factor and has to prove a second one, or to set another password."""

    __tablename__ = "pending_sign_in"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[AccountId]
    amr: Mapped[list[str]]
    expires_at: Mapped[datetime]
