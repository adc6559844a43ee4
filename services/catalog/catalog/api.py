"""The HTTP edge of the catalog."""

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from chassis.files.forms import FORM
from chassis.files.sheets import text_of
from chassis.files.threads import in_thread
from chassis.http.conventions import Cursor, IfMatch, Limit, Once, Reading, User
from chassis.http.problems import documented
from chassis.rows.paging import Page
from chassis.text import PRINTABLE
from contracts.catalog import Kind, ServiceType
from contracts.types import Code, Day, RateId, ServiceId
from fastapi import APIRouter, Depends, Query, Request, Response

from catalog import domain, queries, sheet, use_cases
from catalog.schemas import Imported, NewRate, NewService, RateView, ServiceChanges, ServiceView, SheetCheck

CSV: Final = "text/csv"
MOST_IDS: Final = 100
IDS: Final = "Only these; an id or a code that the catalog does not have is left out. Several by repetition."
CSV_EXAMPLE: Final = (
    "service_code,service_name,service_type,standard_duration,base_rate\n90837,Individual Psychotherapy,psychotherapy,60,185.00\n"
)
CSV_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            CSV: {"schema": {"type": "string"}, "example": CSV_EXAMPLE},
            FORM: {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}},
                "example": {"file": CSV_EXAMPLE},
            },
        },
    }
}
CSV_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {CSV: {"schema": {"type": "string"}, "example": CSV_EXAMPLE}}}}

services = APIRouter(prefix="/services", tags=["services"])
sheets = APIRouter(prefix="/services", tags=["sheets"])
rates = APIRouter(prefix="/services/{service_id}/rates", tags=["rates"])


# These are coroutines because a plain function would cost a thread.


async def _zone(request: Request) -> ZoneInfo:
    return request.app.state.zone


Zone = Annotated[ZoneInfo, Depends(_zone)]


async def _today(zone: Zone) -> date:
    return domain.day_of(datetime.now(UTC), zone)


Today = Annotated[date, Depends(_today)]


async def _text(request: Request) -> str:
    """Return the sheet that was sent, as the body itself or as the file of a form."""
    return await in_thread(text_of, await request.body(), request.headers.get("content-type", CSV))


async def _sheet(text: Annotated[str, Depends(_text)]) -> sheet.ReadSheet:
    """Read the sheet before any transaction begins: nobody waits for a lock meanwhile."""
    return await in_thread(sheet.read, text)


Sheet = Annotated[sheet.ReadSheet, Depends(_sheet)]


