"""The HTTP edge of therapists and clients."""

from typing import Annotated, Final

from chassis.edge import Cursor, IfMatch, Limit, Once, Page, Reading
from chassis.problems import documented
from contracts.types import ClientId, SiteId, TherapistId
from fastapi import APIRouter, Query

from scheduling import people, queries
from scheduling.people import ClientChange, NewClient, NewTherapist, TherapistChange
from scheduling.queries import ClientView, TherapistView

router = APIRouter()
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
    return await once(lambda tx: people.add_therapist(body, tx), TherapistView)


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
    return await once(lambda tx: people.change_therapist(therapist_id, body, expected, tx), TherapistView)


@router.delete(
    "/therapists/{therapist_id}", status_code=204, tags=["therapists"], summary="Remove a therapist without sessions",
    operation_id="remove_therapist", responses=documented(404, 409),
)  # fmt: skip
async def remove_therapist(therapist_id: TherapistId, once: Once) -> None:
    """Remove somebody whom no session knows; 409 names the sessions otherwise."""
    await once(lambda tx: people.remove_therapist(therapist_id, tx), TherapistView)


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
    return await once(lambda tx: people.add_client(body, tx), ClientView)


@router.get("/clients/{client_id}", tags=["clients"], summary="One client", operation_id="get_client", responses=documented(404))
async def get_client(client_id: ClientId, db: Reading) -> ClientView:
    """Return one client."""
    return await queries.get_client(db, client_id)


@router.patch(
    "/clients/{client_id}", tags=["clients"], summary="Change a client", operation_id="change_client", responses=documented(404, 412)
)
async def change_client(client_id: ClientId, body: ClientChange, once: Once, expected: IfMatch) -> ClientView:
    """Change what the body names."""
    return await once(lambda tx: people.change_client(client_id, body, expected, tx), ClientView)


@router.delete(
    "/clients/{client_id}", status_code=204, tags=["clients"], summary="Remove a client without sessions", operation_id="remove_client",
    responses=documented(404, 409),
)  # fmt: skip
async def remove_client(client_id: ClientId, once: Once) -> None:
    """Remove somebody whom no session knows; 409 names the sessions otherwise."""
    await once(lambda tx: people.remove_client(client_id, tx), ClientView)
