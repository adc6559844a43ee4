"""The HTTP edge of availability."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from chassis.http.conventions import Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.rooms import Alternative
from contracts.types import Equipment, Instant, RoomId, SessionId, SiteId
from fastapi import APIRouter, Depends, Query

from rooms.availability import queries
from rooms.availability.schemas import ALTERNATIVES_EXAMPLE, Availability
from rooms.holds.ranking import MOST
from rooms.holds.rules import RoomNeed
from rooms.places.schemas import LARGEST_ROOM, MOST_EQUIPMENT_OF_A_ROOM

times = APIRouter(tags=["times"])


async def _need(
    site_id: SiteId,
    starts_at: Instant,
    ends_at: Instant,
    capacity: Annotated[int, Query(ge=1, le=LARGEST_ROOM, description="Places needed.")] = 1,
    equipment: Annotated[list[Equipment], Query(max_length=MOST_EQUIPMENT_OF_A_ROOM, description="Needed; repeat it for several.")] = [],  # noqa: B006 (FastAPI copies it)
    session_id: Annotated[SessionId | None, Query(description="What this session has taken itself does not count.")] = None,
) -> RoomNeed:
    return RoomNeed(site_id, starts_at, ends_at, None, capacity, frozenset(equipment), session_id)


Needed = Annotated[RoomNeed, Depends(_need)]


@times.get(
    "/availability", operation_id="availability", summary="Which rooms are free, and why the others are not", responses=documented(404)
)
async def availability(need: Needed, db: Reading) -> Availability:
    """Return every room of the site with everything that speaks against it; a free one would be held now."""
    return await queries.availability(db, need)


@times.get(
    "/alternatives", operation_id="alternatives", summary="What else would do",
    responses=documented(404) | {200: {"content": {"application/json": {"example": ALTERNATIVES_EXAMPLE}}}},
)  # fmt: skip
async def alternatives(
    need: Needed,
    db: Reading,
    room_id: Annotated[RoomId | None, Query(description="The room that was requested.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 5,
) -> Page[Alternative]:
    """Return free rooms and times near the request, the best first; nothing is held."""
    return Page(items=await queries.alternatives(db, replace(need, room_id=room_id), limit, datetime.now(UTC)))
