"""Bodies and views of payments and unapplied credit."""

from typing import Any, Final
from uuid import UUID

from chassis.bodies.models import View
from chassis.rows.paging import Page
from contracts.billing import PaymentStatus
from contracts.types import Amount, ClientId, Day, RecordId, Whole
from pydantic import ConfigDict

from billing.ledger.postings import Payer
from billing.payers.schemas import PAYER_ID, Reason
from billing.records.schemas import RECORD_EXAMPLE, RECORD_ID, Method, Paid, Posted, Reference


class NewPayment(Posted):
    """Money that came in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount": "25.00", "payer": "client", "method": "card", "reference": "T-1009", "deposit_date": "2026-03-03"}]
        }
    )

    amount: Paid
    """What is more than is owed becomes unapplied credit."""
    payer: Payer
    method: Method
    reference: Reference | None = None
    """What finds the payment in the other book: a receipt, a check or a trace number."""


class NewAdjustment(Posted):
    """Something taken off what the client owes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "15.00", "reason": "sliding scale"}]})

    amount: Paid
    reason: Reason


class NewWriteOff(Posted):
    """What will not be paid."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "60.00", "payer": "client", "reason": "uncollectable"}]})

    amount: Paid
    payer: Payer = Payer.CLIENT
    """Who owes it."""
    reason: Reason


class NewRefund(Posted):
    """Money that is given back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": "40.00", "payer": "client", "method": "card", "reason": "paid twice"}]}
    )

    amount: Paid
    """At most what settles nothing."""
    payer: Payer = Payer.CLIENT
    """Who gets it."""
    method: Method
    reference: Reference | None = None
    reason: Reason


CREDIT_EXAMPLE: Final[dict[str, Any]] = {
    "record_id": RECORD_ID,
    "client_id": RECORD_EXAMPLE["client_id"],
    "payer_id": PAYER_ID,
    "payer_name": "Harbor Mutual",
    "service_code": "90837",
    "service_date": "2026-03-02",
    "payment_status": "voided",
    "unapplied_credit": "130.00",
    "client_credit": "0.00",
    "insurer_credit": "130.00",
    "counting_record_id": "01890a5d-ac96-7a12-9d33-e4f506172839",
}


class CreditView(View):
    """A record with unapplied credit."""

    record_id: RecordId
    client_id: ClientId
    payer_id: UUID | None
    """The payer that paid, also where the record has taken another's place and is billed to another payer or to none."""
    payer_name: str | None
    service_code: str
    service_date: Day
    payment_status: PaymentStatus
    unapplied_credit: Amount
    client_credit: Amount
    """How much of it is the client's: at most that is refunded to the client or moved as the client's."""
    insurer_credit: Amount
    """How much of it is the insurer's."""
    counting_record_id: RecordId | None
    """Of a voided record: the one that counts now for the same session and client, if there is one."""


class CreditPage(Page[CreditView]):
    """Records with unapplied credit, and what all of them come to."""

    model_config = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"items": [CREDIT_EXAMPLE], "next_cursor": None, "count": 1, "total_amount": "130.00"}]},
    )

    count: Whole
    """Of all pages."""
    total_amount: Amount
    """The unapplied credit of all pages."""