@services.get("", operation_id="list_services", summary="List services by code")
async def list_services(
    db: Reading,
    today: Today,
    is_active: Annotated[bool | None, Query()] = None,
    service_type: ServiceType | None = None,
    kind: Annotated[
        list[Kind] | None, Query(max_length=len(Kind), description="Only services of these kinds. Several by repetition.")
    ] = None,
    bookable: Annotated[bool | None, Query(description="Whether it can be booked as a session: it has a duration and is no fee.")] = None,
    ids: Annotated[list[ServiceId] | None, Query(max_length=MOST_IDS, description=IDS)] = None,
    code: Annotated[list[Code] | None, Query(max_length=MOST_IDS, description=IDS)] = None,
    q: Annotated[str | None, Query(max_length=100, pattern=PRINTABLE, description="Every word must occur in the code or the name.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ServiceView]:
    """Return the services that fit, with the rate in force today."""
    wanted = queries.Wanted(is_active=is_active, service_type=service_type, kinds=kind, bookable=bookable, ids=ids, codes=code, words=q)
    return await queries.list_services(db, today, wanted, limit=limit, cursor=cursor)


@services.post(
    "", operation_id="add_service", summary="Add a service with its first rate", status_code=HTTPStatus.CREATED, responses=documented(409)
)
async def add_service(body: NewService, once: Once, zone: Zone, user: User, response: Response) -> ServiceView:
    """Add a service; its price is in force from ``effective_from`` on."""
    service = await once(lambda tx: use_cases.add_service(body, user, zone, tx), ServiceView)
    response.headers["Location"] = f"/services/{service.id}"
    return service


@services.get("/by-code/{code}", operation_id="find_service_by_code", summary="Find a service by its code", responses=documented(404))
async def find_by_code(code: Code, db: Reading, today: Today) -> ServiceView:
    """Return the service with this code."""
    return await queries.find_by_code(db, code, today)


@sheets.post(
    "/import", operation_id="import_services", summary="Add and change services by a sheet, all or nothing",
    responses=documented(409), openapi_extra=CSV_BODY,
)  # fmt: skip
async def import_services(lines: Sheet, once: Once, zone: Zone, user: User) -> Imported:
    """Add the codes that are new and change those that are known; if a line is wrong, nothing happens and every wrong line is named."""
    return await once(lambda tx: use_cases.import_services(lines, user, zone, tx), Imported)


@sheets.post(
    "/import/check", operation_id="check_import", summary="What an import of this sheet would do", openapi_extra=CSV_BODY
)  # fmt: skip
async def check_import(lines: Sheet, db: Reading, today: Today) -> SheetCheck:
    """Return which services a sheet would add and what it would change, or name every wrong line; nothing is written."""
    return await use_cases.check_import(lines, today, db)


@sheets.get(
    "/export.csv", operation_id="export_services", summary="The whole catalog as a sheet", responses=CSV_ANSWER, response_class=Response
)
async def export_services(db: Reading, today: Today) -> Response:
    """Return every service as a sheet that the import takes back; cells that a spreadsheet would run begin with an apostrophe."""
    text = sheet.write(await queries.whole_sheet(db, today))
    return Response(text, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="services.csv"'})


@services.get("/{service_id}", operation_id="find_service", summary="Find a service", responses=documented(404))
async def find_service(service_id: ServiceId, db: Reading, today: Today) -> ServiceView:
    """Return the service with the rate in force today."""
    return await queries.find_service(db, service_id, today)


@services.patch("/{service_id}", operation_id="change_service", summary="Change a service", responses=documented(404, 409, 412))
async def change_service(service_id: ServiceId, body: ServiceChanges, if_match: IfMatch, once: Once, zone: Zone) -> ServiceView:
    """Change what is named; services are deactivated, never deleted, and prices are scheduled, never overwritten."""
    return await once(lambda tx: use_cases.change_service(service_id, body, if_match, zone, tx), ServiceView)


@rates.get("", operation_id="list_rates", summary="List a service's rates, past, present and scheduled", responses=documented(404))
async def list_rates(service_id: ServiceId, db: Reading, limit: Limit = 50, cursor: Cursor = None) -> Page[RateView]:
    """Return the rates in the order of time."""
    return await queries.list_rates(db, service_id, limit=limit, cursor=cursor)


@rates.post("", operation_id="add_rate", summary="Schedule a rate", status_code=HTTPStatus.CREATED, responses=documented(404, 409))
async def add_rate(service_id: ServiceId, body: NewRate, once: Once, zone: Zone, user: User) -> RateView:
    """Let a price begin today or later; the rate before it ends the day before."""
    return await once(lambda tx: use_cases.add_rate(service_id, body, user, zone, tx), RateView)


@rates.get("/on/{day}", operation_id="find_rate_on", summary="The rate in force on a day", responses=documented(404))
async def find_rate_on(service_id: ServiceId, day: Day, db: Reading) -> RateView:
    """Return the rate in force on the date of service."""
    return await queries.rate_on(db, service_id, day)


@rates.delete(
    "/{rate_id}", operation_id="withdraw_rate", summary="Withdraw a scheduled rate", status_code=HTTPStatus.NO_CONTENT,
    responses=documented(404, 409),
)  # fmt: skip
async def withdraw_rate(service_id: ServiceId, rate_id: RateId, once: Once, zone: Zone) -> None:
    """Withdraw a rate that is not in force yet; the rate before it goes on until the end of the withdrawn one."""
    await once(lambda tx: use_cases.withdraw_rate(service_id, rate_id, zone, tx), RateView)
