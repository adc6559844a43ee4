"""What billing keeps of other teams' facts: services of catalog, sites of rooms, scheduling's policy. The newest version wins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from chassis.data.database import Transaction
from contracts.catalog import ServiceChanged
from contracts.rooms import SiteChanged
from contracts.types import ServiceId, SiteId
from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from billing.tables import Table, publish


class ServiceReplicaRow(Table):
    """A service, exactly as catalog published it last."""

    __tablename__ = "service_replica"
    __table_args__ = (Index("service_replica_code", "service_code"), Index("service_replica_category", "billing_category"))

    id: Mapped[ServiceId] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    billing_category: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]


class SiteReplicaRow(Table):
    """Where a session takes place, as far as its calendar is concerned."""

    __tablename__ = "site_replica"

    id: Mapped[SiteId] = mapped_column(primary_key=True)
    site_name: Mapped[str]
    time_zone: Mapped[str]
    version: Mapped[int]


publish(SiteReplicaRow, "id", "site_name")


class PolicyReplicaRow(Table):
    """When a cancellation is late, as scheduling stated it last; one row."""

    __tablename__ = "policy_replica"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    windows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The minutes of each service that has a window of its own, and of ``null``: of every other."""
    stated_at: Mapped[datetime]
    version: Mapped[int | None]
    """None while only a scheduling has stated it that publishes the first version of the message alone."""


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
    statement = insert(ServiceReplicaRow).values(rows)
    incoming = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[ServiceReplicaRow.id],
            set_={name: incoming[name] for name in ("service_code", "billing_category", "said", "version")},
            where=incoming.version > ServiceReplicaRow.version,
        )
    )


async def put_sites(tx: Transaction, messages: Sequence[SiteChanged]) -> None:
    """Keep the newest version of each site."""
    newest = {message.id: message for message in sorted(messages, key=lambda message: message.version)}
    rows = [
        {"id": site.id, "site_name": site.site_name, "time_zone": site.time_zone, "version": site.version}
        for site in sorted(newest.values(), key=lambda site: site.id)
    ]
    statement = insert(SiteReplicaRow).values(rows)
    incoming = statement.excluded
    values = {name: incoming[name] for name in ("site_name", "time_zone", "version")}
    newer = statement.on_conflict_do_update(
        index_elements=[SiteReplicaRow.id], set_=values, where=incoming.version > SiteReplicaRow.version
    )
    await tx.execute(newer)


ONLY: Final = 1
