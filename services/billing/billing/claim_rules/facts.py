"""What a claim is made of, as plain values: what could become one, and one exactly as it was sent."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.billing import PaymentStatus
from contracts.types import Money, RecordId
from pydantic import BaseModel, ConfigDict

from billing.pricing.flags import Severity


class AcknowledgementKind(StrEnum):
    """Which file came back."""

    INTERCHANGE = "TA1"
    IMPLEMENTATION = "999"
    CLAIMS = "277CA"


class ClaimStatus(StrEnum):
    """What became of a claim."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    """The clearing house or the payer has taken it for a decision."""
    REJECTED = "rejected"
    """It was sent back before any decision, and counts as never sent."""
    PAID = "paid"
    DENIED = "denied"
    REVERSED = "reversed"
    """The payer took its answer back."""
    REPLACED = "replaced"
    """A later claim of the same record stands in its place."""


SELF = "self"


class Frequency(StrEnum):
    """CLM05-3: what a claim is to the claims before it."""

    ORIGINAL = "1"
    REPLACEMENT = "7"
    VOID = "8"


class Facts(BaseModel):
    """Plain values that can be kept as JSON and compared."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Finding(Facts):
    """Something that speaks against a claim, and what would help."""

    code: str
    severity: Severity
    message: str
    suggestion: str


class AddressFacts(Facts):
    """Where somebody is."""

    line1: str
    line2: str | None = None
    city: str
    state: str
    postal_code: str


class OrganizationFacts(Facts):
    """Who bills, and who takes its files in."""

    organization_name: str
    npi: str
    tax_id: str
    taxonomy_code: str
    address: AddressFacts
    contact_name: str
    phone: str
    submitter_id: str
    receiver_name: str
    receiver_id: str


class FacilityFacts(Facts):
    """Where the service took place."""

    facility_name: str
    npi: str | None = None
    address: AddressFacts
    place_of_service: str


class ProviderFacts(Facts):
    """Who rendered the service."""

    last_name: str
    first_name: str
    npi: str
    taxonomy_code: str


class PersonFacts(Facts):
    """A person as an insurer identifies them."""

    last_name: str
    first_name: str
    birth_date: date
    gender: str
    address: AddressFacts


class ClientFacts(PersonFacts):
    """Who was treated, and for what."""

    diagnoses: tuple[str, ...] = ()
    """Those of the record."""
    signature_on_file: bool = True

    @property
    def person(self) -> PersonFacts:
        """The client without what differs from claim to claim."""
        return PersonFacts(**{name: getattr(self, name) for name in PersonFacts.model_fields})


class PayerFacts(Facts):
    """Who is billed."""

    id: UUID
    payer_name: str
    payer_code: str
    claim_filing_code: str
    telehealth_modifier: str | None = None
    address: AddressFacts | None = None
    is_active: bool = True


class PlanFacts(Facts):
    """What the client is covered by."""

    id: UUID
    payer_id: UUID | None = None
    """Who covers the client by it now."""
    mode: str
    member_id: str
    plan_name: str
    group_number: str | None = None
    relationship: str = SELF
    subscriber: PersonFacts | None = None
    """Who holds the plan, where that is not the client."""
    authorization_number: str | None = None
    visits_authorized: int | None = None
    effective_from: date
    effective_to: date | None = None


class LineFacts(Facts):
    """One service."""

    service_code: str
    modifiers: tuple[str, ...] = ()
    units: int
    amount: Money


class FormerClaim(Facts):
    """The latest claim for the same service, of this record or of the one that it took the place of."""

    id: UUID
    record_id: RecordId
    control_number: str
    payer_id: UUID
    is_replaced: bool = False
    """Another one stands in its place already."""


class Withdrawal(Facts):
    """The void that took the latest claim for the same service back."""

    control_number: str
    withdrawn_on: date


class ClaimFacts(Facts):
    """Everything that a claim for a record would state, and everything that may speak against it."""

    record_id: RecordId
    frequency: Frequency
    requested_on: date
    kind: str
    payment_status: PaymentStatus
    is_all_the_clients: bool = False
    """The plan takes part, and the price leaves all of it to the client (deductible, copay, coinsurance)."""
    insurance_applicable: bool
    telehealth: bool
    telehealth_modifier: str | None = None
    """What a session by video or audio is marked with; none where the payer wants none."""
    service_date: date
    flags: tuple[Finding, ...] = ()
    """What the record was flagged with when it was made."""
    former: FormerClaim | None = None
    withdrawal: Withdrawal | None = None
    """There is no former claim then."""
    payer_reference: str | None = None
    """The payer's own number of the former claim."""
    organization: OrganizationFacts | None
    facility: FacilityFacts | None
    provider: ProviderFacts | None
    client: ClientFacts | None
    invalid_diagnoses: tuple[str, ...] = ()
    """Why the list of diagnosis codes does not have some of them on the date of service, a sentence each."""
    payer: PayerFacts | None
    plan: PlanFacts | None
    place_of_service: str | None
    lines: tuple[LineFacts, ...]
    left_out: tuple[str, ...] = ()
    """Codes of the record that no insurer pays for."""
    total_amount: Money
    patient_paid: Money = Decimal("0.00")
    """What the client has paid by now, at most the total (box 29 of the paper form)."""


class Claim(Facts):
    """A claim as it was sent; nothing in it is missing."""

    control_number: str
    frequency: Frequency
    payer_reference: str | None
    record_id: RecordId
    telehealth: bool
    service_date: date
    organization: OrganizationFacts
    facility: FacilityFacts
    provider: ProviderFacts
    client: ClientFacts
    payer: PayerFacts
    plan: PlanFacts
    place_of_service: str
    lines: tuple[LineFacts, ...]
    total_amount: Money
    patient_paid: Money = Decimal("0.00")
    findings: tuple[Finding, ...] = ()
    """What was known and sent all the same."""


def made_of(facts: ClaimFacts, control_number: str, findings: tuple[Finding, ...]) -> Claim:
    """Build the claim of a record; ValueError where something that a claim needs is missing, which scrubbing finds first."""
    stated = {name: getattr(facts, name) for name in Claim.model_fields if hasattr(facts, name)}
    return Claim.model_validate({**stated, "control_number": control_number, "findings": findings})


def sum_of(lines: tuple[LineFacts, ...]) -> Decimal:
    """Return the sum of the lines' charges, in dollars and cents."""
    return sum((line.amount for line in lines), Decimal("0.00"))
