"""Billing's HTTP edge of who stands on claims and papers, and of who changed what."""

from typing import Annotated
from uuid import UUID

from chassis.edge import Cursor, IfMatch, Limit, Once, Page, Reading, User
from chassis.problems import documented
from contracts.types import ClientId, SiteId, TherapistId
from fastapi import APIRouter, Query, Request

from billing import changes, parties
from billing.changes import ChangeView
from billing.parties import (
    ORGANIZATION_ID,
    ClientProfile,
    ClientProfileView,
    Facility,
    FacilityView,
    Organization,
    OrganizationView,
    Provider,
    ProviderView,
)

router = APIRouter(tags=["parties"])


@router.get("/organization", operation_id="find_organization", summary="Who bills", responses=documented(404))
async def find_organization(db: Reading) -> OrganizationView:
    """Return the organization that bills."""
    return await parties.read_party(db, OrganizationView, ORGANIZATION_ID)


@router.put("/organization", operation_id="put_organization", summary="Write the organization that bills", responses=documented(412))
async def put_organization(body: Organization, once: Once, expected: IfMatch, by: User) -> OrganizationView:
    """Write the organization that bills; claims and papers that were made keep what they were made with."""
    return await once(lambda tx: parties.put_party(OrganizationView, ORGANIZATION_ID, body, expected, by, tx), OrganizationView)


@router.get("/facilities/{site_id}", operation_id="find_facility", summary="A site as claims know it", responses=documented(404))
async def find_facility(site_id: SiteId, db: Reading) -> FacilityView:
    """Return a site as claims know it."""
    return await parties.read_party(db, FacilityView, site_id)


@router.put("/facilities/{site_id}", operation_id="put_facility", summary="Write a site as claims know it", responses=documented(412))
async def put_facility(site_id: SiteId, body: Facility, once: Once, expected: IfMatch, by: User) -> FacilityView:
    """Write a site as claims know it; claims and papers that were made keep what they were made with."""
    return await once(lambda tx: parties.put_party(FacilityView, site_id, body, expected, by, tx), FacilityView)


@router.get("/providers/{therapist_id}", operation_id="find_provider", summary="A therapist as claims know them", responses=documented(404))
async def find_provider(therapist_id: TherapistId, db: Reading) -> ProviderView:
    """Return a therapist as claims know them."""
    return await parties.read_party(db, ProviderView, therapist_id)


@router.put(
    "/providers/{therapist_id}", operation_id="put_provider", summary="Write a therapist as claims know them", responses=documented(412)
)
async def put_provider(therapist_id: TherapistId, body: Provider, once: Once, expected: IfMatch, by: User) -> ProviderView:
    """Write a therapist as claims know them; claims and papers that were made keep what they were made with."""
    return await once(lambda tx: parties.put_party(ProviderView, therapist_id, body, expected, by, tx), ProviderView)


@router.get(
    "/clients/{client_id}/profile", operation_id="find_client_profile", summary="A client as claims know them", responses=documented(404)
)
async def find_client_profile(client_id: ClientId, db: Reading) -> ClientProfileView:
    """Return a client as claims, statements and superbills know them."""
    return await parties.read_party(db, ClientProfileView, client_id)


@router.put(
    "/clients/{client_id}/profile",
    operation_id="put_client_profile",
    summary="Write a client as claims, statements and superbills know them",
    responses=documented(412),
)
async def put_client_profile(
    client_id: ClientId, body: ClientProfile, once: Once, expected: IfMatch, by: User, request: Request
) -> ClientProfileView:
    """Write a client as claims, statements and superbills know them; claims and papers that were made keep what they were made with.

    Where there is a list of diagnosis codes, a diagnosis that is added must be valid today. Records that there are keep the diagnoses
    that they have; those without any take these by ``POST /clients/{client_id}/record-diagnoses``.
    """
    zone = request.app.state.zone
    return await once(lambda tx: parties.put_client(client_id, body, expected, by, zone, tx), ClientProfileView)


@router.get("/changes", operation_id="list_changes", summary="Who changed what")
async def list_changes(
    db: Reading,
    key: Annotated[UUID | None, Query(description="Only of this payer, coverage, client, therapist or site.")] = None,
    what: Annotated[str | None, Query(max_length=20, pattern="^[a-z_]+$", description="Only of this kind.", examples=["fee"])] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ChangeView]:
    """Return every change to what prices and claims are made of, the latest first."""
    return await changes.list_changes(db, key, what, limit, cursor)
