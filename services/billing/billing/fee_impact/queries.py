"""What a change of a payer's fee would mean for the sessions that are booked already; nothing is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession
from chassis.errors import Invalid
from contracts.types import Code
from sqlalchemy import Row, or_, select

from billing.coverages import queries as coverages_queries
from billing.coverages.queries import COVERAGE
from billing.fee_impact.schemas import MOST_SESSIONS, FeeImpact, MonthOfFees
from billing.payers import queries as payers_queries
from billing.payers import schemas as payers_schemas
from billing.pricing import visit
from billing.pricing.amounts import ZERO
from billing.pricing.terms import Coverage, Fee, Policies, folded
from billing.pricing.visit import Book, Item, Visit
from billing.quotes.queries import QUOTE
from billing.records.queries import RECORD
from billing.replicas import queries as replicas_queries

AMOUNTS: Final = ("insurance_now", "insurance_then", "client_now", "client_then")


async def fee_impact(db: ReadSession, payer_id: UUID, fee: payers_schemas.NewFee) -> FeeImpact:
    """Price the booked sessions of a payer's clients twice: at the fees as they are, and with this one among them.

    NotFound without that payer, Invalid where more than ``MOST_SESSIONS`` are booked in the time of the fee.
    """
    await payers_queries.find_payer(db, payer_id)
    quotes = await _booked(db, payer_id, fee)
    policies = await coverages_queries.policies_of(db, {quote.client_id for quote in quotes}, [fee.service_code])
    then = replace(policies, fees=_with(policies.fees, payer_id, fee))
    book = await replicas_queries.book_of(db, codes=[fee.service_code])
    months: defaultdict[str, list[tuple[Decimal, ...]]] = defaultdict(list)
    for quote in quotes:
        before, after = (_visit(quote, book, known) for known in (policies, then))
        if _pays(before.terms.coverage, payer_id):
            now, new = visit.price(before, book), visit.price(after, book)
            months[f"{quote.service_date:%Y-%m}"].append((now.insurer, new.insurer, now.patient, new.patient))
    whole = _sums(amounts for found in months.values() for amounts in found)
    by_month = [MonthOfFees(month=month, **_sums(found)) for month, found in months.items()]
    named = dict(fee)
    named.pop("effective_to")
    return FeeImpact(**named, **whole, by_month=by_month)


async def _booked(db: ReadSession, payer_id: UUID, fee: payers_schemas.NewFee) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what of the quotes of booked sessions counts, of clients whom this payer covers on that day."""
    covered = (
        select(COVERAGE.c.id)
        .where(COVERAGE.c.client_id == QUOTE.c.client_id, COVERAGE.c.payer_id == payer_id)
        .where(COVERAGE.c.effective_from <= QUOTE.c.service_date)
        .where(or_(COVERAGE.c.effective_to.is_(None), COVERAGE.c.effective_to >= QUOTE.c.service_date))
        .exists()
    )
    billed = select(RECORD.c.id).where(RECORD.c.session_id == QUOTE.c.session_id, RECORD.c.client_id == QUOTE.c.client_id).exists()
    query = select(QUOTE.c.client_id, QUOTE.c.service_code, QUOTE.c.service_date, QUOTE.c.therapist_credential, QUOTE.c.total_amount).where(
        QUOTE.c.service_code == fee.service_code,
        QUOTE.c.service_date >= fee.effective_from,
        ~QUOTE.c.is_void,
        QUOTE.c.insurance_applicable,
        covered,
        ~billed,
    )
    if fee.effective_to is not None:
        query = query.where(QUOTE.c.service_date <= fee.effective_to)
    found = await db.rows(query.order_by(QUOTE.c.service_date, QUOTE.c.session_id).limit(MOST_SESSIONS + 1))
    if len(found) > MOST_SESSIONS:
        detail = f"More than {MOST_SESSIONS} sessions are booked in this period. Set effective_to to shorten it."
        raise Invalid("too-many-sessions", detail, field="effective_to")
    return found


def _with(
    fees: Mapping[tuple[UUID, Code], tuple[Fee, ...]], payer_id: UUID, new: payers_schemas.NewFee
) -> dict[tuple[UUID, Code], tuple[Fee, ...]]:
    """Return the fees with one more, which ends what is open before it and takes the place of what it overlaps."""
    key = (payer_id, new.service_code)
    others = [fee for fee in fees.get(key, ()) if folded(fee.credential) != folded(new.credential)]
    kept = [*others, *(left for fee in fees.get(key, ()) if fee not in others for left in _outside(fee, new))]
    return {**fees, key: (*kept, Fee(payer_id=payer_id, **dict(new)))}


def _outside(fee: Fee, new: payers_schemas.NewFee) -> Iterable[Fee]:
    if fee.effective_from < new.effective_from:
        last = new.effective_from - timedelta(days=1)
        yield replace(fee, effective_to=min(fee.effective_to or date.max, last))
    if new.effective_to is not None and (fee.effective_to is None or fee.effective_to > new.effective_to):
        yield replace(fee, effective_from=max(fee.effective_from, new.effective_to + timedelta(days=1)))


def _visit(quote: Row[*tuple[Any, ...]], book: Book, policies: Policies) -> Visit:
    terms = policies.terms(quote.client_id, [quote.service_code], quote.service_date, quote.therapist_credential, insured=True)
    item = Item(quote.service_code, book.find_code(quote.service_code), quote.total_amount)
    return Visit(items=(item,), day=quote.service_date, insured=True, terms=terms)


def _pays(coverage: Coverage | None, payer_id: UUID) -> bool:
    return coverage is not None and coverage.payer_id == payer_id


def _sums(amounts: Iterable[tuple[Decimal, ...]]) -> dict[str, Any]:
    found = list(amounts)
    sums = {name: sum((each[index] for each in found), ZERO) for index, name in enumerate(AMOUNTS)}
    more = sums["insurance_then"] + sums["client_then"] - sums["insurance_now"] - sums["client_now"]
    return {"sessions": len(found), **sums, "difference": more}
