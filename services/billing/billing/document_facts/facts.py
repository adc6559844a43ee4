"""What documents and exports are made of: a record with its money, and whoever stands on it, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from contracts.billing import PaymentStatus
from contracts.scheduling import ClientLocation, Modality
from contracts.types import ClientId, Code, RecordId, SessionId, SiteId, TherapistId

from billing.document_facts.people import Address, Keys, Known, Person
from billing.ledger import settlement
from billing.ledger.bill import RecordKind
from billing.ledger.postings import Account, Payer, PaymentMethod, Posting
from billing.pricing.amounts import ZERO
from billing.pricing.modality import VIDEO_MODIFIER, is_telehealth, modifier, place_of_service
from billing.pricing.terms import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Insurance:
    """The plan that covers a record, and who pays by it."""

    coverage_id: UUID
    payer_id: UUID
    payer_name: str
    payer_code: str
    claim_filing_code: str
    payer_address: Address | None
    telehealth_place_of_service: str
    telehealth_modifier: str | None
    member_id: str
    group_number: str | None
    plan_name: str
    relationship: str
    """The client's, to whoever holds the plan."""
    subscriber: Person | None
    """Who holds the plan, where that is not the client."""
    mode: Mode
    authorization_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastClaim:
    """The last claim that went to the payer for a record."""

    control_number: str
    frequency: str
    payer_reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One billed code."""

    position: int
    code: Code
    name: str
    """The clinic's own short name; the code where none is known."""
    units: int
    rate: Decimal
    charge: Decimal
    claimable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What happened to a record's money once, and on which day."""

    id: UUID
    at: datetime
    day: date
    """On which it was posted."""
    received: date
    """When the money was received."""
    posting: Posting
    payer: Payer | None = None
    method: PaymentMethod | None = None
    reference: str | None = None
    reverses_id: UUID | None = None
    """The movement that this one takes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimContext:
    """One record, its money, and whoever stands on its documents."""

    record_id: RecordId
    session_id: SessionId
    client_id: ClientId
    therapist_id: TherapistId
    site_id: SiteId
    kind: RecordKind
    service_code: Code
    """What was booked; a composite's lines have its components' codes instead."""
    service_name: str
    service_date: date
    billing_date: date
    modality: Modality
    client_location: ClientLocation | None
    therapist_credential: str | None
    status: PaymentStatus
    total: Decimal
    replaces_id: RecordId | None
    replaced_by: RecordId | None
    lines: tuple[Line, ...]
    movements: tuple[Movement, ...]
    insurance: Insurance | None
    last_claim: LastClaim | None
    known: Known

    @property
    def keys(self) -> Keys:
        """Whom it is about."""
        return Keys(self.client_id, self.therapist_id, self.site_id, self.record_id)

    @property
    def claimable(self) -> tuple[Line, ...]:
        """The lines that may go to an insurer at all."""
        return tuple(line for line in self.lines if line.claimable)

    @property
    def telehealth(self) -> bool:
        """Whether therapist and client met by video or audio."""
        return is_telehealth(self.modality)

    @property
    def place_of_service(self) -> str | None:
        """Where it took place, by its two digits."""
        site = self.known.facility.place_of_service if self.known.facility else None
        return place_of_service(
            self.modality, self.client_location, site, self.insurance.telehealth_place_of_service if self.insurance else None
        )

    @property
    def modifiers(self) -> tuple[str, ...]:
        """What stands beside each code."""
        marked = modifier(self.modality, self.insurance.telehealth_modifier if self.insurance else VIDEO_MODIFIER)
        return (marked,) if marked else ()


@dataclass(frozen=True, slots=True)
class Money:
    """What was charged and what became of it: everything that was taken from the charge leaves what is owed, less credit."""

    charged: Decimal = ZERO
    contractual: Decimal = ZERO
    discounts: Decimal = ZERO
    written_off: Decimal = ZERO
    paid_by_client: Decimal = ZERO
    """Less what was given back."""
    paid_by_insurer: Decimal = ZERO
    owed_by_client: Decimal = ZERO
    owed_by_insurer: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """What is still owed by whomever, less what came in and settles nothing."""
        return self.owed_by_client + self.owed_by_insurer - self.credit


def money_of(movements: Iterable[Movement]) -> Money:
    """Sum what happened; every amount is a sum of ledger entries."""
    movements = list(movements)
    at = settlement.balances(movement.posting for movement in movements)
    from_insurer = (movement.posting.entries.get(Account.CASH, ZERO) for movement in movements if movement.payer is Payer.INSURER)
    paid_by_insurer = sum(from_insurer, ZERO)
    return Money(
        charged=-at.get(Account.REVENUE, ZERO),
        contractual=at.get(Account.CONTRACTUAL_ADJ, ZERO),
        discounts=at.get(Account.DISCOUNT, ZERO),
        written_off=at.get(Account.BAD_DEBT, ZERO),
        paid_by_client=at.get(Account.CASH, ZERO) - paid_by_insurer,
        paid_by_insurer=paid_by_insurer,
        owed_by_client=at.get(Account.PATIENT_AR, ZERO),
        owed_by_insurer=at.get(Account.PAYER_AR, ZERO),
        credit=-at.get(Account.UNAPPLIED_CREDIT, ZERO),
    )
