"""What a rate would change."""

from typing import Any, Final

from chassis.bodies.models import View
from contracts.types import Amount, Code, Day, Money, ServiceId, Whole
from pydantic import ConfigDict

MONTH: Final[dict[str, Any]] = {
    "month": "2026-07",
    "sessions": 12,
    "visits": 12,
    "promised_total": "2220.00",
    "new_total": "2340.00",
    "difference": "120.00",
}


class Impact(View):
    """What is promised to booked sessions, and what the same sessions would come to at another rate."""

    sessions: Whole
    visits: Whole
    """Sessions times the clients treated in each."""
    promised_total: Amount
    """At the prices that were promised when they were booked; those are kept."""
    new_total: Amount
    """Were they booked at the new rate."""
    difference: Money


class MonthImpact(Impact):
    """The same for one month of the site's calendar."""

    month: str


class RateImpact(Impact):
    """The same for every session from the first day of the rate on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "service_code": "90837",
                    "amount": "195.00",
                    "effective_from": "2026-07-01",
                    **{name: value for name, value in MONTH.items() if name != "month"},
                    "by_month": [MONTH],
                }
            ]
        }
    )

    service_id: ServiceId
    service_code: Code
    amount: Amount
    effective_from: Day
    by_month: list[MonthImpact]
