"""Who stands on claims and documents: the organization that bills, its sites, its therapists, and the clients.

Names reach billing here, written by the biller, and never by a message.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar, cast
from uuid import UUID

from chassis.bodies.models import Body
from chassis.bodies.rules import broken
from chassis.errors import FieldError
from chassis.text import PRINTABLE, Seen
from contracts.forms import TextForm
from contracts.types import Day, Flag, Instant, Version
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from stdnum import luhn


class PartyKind(StrEnum):
    """Who stands on a claim or a document."""

    ORGANIZATION = "organization"
    FACILITY = "facility"
    PROVIDER = "provider"
    CLIENT = "client"


ORGANIZATION_ID: Final = UUID(int=0)

NPI_PREFIX: Final = "80840"
"""What the check digit of an NPI is computed with: the issuer's number of health in the United States."""

MOST_DIAGNOSES: Final = 12
"""A claim has room for so many."""


def _shown(body: type[Body]) -> ConfigDict:
    [example] = cast("list[dict[str, Any]]", cast("dict[str, Any]", body.model_config["json_schema_extra"])["examples"])
    return ConfigDict(json_schema_extra={"examples": [{**example, "version": 1, "updated_at": "2026-03-01T12:00:00Z"}]})


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=PRINTABLE), Seen]

Phone = Annotated[
    str, StringConstraints(strip_whitespace=True), TextForm(r"^\d{10}$", "A telephone number has ten digits, such as 2125550134.")
]

TaxId = Annotated[str, StringConstraints(strip_whitespace=True), TextForm(r"^\d{9}$", "A tax id has nine digits, such as 123456789.")]

Taxonomy = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    TextForm(r"^[0-9A-Z]{9}X$", "A taxonomy code has ten characters and ends with X, such as 103T00000X."),
]

State = Annotated[
    str, StringConstraints(strip_whitespace=True), TextForm(r"^[A-Z]{2}$", "A state is written with two capital letters, such as NY.")
]

HYPHENATED: Final = re.compile(r"(\d{5})-(\d{4})", re.ASCII)

PostalCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(lambda code: HYPHENATED.sub(r"\1\2", code)),
    TextForm(r"^\d{5}(\d{4})?$", "A ZIP code has five or nine digits, such as 04101 or 04101-0000."),
]
"""Kept in its digits, as claims have it; it may be sent with its hyphen."""

PlaceOfService = Annotated[str, TextForm(r"^\d{2}$", "A place of service has two digits, such as 11.")]

Diagnosis = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    TextForm(r"^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$", "A diagnosis is an ICD-10-CM code, such as F41.1."),
]

Gender = Annotated[str, TextForm(r"^[FMU]$", "Choose F, M or U.")]


def _checked(npi: str) -> str:
    if not luhn.is_valid(NPI_PREFIX + npi):
        raise broken("wrong-check-digit", f"{npi} is not an NPI: its check digit is wrong.")
    return npi


Npi = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    TextForm(r"^[12]\d{9}$", "An NPI has ten digits and begins with 1 or 2, such as 1234567893."),
    AfterValidator(_checked),
]

InterchangeId = Annotated[str, TextForm(r"^[A-Za-z0-9]{2,15}$", "An id of an interchange has 2 to 15 letters and digits.")]

ADDRESS: Final[dict[str, Any]] = {"line1": "12 Harbor Street", "line2": None, "city": "Portland", "state": "ME", "postal_code": "041010000"}


class Address(Body):
    """Where somebody is, in the United States."""

    line1: Annotated[Name, Field(max_length=55)]
    line2: Annotated[Name, Field(max_length=55)] | None = None
    city: Annotated[Name, Field(max_length=30)]
    state: State
    postal_code: PostalCode
    """Five or nine digits; who bills needs all nine."""


