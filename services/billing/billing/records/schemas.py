"""What billing takes and answers over HTTP."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from chassis.bodies.models import Body, View
from chassis.text import PRINTABLE, Seen
from contracts.billing import PaymentStatus
from contracts.catalog import BilledPer
from contracts.scheduling import ClientLocation, Modality
from contracts.types import Amount, ClientId, Day, Flag, Instant, Money, RecordId, SessionId, SiteId, Version, Whole
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.config import JsonDict

from billing.ledger.bill import RecordKind
from billing.ledger.postings import Account, Payer, PaymentMethod, PostingKind
from billing.payers.schemas import MOST_MONEY, Reason
from billing.quotes.schemas import PRICE_EXAMPLE, Price, RecordKeys, same_payer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which records are wanted."""

    session_id: SessionId | None
    client_id: ClientId | None
    site_id: SiteId | None
    payment_status: PaymentStatus | None
    since: date | None
    """First date of service."""
    until: date | None
    is_open: bool | None = None
    """Whether something is owed on them."""
    lacks_diagnoses: bool = False
    """Only sessions' records without a diagnosis that were not taken back."""


MORE_THAN_NOTHING: Final = r"^(0\.(0[1-9]|[1-9][0-9]?)|[1-9][0-9]{0,5}(\.[0-9]{1,2})?|1000000(\.00?)?)$"

Paid = Annotated[
    Money, Field(gt=0, le=MOST_MONEY), WithJsonSchema({"type": "string", "pattern": MORE_THAN_NOTHING, "examples": ["185.00"]})
]

Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=PRINTABLE), Seen]

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

Method = Annotated[PaymentMethod, AfterValidator(same_payer)]
"""How money of the payer that is named before it moves."""


class Posted(Body):
    """Something that is posted by hand, with its days."""

    received_date: Day | None = None
    """When the money was received, or the posting took effect: at most 365 days before the date of service, and not after today, which it
    is when absent."""
    deposit_date: Day | None = None
    """The day on whose close it is to be, such as that of the bank's deposit: not before the received date, and at most 31 days from today,
    which it is when absent."""


class NewVoid(Posted):
    """Why a record is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the session was completed by mistake"}]})

    reason: Reason


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
    """Whether a reversal may be requested: it was posted by hand and is not reversed yet. The money may still be gone by then."""
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
