"""What may be wrong with a claim, one check each, over plain values.

A check returns what was found, as text for the rule's message, or True where there is nothing to name; False or an empty text where the
claim is right. None raises anything. Each check names its source: X12 is the guide 005010X222A1 of the 837P with its loops and elements.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from contracts.billing import PaymentStatus
from stdnum import luhn

from billing.claim_rules.code_sets import (
    FILING_LIMITS,
    MOST_DIAGNOSES,
    MOST_LINES,
    PLACES_OF_SERVICE,
    STATES,
    USUAL_FILING_LIMIT,
    FilingLimit,
)
from billing.claim_rules.facts import SELF, AddressFacts, ClaimFacts, sum_of
from billing.claim_rules.x12_837p import CITY, is_elsewhere
from billing.x12 import writer

NPI_PREFIX: Final = "80840"
NPI: Final = re.compile(r"[12]\d{9}")
TAX_ID: Final = re.compile(r"\d{9}")
TAXONOMY: Final = re.compile(r"[0-9A-Z]{9}X")
DIAGNOSIS: Final = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
PROCEDURE: Final = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
"""A code of CPT or HCPCS; fees, composites and the clinic's own codes do not look like one."""
MODIFIER: Final = re.compile(r"[0-9A-Z]{2}")
POST_OFFICE_BOX: Final = re.compile(r"\b(P\.?\s*O\.?\s*BOX|POST OFFICE BOX|LOCK\s?BOX)\b", re.IGNORECASE)
FULL_POSTAL_CODE: Final = 9
SHORTEST_CITY: Final = 2
LONGEST_REFERENCE: Final = 50
SHORTEST_MEMBER_ID: Final = 2
LONGEST_MEMBER_ID: Final = 80

SETTLED: Final = frozenset({PaymentStatus.PAID, PaymentStatus.WRITTEN_OFF, PaymentStatus.REFUNDED})

Answer = str | bool
"""What was found, or whether anything was."""


def npis(facts: ClaimFacts) -> Answer:
    """Return the NPIs that are none: ten digits, of which the last is the Luhn check digit over 80840 and the others (45 CFR 162.406)."""
    given = [who.npi for who in (facts.organization, facts.provider, facts.facility) if who is not None and who.npi]
    return _listed(npi for npi in given if not NPI.fullmatch(npi) or not luhn.is_valid(NPI_PREFIX + npi))


def taxonomies(facts: ClaimFacts) -> Answer:
    """Return the taxonomy codes that are none: ten characters, the last an X (PRV03, NUCC's Health Care Provider Taxonomy)."""
    given = [who.taxonomy_code for who in (facts.organization, facts.provider) if who is not None]
    return _listed(code for code in given if not TAXONOMY.fullmatch(code))


def tax_id(facts: ClaimFacts) -> Answer:
    """Whether the organization's tax id does not have nine digits (REF*EI in loop 2010AA)."""
    return facts.organization is not None and not TAX_ID.fullmatch(facts.organization.tax_id)


def short_postal_codes(facts: ClaimFacts) -> Answer:
    """Return the postal codes without all nine digits, which X12 requires of biller and service facility (N403 in loops 2010AA, 2310C)."""
    organization, facility = facts.organization, facts.facility
    given = [organization.address.postal_code] if organization else []
    if organization and facility and is_elsewhere(facility, organization, telehealth=facts.telehealth):
        given.append(facility.address.postal_code)
    return _listed(code for code in given if len(code) != FULL_POSTAL_CODE or not code.isdecimal())


def post_office_box(facts: ClaimFacts) -> Answer:
    """Whether the organization bills from a post office box, where X12 requires a street (N3 in loop 2010AA)."""
    return facts.organization is not None and bool(POST_OFFICE_BOX.search(facts.organization.address.line1))


def addresses(facts: ClaimFacts) -> Answer:
    """Return whose address has no state or territory of the United States (N402) or a city of less than two letters (N401)."""
    return _listed(
        who for who, address in _addresses(facts) if address.state not in STATES or len(writer.name(address.city, CITY)) < SHORTEST_CITY
    )


def names(facts: ClaimFacts) -> Answer:
    """Return whose name has characters that are not in X12's basic character set, or nothing else."""
    wrong = ((who, writer.unsendable_in_name(text), writer.plain(text)) for who, text in _names(facts))
    return _listed(f"{who} ({letters or 'empty'})" for who, letters, written in wrong if letters or not written)


