"""What a change of a rate would mean for the sessions that are booked already; nothing is written."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from chassis.database import ReadSession
from chassis.edge import View
from chassis.problems import not_found
from contracts.scheduling import SessionStatus
from contracts.types import Amount, Code, Day, Money, ServiceId, Whole
from pydantic import ConfigDict
from sqlalchemy import text

from scheduling.replicas import ServiceRow

OPEN: Final = [SessionStatus.REQUESTED.value, SessionStatus.OFFERED.value, SessionStatus.BOOKED.value]
MONTHS: Final = text("""
    SELECT to_char(day.of, 'YYYY-MM') AS month, count(*) AS sessions, sum(clients.number) AS visits,
        sum(session.calculated_rate * clients.number) AS promised
    FROM session JOIN site_replica site ON site.id = session.site_id,
        LATERAL (SELECT CAST(session.starts_at AT TIME ZONE site.time_zone AS date) AS of) AS day,
        LATERAL (SELECT 1 + cardinality(session.other_client_ids) AS number) AS clients
    WHERE session.service_id = :service_id AND session.status = ANY(:open)
        AND session.starts_at > CAST(:since AS timestamptz) - interval '1 day' AND day.of >= :since
    GROUP BY 1 ORDER BY 1
""")
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


async def rate_impact(db: ReadSession, service_id: ServiceId, amount: Decimal, since: date) -> RateImpact:
    """Compare what booked sessions of a service were promised with what they would come to at another rate."""
    service = await db.find(ServiceRow, service_id)
    if service is None:
        raise not_found("service", service_id)
    rows = await db.rows(MONTHS, {"service_id": service_id, "since": since, "open": OPEN})
    months = [MonthImpact(month=row.month, **_compared(row.sessions, int(row.visits), row.promised, amount)) for row in rows]
    whole = _compared(
        sum(month.sessions for month in months),
        sum(month.visits for month in months),
        sum((month.promised_total for month in months), Decimal("0.00")),
        amount,
    )
    return RateImpact(
        service_id=service_id, service_code=service.service_code, amount=amount, effective_from=since, by_month=months, **whole
    )


def _compared(sessions: int, visits: int, promised: Decimal, amount: Decimal) -> dict[str, Any]:
    new = amount * visits
    return {"sessions": sessions, "visits": visits, "promised_total": promised, "new_total": new, "difference": new - promised}
