"""Good-faith estimates: priced by the function behind the preview, kept as they were given to the client."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Page, page, read_cursor
from chassis.problems import FieldError, Problem, not_found
from contracts.catalog import ServiceChanged
from contracts.types import ClientId, new_id
from pydantic import TypeAdapter
from sqlalchemy import select

from billing import domain, replicas, terms_store
from billing.domain import Book, Visit
from billing.papers import dossiers, estimate
from billing.papers.estimate import Estimate, Item, Planned
from billing.papers.estimate_resources import MOST_VISITS, EstimateView, ItemView, NewEstimate, WantedService
from billing.papers.estimate_store import NUMBERS, EstimateRow
from billing.papers.lettering import Paper
from billing.papers.parties import FOR_ESTIMATES, Client, Keys, Known, Need, Organization, Provider, lacks

ESTIMATE: Final = TypeAdapter(Estimate)


async def add_estimate(body: NewEstimate, today: date, by: str, tx: Transaction) -> EstimateView:
    """Price what is planned, keep it under a number of its own, and never change it."""
    keys = Keys(body.client_id, body.therapist_id, body.site_id)
    known = await dossiers.find_known(tx, keys)
    book = await _book(tx, body.services)
    wrong = [*_missing(known, keys), *_unpriceable(body.services, book, today)]
    match known:
        case Known(organization=Organization() as organization, provider=Provider() as provider, client=Client() as client) if not wrong:
            planned = await _price(tx, body, book)
        case _:
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "no-estimate",
                " ".join(f"{each.message} {each.fix or ''}".strip() for each in wrong),
                wrong,
            )
    names = await dossiers.names_of(tx, {line.code for visit in planned for line in visit.quote.lines})
    made = Estimate(
        number=await tx.scalar(select(NUMBERS.next_value())),
        client_id=body.client_id,
        issued_on=today,
        valid_until=estimate.valid_until(today),
        created_at=tx.now,
        organization=organization,
        provider=provider,
        facility=known.facility,
        client=client,
        items=estimate.items_of(planned, names),
    )
    row = EstimateRow(
        id=new_id(),
        number=made.number,
        client_id=made.client_id,
        issued_on=today,
        total_amount=made.total_amount,
        facts=ESTIMATE.dump_python(made, mode="json"),
        created_at=tx.now,
        created_by=by,
    )
    tx.add(row)
    return _view(row)


async def find_estimate(db: ReadSession, estimate_id: UUID) -> EstimateView:
    """Return an estimate, or 404."""
    return _view(await _find(db, estimate_id))


async def paper_of(db: ReadSession, estimate_id: UUID) -> Paper:
    """Write an estimate down as it was given to the client."""
    return estimate.paper(ESTIMATE.validate_python((await _find(db, estimate_id)).facts))


async def list_estimates(db: ReadSession, client_id: ClientId | None, limit: int, cursor: str | None) -> Page[EstimateView]:
    """Return estimates, the latest first."""
    query = select(EstimateRow).order_by(EstimateRow.id.desc()).limit(limit + 1)
    if client_id is not None:
        query = query.where(EstimateRow.client_id == client_id)
    if cursor is not None:
        query = query.where(EstimateRow.id < read_cursor(cursor, UUID)[0])
    return page([_view(row) for row in await db.scalars(query)], limit, lambda found: (found.id,))


async def _find(db: ReadSession, estimate_id: UUID) -> EstimateRow:
    row = await db.find(EstimateRow, estimate_id)
    if row is None:
        raise not_found("estimate", estimate_id)
    return row


async def _book(db: ReadSession, services: Sequence[WantedService]) -> Book:
    ids = [service.service_id for service in services if service.service_id is not None]
    codes = [service.service_code for service in services if service.service_code is not None]
    return await replicas.book_of(db, ids=ids, codes=codes)


def _service(wanted: WantedService, book: Book) -> ServiceChanged | None:
    return book.find(wanted.service_id) if wanted.service_id is not None else book.find_code(wanted.service_code or "")


def _missing(known: Known, keys: Keys) -> Iterator[FieldError]:
    """Name who stands on an estimate and is not written down; a diagnosis may not be known yet."""
    for lack in lacks(known, keys, FOR_ESTIMATES | ({Need.FACILITY} if keys.site_id else set())):
        yield FieldError(field=lack.need, code="not-written-down", message=lack.message, fix=f"{lack.fix}.")


def _unpriceable(services: Sequence[WantedService], book: Book, today: date) -> Iterator[FieldError]:
    """Name every service and day for which there is no price to promise."""
    if sum(len(wanted.days) for wanted in services) > MOST_VISITS:
        yield FieldError(field="services", code="too-many-visits", message=f"An estimate has at most {MOST_VISITS} visits.")
    last = estimate.valid_until(today)
    for place, wanted in enumerate(services):
        field, called = f"services.{place}", wanted.service_code or wanted.service_id
        service = _service(wanted, book)
        if service is None or not service.is_active:
            yield FieldError(field=field, code="service-unknown", message=f"{called} is no service that is offered.",
                             fix="GET /services of the catalog lists every one.")  # fmt: skip
        days = wanted.days
        if days[0] < today:
            yield FieldError(field=field, code="in-the-past", message=f"{days[0]} is over; an estimate is for what is to come.")
        if days[-1] > last:
            yield FieldError(
                field=field, code="too-far-ahead", message=f"An estimate of today counts until {last}, and {days[-1]} is later."
            )
        if service is not None and (unpriced := [day for day in days if domain.rate_on(service.rates, day) is None]):
            yield FieldError(field=field, code="no-rate-on-date", message=f"{service.service_code} has no rate on {unpriced[0]}.")


async def _price(db: ReadSession, body: NewEstimate, book: Book) -> list[Planned]:
    """Price every visit as the preview would, for a client without insurance."""
    visits = [(day, service, wanted.units) for wanted in body.services if (service := _service(wanted, book)) for day in wanted.days]
    policies = await terms_store.policies_of(db, [body.client_id], [])
    planned: list[Planned] = []
    for day, service, units in visits:
        rate = domain.rate_on(service.rates, day)
        terms = policies.terms(body.client_id, service.service_code, day, None, insured=False)
        asked = domain.Item(service.service_code, service, rate.amount if rate else Decimal(0), units)
        visit = Visit(items=(asked,), day=day, insured=False, terms=terms)
        planned.append(Planned(day=day, service_code=service.service_code, quote=domain.price(visit, book)))
    return planned


def _view(row: EstimateRow) -> EstimateView:
    made = ESTIMATE.validate_python(row.facts)
    return EstimateView(
        id=row.id,
        number=estimate.number(made.number),
        client_id=made.client_id,
        issued_on=made.issued_on,
        valid_until=made.valid_until,
        diagnoses=list(made.client.diagnoses),
        items=[_item(item) for item in made.items],
        total_amount=made.total_amount,
        discount=made.discount,
        patient_amount=made.patient_amount,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _item(item: Item) -> ItemView:
    return ItemView(
        service_code=item.service_code,
        service_name=item.service_name,
        units=item.units,
        rate_per_unit=item.rate_per_unit,
        amount=item.amount,
        discount=item.discount,
        patient_amount=item.patient_amount,
        dates=list(item.dates),
        total=item.total,
    )
