"""A remittance, pure: what an insurer states it paid, to the cent, and whether that adds up.

Amounts are Decimal, in dollars. Source: the guide 005010X221A1 (835), whose segments and elements are named at the fields; how a remittance
balances is its section 1.10.2.1.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter

from billing.pricing.amounts import ZERO
from billing.x12.interchange import Finding


class RemittanceStatus(StrEnum):
    """Whether a remittance is in the books."""

    POSTED = "posted"
    PARKED = "parked"
    """As a whole, with every reason; nothing of it is in the books."""
    DISCARDED = "discarded"
    """Somebody has taken it out of the list, for a reason; nothing of it is in the books."""


REVERSAL: Final = "22"
"""CLP02 of a claim whose earlier answer is taken back."""

DENIED: Final = "4"

PREDETERMINATION: Final = "25"

INTEREST: Final = "L6"
"""PLB03-1 of interest."""

PATIENT: Final = "PR"
"""The group of what the client owes."""

EARLIEST_PAYMENT: Final = date(2000, 1, 1)

MOST_DAYS_AHEAD: Final = 31
"""As far ahead of today a payment may be dated."""

CORRECTED_FILE: Final = "Ask the payer for a corrected file."

CURRENCY: Final = "USD"
"""The currency of every amount in the books."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why some of the charge is not paid: a group that states who bears it, and a reason."""

    group: str
    reason: str
    amount: Decimal

    @property
    def code(self) -> str:
        """How billers call it, such as CO-45."""
        return f"{self.group}-{self.reason}"


@dataclass(frozen=True, slots=True)
class ServicePayment:
    """The answer to one line of a claim (SVC)."""

    service_code: str
    modifiers: tuple[str, ...]
    charge: Decimal
    paid: Decimal
    units: Decimal
    service_date: date | None
    control_number: str | None
    """REF*6R: the line as the claim numbered it."""
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    place: str
    submitted_code: str | None = None
    """SVC06: the code as it was claimed, where the insurer decided on another one, as of lines that it joined or split."""

    @property
    def claimed_code(self) -> str:
        """The code that the claim had."""
        return self.submitted_code or self.service_code


@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """The answer to one claim (CLP)."""

    control_number: str
    """CLP01: the claim as the organization numbered it."""
    status: str
    """CLP02."""
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal | None
    """CLP05; None where only the adjustments state it."""
    payer_reference: str | None
    """CLP07: the claim as the payer numbered it."""
    adjustments: tuple[Adjustment, ...]
    """Those of the claim as a whole; its lines have their own."""
    lines: tuple[ServicePayment, ...]
    remarks: tuple[str, ...]
    place: str
    patient_name: str | None = None
    """NM1*QC: whom the insurer means, so that people find a claim that is unknown here."""
    member_id: str | None = None
    service_date: date | None = None
    """Where the claim has one of its own."""

    @property
    def first_day(self) -> date | None:
        """The day of the first service that the file has a day of."""
        return min((line.service_date for line in self.lines if line.service_date), default=self.service_date)

    @property
    def is_reversal(self) -> bool:
        """Whether an earlier answer is taken back."""
        return self.status == REVERSAL

    @property
    def is_denied(self) -> bool:
        """Whether the claim is denied as a whole."""
        return self.status == DENIED

    @property
    def all_adjustments(self) -> tuple[Adjustment, ...]:
        """Return the claim's own and its lines' adjustments."""
        return (*self.adjustments, *(each for line in self.lines for each in line.adjustments))

    @property
    def patient(self) -> Decimal:
        """What the insurer leaves to the client: deductible, coinsurance, copay and whatever else is in their group."""
        return total(self.all_adjustments, PATIENT)


