"""What a change of a rate would mean for the sessions that are booked already; nothing is written."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from chassis.data.database import ReadSession
from chassis.hours import ONE_DAY
from chassis.rows.changes import require
from contracts.scheduling import SessionStatus
from contracts.types import ServiceId
from sqlalchemy import Date, bindparam, func, literal_column, select
from sqlalchemy import cast as sql_cast

from scheduling.rates.schemas import MonthImpact, RateImpact
from scheduling.replicas.queries import SITES, load_services
from scheduling.sessions.queries import SESSIONS

OPEN: Final = [SessionStatus.REQUESTED.value, SessionStatus.OFFERED.value, SessionStatus.BOOKED.value]

_day: Final = sql_cast(func.timezone(SITES.c.time_zone, SESSIONS.c.starts_at), Date)
_clients: Final = 1 + func.cardinality(SESSIONS.c.other_client_ids)
_since: Final = bindparam("since", type_=Date)

MONTHS: Final = (
    select(
        func.to_char(_day, "YYYY-MM").label("month"),
        func.count().label("sessions"),
        func.sum(_clients).label("visits"),
        func.sum(SESSIONS.c.calculated_rate * _clients).label("promised"),
    )
    .join(SITES, SITES.c.id == SESSIONS.c.site_id)
    .where(
        SESSIONS.c.service_id == bindparam("service_id"),
        SESSIONS.c.status.in_(OPEN),
        SESSIONS.c.starts_at > _since - ONE_DAY,
        _day >= _since,
    )
    .group_by(literal_column("1"))
    .order_by(literal_column("1"))
)
"""Sessions of a service that are open, by the month of their day at the site."""


async def rate_impact(db: ReadSession, service_id: ServiceId, amount: Decimal, since: date) -> RateImpact:
    """Compare what booked sessions of a service were promised with what they would come to at another rate.

    NotFound without that service.
    """
    service = require((await load_services(db, [service_id])).get(service_id), "service", service_id)
    rows = await db.rows(MONTHS, {"service_id": service_id, "since": since})
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
