"""Whoever stands on documents and exports, and what is reported where somebody of them is not written down; plain values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.types import ClientId, RecordId, SiteId, TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody is, in the United States."""

    line1: str
    line2: str | None = None
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Who bills."""

    organization_name: str
    npi: str
    tax_id: str
    taxonomy_code: str
    address: Address
    contact_name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """Where the service took place."""

    facility_name: str
    npi: str | None
    address: Address
    place_of_service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who rendered the service."""

    last_name: str
    first_name: str
    npi: str
    taxonomy_code: str
    license: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A client, or whoever holds the plan that covers them."""

    last_name: str
    first_name: str
    birth_date: date
    gender: str
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(Person):
    """Whose session it was."""

    diagnoses: tuple[str, ...]
    signature_on_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whoever stands on a document, as far as they are written down."""

    organization: Organization | None = None
    facility: Facility | None = None
    provider: Provider | None = None
    client: Client | None = None
    diagnoses: tuple[str, ...] = ()
    """Those of the record that the document is about."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody who stands on a document that goes to an insurer."""

    organization: Organization
    facility: Facility
    provider: Provider
    client: Client
    diagnoses: tuple[str, ...]
    """Those of the record, the primary one first."""


class Need(StrEnum):
    """A fact that a document cannot do without."""

    ORGANIZATION = "organization"
    FACILITY = "facility"
    PROVIDER = "provider"
    CLIENT = "client"
    DIAGNOSES = "diagnoses"


FOR_INSURERS = frozenset(Need)
FOR_CLIENTS = frozenset({Need.ORGANIZATION, Need.CLIENT})
FOR_ESTIMATES = frozenset({Need.ORGANIZATION, Need.PROVIDER, Need.CLIENT})
"""And the site, where one is named."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A fact that is not written down, and where to write it."""

    need: Need
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Whom a document is about."""

    client_id: ClientId
    therapist_id: TherapistId | None = None
    site_id: SiteId | None = None
    record_id: RecordId | None = None


def lacks(known: Known, keys: Keys, needs: Collection[Need]) -> list[Lack]:
    """Name everything that a document needs and that nobody has written down."""
    return [lack for lack in _lacks(known, keys) if lack.need in needs]


def _lacks(known: Known, keys: Keys) -> Iterator[Lack]:
    if known.organization is None:
        yield Lack(Need.ORGANIZATION, "The organization's details are missing.", "PUT /organization")
    if known.facility is None:
        yield Lack(Need.FACILITY, "The site's details are missing.", f"PUT /facilities/{keys.site_id}")
    if known.provider is None:
        yield Lack(Need.PROVIDER, "The therapist's details are missing.", f"PUT /providers/{keys.therapist_id}")
    if known.client is None:
        yield Lack(Need.CLIENT, "The client's details are missing.", f"PUT /clients/{keys.client_id}/profile")
    if not known.diagnoses:
        yield Lack(Need.DIAGNOSES, "The record has no diagnosis.", f"PUT /records/{keys.record_id}/diagnoses")


def parties_of(known: Known) -> Parties | None:
    """Return everybody who stands on a document to an insurer; None unless all of them are written down."""
    match known:
        case Known(
            organization=Organization() as organization, facility=Facility() as facility, provider=Provider() as provider,
            client=Client() as client, diagnoses=(_, *_) as diagnoses,
        ):  # fmt: skip
            return Parties(organization, facility, provider, client, diagnoses)
        case _:
            return None
