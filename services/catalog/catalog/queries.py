"""The read side: the catalog as it is today, without a lock."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from chassis.database import ReadSession
from chassis.edge import Page, page, read_cursor
from chassis.problems import Problem, not_found
from chassis.search import foldable, occur
from contracts.catalog import ServiceType
from contracts.types import ServiceId
from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

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


async def list_services(
    db: ReadSession,
    today: date,
    *,
    is_active: bool | None,
    service_type: ServiceType | None,
    q: str | None,
    limit: int,
    cursor: str | None,
) -> Page[ServiceView]:
    """Return services by code."""
    wanted = _today(today).order_by(Service.service_code).limit(limit + 1)
    if is_active is not None:
        wanted = wanted.where(Service.is_active == is_active)
    if service_type is not None:
        wanted = wanted.where(Service.service_type == service_type)
    if q:
        wanted = wanted.where(occur(q, foldable(Service.service_code, Service.service_name)))
    if cursor is not None:
        [after] = read_cursor(cursor, str)
        wanted = wanted.where(Service.service_code > after)
    found = [_view(row) for row in await db.rows(wanted)]
    return page(found, limit, lambda service: (service.service_code,))


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
