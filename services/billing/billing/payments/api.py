"""Billing's HTTP edge of unapplied credit."""

from http import HTTPStatus
from uuid import UUID

from chassis.http.conventions import Cursor, Limit, Once, Reading, User
from chassis.http.problems import documented
from contracts.types import ClientId, RecordId
from fastapi import APIRouter

from billing.network.api import Today
from billing.payments import queries, use_cases
from billing.payments.schemas import CreditPage, NewAdjustment, NewPayment, NewRefund, NewWriteOff
from billing.records.schemas import RecordView

records = APIRouter(prefix="/records", tags=["records"])


@records.post(
    "/{record_id}/payments", operation_id="take_payment", summary="Book money that came in",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def take_payment(record_id: RecordId, body: NewPayment, once: Once, by: User, today: Today) -> RecordView:
    """Settle what is owed; what is more than that becomes unapplied credit."""
    return await once(lambda tx: use_cases.take_payment(record_id, body, by, today, tx), RecordView)


@records.post(
    "/{record_id}/adjustments", operation_id="adjust_record", summary="Take something off what the client owes",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def adjust(record_id: RecordId, body: NewAdjustment, once: Once, by: User, today: Today) -> RecordView:
    """Lower the balance for a reason, at most to nothing."""
    return await once(lambda tx: use_cases.adjust(record_id, body, by, today, tx), RecordView)


@records.post(
    "/{record_id}/write-offs", operation_id="write_off_record", summary="Give up what is owed",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def write_off(record_id: RecordId, body: NewWriteOff, once: Once, by: User, today: Today) -> RecordView:
    """Book what the client or the insurer will not pay as bad debt."""
    return await once(lambda tx: use_cases.write_off(record_id, body, by, today, tx), RecordView)


@records.post(
    "/{record_id}/refunds", operation_id="refund_record", summary="Hand money back",
    status_code=HTTPStatus.CREATED, responses=documented(404),
)  # fmt: skip
async def refund(record_id: RecordId, body: NewRefund, once: Once, by: User, today: Today) -> RecordView:
    """Give back unapplied credit, also of a record that was taken back."""
    return await once(lambda tx: use_cases.refund(record_id, body, by, today, tx), RecordView)


router = APIRouter(tags=["records"])


@router.get("/credits", operation_id="list_credits", summary="List records with unapplied credit, the oldest date of service first")
async def list_credits(
    db: Reading, client_id: ClientId | None = None, payer_id: UUID | None = None, limit: Limit = 50, cursor: Cursor = None
) -> CreditPage:
    """Return records on which money settles nothing, also voided ones, and whose money it is; it is refunded or moved from there."""
    return await queries.list_credits(db, client_id, payer_id, limit, cursor)
