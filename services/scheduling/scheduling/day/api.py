"""Routes of the day's work."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from chassis.http.conventions import Cursor, Limit, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.scheduling import SessionStatus
from contracts.types import ClientId, Day, Instant, RoomId, SessionId, SiteId, TherapistId
from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import HTMLResponse

from scheduling.day import queries
from scheduling.day import sheet as day_sheet
from scheduling.day.schemas import DaySheet
from scheduling.replicas import queries as replicas_queries
from scheduling.sessions.schemas import SessionView

sessions = APIRouter(prefix="/sessions", tags=["sessions"])
front_desk = APIRouter(tags=["front desk"])

MOST_IDS: Final = 100
"""Sessions that one request names."""


@sessions.get("", summary="Sessions by start", operation_id="list_sessions", response_model=Page[SessionView])
async def list_sessions(
    db: Reading,
    since: Annotated[Instant | None, Query(alias="from", description="Sessions that end after this.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Sessions that start before this.")] = None,
    site_id: SiteId | None = None,
    therapist_id: TherapistId | None = None,
    client_id: ClientId | None = None,
    room_id: Annotated[RoomId | None, Query(description="Sessions that have this room.")] = None,
    status: Annotated[list[SessionStatus], Query(max_length=7, description="Repeat it for several.")] = [],  # noqa: B006 (FastAPI copies it)
    ids: Annotated[
        list[SessionId] | None,
        Query(max_length=MOST_IDS, description="Only these; an id that nobody has is left out. Several by repetition."),
    ] = None,
    day: Annotated[Day | None, Query(description="A day of the site that is named, otherwise of UTC; instead of from and to.")] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Every word must occur in a name, the service or the room's number.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Return the sessions that all given filters let through."""
    if day is not None:
        since, until = await replicas_queries.day_of(db, site_id, day)
    equal = {"site_id": site_id, "therapist_id": therapist_id, "room_id": room_id}
    found = await queries.list_sessions(
        db, limit, cursor, datetime.now(UTC), since=since, until=until, statuses=status, words=q, ids=ids, client_id=client_id, **equal
    )
    return Response(found, media_type="application/json")


CSV: Final = "text/csv"

HTML: Final = "text/html"

SHEETS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": DaySheet,
        "content": {
            CSV: {"schema": {"type": "string"}, "example": ",".join(day_sheet.COLUMNS)},
            HTML: {"schema": {"type": "string"}, "example": "<!doctype html>"},
        },
    }
}


@front_desk.get("/day-sheet", summary="A site's day on one page", operation_id="day_sheet", response_model=DaySheet,
            responses=documented(404) | SHEETS)  # fmt: skip
async def read_day_sheet(
    db: Reading, site_id: SiteId, day: Day, therapist_id: TherapistId | None = None, accept: Annotated[str, Header()] = "*/*"
) -> DaySheet | Response:
    """Return the day as data, as a sheet (`Accept: text/csv`) or as a page to print (`Accept: text/html`)."""
    sheet = await queries.read(db, site_id, day, therapist_id)
    if CSV in accept:
        name = f'attachment; filename="day-{day}.csv"'
        return Response(day_sheet.to_csv(sheet.lines), media_type=CSV, headers={"Content-Disposition": name})
    return HTMLResponse(day_sheet.to_html(sheet.title, sheet.time_zone, sheet.lines)) if HTML in accept else sheet
