"""The HTTP edge of the clinic's own rules: policies, travel times, and what staff overrode."""

from typing import Annotated

from chassis.http.conventions import Cursor, IfMatch, Limit, Once, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import Instant, ServiceId, SessionId
from fastapi import APIRouter, Query

from scheduling.policies import queries, use_cases
from scheduling.policies.schemas import Journey, NewJourney, OverrideView, PolicyView, Rules

router = APIRouter(tags=["policies"])


@router.get("/policies", summary="The clinic's rules", operation_id="list_policies")
async def list_policies(db: Reading) -> Page[PolicyView]:
    """Return the default rules, and what services have instead."""
    return await queries.list_policies(db)


@router.put("/policies/default", summary="Write the default rules", operation_id="put_default_policy", responses=documented(412))
async def put_default_policy(body: Rules, once: Once, expected: IfMatch) -> PolicyView:
    """Replace the rules that count for every booking; what is booked stays booked."""
    return await once(lambda tx: use_cases.put_policy(None, body, expected, tx), PolicyView)


@router.put("/policies/services/{service_id}", summary="Write the rules of a service", operation_id="put_service_policy",
            responses=documented(404, 412))  # fmt: skip
async def put_service_policy(service_id: ServiceId, body: Rules, once: Once, expected: IfMatch) -> PolicyView:
    """Replace a service's own rules; what they leave out is taken from the default."""
    return await once(lambda tx: use_cases.put_policy(service_id, body, expected, tx), PolicyView)


@router.delete("/policies/services/{service_id}", status_code=204, summary="Let the default count again",
               operation_id="remove_service_policy", responses=documented(404))  # fmt: skip
async def remove_service_policy(service_id: ServiceId, once: Once) -> None:
    """Remove a service's own rules; the default counts for it again."""
    await once(lambda tx: use_cases.remove_policy(service_id, tx), PolicyView)


@router.get("/travel-times", summary="How long therapists travel", operation_id="list_travel_times")
async def list_travel_times(db: Reading) -> Page[Journey]:
    """Return the travel times between sites."""
    return await queries.list_journeys(db)


@router.put("/travel-times", summary="Set how long therapists travel", operation_id="put_travel_time", responses=documented(404))
async def put_travel_time(body: NewJourney, once: Once) -> Journey:
    """Set how long therapists travel between two sites, either way; bookings and alternatives keep it."""
    return await once(lambda tx: use_cases.put_journey(body, tx), Journey)


@router.get("/overrides", summary="What staff overrode", operation_id="list_overrides")
async def list_overrides(
    db: Reading,
    session_id: SessionId | None = None,
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Before this.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OverrideView]:
    """Return every rule that was overridden, by whom and why, the latest first."""
    return await queries.list_overrides(db, session_id, since, until, limit, cursor)