ANSWER: Final = TypeAdapter(ClaimPayment)
"""Reads an answer as it is kept."""


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """What the payer adds to or takes from the whole payment (PLB), for no claim in particular; positive takes away."""

    reason: str
    reference: str | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Remittance:
    """What one payment was for."""

    payer_name: str
    payer_identifier: str
    """TRN03: who made the payment; together with the trace number it is unique."""
    trace_number: str
    """TRN02: what the bank's statement or the check states."""
    amount: Decimal
    """BPR02: what arrived at the bank."""
    method: str
    payment_date: date | None
    payee_name: str
    payee_npi: str | None
    payee_tax_id: str | None
    claims: tuple[ClaimPayment, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    currency: str | None = None
    """CUR02; None where the file does not name one."""
    is_test: bool = False
    """ISA15 is T: nobody paid anything."""
    payer_ids: tuple[str, ...] = ()
    """Which payer it is by N104 and REF*2U, as far as the file gives them."""


def total(adjustments: Iterable[Adjustment], group: str | None = None) -> Decimal:
    """Return the sum of adjustments, or of those of one group (CAS01, such as PR); positive takes off the charge."""
    return sum((each.amount for each in adjustments if group in {None, each.group}), ZERO)


def balance(remittance: Remittance) -> tuple[Finding, ...]:
    """Return everything that does not add up, none where all does.

    A line is charge less adjustments = paid, a claim the same with those of its lines and charges what its lines charge, the payment is the
    sum of its claims less the provider's adjustments (005010X221A1, 1.10.2.1).
    """
    return tuple(_imbalances(remittance))


def objections_to_payment(remittance: Remittance) -> Iterator[Finding]:
    """Yield why the payment as a whole is not money that can be booked: a test file (ISA15) or another currency (CUR02)."""
    if remittance.is_test:
        message = "ISA15 is T: this is a test file, and no money came with it."
        yield Finding("test-file", "segment 1 (ISA)", message, "Discard it; a payment comes as a file in which ISA15 is P.")
    if remittance.currency not in {None, CURRENCY}:
        message = f"It is paid in {remittance.currency}; the books are in {CURRENCY}."
        fix = f"Discard it, and post by hand what the bank credited in {CURRENCY}; or ask the payer for a file in {CURRENCY}."
        yield Finding("other-currency", "CUR02", message, fix)


def objections_to_day(remittance: Remittance, today: date) -> Iterator[Finding]:
    """Yield why the payment date (BPR16) cannot be right: before 2000, or more than 31 days after today."""
    day, last = remittance.payment_date, today + timedelta(days=MOST_DAYS_AHEAD)
    if day is not None and not EARLIEST_PAYMENT <= day <= last:
        message = f"The payment date is {day}; a payment is dated between {EARLIEST_PAYMENT} and {last}, {MOST_DAYS_AHEAD} days from today."
        yield Finding("payment-date-implausible", "BPR16", message, CORRECTED_FILE)


def _imbalances(remittance: Remittance) -> Iterator[Finding]:
    for claim in remittance.claims:
        for line in claim.lines:
            if line.charge - total(line.adjustments) != line.paid:
                taken = total(line.adjustments)
                message = f"{line.service_code}: charged {line.charge:.2f} less {taken:.2f} adjusted is not {line.paid:.2f} paid."
                yield Finding("line-out-of-balance", line.place, message, CORRECTED_FILE)
        taken = total(claim.all_adjustments)
        if claim.charge - taken != claim.paid:
            message = f"Claim {claim.control_number}: charged {claim.charge:.2f} less {taken:.2f} adjusted is not {claim.paid:.2f} paid."
            yield Finding("claim-out-of-balance", claim.place, message, CORRECTED_FILE)
        charged = sum((line.charge for line in claim.lines), ZERO)
        if claim.lines and charged != claim.charge:
            message = f"Claim {claim.control_number}: its lines charge {charged:.2f}, the claim {claim.charge:.2f}."
            yield Finding("lines-do-not-add-up", claim.place, message, CORRECTED_FILE)
    paid = sum((claim.paid for claim in remittance.claims), ZERO)
    withheld = sum((each.amount for each in remittance.provider_adjustments), ZERO)
    if paid - withheld != remittance.amount:
        message = (
            f"The claims are paid {paid:.2f}, less {withheld:.2f} of the provider's adjustments; the payment is {remittance.amount:.2f}."
        )
        yield Finding("payment-out-of-balance", "BPR02", message, CORRECTED_FILE)
