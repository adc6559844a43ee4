"""Billing's HTTP edge."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from chassis.edge import Cursor, Limit, Once, Page, Reading, User
from chassis.problems import documented
from contracts.billing import PaymentStatus
from contracts.types import ClientId, Day, RecordId, SessionId, SiteId
from fastapi import APIRouter, Depends, Query, Request

from billing import corrections, previews, queries, reversals, use_cases
from billing.queries import Wanted
from billing.resources import (
    LedgerView,
    NewAdjustment,
    NewCredit,
    NewPayment,
    NewRefund,
    NewReplacement,
    NewReversal,
    NewWriteOff,
    PreviewRequest,
    PreviewView,
    QuoteView,
    RecordTotals,
    RecordView,
)
from billing.today import Today

prices = APIRouter(tags=["prices"])
records = APIRouter(prefix="/records", tags=["records"])


async def _wanted(
    session_id: SessionId | None = None,
    client_id: ClientId | None = None,
    site_id: SiteId | None = None,
    payment_status: PaymentStatus | None = None,
    since: Annotated[Day | None, Query(alias="from", description="First date of service.")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Last date of service.")] = None,
    is_open: Annotated[bool | None, Query(alias="open", description="Whether something is owed on them.")] = None,
    lacks_diagnoses: Annotated[bool, Query(description="Only sessions' records without a diagnosis that were not taken back.")] = False,  # noqa: FBT002
) -> Wanted:
    return Wanted(
        session_id=session_id,
        client_id=client_id,
        site_id=site_id,
        payment_status=payment_status,
        since=since,
        until=until,
        is_open=is_open,
        lacks_diagnoses=lacks_diagnoses,
    )


Which = Annotated[Wanted, Depends(_wanted)]


@prices.post("/preview", operation_id="preview", summary="What a visit will cost, before it is booked", responses=documented(404))
async def preview(body: PreviewRequest, db: Reading, today: Today) -> PreviewView:
    """Price a visit by the very function that will make its record; nothing is written."""
    return await previews.preview(db, body, today)


@prices.get("/sessions/{session_id}/quotes", operation_id="list_quotes", summary="What a session was quoted at", responses=documented(404))
async def list_quotes(session_id: SessionId, db: Reading) -> Page[QuoteView]:
    """Return what each client was quoted when the session was booked; empty for a session that billing never heard of."""
    return await queries.list_quotes(db, session_id)


@records.get("", operation_id="list_records", summary="List records, the latest date of service first")
async def list_records(db: Reading, which: Which, limit: Limit = 50, cursor: Cursor = None) -> Page[RecordView]:
    """Return the records that fit."""
    return await queries.list_records(db, which, limit, cursor)


@records.get("/totals", operation_id="total_records", summary="Count records and sum what is owed on them")
async def total_records(db: Reading, which: Which) -> RecordTotals:
    """Return the number of all records that fit, however many a page has, and the sum of their balances."""
    return await queries.total_records(db, which)


@records.get("/{record_id}", operation_id="find_record", summary="Find a record", responses=documented(404))
async def find_record(record_id: RecordId, db: Reading) -> RecordView:
    """Return the bill of one completed session."""
    return await queries.find_record(db, record_id)


@records.get("/{record_id}/ledger", operation_id="read_ledger", summary="All that happened to a record's money", responses=documented(404))
async def read_ledger(record_id: RecordId, db: Reading, request: Request) -> LedgerView:
    """Return every posting, oldest first, and what the accounts say."""
    return await queries.read_ledger(db, record_id, request.app.state.zone)


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
    """Hand back unapplied credit, also of a record that was taken back."""
    return await once(lambda tx: use_cases.refund(record_id, body, by, today, tx), RecordView)


@records.post(
    "/{record_id}/ledger/{transaction_id}/reversal", operation_id="reverse_posting", summary="Take a posting back",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def reverse_posting(record_id: RecordId, transaction_id: UUID, body: NewReversal, once: Once, by: User, today: Today) -> RecordView:
    """Post the opposite of a payment, adjustment, write-off, refund or credit transfer, once: a check that bounced, or a typo."""
    return await once(lambda tx: reversals.reverse_posting(record_id, transaction_id, body, by, today, tx), RecordView)


@records.post(
    "/{record_id}/credits", operation_id="move_credit", summary="Let credit settle another record",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def move_credit(record_id: RecordId, body: NewCredit, once: Once, by: User, today: Today) -> RecordView:
    """Move money that settles nothing here to another record of the same client; return this one."""
    return await once(lambda tx: corrections.move_credit(record_id, body, by, today, tx), RecordView)


@records.post(
    "/{record_id}/replace", operation_id="replace_record", summary="Put the right record in a wrong one's place",
    status_code=HTTPStatus.CREATED, responses=documented(404, 409),
)  # fmt: skip
async def replace(record_id: RecordId, body: NewReplacement, once: Once, by: User, request: Request) -> RecordView:
    """Void a record and make a new one of the same session, priced anew; what was paid goes along."""
    return await once(lambda tx: corrections.replace_record(record_id, body, by, request.app.state.zone, tx), RecordView)
