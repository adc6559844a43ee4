"""Professional claims as an X12 file (837P, 005010X222A1), pure: loops within loops, each level numbered.

One file holds claims of several payers and clients: the organization, below it whoever holds a plan, below those their
dependents, below each person the claims.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import count
from typing import Final, NamedTuple, TypeVar

from billing.claim_rules.code_sets import MOST_POINTERS, RELATIONSHIPS
from billing.claim_rules.facts import (
    SELF,
    AddressFacts,
    Claim,
    FacilityFacts,
    LineFacts,
    OrganizationFacts,
    PayerFacts,
    PersonFacts,
    ProviderFacts,
)
from billing.x12 import writer
from billing.x12.writer import Envelope, segment

VERSION: Final = "005010X222A1"
TRANSACTION: Final = "837"
GROUP: Final = "HC"
LAST_NAME: Final = 60
FIRST_NAME: Final = 35
STREET: Final = 55
CITY: Final = 30

Key = TypeVar("Key", bound=Hashable)


class Subscriber(NamedTuple):
    """Whoever holds a plan, with the plan: what a subscriber's loop states."""

    payer: PayerFacts
    member_id: str
    group_number: str | None
    plan_name: str
    holder: PersonFacts
    is_client: bool
    """Whoever holds it is treated themselves; otherwise the client is a dependent."""


def write(envelope: Envelope, submitter: OrganizationFacts, claims: Sequence[Claim]) -> str:
    """Write claims as one file (ST*837) in one interchange; ``submitter`` sends it (loop 1000A), each claim names who bills (2010AA).

    Claims that share biller, subscriber and patient share their loops; the order within them stays. UnsendableError where an element cannot
    be written, which scrubbing finds first.
    """
    return writer.interchange(envelope, GROUP, TRANSACTION, VERSION, [*_header(envelope, submitter), *_detail(claims, submitter)])


def line_number(control_number: str, position: int) -> str:
    """Return the line item control number (REF*6R), which a remittance repeats; ``position`` counts from 1."""
    return f"{control_number}-{position}"


def _header(envelope: Envelope, submitter: OrganizationFacts) -> Iterator[str]:
    at = envelope.written_at
    yield segment("BHT", "0019", "00", str(envelope.control_number), f"{at:%Y%m%d}", f"{at:%H%M}", "CH")
    yield segment("NM1", "41", "2", writer.name(submitter.organization_name, LAST_NAME), "", "", "", "", "46", submitter.submitter_id)
    yield _contact(submitter)
    yield segment("NM1", "40", "2", writer.name(submitter.receiver_name, LAST_NAME), "", "", "", "", "46", submitter.receiver_id)


def _detail(claims: Sequence[Claim], submitter: OrganizationFacts) -> Iterator[str]:
    numbers = count(1)
    for organization, billed in _grouped(claims, lambda claim: claim.organization):
        biller = next(numbers)
        yield segment("HL", str(biller), "", "20", "1")
        yield from _billing_provider(organization, submitter)
        for subscriber, insured in _grouped(billed, _subscriber_of):
            above = next(numbers)
            yield segment("HL", str(above), str(biller), "22", "0" if subscriber.is_client else "1")
            yield from _subscriber(subscriber)
            if subscriber.is_client:
                yield from _claims(insured)
                continue
            for (patient, relationship), own in _grouped(insured, lambda claim: (claim.client.person, claim.plan.relationship)):
                yield segment("HL", str(next(numbers)), str(above), "23", "0")
                yield segment("PAT", RELATIONSHIPS[relationship])
                yield from _patient(patient)
                yield from _claims(own)


def _grouped(claims: Iterable[Claim], key: Callable[[Claim], Key]) -> Iterable[tuple[Key, list[Claim]]]:
    """Put those together that share a loop, in the order in which they come."""
    found: dict[Key, list[Claim]] = {}
    for claim in claims:
        found.setdefault(key(claim), []).append(claim)
    return found.items()


def _subscriber_of(claim: Claim) -> Subscriber:
    plan = claim.plan
    holder = plan.subscriber or claim.client.person
    return Subscriber(claim.payer, plan.member_id, plan.group_number, plan.plan_name, holder, plan.relationship == SELF)


def _billing_provider(organization: OrganizationFacts, submitter: OrganizationFacts) -> Iterator[str]:
    yield segment("PRV", "BI", "PXC", organization.taxonomy_code)
    yield segment("NM1", "85", "2", writer.name(organization.organization_name, LAST_NAME), "", "", "", "", "XX", organization.npi)
    yield from _address(organization.address)
    yield segment("REF", "EI", organization.tax_id)
    # The guide has a contact here only where it is another one than the submitter's (2010AA PER).
    if _contact(organization) != _contact(submitter):
        yield _contact(organization)


