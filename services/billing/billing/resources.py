"""What billing takes and answers over HTTP."""

from decimal import Decimal
from typing import Annotated, Final, Self
from uuid import UUID

from chassis.edge import PRINTABLE, Body, View
from chassis.text import Seen
from contracts.billing import PaymentStatus
from contracts.catalog import BilledPer
from contracts.scheduling import ClientLocation, Modality
from contracts.types import (
    Amount,
    ClientId,
    Code,
    Day,
    Flag,
    Instant,
    Money,
    RecordId,
    ServiceId,
    SessionId,
    SiteId,
    TherapistId,
    Version,
    Whole,
)
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationInfo, model_validator
from pydantic.config import JsonDict

from billing.domain import RecordKind
from billing.flags import FlagCode, Severity
from billing.ledger import Account, Payer, PaymentMethod, PostingKind

MOST_UNITS: Final = 100
MOST_MINUTES: Final = 1_440
MOST_ADD_ONS: Final = 6
MOST_MONEY: Final = Decimal(1_000_000)
"""More than this at once is a slip of the finger."""

Paid = Annotated[Money, Field(gt=0, le=MOST_MONEY)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=PRINTABLE), Seen]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PRINTABLE), Seen]

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
PREVIEW_EXAMPLE: Final[JsonDict] = {
    **PRICE_EXAMPLE,
    "assumptions": [
        {
            "name": "rate",
            "value": "185.00",
            "effective_from": "2026-01-01",
            "effective_to": None,
            "detail": "per unit, as of version 3 of the service",
        }
    ],
    "cancellation": {
        "late_cancellation_fee": "75.00",
        "no_show_fee": "75.00",
        "late_within_minutes": 1440,
        "detail": "Cancelled less than 24 hours before the start: 75.00. Missed: 75.00. Never claimed from insurance.",
    },
    "valid_until": None,
    "fitting_service": None,
}
RECORD_ID: Final = "01890a5d-ac96-7a11-8c22-d3e4f5061728"
STANDING: Final[JsonDict] = {"payment_status": "partially_paid", "balance": "160.00", "unapplied_credit": "0.00"}
RECORD_EXAMPLE: Final[JsonDict] = {
    **PRICE_EXAMPLE,
    "id": RECORD_ID,
    "session_id": "01890a5d-ac96-7c44-b2d5-8e9f0a1b2c45",
    "client_id": "01890a5d-ac96-7b55-93e6-9f0a1b2c3d56",
    "therapist_id": "01890a5d-ac96-7d66-84f7-a01b2c3d4e67",
    "site_id": "01890a5d-ac96-7e77-b508-b12c3d4e5f78",
    "kind": "session",
    "revision": 1,
    "replaces_id": None,
    "billed_per": "client",
    "modality": "in_person",
    "client_location": None,
    "telehealth": False,
    "diagnoses": ["F41.1"],
    "payer_id": None,
    "minutes": 58,
    "billing_date": "2026-03-02",
    **STANDING,
    "version": 2,
    "created_at": "2026-03-02T20:04:00Z",
    "updated_at": "2026-03-02T20:10:00Z",
}
LEDGER_EXAMPLE: Final[JsonDict] = {
    "record_id": RECORD_ID,
    "items": [
        {
            "id": "01890a5d-ac96-7f88-a619-c23d4e5f6089",
            "kind": "payment",
            "posted_at": "2026-03-02T20:10:00Z",
            "posted_by": "ines.ortiz",
            "received_date": "2026-03-02",
            "deposit_date": "2026-03-03",
            "payer": "client",
            "method": "card",
            "reference": "T-1009",
            "reason": None,
            "reverses_id": None,
            "is_reversible": True,
            "entries": [{"account": "cash", "amount": "25.00"}, {"account": "patient_ar", "amount": "-25.00"}],
        }
    ],
    "balances": {"cash": "25.00", "patient_ar": "160.00", "revenue": "-185.00"},
    **STANDING,
    "client_credit": "0.00",
    "insurer_credit": "0.00",
    "shares": {
        "contractual_adjustment": "0.00",
        "other_adjustment": "0.00",
        "written_off": "0.00",
        "patient_amount": "185.00",
        "insurance_amount": "0.00",
        "is_answered": False,
    },
}


class NewAddOn(Body):
    """A service that is done on the same occasion, besides the booked one."""

    service_code: Code
    units: Annotated[Whole, Field(ge=1, le=MOST_UNITS)] = 1


