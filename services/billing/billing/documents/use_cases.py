"""Where documents are printed: Typst turns a template and facts into a PDF, beside the event loop and within limits.

Templates read no clock, no network and no other file: a document's content comes in as one piece of JSON, and the fonts are
built into Typst.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import typst
from chassis.data.database import ReadSession, Transaction
from chassis.errors import DomainError, FieldError, Invalid, Unavailable
from contracts.catalog import ServiceChanged
from contracts.types import new_id
from sqlalchemy import select

from billing.coverages import queries as coverages_queries
from billing.document_facts import queries as document_facts_queries
from billing.document_facts.formatting import Document
from billing.document_facts.people import FOR_ESTIMATES, Client, Keys, Known, Need, Organization, Provider, lacks
from billing.documents import good_faith
from billing.documents.good_faith import Estimate, Planned
from billing.documents.queries import ESTIMATE, estimate_view
from billing.documents.schemas import MOST_VISITS, EstimateView, NewEstimate, WantedService
from billing.documents.tables import NUMBERS, EstimateRow
from billing.pricing import visit as pricing_visit
from billing.pricing.visit import Book, Visit
from billing.replicas import queries as replicas_queries
from billing.settings import PaperSize


async def add_estimate(body: NewEstimate, today: date, by: str, tx: Transaction) -> EstimateView:
    """Price what is planned, keep it under a number of its own, and never change it; Invalid names every wrong field."""
    keys = Keys(body.client_id, body.therapist_id, body.site_id)
    known = await document_facts_queries.find_known(tx, keys)
    book = await _book(tx, body.services)
    wrong = [*_missing(known, keys), *_unpriceable(body.services, book, today)]
    match known:
        case Known(organization=Organization() as organization, provider=Provider() as provider, client=Client() as client) if not wrong:
            planned = await _price(tx, body, book)
        case _:
            raise Invalid(
                "no-estimate",
                " ".join(f"{each.message} {each.fix or ''}".strip() for each in wrong),
                wrong,
            )
    names = await document_facts_queries.names_of(tx, {line.code for visit in planned for line in visit.quote.lines})
    made = Estimate(
        number=await tx.scalar(select(NUMBERS.next_value())),
        client_id=body.client_id,
        issued_on=today,
        valid_until=good_faith.valid_until(today),
        created_at=tx.now,
        organization=organization,
        provider=provider,
        facility=known.facility,
        client=client,
        items=good_faith.items_of(planned, names),
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
    return estimate_view(row)


async def _book(db: ReadSession, services: Sequence[WantedService]) -> Book:
    ids = [service.service_id for service in services if service.service_id is not None]
    codes = [service.service_code for service in services if service.service_code is not None]
    return await replicas_queries.book_of(db, ids=ids, codes=codes)


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
    last = good_faith.valid_until(today)
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
        if service is not None and (unpriced := [day for day in days if pricing_visit.rate_on(service.rates, day) is None]):
            yield FieldError(field=field, code="no-rate-on-date", message=f"{service.service_code} has no rate on {unpriced[0]}.")


async def _price(db: ReadSession, body: NewEstimate, book: Book) -> list[Planned]:
    """Price every visit as the preview would, for a client without insurance."""
    visits = [(day, service, wanted.units) for wanted in body.services if (service := _service(wanted, book)) for day in wanted.days]
    policies = await coverages_queries.policies_of(db, [body.client_id], [])
    planned: list[Planned] = []
    for day, service, units in visits:
        rate = pricing_visit.rate_on(service.rates, day)
        terms = policies.terms(body.client_id, service.service_code, day, None, insured=False)
        last_claim = pricing_visit.Item(service.service_code, service, rate.amount if rate else Decimal(0), units)
        visit = Visit(items=(last_claim,), day=day, insured=False, terms=terms)
        planned.append(Planned(day=day, service_code=service.service_code, quote=pricing_visit.price(visit, book)))
    return planned


MOST_AT_ONCE: Final = 2

MOST_WAITING: Final = 50

LONGEST_S: Final = 10.0
"""From the request to the document, with the wait for those before it."""

LARGE: Final = 200_000

FORGETS_AFTER: Final = 11
"""Typst keeps what its last ten documents were made of; a large one, in bytes, would be kept far too long."""

TEMPLATES: Final = Path(__file__).parents[1] / "templates"


class PdfRenderer:
    """Renders documents as PDF, few at a time; the same facts always make the same bytes."""

    def __init__(self, size: PaperSize, fonts: Path | None) -> None:
        """Set up; threads start with the first document."""
        self._size = size
        self._fonts = typst.Fonts(include_system_fonts=False, font_paths=[fonts] if fonts else [])
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="renderer")
        self._waiting = 0

    async def render(self, document: Document) -> bytes:
        """Return the document as a PDF, or raise Unavailable when the renderer is too busy."""
        if self._waiting >= MOST_WAITING:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(LONGEST_S):
                return await asyncio.get_running_loop().run_in_executor(self._threads, self._compile, document)
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1

    def _compile(self, document: Document) -> bytes:
        facts = {**document.facts, "title": document.title, "paper": self._size.value, "made": document.made_at.date().isoformat()}
        printed = typst.compile(
            TEMPLATES / f"{document.template}.typ",
            root=TEMPLATES,
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={"facts": json.dumps(facts)},
            timestamp=int(document.made_at.timestamp()),
        )
        if len(printed) > LARGE:
            for _ in range(FORGETS_AFTER):
                typst.compile(b"", font_paths=self._fonts, ignore_system_fonts=True)
        return printed


def _busy() -> DomainError:
    return Unavailable("unavailable", f"The PDF was not made within {LONGEST_S:.0f} seconds; nothing was changed. Try again shortly.")
