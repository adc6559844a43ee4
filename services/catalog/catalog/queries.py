"""The read side: the catalog as it is today, without a lock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from chassis.data.database import ReadSession
from chassis.errors import DomainError, NotFound
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from chassis.rows.search import BETWEEN, foldable, occur
from contracts.catalog import Kind, ServiceType
from contracts.types import ServiceId
from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, or_, select

from catalog.schemas import RateView, ServiceView
from catalog.tables import RateRow, ServiceRow

BY_FIRST_DAY: Final = Keyset(RateRow.effective_from)


async def find_service(db: ReadSession, service_id: ServiceId, today: date) -> ServiceView:
    """Return a service; raises NotFound when there is none."""
    rows = await db.rows(_today(today).where(ServiceRow.id == service_id))
    return _view(require(next(iter(rows), None), "service", service_id))


async def find_by_code(db: ReadSession, code: str, today: date) -> ServiceView:
    """Return the service with this code; raises NotFound when there is none."""
    rows = await db.rows(_today(today).where(ServiceRow.service_code == code))
    return _view(require(next(iter(rows), None), "service", code))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which services are listed; what is None or left out limits nothing."""

    is_active: bool | None = None
    service_type: ServiceType | None = None
    kinds: Sequence[Kind] | None = None
    bookable: bool | None = None
    ids: Sequence[ServiceId] | None = None
    codes: Sequence[str] | None = None
    words: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Return what a service must fulfil to be listed."""
        if self.is_active is not None:
            yield ServiceRow.is_active == self.is_active
        if self.service_type is not None:
            yield ServiceRow.service_type == self.service_type
        if self.kinds is not None:
            yield ServiceRow.kind.in_(self.kinds)
        if self.bookable is not None:
            can_be_booked = and_(ServiceRow.standard_duration > 0, ServiceRow.kind != Kind.FEE)
            yield can_be_booked if self.bookable else not_(can_be_booked)
        if self.ids is not None:
            yield ServiceRow.id.in_(self.ids)
        if self.codes is not None:
            yield ServiceRow.service_code.in_(self.codes)
        if self.words:
            yield occur(self.words, foldable(ServiceRow.service_code, ServiceRow.service_name))

    def whole_codes(self) -> list[str]:
        """Return the search words as codes are written."""
        return [word.upper() for word in BETWEEN.split(self.words or "")]


async def list_services(db: ReadSession, today: date, wanted: Wanted, *, limit: int, cursor: str | None) -> Page[ServiceView]:
    """Return services by code; a service whose whole code is searched comes before those that only contain it."""
    codes = wanted.whole_codes()
    is_other = func.upper(ServiceRow.service_code).not_in(codes)
    by_code = Keyset(is_other, ServiceRow.service_code)
    found = await db.rows(by_code.after(_today(today).where(*wanted.conditions()), cursor, limit))
    views = [_view(row) for row in found]
    return by_code.page(views, limit, lambda service: (service.service_code.upper() not in codes, service.service_code))


async def whole_sheet(db: ReadSession, today: date) -> list[dict[str, Any]]:
    """Return the whole catalog with the rate in force today and since when it is, by code."""
    rows = await db.rows(_today(today).add_columns(RateRow.effective_from).order_by(ServiceRow.service_code))
    return [{**columns(service), "base_rate": amount, "effective_from": since} for service, amount, since in rows]


async def list_rates(db: ReadSession, service_id: ServiceId, *, limit: int, cursor: str | None) -> Page[RateView]:
    """Return a service's rates, past, present and scheduled, in the order of time; NotFound without that service."""
    await _require(db, service_id)
    found = await db.scalars(BY_FIRST_DAY.after(select(RateRow).where(RateRow.service_id == service_id), cursor, limit))
    return BY_FIRST_DAY.page([RateView.model_validate(rate) for rate in found], limit)


async def rate_on(db: ReadSession, service_id: ServiceId, day: date) -> RateView:
    """Return the rate in force on a day; raises NotFound when the service had none yet."""
    await _require(db, service_id)
    rates = await db.scalars(select(RateRow).where(RateRow.service_id == service_id, _in_force(day)))
    if not rates:
        raise _no_rate_yet(day)
    return RateView.model_validate(rates[0])


def columns(service: ServiceRow) -> dict[str, Any]:
    """Return what is stored of a service, by column."""
    return {column.key: getattr(service, column.key) for column in ServiceRow.__mapper__.column_attrs}


def view(service: ServiceRow, base_rate: Decimal) -> ServiceView:
    """Show a service with the rate in force."""
    return ServiceView.model_validate({**columns(service), "base_rate": base_rate})


def _today(today: date) -> Select[ServiceRow, Decimal]:
    return select(ServiceRow, RateRow.amount).join(RateRow, and_(RateRow.service_id == ServiceRow.id, _in_force(today)))


def _in_force(day: date) -> ColumnElement[bool]:
    return and_(RateRow.effective_from <= day, or_(RateRow.effective_to.is_(None), RateRow.effective_to >= day))


def _view(row: Row[ServiceRow, Decimal]) -> ServiceView:
    return view(row[0], row[1])


async def _require(db: ReadSession, service_id: ServiceId) -> None:
    require(await db.scalar(select(ServiceRow.id).where(ServiceRow.id == service_id)), "service", service_id)


def _no_rate_yet(day: date) -> DomainError:
    return NotFound("no-rate", f"The service had no rate yet on {day}; its first one begins later.")
