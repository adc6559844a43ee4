"""What may be wrong with a claim, one question each; an answer names what was found, and nothing means that all is well."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from contracts.billing import PaymentStatus
from stdnum import luhn

from billing.claims import x12
from billing.claims.code_sets import FILING_LIMITS, MOST_DIAGNOSES, MOST_LINES, PLACES_OF_SERVICE, STATES, USUAL_FILING_LIMIT, FilingLimit
from billing.claims.facts import SELF, AddressFacts, ClaimFacts, sum_of
from billing.claims.x12_837p import CITY, is_elsewhere

NPI_PREFIX: Final = "80840"
NPI: Final = re.compile(r"[12]\d{9}")
TAX_ID: Final = re.compile(r"\d{9}")
TAXONOMY: Final = re.compile(r"[0-9A-Z]{9}X")
DIAGNOSIS: Final = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
PROCEDURE: Final = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
"""A code that insurers know; fees, composites and the clinic's own codes do not look like one."""
MODIFIER: Final = re.compile(r"[0-9A-Z]{2}")
POST_OFFICE_BOX: Final = re.compile(r"\b(P\.?\s*O\.?\s*BOX|POST OFFICE BOX|LOCK\s?BOX)\b", re.IGNORECASE)
FULL_POSTAL_CODE: Final = 9
SHORTEST_CITY: Final = 2
LONGEST_REFERENCE: Final = 50
SHORTEST_MEMBER_ID: Final = 2
LONGEST_MEMBER_ID: Final = 80

Answer = str | bool


def npis(facts: ClaimFacts) -> Answer:
    """Return which NPIs are none by their check digits."""
    given = [who.npi for who in (facts.organization, facts.provider, facts.facility) if who is not None and who.npi]
    return _listed(npi for npi in given if not NPI.fullmatch(npi) or not luhn.is_valid(NPI_PREFIX + npi))


def taxonomies(facts: ClaimFacts) -> Answer:
    """Return which taxonomy codes are none."""
    given = [who.taxonomy_code for who in (facts.organization, facts.provider) if who is not None]
    return _listed(code for code in given if not TAXONOMY.fullmatch(code))


def tax_id(facts: ClaimFacts) -> Answer:
    """Whether the organization's tax id is none."""
    return facts.organization is not None and not TAX_ID.fullmatch(facts.organization.tax_id)


def short_postal_codes(facts: ClaimFacts) -> Answer:
    """Return which postal codes lack their last four digits where insurers want all nine."""
    organization, facility = facts.organization, facts.facility
    given = [organization.address.postal_code] if organization else []
    if organization and facility and is_elsewhere(facility, organization, telehealth=facts.telehealth):
        given.append(facility.address.postal_code)
    return _listed(code for code in given if len(code) != FULL_POSTAL_CODE or not code.isdecimal())


def post_office_box(facts: ClaimFacts) -> Answer:
    """Whether the organization bills from a post office box."""
    return facts.organization is not None and bool(POST_OFFICE_BOX.search(facts.organization.address.line1))


def addresses(facts: ClaimFacts) -> Answer:
    """Return which addresses have a state or a city that there cannot be."""
    return _listed(
        who for who, address in _addresses(facts) if address.state not in STATES or len(x12.name(address.city, CITY)) < SHORTEST_CITY
    )


def names(facts: ClaimFacts) -> Answer:
    """Return which names hold letters that X12 does not have, or none that it has."""
    wrong = ((who, x12.unsendable_in_name(text), x12.plain(text)) for who, text in _names(facts))
    return _listed(f"{who} ({letters or 'empty'})" for who, letters, written in wrong if letters or not written)


def identifiers(facts: ClaimFacts) -> Answer:
    """Return which numbers do not fit into a claim, or hold characters that X12 does not have."""
    return _listed(
        what
        for what, text, least, most in _identifiers(facts)
        if not least <= len(text) <= most or x12.unsendable_in_identifier(text) or text != text.strip()
    )


def diagnoses(facts: ClaimFacts) -> Answer:
    """Return which diagnoses are none."""
    return _listed(code for code in (facts.client.diagnoses if facts.client else ()) if not DIAGNOSIS.fullmatch(code))


