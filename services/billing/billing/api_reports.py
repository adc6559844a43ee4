"""Billing's HTTP edge of reports."""

from datetime import date, timedelta
from typing import Annotated, Any, Final

from chassis.edge import Reading
from contracts.types import Day
from fastapi import APIRouter, Depends, Header, Query, Request, Response

from billing import reports
from billing.api import Today
from billing.reports import GroupBy, Range, Report

router = APIRouter(prefix="/reports", tags=["reports"])

CSV: Final = "text/csv"
A_MONTH: Final = timedelta(days=30)
SHEETS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": Report, "content": {CSV: {"schema": {"type": "string"}, "example": "service_code,records,charged\n90837,12,2220.00\n"}}}
}


async def _range(
    request: Request,
    today: Today,
    since: Annotated[Day | None, Query(alias="from", description="A month before to, unless said otherwise.")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Included; today, unless said otherwise.")] = None,
    as_of: Annotated[Day | None, Query(description="Postings up to the end of this day count; today, unless said otherwise.")] = None,
) -> Range:
    end: date = until or as_of or today
    return Range(since or end - A_MONTH, end, as_of or today, request.app.state.zone)


About = Annotated[Range, Depends(_range)]
Accept = Annotated[str, Header()]


def _answer(report: Report, accept: str) -> Report | Response:
    if CSV not in accept:
        return report
    name = f'attachment; filename="{report.report}-{report.as_of}.csv"'
    return Response(reports.to_csv(report), media_type=CSV, headers={"Content-Disposition": name})


@router.get("/aging", operation_id="report_aging", summary="What is owed, for how long", response_model=Report, responses=SHEETS)
async def aging(db: Reading, about: About, group_by: GroupBy = GroupBy.PAYER, accept: Accept = "*/*") -> Report | Response:
    """Say what clients and payers owe as of a day, in buckets of days since the service."""
    return _answer(await reports.aging(db, about, group_by), accept)


@router.get("/revenue", operation_id="report_revenue", summary="What was earned", response_model=Report, responses=SHEETS)
async def revenue(db: Reading, about: About, group_by: GroupBy = GroupBy.SERVICE_CODE, accept: Accept = "*/*") -> Report | Response:
    """Say what was charged for services of a time, what became of it, and what is outstanding."""
    return _answer(await reports.revenue(db, about, group_by), accept)


@router.get("/daily-close", operation_id="report_daily_close", summary="What was posted", response_model=Report, responses=SHEETS)
async def daily_close(db: Reading, about: About, accept: Accept = "*/*") -> Report | Response:
    """Say what was posted in a time, by kind, payer and method."""
    return _answer(await reports.daily_close(db, about), accept)


@router.get("/unbilled", operation_id="report_unbilled", summary="What nobody completed", response_model=Report, responses=SHEETS)
async def unbilled(db: Reading, about: About, accept: Accept = "*/*") -> Report | Response:
    """List booked sessions whose time has passed and that have no record."""
    return _answer(await reports.unbilled(db, about), accept)


@router.get("/variance", operation_id="report_variance", summary="Quote and bill", response_model=Report, responses=SHEETS)
async def variance(db: Reading, about: About, accept: Accept = "*/*") -> Report | Response:
    """List where the quote before the booking and the record differ, and why."""
    return _answer(await reports.variance(db, about), accept)


@router.get("/reconciliation", operation_id="report_reconciliation", summary="What must never be", response_model=Report, responses=SHEETS)
async def reconciliation(db: Reading, about: About, accept: Accept = "*/*") -> Report | Response:
    """Count what contradicts the ledger: every number is 0."""
    return _answer(await reports.reconciliation(db, about), accept)
