"""The HTTP bodies and views of claims."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.bodies.models import Body, View
from chassis.rows.paging import Page
from chassis.text import Seen
from contracts.types import Amount, ClientId, Day, Instant, RecordId, Whole
from pydantic import ConfigDict, Field, StringConstraints

from billing.claim_rules.facts import AcknowledgementKind, ClaimStatus, Frequency
from billing.pricing.flags import Severity
from billing.records.schemas import RECORD_EXAMPLE, RECORD_ID, RecordView

MOST_RECORDS: Final = 100
"""A file has room for so many claims of one person, so these fit whoever they are about."""

LONGEST_REFERENCE: Final = 50

BATCH_ID: Final = "01890a5d-ac96-7f01-8b11-2c3d4e5f6071"

CLAIM_ID: Final = "01890a5d-ac96-7f02-9c22-3d4e5f607182"

REFUSED_ID: Final = "01890a5d-ac96-7a12-8c22-d3e4f5061729"

WARNING_EXAMPLE: Final[dict[str, Any]] = {
    "code": "MINUTES_CODE_MISMATCH",
    "severity": "warning",
    "message": "90837 covers 53 minutes and more, but the session took 50.",
    "suggestion": "Check the times; 50 minutes are 90834.",
}

CLAIM_EXAMPLE: Final[dict[str, Any]] = {
    "id": CLAIM_ID,
    "batch_id": BATCH_ID,
    "record_id": RECORD_ID,
    "client_id": "01890a5d-ac96-7b55-93e6-9f0a1b2c3d56",
    "control_number": "HF000000108",
    "payer_id": "01890a5d-ac96-7a99-9d33-e4f506172839",
    "payer_name": "Harbor Mutual",
    "frequency": "1",
    "replaces_id": None,
    "payer_reference": None,
    "service_date": "2026-03-02",
    "total_amount": "185.00",
    "status": "submitted",
    "lines": [{"position": 1, "service_code": "90837", "modifiers": ["95"], "units": 1, "amount": "185.00"}],
    "findings": [WARNING_EXAMPLE],
    "rejections": [],
    "to_be_withdrawn": False,
    "claimed_anew": False,
    "created_at": "2026-03-03T14:30:00Z",
    "updated_at": "2026-03-03T14:30:00Z",
}

BATCH_EXAMPLE: Final[dict[str, Any]] = {
    "id": BATCH_ID,
    "control_number": 107,
    "created_at": "2026-03-03T14:30:00Z",
    "created_by": "ines.ortiz",
    "claims": [CLAIM_EXAMPLE],
}

PayerReference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REFERENCE), Seen]


class Claimed(Body):
    """Which records are claimed, and as what."""

    record_ids: Annotated[tuple[RecordId, ...], Field(min_length=1, max_length=MOST_RECORDS)]
    """A record that is named twice is claimed once."""
    frequency: Frequency = Frequency.ORIGINAL
    """1 is a first claim, 7 replaces what was claimed before, 8 takes it back. A record that took the place of a claimed one is
    claimed with 7 by itself."""
    payer_references: dict[RecordId, PayerReference] = Field(default_factory=dict[RecordId, PayerReference], max_length=MOST_RECORDS)
    """The payer's own number of a record's former claim, where no remittance has stated it."""


class FindingView(View):
    """Something that speaks against a claim, and what would help."""

    code: str
    severity: Severity
    """An error keeps the claim from being sent; a warning does not."""
    message: str
    suggestion: str


class UnclaimedRecords(Page[RecordView]):
    """Records that wait to be claimed, and what all of them come to."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    count: Whole
    """Of all pages."""
    total_amount: Amount
    """The charges of all pages."""


class ClaimLineView(View):
    """One service of a claim."""

    position: Whole
    """A remittance calls it by the claim's control number, a hyphen and this."""
    service_code: str
    modifiers: list[str]
    units: Whole
    amount: Amount


class RejectionReasonView(View):
    """Why a claim or its file was sent back."""

    code: str
    """As the file has it, such as A7:164:IL of a 277CA, IK3-8 of a 999 or TA1-019 of a TA1."""
    meaning: str | None
    """None for codes without a text here; the published code lists have them."""
    text: str | None
    """What the sender wrote."""