def identifiers(facts: ClaimFacts) -> Answer:
    """Return which numbers are too short or too long for their element (NM109, SBR03, REF02), or have characters that X12 cannot carry."""
    return _listed(
        what
        for what, text, least, most in _identifiers(facts)
        if not least <= len(text) <= most or writer.unsendable_in_identifier(text) or text != text.strip()
    )


def diagnoses(facts: ClaimFacts) -> Answer:
    """Return the diagnoses that are not written as ICD-10-CM codes (45 CFR 162.1002)."""
    return _listed(code for code in (facts.client.diagnoses if facts.client else ()) if not DIAGNOSIS.fullmatch(code))


def diagnoses_out_of_date(facts: ClaimFacts) -> Answer:
    """Return why diagnoses are not valid on the date of service, as found in CMS's yearly ICD-10-CM files."""
    return " ".join(facts.invalid_diagnoses)


def too_many_diagnoses(facts: ClaimFacts) -> Answer:
    """Whether there are more diagnoses than the twelve of a claim (HI01 to HI12)."""
    return facts.client is not None and len(facts.client.diagnoses) > MOST_DIAGNOSES


def born_later(facts: ClaimFacts) -> Answer:
    """Return who was born after the service."""
    holder = facts.plan.subscriber if facts.plan else None
    known = (("the client", facts.client), ("who holds the plan", holder))
    return _listed(who for who, person in known if person is not None and person.birth_date > facts.service_date)


def coverage_elapsed(facts: ClaimFacts) -> Answer:
    """Whether the coverage was not in force on the day of the service."""
    plan = facts.plan
    return plan is not None and not plan.effective_from <= facts.service_date <= (plan.effective_to or facts.service_date)


def subscriber(facts: ClaimFacts) -> Answer:
    """Whether the subscriber of a dependent's plan is missing (loop 2010BA)."""
    return facts.plan is not None and facts.plan.relationship != SELF and facts.plan.subscriber is None


def authorization(facts: ClaimFacts) -> Answer:
    """Whether the payer authorises visits and its authorization number is missing (REF*G1)."""
    return facts.plan is not None and facts.plan.visits_authorized is not None and not facts.plan.authorization_number


def codes(facts: ClaimFacts) -> Answer:
    """Return the codes that are not written as CPT or HCPCS codes (SV101-2)."""
    return _listed(line.service_code for line in facts.lines if not PROCEDURE.fullmatch(line.service_code))


def modifiers(facts: ClaimFacts) -> Answer:
    """Return the modifiers that do not have two characters (SV101-3 to SV101-6)."""
    return _listed(each for line in facts.lines for each in line.modifiers if not MODIFIER.fullmatch(each))


def place_of_service(facts: ClaimFacts) -> Answer:
    """Whether the place of service is not in CMS's code set (CLM05-1)."""
    return facts.place_of_service is not None and facts.place_of_service not in PLACES_OF_SERVICE


def units(facts: ClaimFacts) -> Answer:
    """Return the codes of lines with less than one unit (SV104)."""
    return _listed(line.service_code for line in facts.lines if line.units <= 0)


def charges(facts: ClaimFacts) -> Answer:
    """Return the codes of lines with a charge of zero or less (SV102)."""
    return _listed(line.service_code for line in facts.lines if line.amount <= 0)


def total(facts: ClaimFacts) -> Answer:
    """Return the total and what the lines come to, where these differ (CLM02 is the sum of SV102)."""
    added = sum_of(facts.lines)
    return bool(facts.lines) and added != facts.total_amount and f"{facts.total_amount:.2f}, but its lines come to {added:.2f}"


def too_many_lines(facts: ClaimFacts) -> Answer:
    """Whether there are more lines than the fifty of a claim (LX)."""
    return len(facts.lines) > MOST_LINES


def lines_left_out(facts: ClaimFacts) -> Answer:
    """Return the codes of lines that stay with the client while others are claimed."""
    return bool(facts.lines) and _listed(facts.left_out)


def telehealth_modifier(facts: ClaimFacts) -> Answer:
    """Return the codes of lines that lack the modifier of a session by video or audio (CPT modifiers 93 and 95)."""
    wanted = facts.telehealth_modifier
    return wanted is not None and _listed(line.service_code for line in facts.lines if wanted not in line.modifiers)


def too_late(facts: ClaimFacts) -> Answer:
    """Return the days after the service within which the payer takes a claim, where they have passed; sources at ``FILING_LIMITS``."""
    limit = _filing_limit(facts)
    return facts.requested_on > facts.service_date + timedelta(days=limit.refuse_after) and str(limit.refuse_after)


