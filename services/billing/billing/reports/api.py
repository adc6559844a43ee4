"""Billing's HTTP edge of reports."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.errors import FieldError, Invalid, Unacceptable
from chassis.files import writer
from chassis.files.columns import Sheet
from chassis.http.conventions import Cursor, Once, OneMoment
from chassis.http.large_files import LARGE_FILE
from chassis.http.problems import documented
from contracts.types import FIRST_DAY, Code, Day, SiteId, TherapistId
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from billing.network.api import Today
from billing.records.api import Which
from billing.reports import books as report_ledger
from billing.reports import queries, use_cases
from billing.reports import sessions as report_sessions
from billing.reports.queries import MOST_ROWS, Report, csv_example, example
from billing.reports.schemas import RepairRequested
from billing.reports.scope import CloseBy, DenialState, Filter, GroupBy, Outline, Scope

router = APIRouter(prefix="/reports", tags=["reports"])

A_MONTH: Final = timedelta(days=30)
LONGEST_RANGE: Final = timedelta(days=3_660)
ALL: Final = frozenset(Filter)


class Format(StrEnum):
    """A form of a table."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


ANY: Final = "*/*"
MEDIA_TYPES: Final = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WRITERS: Final[dict[Format, Callable[[Sheet], AsyncIterator[bytes]]]] = {Format.CSV: writer.to_csv, Format.XLSX: writer.to_xlsx}


class Only(StrEnum):
    """Which records a variance report shows."""

    DIFFERENT = "different"


class Denials(StrEnum):
    """Which denials a report shows."""

    OPEN = DenialState.OPEN
    REQUESTED_AGAIN = DenialState.REQUESTED_AGAIN
    OVERTURNED = DenialState.OVERTURNED
    CLOSED = DenialState.CLOSED
    ALL = "all"


Groups = Annotated[list[GroupBy], Query(max_length=2, description="What the rows are about; twice for two of them at once.")]


def download(table: Sheet, form: Format) -> StreamingResponse:
    """Send a sheet while it is written."""
    headers = {"Content-Disposition": f'attachment; filename="{table.name}.{form}"', "Vary": "Accept"}
    return StreamingResponse(WRITERS[form](table), media_type=MEDIA_TYPES[form], headers=headers)


