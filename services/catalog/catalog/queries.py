"""The read side: the catalog as it is today, without a lock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from chassis.database import ReadSession
from chassis.edge import Page, page, read_cursor
from chassis.problems import Problem, not_found
from chassis.search import BETWEEN, foldable, occur
from contracts.catalog import Kind, ServiceType
from contracts.types import ServiceId
from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, or_, select, tuple_

from catalog.resources import RateView, ServiceView
from catalog.store import Rate, Service


async def find_service(db: ReadSession, service_id: ServiceId, today: date) -> ServiceView:
    """Return a service, or 404."""
    rows = await db.rows(_today(today).where(Service.id == service_id))
    if not rows:
        raise not_found("service", service_id)
    return _view(rows[0])


async def find_by_code(db: ReadSession, code: str, today: date) -> ServiceView:
    """Return the service with this code, or 404."""
    rows = await db.rows(_today(today).where(Service.service_code == code))
    if not rows:
        raise not_found("service", code)
    return _view(rows[0])


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
            yield Service.is_active == self.is_active
        if self.service_type is not None:
            yield Service.service_type == self.service_type
        if self.kinds is not None:
            yield Service.kind.in_(self.kinds)
        if self.bookable is not None:
            can_be_booked = and_(Service.standard_duration > 0, Service.kind != Kind.FEE)
            yield can_be_booked if self.bookable else not_(can_be_booked)
        if self.ids is not None:
            yield Service.id.in_(self.ids)
        if self.codes is not None:
            yield Service.service_code.in_(self.codes)
        if self.words:
            yield occur(self.words, foldable(Service.service_code, Service.service_name))

    def whole_codes(self) -> list[str]:
        """Return the words as codes are written."""
        return [word.upper() for word in BETWEEN.split(self.words or "")]


async def list_services(db: ReadSession, today: date, wanted: Wanted, *, limit: int, cursor: str | None) -> Page[ServiceView]:
    """Return services by code; a service whose whole code is searched comes before those that only contain it."""
    codes = wanted.whole_codes()
    is_other = func.upper(Service.service_code).not_in(codes)
    services = _today(today).order_by(is_other, Service.service_code).limit(limit + 1).where(*wanted.conditions())
    if cursor is not None:
        services = services.where(tuple_(is_other, Service.service_code) > tuple(read_cursor(cursor, bool, str)))
    found = [_view(row) for row in await db.rows(services)]
    return page(found, limit, lambda service: (service.service_code.upper() not in codes, service.service_code))


async def whole_sheet(db: ReadSession, today: date) -> list[dict[str, Any]]:
    """Return the whole catalog with the rate in force today and since when it is, by code."""
    rows = await db.rows(_today(today).add_columns(Rate.effective_from).order_by(Service.service_code))
    return [{**columns(service), "base_rate": amount, "effective_from": since} for service, amount, since in rows]


async def list_rates(db: ReadSession, service_id: ServiceId, *, limit: int, cursor: str | None) -> Page[RateView]:
    """Return a service's rates, past, present and scheduled, in the order of time."""
    await _require(db, service_id)
    wanted = select(Rate).where(Rate.service_id == service_id).order_by(Rate.effective_from).limit(limit + 1)
    if cursor is not None:
        [after] = read_cursor(cursor, date)
        wanted = wanted.where(Rate.effective_from > after)
    found = [RateView.model_validate(rate) for rate in await db.scalars(wanted)]
    return page(found, limit, lambda rate: (rate.effective_from,))


async def rate_on(db: ReadSession, service_id: ServiceId, day: date) -> RateView:
    """Return the rate in force on a day, or 404 when the service had none yet."""
    await _require(db, service_id)
    rates = await db.scalars(select(Rate).where(Rate.service_id == service_id, _in_force(day)))
    if not rates:
        raise _no_rate_yet(day)
    return RateView.model_validate(rates[0])


def columns(service: Service) -> dict[str, Any]:
    """Return what is stored of a service, by column."""
    return {column.key: getattr(service, column.key) for column in Service.__mapper__.column_attrs}


def view(service: Service, base_rate: Decimal) -> ServiceView:
    """Show a service with the rate in force."""
    return ServiceView.model_validate({**columns(service), "base_rate": base_rate})


def _today(today: date) -> Select[Service, Decimal]:
    return select(Service, Rate.amount).join(Rate, and_(Rate.service_id == Service.id, _in_force(today)))


def _in_force(day: date) -> ColumnElement[bool]:
    return and_(Rate.effective_from <= day, or_(Rate.effective_to.is_(None), Rate.effective_to >= day))


def _view(row: Row[Service, Decimal]) -> ServiceView:
    return view(row[0], row[1])


async def _require(db: ReadSession, service_id: ServiceId) -> None:
    found: Sequence[Any] = await db.rows(select(Service.id).where(Service.id == service_id))
    if not found:
        raise not_found("service", service_id)


def _no_rate_yet(day: date) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "no-rate", f"The service had no rate yet on {day}; its first one begins later.")
