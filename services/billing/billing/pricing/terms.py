"""What a client is covered by on a day, and what that makes of a visit's price; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.errors import DomainError, Invalid
from contracts.types import ClientId, Code

from billing.pricing.amounts import ZERO, Plan

Credential = str


class Mode(StrEnum):
    """How a payer takes part; without any coverage a client pays for themselves."""

    IN_NETWORK = "in_network"
    OUT_OF_NETWORK = "out_of_network"
    """The client pays all of it and may claim it back with a superbill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What a payer has agreed to pay for a code, per unit."""

    payer_id: UUID
    service_code: Code
    credential: Credential | None
    """Only for therapists with this credential; for all of them when None."""
    amount: Decimal
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A client's plan with a payer, as it stood on a day."""

    id: UUID
    client_id: ClientId
    payer_id: UUID
    payer_name: str
    mode: Mode
    plan: Plan
    as_of: date
    """The remaining amounts are as of the beginning of this day."""
    visits_authorized: int | None
    """Visits authorised from that day on; None where none are needed."""
    effective_from: date
    effective_to: date | None


BenefitYear = int
"""Calendar years: what a plan leaves to its member begins anew on 1 January."""


@dataclass(frozen=True, slots=True)
class Used:
    """What records since a coverage's ``as_of`` have taken from it, in one benefit year."""

    deductible: Decimal = ZERO
    out_of_pocket: Decimal = ZERO
    visits: int = 0

    def __add__(self, more: "Used") -> "Used":
        return Used(self.deductible + more.deductible, self.out_of_pocket + more.out_of_pocket, self.visits + more.visits)


@dataclass(frozen=True, slots=True)
class Discount:
    """What a client is given off what they owe outside insurance."""

    client_id: ClientId
    percent: Decimal
    reason: str
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts for one client's visit in addition to its code and its rate."""

    coverage: Coverage | None = None
    plan: Plan | None = None
    """What the plan leaves to the client by now; None where no payer takes part."""
    contract_fees: Mapping[Code, Decimal] = field(default_factory=dict[Code, Decimal])
    """What the payer has agreed to pay for the visit's codes, per unit; a code without one has no contract on file."""
    discount: Discount | None = None
    visits_left: int | None = None
    """Authorised visits left before this one; None where none are needed."""
    whose_is_known: bool = True
    """Whether the client of the visit is given."""


NOTHING: Final = Terms()
NOBODYS: Final = Terms(whose_is_known=False)


@dataclass(frozen=True, slots=True)
class Policies:
    """Fees, coverages and discounts of the clients and codes that a batch is about."""

    fees: Mapping[tuple[UUID, Code], tuple[Fee, ...]] = field(default_factory=dict[tuple[UUID, Code], tuple[Fee, ...]])
    coverages: Mapping[ClientId, tuple[Coverage, ...]] = field(default_factory=dict[ClientId, tuple[Coverage, ...]])
    used: Mapping[tuple[UUID, BenefitYear], Used] = field(default_factory=dict[tuple[UUID, BenefitYear], Used])
    discounts: Mapping[ClientId, tuple[Discount, ...]] = field(default_factory=dict[ClientId, tuple[Discount, ...]])

    def used_by(self, coverage_id: UUID, day: date) -> Used:
        """Return what was taken from a coverage in the benefit year of a day; authorised visits do not begin anew with a year."""
        visits = sum(used.visits for (key, _), used in self.used.items() if key == coverage_id)
        return replace(self.used.get((coverage_id, benefit_year(day)), Used()), visits=visits)

    def terms(self, client_id: ClientId | None, codes: Iterable[Code], day: date, credential: Credential | None, *, insured: bool) -> Terms:
        """Return what counts for a visit with these codes; ``credential`` is the therapist's, ``insured`` whether to bill insurance."""
        if client_id is None:
            return NOBODYS
        discount = next((one for one in self.discounts.get(client_id, ()) if _holds(one, day)), None)
        coverage = next((one for one in self.coverages.get(client_id, ()) if _holds(one, day)), None) if insured else None
        if coverage is None or coverage.mode is Mode.OUT_OF_NETWORK:
            return Terms(coverage=coverage, discount=discount)
        used = self.used_by(coverage.id, day)
        visits_left = None if coverage.visits_authorized is None else coverage.visits_authorized - used.visits
        fees = {code: contract_fee(self.fees.get((coverage.payer_id, code), ()), day, credential) for code in codes}
        agreed = {code: fee for code, fee in fees.items() if fee is not None}
        return Terms(coverage, remaining(coverage.plan, used), agreed, discount, visits_left)


def benefit_year(day: date) -> BenefitYear:
    """Return the benefit year in which a day lies."""
    return day.year


def remaining(plan: Plan, used: Used) -> Plan:
    """Return the plan with what is left of its deductible and its maximum, neither below zero."""
    left = plan.out_of_pocket_remaining
    return replace(
        plan,
        deductible_remaining=max(plan.deductible_remaining - used.deductible, ZERO),
        out_of_pocket_remaining=None if left is None else max(left - used.out_of_pocket, ZERO),
    )


def contract_fee(fees: Iterable[Fee], day: date, credential: Credential | None) -> Decimal | None:
    """Return the fee in force on a day, the most specific one first; None where no contract is on file."""
    in_force = [fee for fee in fees if _holds(fee, day) and (fee.credential is None or folded(fee.credential) == folded(credential))]
    best = max(in_force, key=lambda fee: fee.credential is not None, default=None)
    return best.amount if best else None


def folded(credential: Credential | None) -> Credential | None:
    """Return a credential as it is compared: ``lcsw`` is written for LCSW."""
    return credential.casefold() if credential else None


def _holds(what: Fee | Coverage | Discount, day: date) -> bool:
    return what.effective_from <= day and (what.effective_to is None or day <= what.effective_to)


ONE_DAY: Final = timedelta(days=1)


def counts(begins: date, ends: date | None) -> bool:
    """Whether something counts on any day; what was entered by mistake ends before it begins."""
    return ends is None or ends >= begins


def ends_too_early(what: str, begins: date, ends: date | None) -> DomainError | None:
    """Return the refusal of what ends before it begins, if it does; on the day before it may: it counts on no day, as if never entered."""
    if ends is None or ends >= begins - ONE_DAY:
        return None
    detail = f"The {what} begins on {begins}. End it then or later, or on {begins - ONE_DAY} where it was entered by mistake."
    return Invalid("ends-before-it-begins", detail, field="effective_to")
