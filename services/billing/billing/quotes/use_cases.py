"""Keeps, takes back and deletes quotes."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from contracts.scheduling import PromisedFact, SessionFact
from contracts.types import ClientId
from sqlalchemy import delete, select, tuple_

from billing.coverages import queries as coverages_queries
from billing.ledger import bill
from billing.pricing import visit as pricing_visit
from billing.pricing.amounts import ZERO
from billing.pricing.visit import Item, Visit
from billing.quotes import tables
from billing.quotes.tables import QUOTES_KEPT, QuoteRow, put_quotes
from billing.replicas import queries as replicas_queries

FORGET_AT_ONCE: Final = 2_000


async def void_quotes(tx: Transaction, gone: Sequence[tuple[SessionFact, ClientId, date]]) -> None:
    """Take back the quotes of sessions that do not take place."""
    nothing = dict.fromkeys(("total_amount", "contractual_adjustment", "other_adjustment", "patient_amount", "insurance_amount"), ZERO)
    rows: list[dict[str, Any]] = [
        {
            "session_id": fact.session_id,
            "client_id": client_id,
            "service_code": fact.service_code,
            "service_date": day,
            **nothing,
            "insurance_applicable": False,
            "therapist_credential": None,
            "flags": [],
            "is_void": True,
            "session_version": fact.version,
            "quoted_at": tx.now,
        }
        for fact, client_id, day in sorted(gone, key=lambda each: (each[0].session_id, each[1], each[0].version))
    ]
    await put_quotes(tx, rows)


async def forget_quotes(tx: Transaction) -> int:
    """Delete quotes of sessions that took place, or did not, long ago; return how many. Their records stay."""
    old = select(QuoteRow.session_id, QuoteRow.client_id).where(QuoteRow.service_date < (tx.now - QUOTES_KEPT).date()).limit(FORGET_AT_ONCE)
    return await tx.execute(delete(QuoteRow).where(tuple_(QuoteRow.session_id, QuoteRow.client_id).in_(old)))


async def quote_sessions(facts: Sequence[PromisedFact], zone: ZoneInfo, tx: Transaction) -> None:
    """Keep what each client was quoted when the session was booked or moved, by the function that will make the record."""
    priced = [fact for fact in facts if fact.rate_per_unit is not None]
    book = await replicas_queries.book_of(tx, ids={fact.service_id for fact in priced})
    clients = {client for fact in priced for client in bill.billed_clients(fact, book.find(fact.service_id))}
    policies = await coverages_queries.policies_of(tx, clients, {fact.service_code for fact in priced})
    zones = await replicas_queries.zones_of(tx, {fact.site_id for fact in priced})
    quotes = []
    for fact in priced:
        day = fact.starts_at.astimezone(zones.get(fact.site_id, zone)).date()
        for client in bill.billed_clients(fact, book.find(fact.service_id)):
            terms = policies.terms(client, [fact.service_code], day, fact.therapist_credential, insured=fact.insurance_applicable)
            item = Item(fact.service_code, book.find(fact.service_id), fact.rate_per_unit or ZERO)
            visit = Visit(items=(item,), day=day, insured=fact.insurance_applicable, terms=terms)
            quotes.append((fact, client, day, pricing_visit.price(visit, book)))
    await tables.add_quotes(tx, quotes)