class PreviewRequest(Body):
    """What is to be priced."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_code": "90837",
                    "date": "2026-03-02",
                    "insurance_applicable": False,
                    "add_ons": [{"service_code": "90785", "units": 1}],
                }
            ]
        }
    )

    service_id: ServiceId | None = None
    service_code: Code | None = None
    """Either the id or the code."""
    client_id: ClientId | None = None
    """Whose other services on that day are looked at for the flags."""
    date: Day | None = None
    """The date of service; today when absent."""
    insurance_applicable: Flag = False
    therapist_credential: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] | None = None
    """Some contracts pay by it."""
    units: Annotated[Whole, Field(ge=1, le=MOST_UNITS)] = 1
    add_ons: Annotated[tuple[NewAddOn, ...], Field(max_length=MOST_ADD_ONS)] = ()
    """What will be done besides; one copay a visit."""
    minutes: Annotated[Whole, Field(ge=0, le=MOST_MINUTES)] | None = None
    """The documented minutes, of a session that is about to be completed: whether they fit the code is then among the flags."""

    @model_validator(mode="after")
    def _names_one_service(self) -> Self:
        if (self.service_id is None) == (self.service_code is None):
            message = "name the service by either service_id or service_code"
            raise ValueError(message)
        return self


def _of_its_payer(method: PaymentMethod, info: ValidationInfo) -> PaymentMethod:
    if method is PaymentMethod.ERA and info.data.get("payer") is Payer.CLIENT:
        message = "era is an insurer's electronic remittance; name how the client's money moves, such as card, cash or check"
        raise ValueError(message)
    return method


Method = Annotated[PaymentMethod, AfterValidator(_of_its_payer)]
"""How money of the payer that is named before it moves."""


class Posted(Body):
    """Something that is posted by hand, with its days."""

    received_date: Day | None = None
    """When the money was received, or the posting took effect: at most 365 days before the date of service, and not after today, which it
    is when absent."""
    deposit_date: Day | None = None
    """The day on whose close it is to be, such as that of the bank's deposit: not before the received date, and at most 31 days from today,
    which it is when absent."""


class NewPayment(Posted):
    """Money that came in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount": "25.00", "payer": "client", "method": "card", "reference": "T-1009", "deposit_date": "2026-03-03"}]
        }
    )

    amount: Paid
    """What is more than is owed becomes unapplied credit."""
    payer: Payer
    method: Method
    reference: Reference | None = None
    """What finds the payment in the other book: a receipt, a check or a trace number."""


class NewAdjustment(Posted):
    """Something taken off what the client owes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "15.00", "reason": "sliding scale"}]})

    amount: Paid
    reason: Reason


class NewWriteOff(Posted):
    """What will not be paid."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "60.00", "payer": "client", "reason": "uncollectable"}]})

    amount: Paid
    payer: Payer = Payer.CLIENT
    """Who owes it."""
    reason: Reason


class NewRefund(Posted):
    """Money that is handed back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": "40.00", "payer": "client", "method": "card", "reason": "paid twice"}]}
    )

    amount: Paid
    """At most what settles nothing."""
    payer: Payer = Payer.CLIENT
    """Who gets it."""
    method: Method
    reference: Reference | None = None
    reason: Reason


class NewReversal(Posted):
    """Why a posting is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the check was returned unpaid"}]})

    reason: Reason


class NewVoid(Posted):
    """Why a record is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the session was completed by mistake"}]})

    reason: Reason


class NewReplacement(Body):
    """What was wrong with a record; what is absent stays as it was."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "the therapist corrected the code", "service_code": "90834", "minutes": 45}]}
    )

    reason: Reason
    service_code: Code | None = None
    rate_per_unit: Annotated[Money, Field(ge=0, le=MOST_MONEY)] | None = None
    """By default what was promised, or for another service its rate in force on the date of service."""
    minutes: Annotated[Whole, Field(ge=0, le=600)] | None = None
    insurance_applicable: Flag | None = None
    modality: Modality | None = None
    """How therapist and client met."""
    client_location: ClientLocation | None = None
    """Where the client was, of a session by video or audio."""
    telehealth: Flag | None = None
    """Where no modality is given: true means by video, unless it was by audio before, and false in person."""
    add_ons: Annotated[tuple[NewAddOn, ...], Field(max_length=MOST_ADD_ONS)] | None = None
    """All that was done besides."""