class Organization(Body):
    """Who bills: the clinic network as insurers and clients see it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "organization_name": "Harbor Therapy Network",
                    "npi": "1234567893",
                    "tax_id": "123456789",
                    "taxonomy_code": "261QM0801X",
                    "address": ADDRESS,
                    "contact_name": "Billing office",
                    "phone": "2075550100",
                    "submitter_id": "HARBOR01",
                    "receiver_name": "Clearing House",
                    "receiver_id": "CLEARING01",
                }
            ]
        }
    )

    organization_name: Name
    npi: Npi
    tax_id: TaxId
    taxonomy_code: Taxonomy
    address: Address
    contact_name: Name
    phone: Phone
    submitter_id: InterchangeId
    """What the receiver of claims calls the organization."""
    receiver_name: Name
    receiver_id: InterchangeId
    """Who takes the files in: a clearing house or a payer."""


class Facility(Body):
    """A site as it is named on claims."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"facility_name": "Harbor Street", "npi": None, "address": ADDRESS, "place_of_service": "11"}]}
    )

    facility_name: Name
    npi: Npi | None = None
    address: Address
    place_of_service: PlaceOfService = "11"
    """Where services take place there, by its two digits; 11 is an office."""


class Provider(Body):
    """A therapist as named on claims."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"last_name": "Adler", "first_name": "Ruth", "npi": "1245319599", "taxonomy_code": "103TC0700X", "license": "PSY-2210"}
            ]
        }
    )

    last_name: Name
    first_name: Annotated[Name, Field(max_length=35)]
    npi: Npi
    taxonomy_code: Taxonomy
    license: Annotated[Name, Field(max_length=30)] | None = None


class Person(Body):
    """A person as an insurer identifies them."""

    last_name: Name
    first_name: Annotated[Name, Field(max_length=35)]
    birth_date: Day
    gender: Gender
    """F, M, or U for unknown."""
    address: Address


class ClientProfile(Person):
    """A client as claims, statements and superbills name them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "last_name": "Weber",
                    "first_name": "Jonas",
                    "birth_date": "1988-05-17",
                    "gender": "M",
                    "address": ADDRESS,
                    "diagnoses": ["F41.1"],
                    "signature_on_file": True,
                }
            ]
        }
    )

    diagnoses: Annotated[tuple[Diagnosis, ...], Field(max_length=MOST_DIAGNOSES)] = ()
    """ICD-10-CM, the primary one first. Records that are made from now on have them; records that there are keep theirs."""
    signature_on_file: Flag = True
    """The client agrees that insurers are informed, and that they pay the organization."""


class OrganizationView(Organization):
    """Who bills."""

    model_config = _shown(Organization)

    version: Version
    updated_at: Instant


class FacilityView(Facility):
    """A site as it is named on claims."""

    model_config = _shown(Facility)

    version: Version
    updated_at: Instant


class ProviderView(Provider):
    """A therapist as named on claims."""

    model_config = _shown(Provider)

    version: Version
    updated_at: Instant


class ClientProfileView(ClientProfile):
    """A client as claims, statements and superbills name them."""

    model_config = _shown(ClientProfile)

    version: Version
    updated_at: Instant


Shown = TypeVar("Shown", OrganizationView, FacilityView, ProviderView, ClientProfileView)

KINDS: Final[dict[type[Body], PartyKind]] = {
    OrganizationView: PartyKind.ORGANIZATION,
    FacilityView: PartyKind.FACILITY,
    ProviderView: PartyKind.PROVIDER,
    ClientProfileView: PartyKind.CLIENT,
}


def not_born(person: Person, today: date, field: str = "birth_date") -> Iterator[FieldError]:
    """Yield an error where a birth date lies ahead."""
    if person.birth_date > today:
        message = f"The birth date {person.birth_date} is later than today, {today}."
        yield FieldError(
            field=field, code="birth-date-in-future", message=message, fix="Enter the day of birth as the insurance card has it."
        )


def repeated(diagnoses: Sequence[str]) -> Iterator[FieldError]:
    """Return an error for each diagnosis that is listed twice."""
    for position, code in enumerate(diagnoses):
        if code in diagnoses[:position]:
            message = f"{code} is there twice."
            yield FieldError(field=f"diagnoses.{position}", code="diagnosis-repeated", message=message, fix="Name each diagnosis once.")