class ClaimView(View):
    """What was claimed of one payer for one record."""

    model_config = ConfigDict(json_schema_extra={"examples": [CLAIM_EXAMPLE]})

    id: UUID
    batch_id: UUID
    record_id: RecordId
    client_id: ClientId
    control_number: str
    """What the payer's answer calls it."""
    payer_id: UUID
    payer_name: str
    """As it is called today; the file has the name of its day."""
    frequency: Frequency
    replaces_id: UUID | None
    """The claim that this one replaces or takes back."""
    payer_reference: str | None
    """The payer's own number, once a 277CA or a remittance has stated it; of a replacement or void at first the one it names."""
    service_date: Day
    total_amount: Amount
    status: ClaimStatus
    lines: list[ClaimLineView]
    findings: list[FindingView]
    """Warnings that it was sent with."""
    rejections: list[RejectionReasonView]
    """Why it was sent back, of a rejected one."""
    to_be_withdrawn: bool
    """It stands for a voided record, and nothing of the session is billed to its payer any more: withdraw it with frequency 8."""
    claimed_anew: bool
    """It was rejected, and a later claim of the session and client was not: this one is not sent again."""
    created_at: Instant
    updated_at: Instant


class AcknowledgementOutcome(StrEnum):
    """What a TA1, 999 or 277CA did to a claim."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """It may be sent again with the frequency that it had."""
    NOTED = "noted"
    """Nothing: its file could be read, or the payer has answered it or another claim replaced it already."""
    UNKNOWN = "unknown"
    """No such claim was sent from here."""


class ClaimBatchView(View):
    """Claims that went into one file."""

    model_config = ConfigDict(json_schema_extra={"examples": [BATCH_EXAMPLE]})

    id: UUID
    control_number: int
    """The file's number (ISA13)."""
    created_at: Instant
    created_by: str
    claims: list[ClaimView]


@dataclass(frozen=True, slots=True)
class ClaimSettings:
    """How this network sends claims."""

    zone: ZoneInfo
    usage: str
    """T for tests, P for production."""


WITHDRAW: Final = "Withdraw it with frequency 8 under the payer's own number: POST /claims, or Withdraw under Claims, To be withdrawn."

STANDING_EXAMPLE: Final[dict[str, Any]] = {
    "claim_id": CLAIM_ID,
    "record_id": REFUSED_ID,
    "control_number": "HF000000108",
    "status": "submitted",
    "fix": WITHDRAW,
}


class StandingClaim(View):
    """A claim that the payer still has although its record was taken back."""

    claim_id: UUID
    record_id: RecordId
    """The record that was claimed: the voided one, or one that it had replaced."""
    control_number: str
    status: ClaimStatus
    fix: str


class VoidedView(RecordView):
    """A record that was taken back, and the claims that still bill it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**RECORD_EXAMPLE, "payment_status": "voided", "claims_to_withdraw": [STANDING_EXAMPLE]}]}
    )

    claims_to_withdraw: list[StandingClaim]
    """Each stands with its payer until it is withdrawn; GET /claims?to_be_withdrawn=true lists all such claims."""


ACKNOWLEDGEMENT_EXAMPLE: Final[dict[str, Any]] = {
    "id": "01890a5d-ac96-7f03-8d33-4e5f60718293",
    "kind": "277CA",
    "received_at": "2026-03-04T09:00:00Z",
    "received_by": "ines.ortiz",
    "claims": [
        {
            "named": "HF000000108",
            "claim_id": CLAIM_ID,
            "record_id": RECORD_ID,
            "batch_id": BATCH_ID,
            "outcome": "rejected",
            "reasons": [
                {"code": "A7:164:IL", "meaning": "sent back, something is invalid: member id: subscriber", "text": "MEMBER ID NOT ON FILE"}
            ],
        }
    ],
}


class AcknowledgedClaimView(View):
    """What a TA1, 999 or 277CA states of a claim."""

    named: str
    """The claim's number or, of a file that is unknown here, the file's."""
    claim_id: UUID | None
    record_id: RecordId | None
    batch_id: UUID | None
    outcome: AcknowledgementOutcome
    reasons: list[RejectionReasonView]


class AcknowledgementView(View):
    """A TA1, 999 or 277CA file, claim by claim."""

    model_config = ConfigDict(json_schema_extra={"examples": [ACKNOWLEDGEMENT_EXAMPLE]})

    id: UUID
    kind: AcknowledgementKind
    received_at: Instant
    received_by: str
    claims: list[AcknowledgedClaimView]


class ReceivedAcknowledgement(View):
    """Such a file, and whether it was unknown before."""

    acknowledgement: AcknowledgementView
    is_new: bool
