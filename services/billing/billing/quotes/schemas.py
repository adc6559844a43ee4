"""Views of prices and quotes."""

from typing import Annotated, Final

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from contracts.types import Amount, ClientId, Code, Day, Flag, Instant, RecordId, ServiceId, SessionId, SiteId, TherapistId, Whole
from pydantic import ConfigDict, Field, ValidationInfo
from pydantic.config import JsonDict

from billing.ledger.postings import Payer, PaymentMethod
from billing.pricing.flags import FlagCode, Severity

MOST_UNITS: Final = 100

MOST_MINUTES: Final = 1_440

MOST_ADD_ONS: Final = 6

SHARES: Final[JsonDict] = {"patient_amount": "185.00", "insurance_amount": "0.00"}

PRICE_EXAMPLE: Final[JsonDict] = {
    "service_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "service_code": "90837",
    "units": 1,
    "rate_per_unit": "185.00",
    "total_amount": "185.00",
    "allowed_amount": "185.00",
    "contractual_adjustment": "0.00",
    "other_adjustment": "0.00",
    "insurance_applicable": False,
    "insurance_covered": False,
    "copay_amount": "0.00",
    "deductible_amount": "0.00",
    "coinsurance_amount": "0.00",
    **SHARES,
    "service_date": "2026-03-02",
    "lines": [{"service_code": "90837", "units": 1, "rate_per_unit": "185.00", "amount": "185.00", **SHARES, "claimable": True}],
    "flags": [],
}


class NewAddOn(Body):
    """A service that is done on the same occasion, in addition to the booked one."""

    service_code: Code
    units: Annotated[Whole, Field(ge=1, le=MOST_UNITS)] = 1


def same_payer(method: PaymentMethod, info: ValidationInfo) -> PaymentMethod:
    """Refuse a method by which only an insurer pays; ValueError states which ones a client has."""
    if method is PaymentMethod.ERA and info.data.get("payer") is Payer.CLIENT:
        sentence = "era is an insurer's electronic remittance. Name how the client's money moves, such as card, cash or check."
        raise broken("method-of-insurers", sentence)
    return method


class FlagView(View):
    """Something that staff should know."""

    code: FlagCode
    severity: Severity
    message: str
    suggestion: str


class LineView(View):
    """One billable code."""

    service_code: Code
    units: Whole
    rate_per_unit: Amount
    amount: Amount
    patient_amount: Amount
    insurance_amount: Amount
    claimable: Flag
    """Whether it may go to insurance at all."""


class RecordKeys(View):
    """Whose record it is."""

    id: RecordId
    session_id: SessionId
    client_id: ClientId
    therapist_id: TherapistId
    site_id: SiteId


class Price(View):
    """What a visit costs and who owes it: total = contractual adjustment + other adjustment + patient + insurance."""

    service_id: ServiceId
    service_code: Code
    units: Whole
    rate_per_unit: Amount
    total_amount: Amount
    allowed_amount: Amount
    """The lesser of the charge and the contracted fee."""
    contractual_adjustment: Amount
    other_adjustment: Amount
    insurance_applicable: Flag
    """Whether the session was booked for insurance."""
    insurance_covered: Flag
    """Whether a plan on file takes part."""
    insurance_amount: Amount
    copay_amount: Amount
    deductible_amount: Amount
    coinsurance_amount: Amount
    patient_amount: Amount
    service_date: Day
    lines: list[LineView]
    flags: list[FlagView]


class QuoteView(View):
    """What a client was quoted when a session was booked; its record is made by the same function."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_id": "01890a5d-ac96-7c44-b2d5-8e9f0a1b2c45",
                    "client_id": "01890a5d-ac96-7b55-93e6-9f0a1b2c3d56",
                    "service_code": "90837",
                    "service_date": "2026-03-02",
                    "total_amount": "185.00",
                    "contractual_adjustment": "33.00",
                    "other_adjustment": "0.00",
                    "patient_amount": "25.00",
                    "insurance_amount": "127.00",
                    "flags": [],
                    "quoted_at": "2026-02-20T09:30:00Z",
                }
            ]
        }
    )

    session_id: SessionId
    client_id: ClientId
    service_code: Code
    service_date: Day
    total_amount: Amount
    contractual_adjustment: Amount
    other_adjustment: Amount
    patient_amount: Amount
    insurance_amount: Amount
    flags: list[FlagCode]
    quoted_at: Instant