def sheets(*forms: Format, csv: str, **more: Any) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that may be a sheet, for OpenAPI; ``more`` is the description of the same as JSON."""
    described: dict[Format, dict[str, Any]] = {
        Format.JSON: more,
        Format.CSV: {"schema": {"type": "string"}, "example": csv},
        Format.XLSX: {"schema": {"type": "string", "format": "binary"}},
    }
    return {**documented(406), 200: {"content": {MEDIA_TYPES[form]: described[form] for form in forms}}}


_Rank = tuple[float, int]
"""How readily a media type is accepted, and how early it is named: more is better."""


def choose(accept: str) -> Format:
    """Return the form that is accepted most readily, among equals the one named first, JSON for a range; Unacceptable when none is."""
    wanted: dict[str, _Rank] = {}
    for place, part in enumerate(accept.split(",")):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        wanted[media_type.lower()] = (_quality(parameters), -place)
    readily = {form: _first(wanted, media_type, f"{media_type.split('/')[0]}/*", ANY) for form, media_type in MEDIA_TYPES.items()}
    best = max(readily, key=lambda form: readily[form])
    if not readily[best][0]:
        detail = f"This is answered as {', '.join(MEDIA_TYPES.values())}; Accept names none of them. Leave it out for JSON."
        raise Unacceptable("not-acceptable", detail, field="accept")
    return best


def _first(wanted: dict[str, _Rank], *ranges: str) -> _Rank:
    return next((wanted[one] for one in ranges if one in wanted), (0.0, 0))


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


async def _wanted(
    accept: Annotated[str, Header(description="`application/json`, `text/csv`, or XLSX by its media type.")] = ANY,
    form: Annotated[Format | None, Query(alias="format", description="For links: goes before Accept.")] = None,
) -> Format:
    return form or choose(accept)


Wanted = Annotated[Format, Depends(_wanted)]


async def _place(request: Request, form: Wanted) -> AsyncIterator[None]:
    state = request.app.state
    async with (state.long_reads if form is Format.JSON else state.large_files).place():
        yield


Place = Annotated[None, Depends(_place)]
"""Keeps a place for a report, or for a large file until the last byte is sent; to be named before the database connection."""


async def _scope(
    request: Request,
    today: Today,
    since: Annotated[Day | None, Query(alias="from", description="A month before to, unless stated otherwise.")] = None,
    until: Annotated[Day | None, Query(alias="to", description="Included; as_of or today, unless stated otherwise.")] = None,
    as_of: Annotated[Day | None, Query(description="Postings up to the end of this day count; today, unless stated otherwise.")] = None,
    group_by: Groups = [],  # noqa: B006 (never changed)
    site_id: SiteId | None = None,
    therapist_id: TherapistId | None = None,
    payer_id: UUID | None = None,
    service_code: Code | None = None,
) -> Scope:
    end: date = until or as_of or today
    wanted = {
        Filter.SITE_ID: site_id,
        Filter.THERAPIST_ID: therapist_id,
        Filter.PAYER_ID: payer_id,
        Filter.SERVICE_CODE: service_code,
    }
    return Scope(
        since=since or max(FIRST_DAY, end - A_MONTH),
        until=end,
        as_of=as_of or today,
        today=today,
        zone=request.app.state.zone,
        group_by=tuple(dict.fromkeys(group_by)),
        filters={name: value for name, value in wanted.items() if value is not None},
    )


class ReportRequest:
    """A report that was requested, in the requested form."""

    def __init__(
        self,
        _: Place,
        db: OneMoment,
        scope: Annotated[Scope, Depends(_scope)],
        form: Wanted,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows on one page of the JSON answer.")] = MOST_ROWS,
        cursor: Cursor = None,
    ) -> None:
        """Keep what was requested; a cursor is read before the report is."""
        self._db = db
        self._limit = limit
        self._skipped = queries.rows_before(cursor)
        self._scope = scope
        self._form = form

    async def answer(
        self, name: str, outline: Callable[[Scope], Outline], default: GroupBy | None = None, filters: frozenset[Filter] = ALL
    ) -> Report | Response:
        """Read it and answer it; the rows are about ``default`` unless something else was requested."""
        _check(self._scope, filters)
        scope = self._scope if self._scope.group_by or default is None else replace(self._scope, group_by=(default,))
        reading = await queries.read(self._db, name, scope, outline(scope))
        return await reading.report(self._limit, self._skipped) if self._form is Format.JSON else download(reading.sheet(), self._form)


RequestedReport = Annotated[ReportRequest, Depends()]


def _check(scope: Scope, filters: frozenset[Filter]) -> None:
    """Refuse what nobody can mean, all of it at once."""
    wrong = list(_wrong(scope, filters))
    if wrong:
        codes = {error.code for error in wrong}
        slug = codes.pop() if len(codes) == 1 else "invalid-request"
        raise Invalid(slug, " ".join(error.message for error in wrong), wrong)


def _wrong(scope: Scope, filters: frozenset[Filter]) -> Iterator[FieldError]:
    if not scope.since <= scope.until or scope.until - scope.since > LONGEST_RANGE:
        message = f"to must not lie before from, and at most {LONGEST_RANGE.days} days after it."
        yield FieldError(field="to", code="impossible-range", message=message)
    for name in scope.filters:
        if name not in filters:
            known = ", ".join(sorted(filters)) or "no filter"
            message = f"This report cannot be limited to one {name.removesuffix('_id')} alone; it knows {known}."
            yield FieldError(field=name, code="filter-not-applicable", message=message, fix=f"Leave {name} out.")


def _described(name: str) -> dict[int | str, dict[str, Any]]:
    answers = sheets(*Format, csv=csv_example(name), example=example(name))
    answers[200]["model"] = Report
    return answers


@router.get(
    "/aging", operation_id="report_aging", summary="What is owed, for how long", response_model=Report, responses=_described("aging")
)
async def aging(report: RequestedReport) -> Report | Response:
    """Return what clients and payers owe as of a day, in buckets of days since the service; by payer, unless stated otherwise."""
    return await report.answer("aging", report_ledger.aging, GroupBy.PAYER)


@router.get("/revenue", operation_id="report_revenue", summary="What was earned", response_model=Report, responses=_described("revenue"))
async def revenue(report: RequestedReport) -> Report | Response:
    """Return what was charged for services of a time, what became of it, and what is outstanding; by code, unless stated otherwise."""
    return await report.answer("revenue", report_ledger.revenue, GroupBy.SERVICE_CODE)


@router.get(
    "/adjustments", operation_id="report_adjustments", summary="What was taken off, and why",
    response_model=Report, responses=_described("adjustments"),
)  # fmt: skip
async def adjustments(report: RequestedReport) -> Report | Response:
    """Return what contracts, discounts and write-offs posted in a time took off, by kind and reason; a void takes back what it took."""
    return await report.answer("adjustments", report_ledger.adjustments)


@router.get(
    "/denials", operation_id="report_denials", summary="What insurers refuse to pay",
    response_model=Report, responses=_described("denials"),
)  # fmt: skip
async def denials(
    report: RequestedReport,
    state: Annotated[Denials, Query(description="Which denials, by what became of them since; the totals are of these.")] = Denials.OPEN,
) -> Report | Response:
    """Return of which records an insurer refuses to pay as of a day, since whenever; the open denials by payer, unless stated otherwise."""
    shown = None if state is Denials.ALL else DenialState(state)
    return await report.answer("denials", partial(report_ledger.denials, shown=shown), GroupBy.PAYER)


@router.get(
    "/daily-close", operation_id="report_daily_close", summary="What was posted", response_model=Report, responses=_described("daily-close")
)
async def daily_close(
    report: RequestedReport,
    by: Annotated[CloseBy, Query(description="Whether a posting is on the day of its deposit, as at the bank, or of its posting.")] = (
        CloseBy.DEPOSIT
    ),
) -> Report | Response:
    """Return what belongs to each day, by kind, payer and method, from the opening receivables to the closing ones.

    By the day of posting the closing receivables of a day are what aging has as of that day.
    """
    return await report.answer("daily-close", partial(report_ledger.daily_close, days=by))


@router.get(
    "/unbilled", operation_id="report_unbilled", summary="What nobody completed", response_model=Report, responses=_described("unbilled")
)
async def unbilled(report: RequestedReport) -> Report | Response:
    """List booked sessions whose day has passed and that have no record; those called off since are left out."""
    return await report.answer("unbilled", report_sessions.unbilled, filters=frozenset({Filter.SERVICE_CODE}))


@router.get("/variance", operation_id="report_variance", summary="Quote and bill", response_model=Report, responses=_described("variance"))
async def variance(
    report: RequestedReport, only: Annotated[Only | None, Query(description="Leave out records that are as they were quoted.")] = None
) -> Report | Response:
    """Hold every record against its quote and what was paid, and return why they differ."""
    return await report.answer("variance", partial(report_sessions.variance, only_different=only is Only.DIFFERENT))


@router.get(
    "/reconciliation", operation_id="report_reconciliation", summary="What must never be",
    response_model=Report, responses=_described("reconciliation"),
)  # fmt: skip
async def reconcile(report: RequestedReport) -> Report | Response:
    """Count what contradicts the ledger, and what the last comparison with completed sessions found: every number is 0."""
    return await report.answer("reconciliation", lambda _: report_sessions.reconciliation(), filters=frozenset())


@router.post(
    "/reconciliation/repair",
    operation_id="repair_reconciliation",
    summary="Request records that are missing",
    status_code=HTTPStatus.ACCEPTED,
)
async def repair(once: Once) -> RepairRequested:
    """Request from scheduling to compare its completed sessions with the records and to publish those again that are missing."""
    return await once(use_cases.request_repair, RepairRequested)


record_exports = APIRouter(prefix="/records", tags=["records"])

CSV_EXAMPLE: Final = "id,kind,session_id,…,payment_status,balance\n01890a5d-ac96-7a11-8c22-d3e4f5061728,session,…,partially_paid,160.00\n"


@record_exports.get(
    "/export.csv", operation_id="export_records_csv", summary="Every column of the records that fit, as CSV",
    dependencies=[LARGE_FILE], response_class=Response, responses=sheets(Format.CSV, csv=CSV_EXAMPLE),
)  # fmt: skip
async def as_csv(db: OneMoment, which: Which) -> Response:
    """Stream the records, the latest date of service first; flags are their codes."""
    return download(await queries.export_records(db, which), Format.CSV)


@record_exports.get(
    "/export.xlsx", operation_id="export_records_xlsx", summary="Every column of the records that fit, as XLSX",
    dependencies=[LARGE_FILE], response_class=Response, responses=sheets(Format.XLSX, csv=CSV_EXAMPLE),
)  # fmt: skip
async def as_xlsx(db: OneMoment, which: Which) -> Response:
    """Write the records into a workbook, the latest date of service first, and send it; instants are in UTC."""
    return download(await queries.export_records(db, which), Format.XLSX)
