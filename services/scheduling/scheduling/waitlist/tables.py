"""Tables of the waitlist."""

from datetime import datetime
from typing import Any, Final

from contracts.types import ClientId, EntryId, ServiceId, SessionId, SiteId, TherapistId
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.tables import Table

STAYS: Final = text("withdrawn_at IS NULL")


class EntryRow(Table):
    """Somebody who waits for a slot."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        Index("waitlist_place", "site_id", "id", postgresql_include=["latest", "session_id"], postgresql_where=STAYS),
        Index("waitlist_until_then", "latest", "site_id", postgresql_include=["id", "session_id"], postgresql_where=STAYS),
        Index("waitlist_site", "site_id", "id"),
        Index("waitlist_client", "client_id", "id"),
        CheckConstraint("earliest < latest", name="wait_lasts"),
        CheckConstraint("modality IN ('in_person', 'video', 'audio')", name="waitlist_entry_modality_check"),
    )

    id: Mapped[EntryId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id"))
    service_id: Mapped[ServiceId]
    site_id: Mapped[SiteId]
    therapist_id: Mapped[TherapistId | None] = mapped_column(ForeignKey("therapist.id"))
    """Only this one; anybody when None."""
    earliest: Mapped[datetime]
    latest: Mapped[datetime]
    hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """When in the week they can come, on the site's clock; always when None."""
    capacity: Mapped[int | None]
    equipment: Mapped[list[str]] = mapped_column(ARRAY(Text))
    insurance_applicable: Mapped[bool]
    modality: Mapped[str]
    created_at: Mapped[datetime]
    session_id: Mapped[SessionId | None] = mapped_column(default=None)
    """What they were offered last."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


class WaitlistLogRow(Table):
    """What was decided about somebody who waits, and why; never changed."""

    __tablename__ = "waitlist_log"
    __table_args__ = (Index("waitlist_log_entry", "entry_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    entry_id: Mapped[EntryId] = mapped_column(ForeignKey("waitlist_entry.id"))
    at: Mapped[datetime]
    event: Mapped[str]
    detail: Mapped[str]
    session_id: Mapped[SessionId | None] = mapped_column(default=None)
    times: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """The days and times that the detail names."""
