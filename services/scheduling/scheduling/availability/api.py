"""Routes of free times: the next free slots, and alternatives of a request."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from chassis.errors import Unavailable
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import LATEST, ClientId, Equipment, Instant, ServiceId, SiteId, TherapistId
from fastapi import APIRouter, Query, Request

from scheduling.availability import queries
from scheduling.availability.schemas import AlternativesRequest, FirstAvailable, OpenAlternative
from scheduling.decisions.booking import GROUP_AT_MOST
from scheduling.lifecycle import refusals
from scheduling.replicas import queries as replicas_queries

router = APIRouter(tags=["front desk"])

USUAL_SEARCH: Final = timedelta(days=14)


@router.get("/first-available", summary="The next free slots for a service", operation_id="first_available", responses=documented(404))
async def first_available(
    request: Request,
    service_id: ServiceId,
    site_id: SiteId,
    since: Annotated[Instant | None, Query(alias="from", description="Now, unless stated otherwise.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Two weeks later, unless stated otherwise; at most 62 days.")] = None,
    therapist_id: Annotated[TherapistId | None, Query(description="Only this one; otherwise everybody who works at the site.")] = None,
    client_id: Annotated[
        list[ClientId], Query(max_length=GROUP_AT_MOST, description="Keeps out the times at which any of these clients is busy.")
    ] = [],  # noqa: B006 (FastAPI copies it)
    capacity: Annotated[int | None, Query(ge=1, le=1000)] = None,
    equipment: Annotated[list[Equipment], Query(max_length=20)] = [],  # noqa: B006 (FastAPI copies it)
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> FirstAvailable:
    """Return the earliest quarter hours at which a therapist, the client and a room are free; each is booked by one POST /sessions."""
    now = datetime.now(UTC)
    begin = since or now
    state = request.app.state
    end = until or min(begin + USUAL_SEARCH, LATEST)
    wanted = queries.Search(service_id, site_id, begin, end, therapist_id, tuple(dict.fromkeys(client_id)), capacity, tuple(equipment))
    return await queries.first_available(wanted, limit, state.database, state.questions, now)


@router.post("/sessions/alternatives", summary="What else would do", operation_id="find_alternatives")
async def find_alternatives(body: AlternativesRequest, request: Request) -> Page[OpenAlternative]:
    """Return times, rooms and therapists near a request at which everybody is free, the best first; nothing is held."""
    state = request.app.state
    wanted = body.booking_request(await replicas_queries.moment_soon(body, body.site_id, state.database, state.gateway.replica_patience_s))
    found = await queries.alternatives(wanted, body.limit, state.database, state.questions, datetime.now(UTC), others=body.other_therapists)
    if found is None:
        detail = "Rooms does not answer now, so nothing is known of other rooms and times. Nothing was changed. Try again shortly."
        raise Unavailable(refusals.ROOMS_AWAY, detail)
    return Page(items=found)
