"""What billing keeps of other teams' facts: services of catalog, sites of rooms, scheduling's policy. The newest version wins."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, Transaction
from contracts.catalog import ServiceChanged
from contracts.rooms import SiteChanged
from contracts.types import Code, ServiceId, SiteId
from sqlalchemy import ColumnElement, Index, Text, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from billing.domain import Book
from billing.store import Table


class ServiceReplica(Table):
    """A service, word for word as catalog said it last."""

    __tablename__ = "service_replica"
    __table_args__ = (Index("service_replica_code", "service_code"), Index("service_replica_category", "billing_category"))

    id: Mapped[ServiceId] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    billing_category: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]


class SiteReplica(Table):
    """Where a session takes place, as far as its calendar is concerned."""

    __tablename__ = "site_replica"

    id: Mapped[SiteId] = mapped_column(primary_key=True)
    site_name: Mapped[str]
    time_zone: Mapped[str]
    version: Mapped[int]


class PolicyReplica(Table):
    """When a cancellation is late, as scheduling stated it last; one row."""

    __tablename__ = "policy_replica"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    windows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    stated_at: Mapped[datetime]


async def put_services(tx: Transaction, messages: Sequence[ServiceChanged]) -> None:
    """Keep the newest version of each service."""
    newest: dict[ServiceId, ServiceChanged] = {}
    for message in messages:
        if message.id not in newest or newest[message.id].version < message.version:
            newest[message.id] = message
    rows = [
        {
            "id": service.id,
            "service_code": service.service_code,
            "billing_category": service.billing_category,
            "said": service.model_dump(mode="json"),
            "version": service.version,
        }
        for service in sorted(newest.values(), key=lambda service: service.id)
    ]
    statement = insert(ServiceReplica).values(rows)
    incoming = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[ServiceReplica.id],
            set_={name: incoming[name] for name in ("service_code", "billing_category", "said", "version")},
            where=incoming.version > ServiceReplica.version,
        )
    )


async def put_sites(tx: Transaction, messages: Sequence[SiteChanged]) -> None:
    """Keep the newest version of each site."""
    newest = {message.id: message for message in sorted(messages, key=lambda message: message.version)}
    rows = [
        {"id": site.id, "site_name": site.site_name, "time_zone": site.time_zone, "version": site.version}
        for site in sorted(newest.values(), key=lambda site: site.id)
    ]
    statement = insert(SiteReplica).values(rows)
    incoming = statement.excluded
    values = {name: incoming[name] for name in ("site_name", "time_zone", "version")}
    newer = statement.on_conflict_do_update(index_elements=[SiteReplica.id], set_=values, where=incoming.version > SiteReplica.version)
    await tx.execute(newer)


async def zones_of(db: ReadSession, sites: Collection[SiteId]) -> dict[SiteId, ZoneInfo]:
    """Return the clocks of these sites, as far as they are known."""
    rows = await db.rows(select(SiteReplica.id, SiteReplica.time_zone).where(SiteReplica.id.in_(sites)))
    return {row.id: ZoneInfo(row.time_zone) for row in rows}


async def unknown_codes(db: ReadSession, codes: Collection[Code]) -> Collection[Code]:
    """Return which of these codes no service has; none of them while billing has not been told of any service."""
    found = select(ServiceReplica.service_code).where(ServiceReplica.service_code.in_(codes))
    unknown = set(codes) - set(await db.scalars(found))
    return unknown if unknown and await db.scalar(select(exists().where(ServiceReplica.id.is_not(None)))) else ()


async def whole_book(db: ReadSession) -> Book:
    """Return every service."""
    return await _book(db, ServiceReplica.id.is_not(None))


async def book_of(db: ReadSession, *, ids: Collection[ServiceId] = (), codes: Collection[Code] = ()) -> Book:
    """Return these services, their families (for the time bands) and the components of composites."""
    named = or_(ServiceReplica.id.in_(ids), ServiceReplica.service_code.in_(codes))
    asked = select(ServiceReplica).where(named).cte("asked")
    families = select(asked.c.billing_category)
    components = select(func.jsonb_array_elements_text(asked.c.said["components"]))
    return await _book(db, or_(ServiceReplica.billing_category.in_(families), ServiceReplica.service_code.in_(components)))


async def _book(db: ReadSession, which: ColumnElement[bool]) -> Book:
    said = select(cast(ServiceReplica.said, Text())).where(which)
    rows = await db.rows(said.order_by(ServiceReplica.service_code, ServiceReplica.id))
    return Book(tuple(ServiceChanged.model_validate_json(row[0]) for row in rows))
