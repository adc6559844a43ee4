"""Billing's HTTP edge."""

from http import HTTPStatus
from uuid import UUID

from chassis.http.conventions import Once, Reading, User
from chassis.http.problems import documented
from contracts.types import RecordId
from fastapi import APIRouter, Request

from billing.corrections import queries, use_cases
from billing.corrections.schemas import Correction, NewCredit, NewReplacement, NewReversal, ReplacementPreview
from billing.network.api import Today
from billing.records.schemas import RecordView

records = APIRouter(prefix="/records", tags=["records"])


@records.post(
    "/{record_id}/ledger/{transaction_id}/reversal", operation_id="reverse_posting", summary="Take a posting back",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def reverse_posting(record_id: RecordId, transaction_id: UUID, body: NewReversal, once: Once, by: User, today: Today) -> RecordView:
    """Post the opposite of a payment, adjustment, write-off, refund or credit transfer, once: a check that bounced, or a typo."""
    return await once(lambda tx: use_cases.reverse_posting(record_id, transaction_id, body, by, today, tx), RecordView)


@records.post(
    "/{record_id}/credits", operation_id="move_credit", summary="Let credit settle another record",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def move_credit(record_id: RecordId, body: NewCredit, once: Once, by: User, today: Today) -> RecordView:
    """Move money that settles nothing here to another record of the same client; return this one."""
    return await once(lambda tx: use_cases.move_credit(record_id, body, by, today, tx), RecordView)


@records.post(
    "/{record_id}/replace", operation_id="replace_record", summary="Put the right record in a wrong one's place",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def replace(record_id: RecordId, body: NewReplacement, once: Once, by: User, request: Request) -> RecordView:
    """Void a record and make a new one of the same session, priced anew; what was paid goes along."""
    return await once(lambda tx: use_cases.replace_record(record_id, body, by, request.app.state.zone, tx), RecordView)


@records.post(
    "/{record_id}/replace/preview", operation_id="preview_replacement", summary="What the right record would charge",
    responses=documented(404, 409),
)  # fmt: skip
async def preview_replacement(record_id: RecordId, body: Correction, db: Reading, today: Today) -> ReplacementPreview:
    """Price the record that would take this one's place by the very function that makes it; nothing is written."""
    return await queries.preview_replacement(db, record_id, body, today)
