"""Reads what is kept of other services."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession
from contracts.catalog import ServiceChanged
from contracts.types import Code, ServiceId, SiteId
from sqlalchemy import ARRAY, ColumnElement, Row, Text, any_, bindparam, exists, func, select, text

from billing.pricing.visit import Book
from billing.replicas.tables import PolicyReplicaRow, ServiceReplicaRow

NAMES: Final = select(ServiceReplicaRow.service_code, ServiceReplicaRow.said["service_name"].astext.label("name")).where(
    ServiceReplicaRow.service_code == any_(bindparam("codes", type_=ARRAY(Text, dimensions=1)))
)
"""What catalog calls these codes."""


ZONES: Final = text("SELECT id, time_zone FROM site_replica WHERE id = ANY(CAST(:sites AS uuid[]))")

WHOLE_BOOK: Final = text("SELECT CAST(said AS text) AS said FROM service_replica ORDER BY service_code, id")

BOOK_OF: Final = text("""
    WITH requested AS (
        SELECT billing_category, said FROM service_replica
        WHERE id = ANY(CAST(:ids AS uuid[])) OR service_code = ANY(CAST(:codes AS text[]))
    )
    SELECT CAST(said AS text) AS said FROM service_replica
    WHERE billing_category IN (SELECT billing_category FROM requested)
        OR service_code IN (SELECT jsonb_array_elements_text(said -> 'components') FROM requested)
    ORDER BY service_code, id
""")

SERVICES_KEPT: Final = 2_000
"""What catalog stated of so many services is kept as it was read."""


def name_of(code: ColumnElement[str]) -> ColumnElement[str]:
    """Return what catalog calls the code in a column of another statement; null where it is unknown."""
    named = select(ServiceReplicaRow.said["service_name"].astext).where(ServiceReplicaRow.service_code == code)
    return func.nullif(named.limit(1).scalar_subquery(), "")


async def zones_of(db: ReadSession, sites: Collection[SiteId]) -> dict[SiteId, ZoneInfo]:
    """Return the clocks of these sites, as far as they are known."""
    return {row.id: ZoneInfo(row.time_zone) for row in await db.rows(ZONES, {"sites": list(sites)})}


async def unknown_codes(db: ReadSession, codes: Collection[Code]) -> Collection[Code]:
    """Return which of these codes no service has; none of them while billing has received no service."""
    found = select(ServiceReplicaRow.service_code).where(ServiceReplicaRow.service_code.in_(codes))
    unknown = set(codes) - set(await db.scalars(found))
    return unknown if unknown and await db.scalar(select(exists().where(ServiceReplicaRow.id.is_not(None)))) else ()


async def whole_book(db: ReadSession) -> Book:
    """Return every service."""
    return _book(await db.rows(WHOLE_BOOK))


async def book_of(db: ReadSession, *, ids: Collection[ServiceId] = (), codes: Collection[Code] = ()) -> Book:
    """Return these services, their families (for the time bands) and the components of composites."""
    return _book(await db.rows(BOOK_OF, {"ids": list(ids), "codes": list(codes)}))


def _book(rows: Sequence[Row[*tuple[Any, ...]]]) -> Book:
    return Book(tuple(_service(row.said) for row in rows))


@lru_cache(SERVICES_KEPT)
def _service(said: str) -> ServiceChanged:
    return ServiceChanged.model_validate_json(said)


async def window_of(db: ReadSession, service_id: ServiceId) -> int | None:
    """Return how many minutes before its start a cancellation of this service is late; None while it is unknown."""
    windows = await db.scalar(select(PolicyReplicaRow.windows)) or []
    minutes = {window["service_id"]: window["minutes"] for window in windows}
    return minutes.get(str(service_id), minutes.get(None))


async def names_of(db: ReadSession, codes: Collection[Code]) -> dict[Code, str]:
    """Return the clinic's own short names of these codes, as far as catalog has stated them."""
    return {code: name for code, name in await db.rows(NAMES, {"codes": list(codes)}) if name}
