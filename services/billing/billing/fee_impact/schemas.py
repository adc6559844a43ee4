"""Views of what a fee would change."""

from typing import Annotated, Any, Final

from chassis.bodies.models import View
from contracts.types import Amount, Code, Day, Money, Whole
from pydantic import ConfigDict, Field

MOST_SESSIONS: Final = 5_000

MONTH: Final[dict[str, Any]] = {
    "month": "2026-07",
    "sessions": 4,
    "insurance_now": "508.00",
    "insurance_then": "548.00",
    "client_now": "100.00",
    "client_then": "100.00",
    "difference": "40.00",
}


class FeeChange(View):
    """What payer and clients owe for booked sessions now, and what they would owe at another fee."""

    sessions: Whole
    insurance_now: Amount
    insurance_then: Amount
    client_now: Amount
    client_then: Amount
    difference: Money
    """What the clinic would get more, from both."""


class MonthOfFees(FeeChange):
    """The same for one month."""

    month: str


class FeeImpact(FeeChange):
    """The same for every booked session from the first day of the fee on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_code": "90837",
                    "credential": None,
                    "amount": "162.00",
                    "effective_from": "2026-07-01",
                    **{name: value for name, value in MONTH.items() if name != "month"},
                    "by_month": [MONTH],
                }
            ]
        }
    )

    service_code: Code
    credential: str | None
    amount: Amount
    effective_from: Day
    by_month: Annotated[list[MonthOfFees], Field(max_length=MOST_SESSIONS)]
