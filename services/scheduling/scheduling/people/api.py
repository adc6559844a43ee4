"""Routes of therapists, clients, working hours and time off."""

from typing import Annotated, Final
from uuid import UUID

from chassis.http.conventions import Cursor, IfMatch, Limit, Once, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import ClientId, Instant, SiteId, TherapistId
from fastapi import APIRouter, Query

from scheduling.people import queries, use_cases
from scheduling.people.schemas import (
    ClientChange,
    ClientView,
    NewClient,
    NewTherapist,
    TherapistChange,
    TherapistView,
    TimeOffView,
    WorkingHours,
    WorkingHoursView,
)

router = APIRouter()
times = APIRouter(tags=["therapists"])

MOST_IDS: Final = 100

Search = Annotated[
    str | None,
    Query(
        max_length=100,
        description="Every word must occur: of clients in name, e-mail or telephone, of therapists in name, credential or NPI. "
        "Neither case nor accents matter, nor how a telephone number is written.",
    ),
]

IDS: Final = "Only these; an id that nobody has is left out. Several by repetition."


@router.get("/therapists", tags=["therapists"], summary="Therapists by name", operation_id="list_therapists")
async def list_therapists(
    db: Reading,
    q: Search = None,
    site_id: SiteId | None = None,
    is_active: Annotated[bool | None, Query()] = None,
    ids: Annotated[list[TherapistId] | None, Query(max_length=MOST_IDS, description=IDS)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TherapistView]:
    """Return therapists; those without sites work anywhere."""
    return await queries.list_therapists(db, limit, cursor, q, site_id, is_active, ids)


@router.post("/therapists", status_code=201, tags=["therapists"], summary="Add a therapist", operation_id="add_therapist")
async def add_therapist(body: NewTherapist, once: Once) -> TherapistView:
    """Add a therapist."""
    return await once(lambda tx: use_cases.add_therapist(body, tx), TherapistView)


@router.get(
    "/therapists/{therapist_id}", tags=["therapists"], summary="One therapist", operation_id="get_therapist", responses=documented(404)
)
async def get_therapist(therapist_id: TherapistId, db: Reading) -> TherapistView:
    """Return one therapist."""
    return await queries.get_therapist(db, therapist_id)


@router.patch(
    "/therapists/{therapist_id}", tags=["therapists"], summary="Change a therapist", operation_id="change_therapist",
    responses=documented(404, 412),
)  # fmt: skip
async def change_therapist(therapist_id: TherapistId, body: TherapistChange, once: Once, expected: IfMatch) -> TherapistView:
    """Change what the body names."""
    return await once(lambda tx: use_cases.change_therapist(therapist_id, body, expected, tx), TherapistView)


@router.get("/clients", tags=["clients"], summary="Clients by name", operation_id="list_clients")
async def list_clients(
    db: Reading,
    q: Search = None,
    ids: Annotated[list[ClientId] | None, Query(max_length=MOST_IDS, description=IDS)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ClientView]:
    """Return clients."""
    return await queries.list_clients(db, limit, cursor, q, ids)


@router.post("/clients", status_code=201, tags=["clients"], summary="Add a client", operation_id="add_client")
async def add_client(body: NewClient, once: Once) -> ClientView:
    """Add a client."""
    return await once(lambda tx: use_cases.add_client(body, tx), ClientView)


@router.get("/clients/{client_id}", tags=["clients"], summary="One client", operation_id="get_client", responses=documented(404))
async def get_client(client_id: ClientId, db: Reading) -> ClientView:
    """Return one client."""
    return await queries.get_client(db, client_id)


@router.patch(
    "/clients/{client_id}", tags=["clients"], summary="Change a client", operation_id="change_client", responses=documented(404, 412)
)
async def change_client(client_id: ClientId, body: ClientChange, once: Once, expected: IfMatch) -> ClientView:
    """Change what the body names."""
    return await once(lambda tx: use_cases.change_client(client_id, body, expected, tx), ClientView)


Since = Annotated[Instant | None, Query(alias="from", description="Only what ends after this.")]


@times.get("/therapists/{therapist_id}/working-hours", summary="When a therapist works", operation_id="get_working_hours",
            responses=documented(404))  # fmt: skip
async def get_working_hours(therapist_id: TherapistId, db: Reading) -> WorkingHoursView:
    """Return a therapist's hours at each site, and their breaks."""
    return await queries.get_hours(db, therapist_id)


@times.put("/therapists/{therapist_id}/working-hours", summary="Set when a therapist works", operation_id="put_working_hours",
            responses=documented(404, 412))  # fmt: skip
async def put_working_hours(therapist_id: TherapistId, body: WorkingHours, once: Once, expected: IfMatch) -> WorkingHoursView:
    """Replace a therapist's hours and breaks; what is booked stays booked."""
    return await once(lambda tx: use_cases.put_hours(therapist_id, body, expected, tx), WorkingHoursView)


@times.get("/therapists/{therapist_id}/time-off", summary="When a therapist is off", operation_id="list_time_off",
            responses=documented(404))  # fmt: skip
async def list_time_off(
    therapist_id: TherapistId, db: Reading, since: Since = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[TimeOffView]:
    """Return a therapist's absences in order."""
    return await queries.list_time_off(db, therapist_id, since=since, limit=limit, cursor=cursor)


@times.delete("/time-off/{time_off_id}", status_code=204, summary="Be back", operation_id="remove_time_off", responses=documented(404))
async def remove_time_off(time_off_id: UUID, once: Once) -> None:
    """Delete a time off: the therapist can be booked then."""
    await once(lambda tx: use_cases.remove_time_off(time_off_id, tx), TimeOffView)
