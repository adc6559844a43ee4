"""The table of failed attempts."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Table


class AttemptRow(Table):
    """How often something failed for an account or an address; no name is in it, only a digest."""

    __tablename__ = "attempt"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]
    locked_until: Mapped[datetime | None]
