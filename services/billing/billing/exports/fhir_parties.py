"""Whoever stands on a record, as FHIR R4 resources that a claim contains; pure."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from billing.document_facts import formatting
from billing.document_facts.facts import ClaimContext, Insurance
from billing.document_facts.people import Address, Facility, Organization, Parties, Person, Provider

UUIDS: Final = "urn:ietf:rfc:3986"
NPI: Final = "http://hl7.org/fhir/sid/us-npi"
EIN: Final = "urn:oid:2.16.840.1.113883.4.4"
TAXONOMY: Final = "http://nucc.org/provider-taxonomy"
ICD_10: Final = "http://hl7.org/fhir/sid/icd-10-cm"
PLACES: Final = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
HL7: Final = "http://terminology.hl7.org/CodeSystem"
GENDERS: Final = {"F": "female", "M": "male", "U": "unknown"}

Resource = dict[str, Any]


def contained(context: ClaimContext, parties: Parties) -> Iterator[Resource]:
    """Show whoever stands on a claim, to be contained in it."""
    yield {**_person("Patient", "patient", parties.client), "identifier": [by_id(context.client_id)]}
    yield _practitioner(context, parties.provider)
    yield _organization(parties.organization)
    yield _location(parties.facility)
    plan = context.insurance
    if plan is None:
        yield _self_pay()
        return
    yield {
        "resourceType": "Organization",
        "id": "insurer",
        "identifier": [{"type": {"text": "payer code"}, "value": plan.payer_code}],
        "name": formatting.plain(plan.payer_name),
        **({"address": [_address(plan.payer_address)]} if plan.payer_address else {}),
    }
    if plan.subscriber is not None:
        yield {**_person("RelatedPerson", "subscriber", plan.subscriber), "patient": local("patient")}
    yield _coverage(plan)


def _coverage(plan: Insurance) -> Resource:
    classes = [("group", plan.group_number), ("plan", plan.plan_name)]
    return {
        "resourceType": "Coverage",
        "id": "coverage",
        "identifier": [by_id(plan.coverage_id)],
        "status": "active",
        "subscriber": local("patient" if plan.subscriber is None else "subscriber"),
        "subscriberId": formatting.plain(plan.member_id),
        "beneficiary": local("patient"),
        "relationship": concept(f"{HL7}/subscriber-relationship", plan.relationship),
        "payor": [local("insurer")],
        "class": [{"type": concept(f"{HL7}/coverage-class", kind), "value": formatting.plain(value)} for kind, value in classes if value],
    }


def _self_pay() -> Resource:
    return {
        "resourceType": "Coverage",
        "id": "coverage",
        "status": "active",
        "type": concept(f"{HL7}/coverage-selfpay", "pay"),
        "beneficiary": local("patient"),
        "payor": [local("patient")],
    }


def _person(kind: str, key: str, person: Person) -> Resource:
    return {
        "resourceType": kind,
        "id": key,
        "name": [_name(person)],
        "gender": GENDERS[person.gender],
        "birthDate": person.birth_date.isoformat(),
        "address": [_address(person.address)],
    }


def _practitioner(context: ClaimContext, provider: Provider) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": "practitioner",
        "identifier": [{"system": NPI, "value": provider.npi}, by_id(context.therapist_id)],
        "name": [_name(provider)],
    }


def _organization(organization: Organization) -> Resource:
    return {
        "resourceType": "Organization",
        "id": "organization",
        "identifier": [{"system": NPI, "value": organization.npi}, {"system": EIN, "value": organization.tax_id}],
        "name": formatting.plain(organization.organization_name),
        "telecom": [{"system": "phone", "value": organization.phone}],
        "address": [_address(organization.address)],
    }


def _location(facility: Facility) -> Resource:
    return {
        "resourceType": "Location",
        "id": "facility",
        **({"identifier": [{"system": NPI, "value": facility.npi}]} if facility.npi else {}),
        "name": formatting.plain(facility.facility_name),
        "address": _address(facility.address),
    }


def _name(person: Person | Provider) -> Resource:
    return {"family": formatting.plain(person.last_name), "given": [formatting.plain(person.first_name)]}


def _address(at: Address) -> Resource:
    return {
        "line": [formatting.plain(line) for line in (at.line1, at.line2) if line],
        "city": formatting.plain(at.city),
        "state": at.state,
        "postalCode": at.postal_code,
        "country": "US",
    }


def concept(system: str, code: str) -> Resource:
    """Name a code of a system."""
    return {"coding": [{"system": system, "code": code}]}


def by_id(key: UUID) -> Resource:
    """Identify by an id of ours."""
    return {"system": UUIDS, "value": f"urn:uuid:{key}"}


def local(key: str) -> Resource:
    """Refer to what is contained."""
    return {"reference": f"#{key}"}