def diagnoses_out_of_date(facts: ClaimFacts) -> Answer:
    """Return why diagnoses are not valid on the date of service."""
    return " ".join(facts.invalid_diagnoses)


def too_many_diagnoses(facts: ClaimFacts) -> Answer:
    """Whether there are more diagnoses than a claim has room for."""
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
    """Whether nobody holds the plan of a dependent."""
    return facts.plan is not None and facts.plan.relationship != SELF and facts.plan.subscriber is None


def authorization(facts: ClaimFacts) -> Answer:
    """Whether the payer authorises visits and no number says that it did."""
    return facts.plan is not None and facts.plan.visits_authorized is not None and not facts.plan.authorization_number


def codes(facts: ClaimFacts) -> Answer:
    """Return which lines bill what no insurer knows."""
    return _listed(line.service_code for line in facts.lines if not PROCEDURE.fullmatch(line.service_code))


def modifiers(facts: ClaimFacts) -> Answer:
    """Return which modifiers are none."""
    return _listed(each for line in facts.lines for each in line.modifiers if not MODIFIER.fullmatch(each))


def place_of_service(facts: ClaimFacts) -> Answer:
    """Whether there is no such place of service."""
    return facts.place_of_service is not None and facts.place_of_service not in PLACES_OF_SERVICE


def units(facts: ClaimFacts) -> Answer:
    """Return which lines have no units."""
    return _listed(line.service_code for line in facts.lines if line.units <= 0)


def charges(facts: ClaimFacts) -> Answer:
    """Return which lines charge nothing or less."""
    return _listed(line.service_code for line in facts.lines if line.amount <= 0)


def total(facts: ClaimFacts) -> Answer:
    """Return what the lines come to, where that is not the total."""
    added = sum_of(facts.lines)
    return bool(facts.lines) and added != facts.total_amount and f"{facts.total_amount:.2f}, but its lines come to {added:.2f}"


def too_many_lines(facts: ClaimFacts) -> Answer:
    """Whether there are more lines than a claim has room for."""
    return len(facts.lines) > MOST_LINES


def lines_left_out(facts: ClaimFacts) -> Answer:
    """Return which lines stay with the client while others are claimed."""
    return bool(facts.lines) and _listed(facts.left_out)


def telehealth_modifier(facts: ClaimFacts) -> Answer:
    """Return which lines of a session by video or audio lack its modifier."""
    wanted = facts.telehealth_modifier
    return wanted is not None and _listed(line.service_code for line in facts.lines if wanted not in line.modifiers)


def too_late(facts: ClaimFacts) -> Answer:
    """Return after how many days the payer takes no claim, where they have passed."""
    limit = _filing_limit(facts)
    return facts.asked_on > facts.service_date + timedelta(days=limit.refuse_after) and str(limit.refuse_after)


def soon_too_late(facts: ClaimFacts) -> Answer:
    """Return after how many days many payers take no claim, where they have passed."""
    limit = _filing_limit(facts)
    late = facts.service_date + timedelta(days=limit.warn_after) < facts.asked_on <= facts.service_date + timedelta(days=limit.refuse_after)
    return late and str(limit.warn_after)


def already_claimed(facts: ClaimFacts) -> Answer:
    """Return which claim asks for this record already; a denied one has a rule of its own."""
    former = facts.former if facts.payment_status is not PaymentStatus.DENIED else None
    return former is not None and former.record_id == facts.record_id and former.control_number


def corrected_payer(facts: ClaimFacts) -> Answer:
    """Whether the coverage is with another payer by now than the one for whom the record was made."""
    return facts.plan is not None and facts.payer is not None and facts.plan.payer_id not in {None, facts.payer.id}


def other_payer(facts: ClaimFacts) -> Answer:
    """Return which claim was sent to another payer than this one would be."""
    former, payer = facts.former, facts.payer
    return former is not None and payer is not None and former.payer_id != payer.id and former.control_number


def replaced(facts: ClaimFacts) -> Answer:
    """Return which claim is no longer the one to amend, because another stands in its place."""
    return facts.former is not None and facts.former.is_replaced and facts.former.control_number


def no_reference(facts: ClaimFacts) -> Answer:
    """Return which claim does the payer have no known number of."""
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
