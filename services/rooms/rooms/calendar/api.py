"""The HTTP edge of the calendar."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from chassis.errors import Invalid
from chassis.http.conventions import Reading
from chassis.http.problems import documented
from contracts.types import DAY_SINCE_2000, Day, Instant, Month, SiteId, Week
from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from rooms.calendar import queries
from rooms.calendar.queries import Bounds
from rooms.calendar.schemas import Calendar, Utilization
from rooms.places.schemas import FIRST_DAY, LAST_DAY

router = APIRouter(tags=["times"])

DAYS: Final = TypeAdapter[date](
    Annotated[Day, Field(ge=FIRST_DAY, le=LAST_DAY), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY_SINCE_2000})]
)

INSTANTS: Final = TypeAdapter[datetime](Instant)


def _day_or_instant(written: str) -> date | datetime:
    try:
        return (DAYS if re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII) else INSTANTS).validate_python(written)
    except ValidationError as error:
        code = "day_or_instant_parsing"
        message = "write a day of the site, such as 2026-03-02, or an instant with its offset, such as 2026-03-02T14:00:00Z"
        raise PydanticCustomError(code, message) from error


EDGE_SCHEMA: Final[dict[str, Any]] = {"anyOf": [DAYS.json_schema(), INSTANTS.json_schema()]}

Edge = Annotated[date | datetime, PlainValidator(_day_or_instant), WithJsonSchema(EDGE_SCHEMA)]

From = Annotated[Edge | None, Query(alias="from", description="An instant, or a day of the site.")]

To = Annotated[Edge | None, Query(alias="to", description="An instant, or a day of the site, which is included.")]


async def _range(
    begin: From = None,
    end: To = None,
    day: Annotated[Day | None, Query(description="One day of the site, instead of from and to.")] = None,
    week: Annotated[Week | None, Query(description="An ISO week of the site, such as 2026-W10.")] = None,
    month: Annotated[Month | None, Query(description="A month of the site, such as 2026-03.")] = None,
) -> Bounds:
    if sum((begin is not None or end is not None, day is not None, week is not None, month is not None)) != 1:
        raise Invalid("ambiguous-range", "Give from and to, or a day, or a week, or a month: exactly one of them.", field="from")
    if day is not None:
        return _in_years_of_sessions(day, day, "day")
    if week is not None:
        monday = _monday(week)
        return _in_years_of_sessions(monday, monday + timedelta(days=6), "week")
    if month is not None:
        year, number = map(int, month.split("-"))
        return _in_years_of_sessions(date(year, number, 1), date(year, number, monthrange(year, number)[1]), "month")
    if begin is None or end is None:
        raise Invalid("half-a-range", "from and to belong together. Give both.", field="from" if begin is None else "to")
    return begin, end


def _in_years_of_sessions(first: date, last: date, field: str) -> tuple[date, date]:
    if first < FIRST_DAY or last > LAST_DAY:
        raise Invalid("outside-the-calendar", f"Days from {FIRST_DAY} to {LAST_DAY} can be shown. Name later or earlier ones.", field=field)
    return first, last


def _monday(week: str) -> date:
    year, number = map(int, week.split("-W"))
    try:
        return date.fromisocalendar(year, number, 1)
    except ValueError as error:
        raise Invalid("no-such-week", f"{year} has no week {number}. Name one from 1 to 52.", field="week") from error


Range = Annotated[Bounds, Depends(_range)]


@router.get(
    "/calendar", operation_id="calendar", summary="What takes the rooms of a site", response_model=Calendar, responses=documented(404)
)
async def calendar(site_id: SiteId, requested: Range, db: Reading) -> Response:
    """Return what takes each room, and when the site is open: a day, a week, a month, or at most 62 days."""
    return Response(await queries.calendar(db, site_id, requested), media_type="application/json")


@router.get("/utilization", operation_id="utilization", summary="How well the rooms of a site are used", responses=documented(404))
async def utilization(site_id: SiteId, requested: Range, db: Reading) -> Utilization:
    """Return what became of the open time, by room and by hour of the week, and the demand that found no room; at most 62 days."""
    return await queries.utilization(db, site_id, requested)
