"""What billing takes and answers of remittances over HTTP."""

from typing import Annotated, Any, Final
from uuid import UUID

from chassis.bodies.models import Body, View
from contracts.types import ClientId, Day, Instant, Money, RecordId
from pydantic import ConfigDict, Field, StringConstraints

from billing.payment_advice.advice import RemittanceStatus
from billing.records.schemas import RECORD_EXAMPLE, RECORD_ID, TransactionView
from billing.remittances.decision import Outcome

MOST_CHOICES: Final = 500
LONGEST_REASON: Final = 500
ControlNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=38)]

REMITTANCE_ID: Final = "01890a5d-ac96-7f10-9a01-3b4c5d6e7f80"

X12: Final = (
    "ISA*00*          *00*          *ZZ*HM001          *ZZ*HARBOR01       *260316*0900*^*00501*000000077*0*P*:~"
    "GS*HP*HM001*HARBOR01*20260316*0900*77*X*005010X221A1~ST*835*0001~BPR*I*127*C*CHK************20260316~TRN*1*EFT-5512*1987654321~"
    "N1*PR*Harbor Mutual~N3*1 Pier Road~N4*Portland*ME*04101~N1*PE*Harbor Therapy Network*XX*1234567893~LX*1~"
    "CLP*1041*1*185*127*25*12*HM-99017~NM1*QC*1*WEBER*JONAS****MI*HM447102~SVC*HC:90837*185*127**1~DTM*472*20260302~CAS*CO*45*33~CAS*PR*3*25~"
    "SE*15*0001~GE*1*77~IEA*1*000000077~"
)

PAYMENT: Final[dict[str, Any]] = {
    "id": REMITTANCE_ID,
    "status": "posted",
    "payer_name": "Harbor Mutual",
    "payer_identifier": "1987654321",
    "trace_number": "EFT-5512",
    "amount": "127.00",
    "method": "CHK",
    "payment_date": "2026-03-16",
    "received_at": "2026-03-16T14:00:00Z",
    "received_by": "ines.ortiz",
    "posted_at": "2026-03-16T14:00:00Z",
    "posted_by": "ines.ortiz",
    "discarded_at": None,
    "discarded_by": None,
    "discard_reason": None,
}

CONTRACT: Final = {"code": "CO-45", "meaning": "above the agreed fee (borne by the clinic under its contract)", "amount": "33.00"}

COPAY: Final = {"code": "PR-3", "meaning": "copay (owed by the client)", "amount": "25.00"}

ANSWER: Final[dict[str, Any]] = {
    "position": 1,
    "control_number": "1041",
    "claim_id": "01890a5d-ac96-7f21-8b12-4c5d6e7f8091",
    "record_id": RECORD_ID,
    "claim_number": "1041",
    "client_id": RECORD_EXAMPLE["client_id"],
    "outcome": "paid",
    "status_code": "1",
    "status_meaning": "answered as first insurer",
    "charge": "185.00",
    "paid": "127.00",
    "patient_responsibility": "25.00",
    "payer_reference": "HM-99017",
    "patient_name": "JONAS WEBER",
    "member_id": "HM447102",
    "service_date": "2026-03-02",
    "adjustments": [],
    "remarks": [],
    "lines": [
        {
            "service_code": "90837",
            "modifiers": [],
            "charge": "185.00",
            "paid": "127.00",
            "service_date": "2026-03-02",
            "control_number": None,
            "adjustments": [CONTRACT, COPAY],
            "remarks": [],
        }
    ],
    "unassigned_amount": "0.00",
    "assigned_record_id": None,
    "postings": [
        {
            "id": "01890a5d-ac96-7f32-8c23-5d6e7f8091a2",
            "kind": "payment",
            "posted_at": "2026-03-16T14:00:00Z",
            "posted_by": "ines.ortiz",
            "received_date": "2026-03-16",
            "deposit_date": "2026-03-16",
            "payer": "insurer",
            "method": "era",
            "reference": "EFT-5512",
            "reason": None,
            "reverses_id": None,
            "is_reversible": False,
            "entries": [{"account": "cash", "amount": "127.00"}, {"account": "payer_ar", "amount": "-127.00"}],
        }
    ],
}

WHOLE_PAYMENT: Final[dict[str, Any]] = {
    **PAYMENT,
    "paid_for_claims": "127.00",
    "provider_adjustments": [],
    "problems": [],
    "claims": [ANSWER],
    "next_cursor": None,
}


