"""What billing publishes: records and what became of their money."""

from enum import StrEnum
from uuid import UUID

from contracts.message import COMMANDS, Message, Part
from contracts.open_words import Open
from contracts.types import Amount, ClientId, Code, ComparisonId, Instant, RecordId, SessionId, SiteId, Version, Whole


class PaymentStatus(StrEnum):
    """Where a record's money is, read off the ledger."""

    PENDING = "pending"
    SUBMITTED = "submitted"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    DENIED = "denied"
    WRITTEN_OFF = "written_off"
    REFUNDED = "refunded"
    VOIDED = "voided"


class RecordFact(Message):
    """What every fact about a billing record carries."""

    record_id: RecordId
    session_id: SessionId
    client_id: ClientId
    service_code: Code
    total_amount: Amount
    patient_amount: Amount
    insurance_amount: Amount
    payment_status: Open[PaymentStatus]
    version: Version
    site_id: SiteId | None = None
    """Where the session took place; releases that did not have this field leave it out."""

    @property
    def subject(self) -> UUID:
        return self.record_id

    @property
    def correlation(self) -> UUID:
        return self.session_id

    @property
    def sequence(self) -> int:
        return self.version


class RecordCreated(RecordFact, type="billing.record_created.v1"):
    """A completed session became a billing record."""


class PaymentStatusChanged(RecordFact, type="billing.payment_status_changed.v1"):
    """A record's payment status changed."""


class CompletedSession(Part):
    """A completed session and the clients who attended it."""

    session_id: SessionId
    client_ids: tuple[ClientId, ...]


class CompareRecords(Message, type="billing.compare_records.v1", exchange=COMMANDS):
    """Compare every completed session whose id lies behind ``after``, up to and including ``upto``, with its records."""

    comparison_id: ComparisonId
    page: Whole
    after: SessionId | None
    """None begins with the first."""
    upto: SessionId | None
    """None goes to the last."""
    sessions: tuple[CompletedSession, ...]
    read_at: Instant | None = None
    """When scheduling looked: records that were made later are not in question."""


class RecordDifferenceKind(StrEnum):
    """How completed sessions and records differ."""

    MISSING = "missing"
    """A client attended a completed session and has no record of it."""
    SURPLUS = "surplus"
    """A record has no completed session."""


class RecordDifference(Part):
    """One difference between completed sessions and records."""

    kind: Open[RecordDifferenceKind]
    session_id: SessionId
    client_id: ClientId
    record_id: RecordId | None = None


class RecordsCompared(Message, type="billing.records_compared.v1"):
    """Where completed sessions and records differ, for one page of a comparison."""

    comparison_id: ComparisonId
    page: Whole
    upto: SessionId | None = None
    """The id of the last session that was compared; None where this page ends with the last of all."""
    differences: tuple[RecordDifference, ...]