def _contact(organization: OrganizationFacts) -> str:
    return segment("PER", "IC", writer.name(organization.contact_name, LAST_NAME), "TE", organization.phone)


def _subscriber(subscriber: Subscriber) -> Iterator[str]:
    """Write who holds a plan; an insurer wants address and birth date only where that is the client."""
    holder, payer, group = subscriber.holder, subscriber.payer, subscriber.group_number
    plan_name = "" if group else writer.name(subscriber.plan_name, LAST_NAME)
    yield segment("SBR", "P", "18" if subscriber.is_client else "", group or "", plan_name, "", "", "", "", payer.claim_filing_code)
    yield segment("NM1", "IL", "1", *_names(holder), "", "", "", "MI", subscriber.member_id)
    if subscriber.is_client:
        yield from _address(holder.address)
        yield _birth(holder)
    yield from _payer(payer)


def _payer(payer: PayerFacts) -> Iterator[str]:
    yield segment("NM1", "PR", "2", writer.name(payer.payer_name, LAST_NAME), "", "", "", "", "PI", payer.payer_code)
    if payer.address is not None:
        yield from _address(payer.address)


def _patient(patient: PersonFacts) -> Iterator[str]:
    yield segment("NM1", "QC", "1", *_names(patient))
    yield from _address(patient.address)
    yield _birth(patient)


def _claims(claims: Iterable[Claim]) -> Iterator[str]:
    for claim in claims:
        yield from _claim(claim)


def _claim(claim: Claim) -> Iterator[str]:
    place = (claim.place_of_service, "B", claim.frequency.value)
    yield segment("CLM", claim.control_number, writer.number(claim.total_amount), "", "", place, "Y", "A", "Y", "Y")
    if claim.patient_paid > 0:
        yield segment("AMT", "F5", writer.number(claim.patient_paid))
    if claim.plan.authorization_number:
        yield segment("REF", "G1", claim.plan.authorization_number)
    if claim.payer_reference:
        yield segment("REF", "F8", claim.payer_reference)
    main, *others = [diagnosis.replace(".", "") for diagnosis in claim.client.diagnoses]
    yield segment("HI", ("ABK", main), *(("ABF", other) for other in others))
    if claim.provider.npi != claim.organization.npi:
        yield from _rendering_provider(claim.provider)
    if is_elsewhere(claim.facility, claim.organization, telehealth=claim.telehealth):
        yield from _service_facility(claim.facility, claim.organization)
    for position, line in enumerate(claim.lines, 1):
        yield from _line(claim, position, line)


def is_elsewhere(facility: FacilityFacts, organization: OrganizationFacts, *, telehealth: bool) -> bool:
    """Whether a claim must name the service facility (loop 2310C): another address than the biller's, and a session in person."""
    return not telehealth and list(_address(facility.address)) != list(_address(organization.address))


def _rendering_provider(provider: ProviderFacts) -> Iterator[str]:
    last, first = writer.name(provider.last_name, LAST_NAME), writer.name(provider.first_name, FIRST_NAME)
    yield segment("NM1", "82", "1", last, first, "", "", "", "XX", provider.npi)
    yield segment("PRV", "PE", "PXC", provider.taxonomy_code)


def _service_facility(facility: FacilityFacts, organization: OrganizationFacts) -> Iterator[str]:
    own = facility.npi if facility.npi != organization.npi else None
    identified = ("XX", own) if own else ()
    yield segment("NM1", "77", "2", writer.name(facility.facility_name, LAST_NAME), "", "", "", "", *identified)
    yield from _address(facility.address)


def _line(claim: Claim, position: int, line: LineFacts) -> Iterator[str]:
    pointers = tuple(str(number) for number in range(1, min(len(claim.client.diagnoses), MOST_POINTERS) + 1))
    service = ("HC", line.service_code, *line.modifiers)
    yield segment("LX", str(position))
    yield segment("SV1", service, writer.number(line.amount), "UN", str(line.units), "", "", pointers)
    yield segment("DTP", "472", "D8", f"{claim.service_date:%Y%m%d}")
    yield segment("REF", "6R", line_number(claim.control_number, position))


def _names(person: PersonFacts) -> tuple[str, str]:
    return writer.name(person.last_name, LAST_NAME), writer.name(person.first_name, FIRST_NAME)


def _address(address: AddressFacts) -> Iterator[str]:
    yield segment("N3", writer.name(address.line1, STREET), writer.name(address.line2 or "", STREET))
    yield segment("N4", writer.name(address.city, CITY), address.state, address.postal_code)


def _birth(person: PersonFacts) -> str:
    return segment("DMG", "D8", f"{person.birth_date:%Y%m%d}", person.gender)
