"""Tables of remittances, and the statements that posting them needs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from contracts.types import RecordId
from sqlalchemy import ARRAY, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, Uuid, bindparam, text, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.remittances.coordination import FIRST
from billing.tables import WORD, Table, publish


class RemittanceRow(Table):
    """One 835 file, as it came."""

    __tablename__ = "remittance"
    __table_args__ = (
        UniqueConstraint("digest", name="remittance_content_once"),
        Index("payment_posted_once", "payer_identifier", "trace_number", unique=True, postgresql_where=text("status = 'posted'")),
        Index("remittance_status", "status", "id"),
        Index("remittance_trace", "trace_number", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(WORD)
    digest: Mapped[str] = mapped_column(String(64))
    """Of what it states, whatever its envelope."""
    payer_identifier: Mapped[str | None]
    """None, like all that follows, where the file cannot be read."""
    trace_number: Mapped[str | None]
    payer_name: Mapped[str | None]
    payer_ids: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """N104 and REF*2U."""
    amount: Mapped[Decimal | None]
    method: Mapped[str | None]
    payment_date: Mapped[date | None]
    provider_adjustments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Why it is parked."""
    x12: Mapped[str] = mapped_column(deferred=True)
    received_at: Mapped[datetime]
    received_by: Mapped[str]
    posted_at: Mapped[datetime | None] = mapped_column(default=None)
    posted_by: Mapped[str | None] = mapped_column(default=None)
    discarded_at: Mapped[datetime | None] = mapped_column(default=None)
    discarded_by: Mapped[str | None] = mapped_column(default=None)
    discard_reason: Mapped[str | None] = mapped_column(default=None)


class RemittanceClaimRow(Table):
    """The answer to one claim, and what it did."""

    __tablename__ = "remittance_claim"
    __table_args__ = (
        Index("remittance_claim_record", "record_id", "remittance_id"),
        Index("remittance_claim_unassigned", "remittance_id", postgresql_where=text("outcome = 'left_out'")),
        Index("remittance_claim_assigned", "assigned_as", postgresql_where=text("assigned_as IS NOT NULL")),
    )

    remittance_id: Mapped[UUID] = mapped_column(ForeignKey("remittance.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    control_number: Mapped[str]
    claim_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim.id"))
    record_id: Mapped[RecordId | None] = mapped_column(ForeignKey("record.id"))
    outcome: Mapped[str] = mapped_column(WORD)
    """An Outcome."""
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The whole answer."""
    transaction_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """What it posted; a reversal takes back exactly this. Of a claim that was left out, what holds its money on the payer's account."""
    reversed_by: Mapped[UUID | None] = mapped_column(ForeignKey("remittance.id"), default=None)
    sequence: Mapped[int] = mapped_column(SmallInteger, default=FIRST)
    """Which insurer of the record has answered: 1 the first, 2 the second, 3 the third."""
    assigned_as: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transaction.id"), default=None)
    """The posting to a record by which the money of a claim that was left out was assigned."""


publish(RemittanceRow, "id", "status", "amount", "posted_at")
publish(
    RemittanceClaimRow,
    *("remittance_id", "position", "record_id", "sequence", "outcome", "said"),
    *("transaction_ids", "assigned_as", "reversed_by"),
)

PUT_BACK: Final = text(
    "UPDATE remittance_claim SET outcome = 'left_out', assigned_as = NULL WHERE assigned_as = :transaction_id RETURNING remittance_id"
)

TAKE_BACK: Final = (
    update(RemittanceClaimRow)
    .where(tuple_(RemittanceClaimRow.remittance_id, RemittanceClaimRow.position).in_(bindparam("places", expanding=True)))
    .values(reversed_by=bindparam("by"))
    .execution_options(synchronize_session=False)
)
"""Note which remittance takes answers back; ``places`` are their remittances and positions."""
