"""The HTTP edge of the front desk's reading: the next free slot, what else would do, and the day's sheet."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final

from chassis.edge import Page, Reading
from chassis.problems import Problem, documented
from contracts.types import ClientId, Day, Equipment, Flag, Instant, ServiceId, SiteId, TherapistId
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from scheduling import availability, day_sheet, refusals, starts
from scheduling.api import NewSession
from scheduling.availability import FirstAvailable, OpenAlternative
from scheduling.day_sheet import DaySheet
from scheduling.domain import GROUP_AT_MOST

router = APIRouter(tags=["front desk"])

USUAL_SEARCH: Final = timedelta(days=14)
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


class WishForAlternatives(NewSession):
    """A session that somebody wants, and how freely to look for something else."""

    other_therapists: Flag = False
    """Also other therapists of the site at the wished time."""
    limit: Annotated[int, Field(ge=1, le=50)] = 5


@router.get("/first-available", summary="The next free slots for a service", operation_id="first_available", responses=documented(404))
async def first_available(
    request: Request,
    service_id: ServiceId,
    site_id: SiteId,
    since: Annotated[Instant | None, Query(alias="from", description="Now, unless said otherwise.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Two weeks later, unless said otherwise; at most 62 days.")] = None,
    therapist_id: Annotated[TherapistId | None, Query(description="Only this one; otherwise everybody who works at the site.")] = None,
    client_id: Annotated[
        list[ClientId], Query(max_length=GROUP_AT_MOST, description="Keeps out the times at which any of these clients is busy.")
    ] = [],  # noqa: B006 (FastAPI copies it)
    capacity: Annotated[int | None, Query(ge=1, le=1000)] = None,
    equipment: Annotated[list[Equipment], Query(max_length=20)] = [],  # noqa: B006 (FastAPI copies it)
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> FirstAvailable:
    """Return the earliest quarter hours at which a therapist, the client and a room are free; each is booked by one POST /sessions."""
    begin = since or datetime.now(UTC)
    state = request.app.state
    end = until or begin + USUAL_SEARCH
    wish = availability.Search(service_id, site_id, begin, end, therapist_id, tuple(dict.fromkeys(client_id)), capacity, tuple(equipment))
    return await availability.first_available(wish, limit, state.database, state.questions)


@router.post("/sessions/alternatives", summary="What else would do", operation_id="find_alternatives")
async def find_alternatives(body: WishForAlternatives, request: Request) -> Page[OpenAlternative]:
    """Return times, rooms and therapists near a wish at which everybody is free, the best first; nothing is held."""
    state = request.app.state
    wish = body.wish(await starts.moment_soon(body, body.site_id, state.database, state.desk.replica_patience_s))
    found = await availability.alternatives(wish, body.limit, state.database, state.questions, others=body.other_therapists)
    if found is None:
        detail = "Rooms does not answer now, so nothing is known of other rooms and times. Nothing was changed. Try again shortly."
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, refusals.ROOMS_AWAY, detail)
    return Page(items=found)


@router.get("/day-sheet", summary="A site's day on one page", operation_id="day_sheet", response_model=DaySheet,
            responses=documented(404) | SHEETS)  # fmt: skip
async def read_day_sheet(
    db: Reading, site_id: SiteId, day: Day, therapist_id: TherapistId | None = None, accept: Annotated[str, Header()] = "*/*"
) -> DaySheet | Response:
    """Return the day as data, as a sheet (`Accept: text/csv`) or as a page to print (`Accept: text/html`)."""
    sheet = await day_sheet.read(db, site_id, day, therapist_id)
    if CSV in accept:
        name = f'attachment; filename="day-{day}.csv"'
        return Response(day_sheet.to_csv(sheet), media_type=CSV, headers={"Content-Disposition": name})
    return HTMLResponse(day_sheet.to_html(sheet)) if HTML in accept else sheet