class NewCredit(Posted):
    """Credit of one record that is to settle another."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "40.00", "to_record_id": RECORD_ID, "payer": "client"}]})

    amount: Paid
    """At most what settles nothing, and at most what the other record is owed for."""
    to_record_id: RecordId
    """A record of the same client."""
    payer: Payer = Payer.CLIENT
    """Whose money it is."""


class FlagView(View):
    """Something that a human should know."""

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


class Assumption(View):
    """One thing that the preview takes for granted."""

    name: str = Field(examples=["rate"])
    value: str = Field(examples=["185.00"])
    effective_from: Day | None = None
    effective_to: Day | None = None
    detail: str = Field(examples=["the rate in force on the date of service"])


class CancellationView(View):
    """What the client owes who does not come."""

    late_within_minutes: Whole | None
    """A cancellation this close to the start is late; None while scheduling has not said it."""
    late_cancellation_fee: Amount | None
    """None where the catalog has no such fee."""
    no_show_fee: Amount | None
    detail: str


class FittingView(View):
    """The service of the same family that documented minutes fit."""

    service_id: ServiceId
    service_code: Code
    service_name: str
    rate_per_unit: Amount
    """On the date of service."""


class PreviewView(Price):
    """What the record of such a visit will say."""

    model_config = ConfigDict(json_schema_extra={"examples": [PREVIEW_EXAMPLE]})

    assumptions: list[Assumption]
    cancellation: CancellationView
    valid_until: Day | None
    """The last date of service for which the same rate, coverage and discount count; open when None."""
    fitting_service: FittingView | None
    """Where the minutes fit another active service than the one priced; what that would cost is another preview."""


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


class RecordView(Price, RecordKeys):
    """The bill of one completed session."""

    model_config = ConfigDict(json_schema_extra={"examples": [RECORD_EXAMPLE]})

    revision: Whole
    """1, and one more for each record that took the place of one that was taken back."""
    replaces_id: RecordId | None
    """The record that was taken back for this one."""
    billed_per: BilledPer
    """Whether it is the one record of its session, or that of one of the clients who attended."""
    modality: Modality
    """How therapist and client met."""
    client_location: ClientLocation | None
    """Where the client was, of a session by video or audio, as far as it is known."""
    telehealth: Flag
    """Whether the modality is video or audio."""
    kind: RecordKind
    """A session that took place, or what is charged for one that did not."""
    diagnoses: list[str]
    """ICD-10-CM, the primary one first: as the client had them when the record was made, or as they were entered for it later."""
    payer_id: UUID | None
    """Whom the client is covered by on that day; None without coverage."""
    minutes: Whole
    """As documented, from the actual start to the actual end."""
    billing_date: Day
    payment_status: PaymentStatus
    """Read off the ledger."""
    balance: Amount
    """What is still owed, by whomever."""
    unapplied_credit: Amount
    """Money that came in for this record and settles nothing."""
    version: Version
    created_at: Instant
    updated_at: Instant


class RecordTotals(View):
    """What a list of records comes to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"count": 195, "balance": "31270.00"}]})

    count: Whole
    balance: Amount
    """What is owed on all of them."""


class EntryView(View):
    """What one account gained (debit, positive) or lost (credit, negative)."""

    account: Account
    amount: Money


class TransactionView(View):
    """What happened to the money once; its entries sum to zero."""

    id: UUID
    kind: PostingKind
    posted_at: Instant
    posted_by: str | None
    """Who posted it, or the service whose message did; None for what is older than this field."""
    received_date: Day
    """When the money was received; the day of the posting in the network's time zone, unless another was given."""
    deposit_date: Day
    """The day of whose close it is; the day of the posting in the network's time zone, unless another was given."""
    payer: Payer | None
    method: PaymentMethod | None
    reference: str | None
    reason: str | None
    reverses_id: UUID | None
    """The posting that this one takes back."""
    is_reversible: bool
    """Whether a reversal may be asked for: it was posted by hand and is not reversed yet. The money may still be gone by then."""
    entries: list[EntryView]


class SharesView(View):
    """Who bears what of the charge by now; the parts sum to the charge, and nothing is left of a voided record."""

    contractual_adjustment: Money
    other_adjustment: Money
    """Discounts."""
    written_off: Money
    patient_amount: Money
    insurance_amount: Money
    is_answered: bool
    """Whether a remittance has decided them, and was not taken back."""


class LedgerView(View):
    """All that happened to a record's money, oldest first, and where it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [LEDGER_EXAMPLE]})

    record_id: RecordId
    items: list[TransactionView]
    balances: dict[Account, Money]
    payment_status: PaymentStatus
    balance: Amount
    unapplied_credit: Amount
    client_credit: Amount
    """How much of the unapplied credit is the client's: at most that is refunded to the client or moved as the client's."""
    insurer_credit: Amount
    """How much of it is the insurer's."""
    shares: SharesView
    """As billed at first; then as people gave off and as insurers answered."""