def soon_too_late(facts: ClaimFacts) -> Answer:
    """Return the days after the service within which many contracts want a claim, where they have passed and the payer still takes it."""
    limit = _filing_limit(facts)
    late = limit.warn_after < (facts.requested_on - facts.service_date).days <= limit.refuse_after
    return late and str(limit.warn_after)


def already_claimed(facts: ClaimFacts) -> Answer:
    """Return the control number of the claim that bills this record already; a denied one has a rule of its own."""
    former = facts.former if facts.payment_status is not PaymentStatus.DENIED else None
    return former is not None and former.record_id == facts.record_id and former.control_number


def settled(facts: ClaimFacts) -> Answer:
    """Whether nothing is owed and a claim would change nothing; a plan counts what it leaves to the client also once that is paid."""
    is_counted = facts.payment_status is PaymentStatus.PAID and facts.is_all_the_clients
    return facts.payment_status in SETTLED and not is_counted


def corrected_payer(facts: ClaimFacts) -> Answer:
    """Whether the coverage is with another payer by now than the one for whom the record was made."""
    return facts.plan is not None and facts.payer is not None and facts.plan.payer_id not in {None, facts.payer.id}


def other_payer(facts: ClaimFacts) -> Answer:
    """Return the control number of the former claim, where it was sent to another payer than this one would be."""
    former, payer = facts.former, facts.payer
    return former is not None and payer is not None and former.payer_id != payer.id and former.control_number


def replaced(facts: ClaimFacts) -> Answer:
    """Return the control number of the former claim, where another has replaced it already."""
    return facts.former is not None and facts.former.is_replaced and facts.former.control_number


def withdrawn(facts: ClaimFacts) -> Answer:
    """Return the day and the control number of the void that took the latest claim back."""
    return facts.withdrawal is not None and f"{facts.withdrawal.withdrawn_on} as {facts.withdrawal.control_number}"


def never_claimed(facts: ClaimFacts) -> Answer:
    """Whether no payer ever had a claim for the service."""
    return facts.former is None and facts.withdrawal is None


def no_reference(facts: ClaimFacts) -> Answer:
    """Return the control number of the former claim, where the payer's own number of it (REF*F8) is not known."""
    return facts.former is not None and not facts.payer_reference and facts.former.control_number


def _filing_limit(facts: ClaimFacts) -> FilingLimit:
    return FILING_LIMITS.get(facts.payer.claim_filing_code, USUAL_FILING_LIMIT) if facts.payer else USUAL_FILING_LIMIT


def _names(facts: ClaimFacts) -> Iterator[tuple[str, str]]:
    if organization := facts.organization:
        yield "the organization", organization.organization_name
        yield "its contact", organization.contact_name
        yield "the receiver", organization.receiver_name
    holder = facts.plan.subscriber if facts.plan else None
    for who, person in (("the therapist", facts.provider), ("the client", facts.client), ("who holds the plan", holder)):
        if person is not None:
            yield f"{who}'s last name", person.last_name
            yield f"{who}'s first name", person.first_name
    if facts.facility:
        yield "the site", facts.facility.facility_name
    if facts.payer:
        yield "the payer", facts.payer.payer_name
    if facts.plan and not facts.plan.group_number:
        yield "the plan", facts.plan.plan_name
    for who, address in _addresses(facts):
        yield f"{who}'s street", address.line1
        if address.line2:
            yield f"{who}'s street", address.line2
        yield f"{who}'s city", address.city


def _addresses(facts: ClaimFacts) -> Iterator[tuple[str, AddressFacts]]:
    known = (
        ("the organization", facts.organization),
        ("the site", facts.facility),
        ("the client", facts.client),
        ("the payer", facts.payer),
    )
    for who, party in known:
        if party is not None and party.address is not None:
            yield who, party.address


def _identifiers(facts: ClaimFacts) -> Iterator[tuple[str, str, int, int]]:
    if plan := facts.plan:
        yield "the member id", plan.member_id, SHORTEST_MEMBER_ID, LONGEST_MEMBER_ID
        yield "the group number", plan.group_number or "", 0, LONGEST_REFERENCE
        yield "the authorization number", plan.authorization_number or "", 0, LONGEST_REFERENCE
    yield "the payer's reference", facts.payer_reference or "", 0, LONGEST_REFERENCE


def _listed(found: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(found))
