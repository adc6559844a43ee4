"""What clients are covered by, and what they are given off: one of each on a day."""

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar
from uuid import UUID

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from chassis.text import Line, Seen
from contracts.types import Amount, ClientId, Day, Flag, Instant, Percent, Version, Whole
from pydantic import MISSING, ConfigDict, Field, StringConstraints, model_validator

from billing.parties.schemas import Person
from billing.payers.schemas import PAYER_ID, WRITTEN, Fee, Reason
from billing.pricing.terms import Mode

if TYPE_CHECKING:
    from billing.coverages.tables import CoverageRow, DiscountRow

Kept = TypeVar("Kept", "CoverageRow", "DiscountRow")

CORRECT_FIRST: Final = "Correct or end that one first, or begin after it."

CLIENT_ID: Final = "01890a5d-ac96-7b55-93e6-9f0a1b2c3d56"

PLAN: Final[dict[str, Any]] = {
    "payer_id": PAYER_ID,
    "member_id": "HM-4471-02",
    "plan_name": "Harbor Mutual Silver",
    "group_number": None,
    "relationship": "self",
    "subscriber": None,
    "mode": "in_network",
    "copay": "25.00",
    "coinsurance_percent": "0",
    "deductible_remaining": "0.00",
    "out_of_pocket_remaining": "1800.00",
    "copay_after_deductible": True,
    "as_of": "2026-01-01",
    "authorization_number": None,
    "visits_authorized": None,
    "effective_from": "2026-01-01",
    "effective_to": None,
}

COVERAGE_EXAMPLE: Final[dict[str, Any]] = {
    **PLAN,
    "id": "01890a5d-ac96-7cbb-8f55-061728394a5b",
    "client_id": CLIENT_ID,
    "deductible_left": "0.00",
    "out_of_pocket_left": "1775.00",
    "visits_left": None,
    "version": 1,
    **WRITTEN,
}

Share = Fee

MemberId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Seen]


class Relationship(StrEnum):
    """Who a client is to whoever holds the plan."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class NewCoverage(Body):
    """A client's plan with a payer."""

    model_config = ConfigDict(json_schema_extra={"examples": [PLAN]})

    payer_id: UUID
    member_id: MemberId
    plan_name: Line
    group_number: MemberId | None = None
    relationship: Relationship = Relationship.SELF
    """The client's, to whoever holds the plan."""
    subscriber: Person | None = None
    """Who holds the plan, where that is not the client."""
    mode: Mode = Mode.IN_NETWORK
    copay: Share = Decimal("0.00")
    """Once a visit."""
    coinsurance_percent: Percent = Decimal(0)
    deductible_remaining: Share = Decimal("0.00")
    """Left at the beginning of ``as_of``; records since then take from it by themselves."""
    out_of_pocket_remaining: Share | None = None
    """The same; None where the plan has no maximum."""
    copay_after_deductible: Flag = True
    """Otherwise a visit with a copay is free of the deductible."""
    as_of: Day
    authorization_number: MemberId | None = None
    visits_authorized: Annotated[Whole, Field(ge=0, le=1000)] | None = None
    """Visits that the payer has authorised from ``as_of`` on; None where none are needed."""
    effective_from: Day
    effective_to: Day | None = None

    @model_validator(mode="after")
    def _lasts(self) -> "NewCoverage":
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise broken("ends-before-it-begins", "effective_to must not lie before effective_from.", field="effective_to")
        if (self.relationship is Relationship.SELF) is not (self.subscriber is None):
            sentence = "subscriber is who holds the plan: name them exactly where relationship is not self."
            raise broken("subscriber-contradicts", sentence, field="subscriber")
        return self


class CoverageChanges(Body):
    """What to change of a coverage; what is absent stays. New remaining amounts come with the day on which they were learnt.

    Those about which nothing is stated then are stated as of that day too: less what visits took until then.

    Payer, plan, member id, group, relationship and subscriber are corrected where they were entered wrong. A change of plan is a new
    coverage instead.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"deductible_remaining": "120.00", "as_of": "2026-04-01"}, {"member_id": "HM-4471-03", "group_number": "G-77"}]
        }
    )

    payer_id: UUID | MISSING = MISSING
    plan_name: Line | MISSING = MISSING
    member_id: MemberId | MISSING = MISSING
    group_number: MemberId | MISSING | None = MISSING
    relationship: Relationship | MISSING = MISSING
    """``self`` takes the subscriber away; any other needs one."""
    subscriber: Person | MISSING | None = MISSING
    copay: Share | MISSING = MISSING
    coinsurance_percent: Percent | MISSING = MISSING
    deductible_remaining: Share | MISSING = MISSING
    out_of_pocket_remaining: Share | MISSING | None = MISSING
    copay_after_deductible: Flag | MISSING = MISSING
    as_of: Day | MISSING = MISSING
    authorization_number: MemberId | MISSING | None = MISSING
    visits_authorized: Annotated[Whole, Field(ge=0, le=1000)] | MISSING | None = MISSING
    effective_to: Day | MISSING | None = MISSING


class CoverageView(View):
    """A client's plan with a payer, and what is left of it by now."""

    model_config = ConfigDict(json_schema_extra={"examples": [COVERAGE_EXAMPLE]})

    id: UUID
    client_id: ClientId
    payer_id: UUID
    member_id: str
    plan_name: str
    group_number: str | None
    relationship: Relationship
    subscriber: Person | None
    mode: Mode
    copay: Amount
    coinsurance_percent: Decimal
    deductible_remaining: Amount
    out_of_pocket_remaining: Amount | None
    copay_after_deductible: bool
    as_of: Day
    authorization_number: str | None
    visits_authorized: int | None
    effective_from: Day
    effective_to: Day | None
    deductible_left: Amount
    """In today's benefit year, which is the calendar year: less what records since ``as_of`` took in it, by the insurer's answers."""
    out_of_pocket_left: Amount | None
    visits_left: int | None
    version: Version
    created_at: Instant
    updated_at: Instant


class NewDiscount(Body):
    """What a client is given off what they owe outside insurance: a sliding scale, for example."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"percent": "30", "reason": "sliding scale, household income", "effective_from": "2026-01-01"}]}
    )

    percent: Annotated[Percent, Field(gt=Decimal(0))]
    reason: Reason
    effective_from: Day
    effective_to: Day | None = None


class DiscountChanges(Body):
    """What to correct of a discount; what is absent stays. A discount with another first day is a new one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"effective_to": "2026-06-30"}]})

    percent: Annotated[Percent, Field(gt=Decimal(0))] | MISSING = MISSING
    reason: Reason | MISSING = MISSING
    effective_to: Day | MISSING | None = MISSING


class DiscountView(View):
    """What a client is given off what they owe outside insurance."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01890a5d-ac96-7dcc-9066-1728394a5b6c",
                    "client_id": CLIENT_ID,
                    "percent": "30",
                    "reason": "sliding scale, household income",
                    "effective_from": "2026-01-01",
                    "effective_to": None,
                    "version": 1,
                }
            ]
        }
    )

    id: UUID
    client_id: ClientId
    percent: Decimal
    reason: str
    effective_from: Day
    effective_to: Day | None
    version: Version
