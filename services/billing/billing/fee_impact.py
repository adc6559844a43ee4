"""What a change of a payer's fee would mean for the sessions that are booked already; nothing is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.database import ReadSession
from chassis.edge import View
from chassis.problems import refused
from contracts.types import Amount, Code, Day, Money, Whole
from pydantic import ConfigDict, Field
from sqlalchemy import Row, or_, select

from billing import domain, payers, replicas, terms_store
from billing.coverage import Coverage, Fee, Policies, folded
from billing.domain import Book, Item, Visit
from billing.pricing import ZERO
from billing.store import QuoteRow, Record
from billing.terms_store import CoverageRow

MOST_SESSIONS: Final = 5_000
MONTH: Final[dict[str, Any]] = {
    "month": "2026-07",
    "sessions": 4,
    "insurance_now": "508.00",
    "insurance_then": "548.00",
    "client_now": "100.00",
    "client_then": "100.00",
    "difference": "40.00",
}
AMOUNTS: Final = ("insurance_now", "insurance_then", "client_now", "client_then")


class FeeChange(View):
    """What payer and clients owe for booked sessions now, and what they would owe at another fee."""

    sessions: Whole
    insurance_now: Amount
    insurance_then: Amount
    client_now: Amount
    client_then: Amount
    difference: Money
    """What the clinic would get more, from both."""


class MonthOfFees(FeeChange):
    """The same for one month."""

    month: str


class FeeImpact(FeeChange):
    """The same for every booked session from the first day of the fee on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_code": "90837",
                    "credential": None,
                    "amount": "162.00",
                    "effective_from": "2026-07-01",
                    **{name: value for name, value in MONTH.items() if name != "month"},
                    "by_month": [MONTH],
                }
            ]
        }
    )

    service_code: Code
    credential: str | None
    amount: Amount
    effective_from: Day
    by_month: Annotated[list[MonthOfFees], Field(max_length=MOST_SESSIONS)]


async def fee_impact(db: ReadSession, payer_id: UUID, fee: payers.NewFee) -> FeeImpact:
    """Price the booked sessions of a payer's clients twice: at the fees as they are, and with this one among them."""
    await payers.find_payer(db, payer_id)
    quotes = await _booked(db, payer_id, fee)
    policies = await terms_store.policies_of(db, {quote.client_id for quote in quotes}, [fee.service_code])
    then = replace(policies, fees=_with(policies.fees, payer_id, fee))
    book = await replicas.book_of(db, codes=[fee.service_code])
    months: defaultdict[str, list[tuple[Decimal, ...]]] = defaultdict(list)
    for quote in quotes:
        before, after = (_visit(quote, book, known) for known in (policies, then))
        if _pays(before.terms.coverage, payer_id):
            now, new = domain.price(before, book), domain.price(after, book)
            months[f"{quote.service_date:%Y-%m}"].append((now.insurer, new.insurer, now.patient, new.patient))
    whole = _sums(amounts for found in months.values() for amounts in found)
    by_month = [MonthOfFees(month=month, **_sums(found)) for month, found in months.items()]
    named = dict(fee)
    named.pop("effective_to")
    return FeeImpact(**named, **whole, by_month=by_month)


async def _booked(db: ReadSession, payer_id: UUID, fee: payers.NewFee) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what of the quotes of booked sessions counts, of clients whom this payer covers on that day."""
    covered = (
        select(CoverageRow.id)
        .where(CoverageRow.client_id == QuoteRow.client_id, CoverageRow.payer_id == payer_id)
        .where(CoverageRow.effective_from <= QuoteRow.service_date)
        .where(or_(CoverageRow.effective_to.is_(None), CoverageRow.effective_to >= QuoteRow.service_date))
        .exists()
    )
    billed = select(Record.id).where(Record.session_id == QuoteRow.session_id, Record.client_id == QuoteRow.client_id).exists()
    query = select(
        QuoteRow.client_id, QuoteRow.service_code, QuoteRow.service_date, QuoteRow.therapist_credential, QuoteRow.total_amount
    ).where(
        QuoteRow.service_code == fee.service_code,
        QuoteRow.service_date >= fee.effective_from,
        ~QuoteRow.is_void,
        QuoteRow.insurance_applicable,
        covered,
        ~billed,
    )
    if fee.effective_to is not None:
        query = query.where(QuoteRow.service_date <= fee.effective_to)
    found = await db.rows(query.order_by(QuoteRow.service_date, QuoteRow.session_id).limit(MOST_SESSIONS + 1))
    if len(found) > MOST_SESSIONS:
        detail = f"More than {MOST_SESSIONS} sessions are booked in this period. Set effective_to to shorten it."
        raise refused("too-many-sessions", detail, field="effective_to")
    return found


def _with(
    fees: Mapping[tuple[UUID, Code], tuple[Fee, ...]], payer_id: UUID, new: payers.NewFee
) -> dict[tuple[UUID, Code], tuple[Fee, ...]]:
    """Return the fees with one more, which ends what is open before it and takes the place of what it overlaps."""
    key = (payer_id, new.service_code)
    others = [fee for fee in fees.get(key, ()) if folded(fee.credential) != folded(new.credential)]
    kept = [*others, *(left for fee in fees.get(key, ()) if fee not in others for left in _outside(fee, new))]
    return {**fees, key: (*kept, Fee(payer_id=payer_id, **dict(new)))}


def _outside(fee: Fee, new: payers.NewFee) -> Iterable[Fee]:
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
