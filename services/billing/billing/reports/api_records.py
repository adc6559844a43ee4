"""Billing's HTTP edge of record sheets: every column of the records that fit, streamed."""

from typing import Final

from chassis.edge import OneMoment
from chassis.large_files import LARGE_FILE
from fastapi import APIRouter, Response

from billing.api import Which
from billing.reports import formats
from billing.reports import records as record_sheets
from billing.reports.formats import Format

router = APIRouter(prefix="/records", tags=["records"])

CSV_EXAMPLE: Final = "id,kind,session_id,…,payment_status,balance\n01890a5d-ac96-7a11-8c22-d3e4f5061728,session,…,partially_paid,160.00\n"


@router.get(
    "/export.csv", operation_id="export_records_csv", summary="Every column of the records that fit, as CSV",
    dependencies=[LARGE_FILE], response_class=Response, responses=formats.sheets(Format.CSV, csv=CSV_EXAMPLE),
)  # fmt: skip
async def as_csv(db: OneMoment, which: Which) -> Response:
    """Stream the records, the latest date of service first; flags are their codes."""
    return formats.send(await record_sheets.export_records(db, which), Format.CSV)


@router.get(
    "/export.xlsx", operation_id="export_records_xlsx", summary="Every column of the records that fit, as XLSX",
    dependencies=[LARGE_FILE], response_class=Response, responses=formats.sheets(Format.XLSX, csv=CSV_EXAMPLE),
)  # fmt: skip
async def as_xlsx(db: OneMoment, which: Which) -> Response:
    """Write the records into a workbook, the latest date of service first, and send it; instants are in UTC."""
    return formats.send(await record_sheets.export_records(db, which), Format.XLSX)
