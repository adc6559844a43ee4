"""Tables of claims: what was claimed of an insurer, exactly as it was sent."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from contracts.types import RecordId
from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Sequence, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import Table

STATED_DAY: Final = "(facts ->> 'service_date')"
"""The day of the service that a claim states, as text, which is what an index can have of a document."""

CONTROL_NUMBERS = Sequence("claim_control_number", metadata=Table.metadata)
"""Numbers of files and of claims; each is drawn once."""


class ClaimBatchRow(Table):
    """One 837P file, as it was written; never changed."""

    __tablename__ = "claim_batch"
    __table_args__ = (UniqueConstraint("control_number", name="batch_control_number_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    control_number: Mapped[int] = mapped_column(BigInteger)
    """ISA13, GS06 and the file's place in the order of files."""
    x12: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class ClaimRow(Table):
    """What was claimed of one payer for one record."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("control_number", name="claim_control_number_once"),
        Index("claim_record", "record_id", "id"),
        Index("claim_batch_of", "batch_id", "id"),
        Index("claim_status", "status", "id"),
        Index("claim_payer", "payer_id", "id"),
        Index("claim_payer_status", "payer_id", "status", "id"),
        Index("claim_total_amount", "total_amount", "id"),
        Index("claim_service_date", text(STATED_DAY), "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("claim_batch.id"))
    record_id: Mapped[RecordId] = mapped_column(ForeignKey("record.id"))
    coverage_id: Mapped[UUID] = mapped_column(ForeignKey("coverage.id"))
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("payer.id"))
    control_number: Mapped[str] = mapped_column(String(20))
    """CLM01; a remittance calls the claim by it (CLP01)."""
    frequency: Mapped[str] = mapped_column(String(1))
    """CLM05-3: 1 original, 7 replacement, 8 void."""
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim.id"))
    payer_reference: Mapped[str | None]
    """The payer's own number (CLP07), as a remittance stated it; a replacement names it (REF*F8)."""
    total_amount: Mapped[Decimal]
    status: Mapped[str] = mapped_column(String(20))
    """A ClaimStatus."""
    status_before: Mapped[str | None] = mapped_column(String(20), default=None)
    """What it was before another claim took its place; it is that again when the other one is rejected."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Everything that the file states of it, as it was on that day."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ClaimLineRow(Table):
    """One service line of a claim; a remittance answers line by line."""

    __tablename__ = "claim_line"

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    modifiers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    units: Mapped[int]
    amount: Mapped[Decimal]


class AcknowledgedClaimRow(Table):
    """What such a file states of one claim."""

    __tablename__ = "claim_acknowledged"
    __table_args__ = (Index("claim_acknowledged_claim", "claim_id", "acknowledgement_id"),)

    acknowledgement_id: Mapped[UUID] = mapped_column(ForeignKey("claim_acknowledgement.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim.id"))
    """None for a claim that is unknown here."""
    named: Mapped[str]
    """The claim's or, where its file is unknown, the file's number."""
    outcome: Mapped[str] = mapped_column(String(20))
    """An AcknowledgementOutcome."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class AcknowledgementRow(Table):
    """A TA1, 999 or 277CA file, as it came."""

    __tablename__ = "claim_acknowledgement"
    __table_args__ = (UniqueConstraint("digest", name="acknowledgement_content_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """An AcknowledgementKind."""
    digest: Mapped[str] = mapped_column(String(64))
    x12: Mapped[str] = mapped_column(deferred=True)
    received_at: Mapped[datetime]
    received_by: Mapped[str]