class Discard(Body):
    """Why a parked remittance is taken out of the list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "A test file of the clearing house."}]})

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]


class ProblemView(View):
    """One thing that keeps a remittance from being posted."""

    code: str
    place: str
    message: str
    fix: str


class AdjustmentView(View):
    """Why some of a charge is not paid."""

    code: str
    """Group and reason, such as CO-45."""
    meaning: str | None
    """None for codes without a text here; the published code lists have them."""
    amount: Money


class RemarkView(View):
    """What the insurer adds."""

    code: str
    meaning: str | None


class ServicePaymentView(View):
    """The answer to one line of a claim."""

    service_code: str
    modifiers: list[str]
    charge: Money
    paid: Money
    service_date: Day | None
    control_number: str | None
    """The line as the claim numbered it (REF*6R)."""
    adjustments: list[AdjustmentView]
    remarks: list[RemarkView]


class ClaimPaymentView(View):
    """The answer to one claim, and what it did."""

    position: int
    control_number: str
    claim_id: UUID | None
    record_id: RecordId | None
    """None for a claim that is unknown here."""
    claim_number: str | None
    """The control number of the claim here, which is another one where somebody matched the answer to a record."""
    client_id: ClientId | None
    """Of the record, or of the one to which the money was assigned."""
    outcome: Outcome
    status_code: str
    """CLP02."""
    status_meaning: str | None
    charge: Money
    paid: Money
    patient_responsibility: Money
    """What the insurer leaves to the client."""
    payer_reference: str | None
    patient_name: str | None
    """As the file names the patient, first name first."""
    member_id: str | None
    service_date: Day | None
    """The first day of service that the file has."""
    adjustments: list[AdjustmentView]
    remarks: list[RemarkView]
    lines: list[ServicePaymentView]
    unassigned_amount: Money
    """What the payment has for it, or takes back for it, that is on the payer's account and on no record: it was left out."""
    assigned_record_id: RecordId | None
    """The record to which the money was assigned after it was left out."""
    postings: list[TransactionView]


class ProviderAdjustmentView(View):
    """What the payer adds to or takes from the payment for no claim of it; in the ledger, but of no record."""

    reason: str
    meaning: str | None
    reference: str | None
    amount: Money
    """Positive takes away."""


class RemittanceSummary(View):
    """One payment of an insurer."""

    model_config = ConfigDict(json_schema_extra={"examples": [PAYMENT]})

    id: UUID
    status: RemittanceStatus
    payer_name: str | None
    payer_identifier: str | None
    trace_number: str | None
    """What the bank's statement or the check states."""
    amount: Money | None
    """What arrived at the bank."""
    method: str | None
    """ACH, CHK, NON and so on, as BPR04 states it."""
    payment_date: Day | None
    received_at: Instant
    received_by: str
    posted_at: Instant | None
    posted_by: str | None
    discarded_at: Instant | None
    discarded_by: str | None
    discard_reason: str | None
    """Why somebody took it out of the list."""


class RemittanceView(RemittanceSummary):
    """One payment of an insurer, claim by claim."""

    model_config = ConfigDict(json_schema_extra={"examples": [WHOLE_PAYMENT]})

    paid_for_claims: Money
    """The payment and what was withheld from it together."""
    provider_adjustments: list[ProviderAdjustmentView]
    problems: list[ProblemView]
    """Why it is parked."""
    claims: list[ClaimPaymentView]
    """One page of them where it is read, all of them in the answer to a change."""
    next_cursor: str | None = None
    """Pass it as ``cursor`` for the claims that follow; null at the end."""


class ReceivedView(RemittanceView):
    """The first payment of a file that was sent, claim by claim, and the others of the file, each posted or parked on its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**WHOLE_PAYMENT, "others": []}]})

    others: list[RemittanceSummary]


class Received(View):
    """What came of a file, and whether any payment of it was unknown before."""

    remittance: ReceivedView
    is_new: bool


class PostParked(Body):
    """How to post a parked remittance: what somebody has decided about the claims that stand in its way."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"leave_out": ["1042"], "match": {"OLD-17": RECORD_ID}, "accept": ["1043"]}]})

    leave_out: Annotated[tuple[ControlNumber, ...], Field(max_length=MOST_CHOICES)] = ()
    """Claims, by control number, of which nothing is posted here."""
    match: Annotated[dict[ControlNumber, RecordId], Field(max_length=MOST_CHOICES, default_factory=dict)]
    """To which record an unknown claim belongs."""
    accept: Annotated[tuple[ControlNumber, ...], Field(max_length=MOST_CHOICES)] = ()
    """Claims, by control number, whose answers are posted although they look like a payment that came already, name another service or are
    dated before it."""
