"""Routes of records and their ledgers."""

from typing import Annotated

from chassis.http.conventions import Cursor, Limit, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.billing import PaymentStatus
from contracts.types import ClientId, Day, RecordId, SessionId, SiteId
from fastapi import APIRouter, Depends, Query, Request

from billing.records import queries
from billing.records.schemas import LedgerView, RecordTotals, RecordView, Wanted

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
    """Return every posting, oldest first, and what the accounts state."""
    return await queries.read_ledger(db, record_id, request.app.state.zone)
