"""Whatever happened to the money: every report ties to the ledger to the cent, and one as of a day comes out the same later."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from back_office import services
from billing.replicas import use_cases
from billing.reports.queries import Report
from billing.reports.scope import GroupBy
from billing.settings import Settings
from chassis.data.database import Database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_history import LATEST_DEPOSIT, ZONE, History, Step
from pydantic import SecretStr
from testing import MakeDatabase
from testing.properties import examples, phases

kinds = st.sampled_from(
    [
        "bill",
        "bill",
        "bill",
        "pay",
        "pay",
        "pay",
        "adjust",
        "write off",
        "refund",
        "void",
        "replace",
        "move credit",
        "reverse",
        "reverse",
        "claim",
        "denial",
    ]
)
steps = st.lists(st.builds(Step, kinds, st.integers(0, 100), st.integers(1, 20_000), st.integers(0, 400)), min_size=1, max_size=14)
in_the_same_books = settings(max_examples=examples(25), phases=phases(), suppress_health_check=list(HealthCheck))


@pytest.fixture
async def books(make_database: MakeDatabase) -> AsyncIterator[Database]:
    """Billing's database, which knows every service."""
    database = Database(Settings(database_url=SecretStr(await make_database("billing")), broker_url=SecretStr("amqp://nowhere")))
    try:
        async with database.transaction() as tx:
            await use_cases.replicate_services(list(services().values()), tx)
        yield database
    finally:
        await database.close()


def accounts(entries: Iterable[Any]) -> dict[str, Decimal]:
    """Sum entries by account."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        sums[entry.account] += entry.amount
    return sums


def amount(report: Report, name: str) -> Decimal:
    """Return a total or a figure as a number."""
    return Decimal(str((report.totals | report.figures)[name]))


@in_the_same_books
@given(before=steps, after=steps)
async def test_every_report_ties_to_the_ledger_and_comes_out_the_same_later(books: Database, before: list[Step], after: list[Step]) -> None:
    reported = History(books)
    await reported.begin()
    await reported.live(before)
    day = reported.today
    scope = reported.scope(day)
    entries = await reported.posted(scope.posted_before)
    at = accounts(entries)
    owed = at["patient_ar"] + at["payer_ar"]

    for group in GroupBy:
        aging = await reported.ask("aging", reported.scope(day, group))
        assert (amount(aging, "total"), amount(aging, "owed_by_client")) == (owed, at["patient_ar"])
        buckets = ("0-30", "31-60", "61-90", "91-120", "over 120")
        assert sum(amount(aging, bucket) for bucket in buckets) == owed
        revenue = await reported.ask("revenue", reported.scope(day, group))
        assert amount(revenue, "charged") == -at["revenue"]
        assert amount(revenue, "received") == at["cash"]
        assert amount(revenue, "outstanding") == owed
        parts = ("contractual_adjustment", "discounted", "written_off", "received", "outstanding")
        assert amount(revenue, "charged") + amount(revenue, "unapplied_credit") == sum(amount(revenue, part) for part in parts)

    adjustments = await reported.ask("adjustments", scope)
    assert amount(adjustments, "amount") == at["contractual_adj"] + at["discount"] + at["bad_debt"]
    closes = (("daily-close", replace(scope, until=day + timedelta(days=LATEST_DEPOSIT))), ("daily-close by posting", scope))
    for name, requested in closes:
        close = await reported.ask(name, requested)
        assert amount(close, "received") == at["cash"]
        assert close.figures["cash_in_till"] == f"{sum(e.amount for e in entries if e.account == 'cash' and e.method == 'cash'):.2f}"
        assert (close.figures["opening_receivables"], close.figures["closing_receivables"]) == ("0.00", f"{owed:.2f}")
        assert close.rows[-1]["receivables_after"] == f"{owed:.2f}"
    variance = await reported.ask("variance", scope)
    paid = amount(variance, "paid_by_client") + amount(variance, "paid_by_payer")
    assert paid == at["cash"]

    reported.now += timedelta(days=1)
    names = ("aging", "revenue", "adjustments", "denials", "daily-close", "daily-close by posting", "unbilled", "variance")
    answers = {name: await reported.ask(name, scope) for name in names}
    await reported.live(after)
    assert {name: await reported.ask(name, scope) for name in names} == answers
    assert await reported.contradictions() == set()


@in_the_same_books
@given(steps, st.integers(0, 40))
async def test_the_days_of_a_close_tie_to_each_other_and_to_what_is_owed(books: Database, lived: list[Step], ago: int) -> None:
    reported = History(books)
    await reported.begin()
    await reported.live(lived)
    middle = reported.today - timedelta(days=ago)
    following = middle + timedelta(days=1)
    early = await reported.ask("daily-close by posting", reported.scope(middle))
    late = await reported.ask("daily-close by posting", replace(reported.scope(reported.today), since=following))
    assert early.figures["closing_receivables"] == late.figures["opening_receivables"]
    for report, as_of in ((early, middle), (late, reported.today)):
        aging = await reported.ask("aging", reported.scope(as_of))
        assert report.figures["closing_receivables"] == aging.totals["total"]
        assert amount(report, "opening_receivables") + amount(report, "receivables") == amount(report, "closing_receivables")


@in_the_same_books
@given(steps, st.integers(-LATEST_DEPOSIT, 40))
async def test_the_days_of_deposit_tie_to_each_other_and_to_what_is_owed(books: Database, lived: list[Step], ago: int) -> None:
    reported = History(books)
    await reported.begin()
    await reported.live(lived)
    middle, scope = reported.today - timedelta(days=ago), reported.scope(reported.today)
    last = reported.today + timedelta(days=LATEST_DEPOSIT)
    early = await reported.ask("daily-close", replace(scope, until=middle))
    late = await reported.ask("daily-close", replace(scope, since=middle + timedelta(days=1), until=max(last, middle + timedelta(days=1))))
    entries = await reported.posted(scope.posted_before)
    banked = [(e.deposit_date or e.posted_at.astimezone(ZONE).date(), e.amount) for e in entries if e.account == "cash"]
    assert amount(early, "received") == sum(moved for day, moved in banked if day <= middle)
    assert amount(late, "received") == sum(moved for day, moved in banked if day > middle)
    for report in (early, late):
        assert amount(report, "opening_receivables") + amount(report, "receivables") == amount(report, "closing_receivables")
    assert (early.figures["opening_receivables"], early.figures["closing_receivables"]) == ("0.00", late.figures["opening_receivables"])
    assert late.figures["closing_receivables"] == (await reported.ask("aging", scope)).totals["total"]
