"""Claims of a clinic that nothing speaks against, and the two readers of other people that must take what is written."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final
from uuid import UUID

import pyx12.map_if
from billing.claim_rules import x12_837p
from billing.claim_rules.facts import (
    AddressFacts,
    Claim,
    ClaimFacts,
    ClientFacts,
    FacilityFacts,
    Frequency,
    LineFacts,
    OrganizationFacts,
    PayerFacts,
    PlanFacts,
    ProviderFacts,
    made_of,
)
from billing.claim_rules.scrub import scrub
from billing.x12.writer import Envelope
from contracts.billing import PaymentStatus
from contracts.types import RecordId
from pydantic import ValidationError
from pyx12.params import ParamsBase
from pyx12.x12n_document import x12n_document
from x12sdk.io import X12ModelReader

HARBOR: Final = AddressFacts(line1="12 Harbor Street", city="Portland", state="ME", postal_code="041010000")
PIER: Final = AddressFacts(line1="9 Pier Road", line2="Floor 2", city="Bangor", state="ME", postal_code="044010123")
NETWORK: Final = OrganizationFacts(
    organization_name="Harbor Therapy Network",
    npi="1234567893",
    tax_id="123456789",
    taxonomy_code="261QM0801X",
    address=HARBOR,
    contact_name="Billing office",
    phone="2075550100",
    submitter_id="HARBOR01",
    receiver_name="Clearing House",
    receiver_id="CLEARING01",
)
HERE: Final = FacilityFacts(facility_name="Harbor Street", address=HARBOR, place_of_service="11")
ELSEWHERE: Final = FacilityFacts(facility_name="Pier Road", npi="1003000126", address=PIER, place_of_service="11")
RUTH: Final = ProviderFacts(last_name="Adler", first_name="Ruth", npi="1245319599", taxonomy_code="103TC0700X")
JONAS: Final = ClientFacts(
    last_name="Weber", first_name="Jonas", birth_date=date(1988, 5, 17), gender="M", address=HARBOR, diagnoses=("F41.1", "F33.0")
)
MAYA: Final = ClientFacts(
    last_name="Weber", first_name="Maya", birth_date=date(2015, 9, 1), gender="F", address=HARBOR, diagnoses=("F43.23",)
)
HOLDER: Final = JONAS.person
MUTUAL: Final = PayerFacts(id=UUID(int=1), payer_name="Harbor Mutual", payer_code="HM001", claim_filing_code="CI", telehealth_modifier="95")
STATE: Final = PayerFacts(id=UUID(int=2), payer_name="State Plan", payer_code="SP01", claim_filing_code="MC", address=PIER)
SILVER: Final = PlanFacts(
    id=UUID(int=11), mode="in_network", member_id="HM-4471-02", plan_name="Silver", group_number="G-77", effective_from=date(2026, 1, 1)
)
FAMILY: Final = SILVER.model_copy(update={"id": UUID(int=12), "relationship": "child", "subscriber": HOLDER})
HOUR: Final = LineFacts(service_code="90837", units=1, amount=Decimal("185.00"))
ADDED: Final = LineFacts(service_code="90785", units=1, amount=Decimal("20.50"))
MONDAY: Final = date(2026, 3, 2)
TUESDAY: Final = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


def facts(**other: Any) -> ClaimFacts:
    """Return what is known of a session with Ruth that Jonas's plan pays for; every fact may be named."""
    usual: dict[str, Any] = {
        "record_id": RecordId(UUID(int=21)),
        "frequency": Frequency.ORIGINAL,
        "requested_on": date(2026, 3, 3),
        "kind": "session",
        "payment_status": PaymentStatus.PENDING,
        "insurance_applicable": True,
        "telehealth": False,
        "service_date": MONDAY,
        "organization": NETWORK,
        "facility": HERE,
        "provider": RUTH,
        "client": JONAS,
        "payer": MUTUAL,
        "plan": SILVER,
        "place_of_service": "11",
        "lines": (HOUR,),
        "total_amount": sum((line.amount for line in other.get("lines", (HOUR,))), Decimal("0.00")),
    }
    return ClaimFacts(**{**usual, **other})


def claim(number: int = 1, **other: Any) -> Claim:
    """Make a claim of such a session."""
    stated = facts(**other)
    return made_of(stated, f"HF{number:09d}", scrub(stated))


def write(*claims: Claim, number: int = 7) -> str:
    """Write claims as the clinic's file."""
    envelope = Envelope(sender="HARBOR01", receiver="CLEARING01", control_number=number, written_at=TUESDAY, usage="T")
    return x12_837p.write(envelope, NETWORK, claims)


@cache
def _map(name: str, _: object, __: object) -> pyx12.map_if.map_if:
    return _load(name, PARAMETERS)


PARAMETERS: Final = ParamsBase()
_load: Final = pyx12.map_if.load_map_file
pyx12.map_if.load_map_file = _map
"""pyx12 reads its map anew for each file; it does not change."""


def structure(text: str) -> list[str]:
    """Return what pyx12 finds wrong with a file's structure."""
    reported = io.StringIO()
    return [] if x12n_document(PARAMETERS, io.StringIO(text), None, None, fd_json=reported) else [f"pyx12: {reported.getvalue()}"]


def complaints(text: str) -> list[str]:
    """Return what pyx12 finds wrong with the file's structure, and x12sdk with its sums."""
    wrong = structure(text)
    try:
        with X12ModelReader(text) as reader:
            assert len(list(reader.models())) == 1
    except ValidationError as error:
        wrong.append(f"x12sdk: {error}")
    return wrong


def segments(text: str, label: str) -> list[list[str]]:
    """Return the elements of the segments with this label, in order."""
    found = [line.rstrip("~").split("*") for line in text.splitlines()]
    return [elements[1:] for elements in found if elements[0] == label]
