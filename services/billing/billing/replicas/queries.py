"""Reads what is kept of other services."""

from collections.abc import Collection
from typing import Final
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession
from contracts.catalog import ServiceChanged
from contracts.types import Code, ServiceId, SiteId
from sqlalchemy import ARRAY, ColumnElement, Text, any_, bindparam, cast, exists, func, or_, select

from billing.pricing.visit import Book
from billing.replicas.tables import PolicyReplicaRow, ServiceReplicaRow, SiteReplicaRow

NAMES: Final = select(ServiceReplicaRow.service_code, ServiceReplicaRow.said["service_name"].astext.label("name")).where(
    ServiceReplicaRow.service_code == any_(bindparam("codes", type_=ARRAY(Text, dimensions=1)))
)
"""What catalog calls these codes."""


def name_of(code: ColumnElement[str]) -> ColumnElement[str]:
    """Return what catalog calls the code in a column of another statement; null where it is unknown."""
    named = select(ServiceReplicaRow.said["service_name"].astext).where(ServiceReplicaRow.service_code == code)
    return func.nullif(named.limit(1).scalar_subquery(), "")


async def zones_of(db: ReadSession, sites: Collection[SiteId]) -> dict[SiteId, ZoneInfo]:
    """Return the clocks of these sites, as far as they are known."""
    rows = await db.rows(select(SiteReplicaRow.id, SiteReplicaRow.time_zone).where(SiteReplicaRow.id.in_(sites)))
    return {row.id: ZoneInfo(row.time_zone) for row in rows}


async def unknown_codes(db: ReadSession, codes: Collection[Code]) -> Collection[Code]:
    """Return which of these codes no service has; none of them while billing has received no service."""
    found = select(ServiceReplicaRow.service_code).where(ServiceReplicaRow.service_code.in_(codes))
    unknown = set(codes) - set(await db.scalars(found))
    return unknown if unknown and await db.scalar(select(exists().where(ServiceReplicaRow.id.is_not(None)))) else ()


async def whole_book(db: ReadSession) -> Book:
    """Return every service."""
    return await _book(db, ServiceReplicaRow.id.is_not(None))


async def book_of(db: ReadSession, *, ids: Collection[ServiceId] = (), codes: Collection[Code] = ()) -> Book:
    """Return these services, their families (for the time bands) and the components of composites."""
    named = or_(ServiceReplicaRow.id.in_(ids), ServiceReplicaRow.service_code.in_(codes))
    requested = select(ServiceReplicaRow).where(named).cte("requested")
    families = select(requested.c.billing_category)
    components = select(func.jsonb_array_elements_text(requested.c.said["components"]))
    return await _book(db, or_(ServiceReplicaRow.billing_category.in_(families), ServiceReplicaRow.service_code.in_(components)))


async def _book(db: ReadSession, which: ColumnElement[bool]) -> Book:
    stated = select(cast(ServiceReplicaRow.said, Text())).where(which)
    rows = await db.rows(stated.order_by(ServiceReplicaRow.service_code, ServiceReplicaRow.id))
    return Book(tuple(ServiceChanged.model_validate_json(row[0]) for row in rows))


async def window_of(db: ReadSession, service_id: ServiceId) -> int | None:
    """Return how many minutes before its start a cancellation of this service is late; None while it is unknown."""
    windows = await db.scalar(select(PolicyReplicaRow.windows)) or []
    minutes = {window["service_id"]: window["minutes"] for window in windows}
    return minutes.get(str(service_id), minutes.get(None))


async def names_of(db: ReadSession, codes: Collection[Code]) -> dict[Code, str]:
    """Return the clinic's own short names of these codes, as far as catalog has stated them."""
    return {code: name for code, name in await db.rows(NAMES, {"codes": list(codes)}) if name}
