"""Billing's HTTP edge of the list of diagnosis codes."""

from typing import Annotated, Any, Final

from chassis.files.forms import FORM
from chassis.files.threads import in_thread
from chassis.http.conventions import Cursor, Limit, Once, Reading, User
from chassis.http.problems import documented
from chassis.rows.paging import Page
from chassis.text import PRINTABLE
from contracts.types import Day
from fastapi import APIRouter, Depends, Query, Request

from billing.diagnosis_codes import queries, use_cases
from billing.diagnosis_codes.code_sheet import CodeSheet, read_sheet
from billing.diagnosis_codes.schemas import CodesImported, DiagnosisCodeView, DiagnosisListView

router = APIRouter(prefix="/diagnosis-codes", tags=["diagnosis codes"])

LARGEST_SHEET: Final = 24 * 1024 * 1024
LARGER_BODIES: Final = {"/diagnosis-codes/import": LARGEST_SHEET, "/diagnosis-codes/import/check": LARGEST_SHEET}
"""A whole edition of ICD-10-CM has some 8 MiB."""
CSV: Final = "text/csv"
SHEET: Final = "code,description,valid_from,valid_until\nF41.1,Generalized anxiety disorder,2015-10-01,\n"
PARTS: Final[dict[str, Any]] = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
SHEET_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {CSV: {"schema": {"type": "string"}, "example": SHEET}, FORM: {"schema": PARTS, "example": {"file": SHEET}}},
    }
}

CompleteFrom = Annotated[
    Day | None,
    Query(
        description="The sheet is a whole edition that takes effect on this day: codes that it lacks end the day before, and rows need no "
        "valid_from. Without it, the sheet adds and changes only what it has."
    ),
]


async def _sheet(request: Request, complete_from: CompleteFrom = None) -> CodeSheet:
    return await in_thread(read_sheet, await request.body(), request.headers.get("content-type", CSV), complete_from)


SentSheet = Annotated[CodeSheet, Depends(_sheet)]


@router.get("", operation_id="list_diagnosis_codes", summary="Search the list of diagnosis codes")
async def list_diagnosis_codes(
    db: Reading,
    q: Annotated[
        str | None,
        Query(max_length=100, pattern=PRINTABLE, description="Every word must occur in the code or the description.", examples=["anxiety"]),
    ] = None,
    valid_on: Annotated[Day | None, Query(description="Only codes that are valid on this day.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[DiagnosisCodeView]:
    """Return the codes that fit, by code; a code with several periods once for each."""
    return await queries.list_codes(db, q, valid_on, limit, cursor)


@router.get("/totals", operation_id="describe_diagnosis_codes", summary="How large the list is")
async def describe_diagnosis_codes(db: Reading) -> DiagnosisListView:
    """Return how many codes the list has; without any, diagnoses are checked by their form only."""
    return await queries.describe_list(db)


@router.post("/import", operation_id="import_diagnosis_codes", summary="Import a sheet of diagnosis codes", responses=documented(413),
             openapi_extra=SHEET_BODY)  # fmt: skip
async def import_diagnosis_codes(sheet: SentSheet, once: Once, by: User, complete_from: CompleteFrom = None) -> CodesImported:
    """Merge every row into the list by its code and first day, or none and name every bad cell (at most 100).

    A later period of a code ends the one that runs before. Codes may be written without their dot. At most 150,000 rows and 24 MiB.
    """
    return await once(lambda tx: use_cases.import_codes(sheet, complete_from, by, tx), CodesImported)


@router.post("/import/check", operation_id="check_diagnosis_codes", summary="What an import of this sheet would do",
             responses=documented(413), openapi_extra=SHEET_BODY)  # fmt: skip
async def check_diagnosis_codes(sheet: SentSheet, db: Reading, complete_from: CompleteFrom = None) -> CodesImported:
    """Count what a sheet would add, change and end, or name every bad cell; nothing is written."""
    return await use_cases.check_import(sheet, complete_from, db)


@router.delete("", operation_id="remove_diagnosis_codes", summary="Remove the list")
async def remove_diagnosis_codes(once: Once, by: User) -> DiagnosisListView:
    """Remove every code: diagnoses are then checked by their form only. What clients and records have stays."""
    return await once(lambda tx: use_cases.remove_list(by, tx), DiagnosisListView)
