"""Billing's HTTP edge of who stands on claims and documents, and of who changed what."""

from chassis.http.conventions import IfMatch, Once, Reading, User
from chassis.http.problems import documented
from contracts.types import ClientId, SiteId, TherapistId
from fastapi import APIRouter, Request

from billing.parties import queries, use_cases
from billing.parties.schemas import (
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
    return await queries.read_party(db, OrganizationView, ORGANIZATION_ID)


@router.put("/organization", operation_id="put_organization", summary="Write the organization that bills", responses=documented(412))
async def put_organization(body: Organization, once: Once, expected: IfMatch, by: User) -> OrganizationView:
    """Write the organization that bills; claims and documents that were made keep what they were made with."""
    return await once(lambda tx: use_cases.put_party(OrganizationView, ORGANIZATION_ID, body, expected, by, tx), OrganizationView)


@router.get("/facilities/{site_id}", operation_id="find_facility", summary="A site as it is named on claims", responses=documented(404))
async def find_facility(site_id: SiteId, db: Reading) -> FacilityView:
    """Return a site as claims name it."""
    return await queries.read_party(db, FacilityView, site_id)


@router.put("/facilities/{site_id}", operation_id="put_facility", summary="Write how claims name a site", responses=documented(412))
async def put_facility(site_id: SiteId, body: Facility, once: Once, expected: IfMatch, by: User) -> FacilityView:
    """Write how claims name a site; claims and documents that were made keep what they were made with."""
    return await once(lambda tx: use_cases.put_party(FacilityView, site_id, body, expected, by, tx), FacilityView)


@router.get("/providers/{therapist_id}", operation_id="find_provider", summary="A therapist as named on claims", responses=documented(404))
async def find_provider(therapist_id: TherapistId, db: Reading) -> ProviderView:
    """Return a therapist as claims name them."""
    return await queries.read_party(db, ProviderView, therapist_id)


@router.put(
    "/providers/{therapist_id}", operation_id="put_provider", summary="Write how claims name a therapist", responses=documented(412)
)
async def put_provider(therapist_id: TherapistId, body: Provider, once: Once, expected: IfMatch, by: User) -> ProviderView:
    """Write how claims name a therapist; claims and documents that were made keep what they were made with."""
    return await once(lambda tx: use_cases.put_party(ProviderView, therapist_id, body, expected, by, tx), ProviderView)


@router.get(
    "/clients/{client_id}/profile", operation_id="find_client_profile", summary="A client as named on claims", responses=documented(404)
)
async def find_client_profile(client_id: ClientId, db: Reading) -> ClientProfileView:
    """Return a client as claims, statements and superbills name them."""
    return await queries.read_party(db, ClientProfileView, client_id)


@router.put(
    "/clients/{client_id}/profile",
    operation_id="put_client_profile",
    summary="Write how claims, statements and superbills name a client",
    responses=documented(412),
)
async def put_client_profile(
    client_id: ClientId, body: ClientProfile, once: Once, expected: IfMatch, by: User, request: Request
) -> ClientProfileView:
    """Write how claims, statements and superbills name a client; claims and documents that were made keep what they were made with.

    Where there is a list of diagnosis codes, a diagnosis that is added must be valid today. Records that there are keep the diagnoses
    that they have; those without any take these by ``POST /clients/{client_id}/record-diagnoses``.
    """
    zone = request.app.state.zone
    return await once(lambda tx: use_cases.put_client(client_id, body, expected, by, zone, tx), ClientProfileView)
