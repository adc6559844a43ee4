"""Bodies and views of payers and fees."""

from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from chassis.errors import LISTED_AT_MOST
from chassis.text import PRINTABLE, Line, Seen
from contracts.forms import TextForm
from contracts.types import Amount, Code, Day, Flag, Instant, Money, Version
from pydantic import MISSING, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

from billing.parties.schemas import Address, PlaceOfService

MOST_LINES: Final = 5_000

CSV: Final = "text/csv"

PAYER_ID: Final = "01890a5d-ac96-7a99-9d33-e4f506172839"

WRITTEN: Final[dict[str, Any]] = {"created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z"}

UNKNOWN_EXAMPLE: Final[dict[str, Any]] = {"line": 4, "service_code": "9O834", "fix": "Did you mean 90834?"}

PayerCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    TextForm(r"^[A-Za-z0-9]{2,80}$", "A payer's code has 2 to 80 letters and digits, such as HM001."),
]

Credential = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), Seen]

FilingCode = Annotated[str, TextForm(r"^[A-Z0-9]{2}$", "A filing code has two capital letters or digits, such as CI.")]

Modifier = Annotated[str, TextForm(r"^[A-Z0-9]{2}$", "A modifier has two capital letters or digits, such as 95.")]

MOST_MONEY: Final = Decimal(1_000_000)
"""More than this at once is a slip of the finger."""
UP_TO_A_MILLION: Final = r"^([0-9]{1,6}(\.[0-9]{1,2})?|1000000(\.00?)?)$"

Fee = Annotated[Money, Field(ge=0, le=MOST_MONEY), WithJsonSchema({"type": "string", "pattern": UP_TO_A_MILLION, "examples": ["185.00"]})]


class NewPayer(Body):
    """Somebody who pays for clients."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payer_name": "Harbor Mutual", "payer_code": "HM001"}]})

    payer_name: Line
    payer_code: PayerCode
    """What claims call it; one payer has it, whether its letters are capital or small."""
    claim_filing_code: FilingCode = "CI"
    """SBR09 of a claim: CI commercial, BL Blue Cross, MB Medicare B, MC Medicaid, HM HMO, and so on."""
    telehealth_place_of_service: PlaceOfService = "10"
    """What this payer wants to see for a session by video or audio: 10 gives 02 where the client was elsewhere; 02 is always 02."""
    telehealth_modifier: Modifier | None = "95"
    """What this payer wants beside the code of a session by video; one by audio has 93."""
    address: Address | None = None
    is_active: Flag = True


class PayerChanges(Body):
    """What to change of a payer; what is absent stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payer_name": "Harbor Mutual Health"}]})

    payer_name: Line | MISSING = MISSING
    claim_filing_code: FilingCode | MISSING = MISSING
    telehealth_place_of_service: PlaceOfService | MISSING = MISSING
    telehealth_modifier: Modifier | MISSING | None = MISSING
    address: Address | MISSING | None = MISSING
    is_active: Flag | MISSING = MISSING


class PayerView(View):
    """Somebody who pays for clients."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": PAYER_ID,
                    "payer_name": "Harbor Mutual",
                    "payer_code": "HM001",
                    "claim_filing_code": "CI",
                    "telehealth_place_of_service": "10",
                    "telehealth_modifier": "95",
                    "address": None,
                    "is_active": True,
                    "version": 1,
                    **WRITTEN,
                }
            ]
        }
    )

    id: UUID
    payer_name: str
    payer_code: str
    claim_filing_code: str
    telehealth_place_of_service: str
    telehealth_modifier: str | None
    address: Address | None
    is_active: bool
    version: Version
    created_at: Instant
    updated_at: Instant


class NewFee(Body):
    """What a payer has agreed to pay for a code, per unit."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"service_code": "90837", "amount": "152.00", "effective_from": "2026-01-01"}]}
    )

    service_code: Code
    credential: Credential | None = None
    """Only for therapists with this credential; the fee for all of them when absent."""
    amount: Fee
    effective_from: Day
    effective_to: Day | None = None
    """The last day; open when absent."""

    @model_validator(mode="after")
    def _lasts(self) -> "NewFee":
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise broken("ends-before-it-begins", "effective_to must not lie before effective_from.", field="effective_to")
        return self


class FeeChanges(Body):
    """What to correct of a fee; what is absent stays. A fee with another code, credential or first day is a new one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "152.00"}, {"effective_to": "2026-06-30"}]})

    amount: Fee | MISSING = MISSING
    effective_to: Day | MISSING | None = MISSING


class FeeView(View):
    """What a payer has agreed to pay for a code, per unit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01890a5d-ac96-7baa-8e44-f50617283940",
                    "payer_id": PAYER_ID,
                    "service_code": "90837",
                    "credential": None,
                    "amount": "152.00",
                    "effective_from": "2026-01-01",
                    "effective_to": None,
                    "in_catalog": True,
                    "version": 1,
                    "created_at": "2026-03-01T12:00:00Z",
                }
            ]
        }
    )

    id: UUID
    payer_id: UUID
    service_code: Code
    credential: str | None
    amount: Amount
    effective_from: Day
    effective_to: Day | None
    in_catalog: bool
    """Whether the catalog has a service with this code, as far as billing has it yet; without one the fee prices nothing."""
    version: Version
    created_at: Instant


class UnknownCode(View):
    """A line of a sheet whose code the catalog does not have, as far as billing has it yet; its fee is added and prices nothing so far."""

    line: int
    service_code: Code
    fix: str


class FeesImported(View):
    """What became of a sheet of fees."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"added": 12, "unchanged": 30, "unknown_codes": [UNKNOWN_EXAMPLE]}]})

    added: int
    unchanged: int
    """Lines that state what is on file already."""
    unknown_codes: Annotated[list[UnknownCode], Field(max_length=LISTED_AT_MOST)]
    """The first 100 of them; they are added all the same, because a service may be on its way from the catalog."""


Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PRINTABLE), Seen]
