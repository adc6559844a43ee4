"""What billing says: records and what became of their money."""

from enum import StrEnum
from uuid import UUID

from contracts.message import Message
from contracts.types import Amount, ClientId, Code, RecordId, SessionId, Version


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
    payment_status: PaymentStatus
    version: Version

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
