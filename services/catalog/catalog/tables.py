"""The catalog's tables, and the statements that its use cases need."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from chassis.data.database import ReadSession, Transaction
from chassis.rows.column_types import column_types
from contracts.catalog import BilledPer, Claimable, Kind, ServiceType
from contracts.types import RateId, ServiceId
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, delete, func, select, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

ONE_CODE_ONCE: Final = "service_code_once"


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of the catalog."""

    type_annotation_map = column_types(ids=(ServiceId, RateId), codes=(ServiceType, Kind, Claimable, BilledPer))


class ServiceRow(Table):
    """What can be booked or charged."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("service_code", name=ONE_CODE_ONCE),
        CheckConstraint("standard_duration > 0 OR (standard_duration = 0 AND kind IN ('fee', 'add_on'))", name="takes_time"),
        CheckConstraint("(kind = 'composite') = (cardinality(components) >= 2)", name="composites_have_components"),
    )

    id: Mapped[ServiceId] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    service_name: Mapped[str]
    service_type: Mapped[ServiceType]
    standard_duration: Mapped[int]
    announced_rate: Mapped[Decimal]
    """The base rate as last published; a scheduled job notices when another one is in force."""
    billing_category: Mapped[str]
    description: Mapped[str]
    is_active: Mapped[bool]
    kind: Mapped[Kind]
    components: Mapped[list[str]]
    min_minutes: Mapped[int | None]
    max_minutes: Mapped[int | None]
    claimable: Mapped[Claimable]
    requires_primary: Mapped[list[str]]
    excludes_same_day: Mapped[list[str]]
    max_units_per_day: Mapped[int | None]
    billed_per: Mapped[BilledPer]
    min_clients: Mapped[int]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RateRow(Table):
    """What a service costs from one day on; the rates of a service follow each other without a gap."""

    __tablename__ = "rate"
    __table_args__ = (
        ExcludeConstraint(
            ("service_id", "="),
            (text("daterange(effective_from, effective_to, '[]')"), "&&"),
            name="one_rate_at_a_time",
            using="gist",
        ),
        CheckConstraint("amount >= 0", name="no_negative_rate"),
    )

    id: Mapped[RateId] = mapped_column(primary_key=True)
    service_id: Mapped[ServiceId] = mapped_column(ForeignKey("service.id"))
    amount: Mapped[Decimal]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    """The last day in force."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]


async def known_codes(db: ReadSession, codes: Collection[str]) -> set[str]:
    """Return which of these codes the catalog has."""
    return set(await db.scalars(select(ServiceRow.service_code).where(ServiceRow.service_code.in_(codes)))) if codes else set()


async def rates_of(db: ReadSession, services: Collection[ServiceId]) -> dict[ServiceId, list[RateRow]]:
    """Return the rates of these services, each service's in the order of time."""
    rates: dict[ServiceId, list[RateRow]] = {service: [] for service in services}
    for rate in await db.scalars(select(RateRow).where(RateRow.service_id.in_(services)).order_by(RateRow.effective_from)):
        rates[rate.service_id].append(rate)
    return rates


async def remove_rate(tx: Transaction, rate_id: RateId) -> None:
    """Remove a rate; the one before it may then end later."""
    await tx.execute(delete(RateRow).where(RateRow.id == rate_id))


async def every_service(db: ReadSession) -> Sequence[ServiceRow]:
    """Return the whole catalog by code."""
    return await db.scalars(select(ServiceRow).order_by(ServiceRow.service_code))


async def wrongly_announced(tx: Transaction, today: date, limit: int, except_ids: Collection[UUID]) -> Sequence[ServiceId]:
    """Lock the services whose rate in force today is not the published one, without those ``except_ids``; return their ids."""
    in_force = (
        select(RateRow.amount)
        .where(RateRow.service_id == ServiceRow.id, RateRow.effective_from <= today, func.coalesce(RateRow.effective_to, today) >= today)
        .scalar_subquery()
    )
    due = (
        select(ServiceRow.id)
        .where(in_force != ServiceRow.announced_rate, ServiceRow.id.not_in(except_ids))
        .order_by(ServiceRow.service_code)
        .limit(limit)
    )
    return await tx.scalars(due.with_for_update(skip_locked=True))


async def services_with(tx: Transaction, ids: Collection[ServiceId]) -> Sequence[ServiceRow]:
    """Return the services with these ids, by code."""
    return await tx.scalars(select(ServiceRow).where(ServiceRow.id.in_(ids)).order_by(ServiceRow.service_code))


async def keep_writers_out(tx: Transaction) -> None:
    """Let nobody else change the catalog until this transaction ends; readers go on."""
    await tx.execute(text("LOCK TABLE service IN EXCLUSIVE MODE"))


async def add_if_free(tx: Transaction, service: ServiceRow) -> bool:
    """Insert a service; return whether its code was still free."""
    tx.add(service)
    try:
        await tx.flush()
    except IntegrityError as error:
        if ONE_CODE_ONCE not in str(error.orig):
            raise
        return False
    return True
