"""What pricing and reports take: a visit's price, and reports and an export over a million records."""

import json
import resource
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

import asyncpg
from billing.pricing import visit as pricing_visit
from billing.pricing.amounts import Plan
from billing.pricing.terms import Coverage, Mode, Terms
from billing.pricing.visit import Book, Item, Visit
from contracts.catalog import ServiceChanged
from contracts.types import ClientId, new_id
from httpx import AsyncClient
from servers import Postgres
from support.repository import ROOT
from testing.databases import Databases
from testing.running import build, on_a_socket

from bench.books import write_books
from bench.ratios import Ratios

SAMPLE: Final = ROOT / "shared" / "contracts" / "contracts" / "samples" / "catalog.service_changed.v1.json"
PRICES: Final = 2_000
REPEATS: Final = 3
FLOOR: Final = "SELECT account, count(*), sum(amount) FROM ledger_entry WHERE amount <> 0 GROUP BY account"
"""Reads every entry once and adds it up: no report can do with less, unless it need not read them all."""
PATIENCE_S: Final = 120
MIB: Final = 1024


def pricing_seconds() -> float:
    """Return what the price of an insured visit takes: its code, an add-on, a contract, a plan with every rule."""
    service = ServiceChanged.model_validate_json(json.dumps(json.loads(SAMPLE.read_bytes())["data"]))
    plan = Plan(copay=Decimal(25), coinsurance_percent=Decimal(20), deductible_remaining=Decimal(60), out_of_pocket_remaining=Decimal(500))
    day, client = date(2026, 3, 2), ClientId(new_id())
    coverage = Coverage(
        id=new_id(), client_id=client, payer_id=new_id(), payer_name="Payer", mode=Mode.IN_NETWORK, plan=plan, as_of=day,
        visits_authorized=None, effective_from=day, effective_to=None,
    )  # fmt: skip
    terms = Terms(coverage, plan, {service.service_code: Decimal(152)})
    items = (Item(service.service_code, service, Decimal(185)), Item("90785", None, Decimal(20)))
    visit, book = Visit(items=items, day=day, insured=True, terms=terms), Book((service,))
    times: list[float] = []
    for _ in range(PRICES):
        started = time.perf_counter()
        pricing_visit.price(visit, book)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


async def measure(server: Postgres, commits_per_second: float, records: int, say: Callable[..., None], ratios: Ratios) -> None:
    """Measure and print, and note the ratios."""
    took = pricing_seconds()
    ratios.of["a durable commit, of pricing a visit"] = 1 / (took * commits_per_second)
    say(f"pricing a visit:      {took * 1e6:7.0f} microseconds, {took * commits_per_second:5.2f} of a durable commit")
    url = await Databases(server).make("billing")
    started = time.perf_counter()
    await write_books(f"{server.superuser_dsn.rpartition('/')[0]}/{url.rpartition('/')[2]}", records)
    say(f"books: {records} records of two years, written in {time.perf_counter() - started:.0f} s")
    floor = await _median(lambda: _add_up(url))
    say(f"floor: {floor:6.2f} s to add up every entry of the ledger")
    app = build("billing", database_url=url, broker_url="amqp://nowhere", role="api", log_level="ERROR")
    async with on_a_socket(app) as (billing, _):
        billing.timeout = PATIENCE_S
        for path, params in _questions():
            seconds = await _median(lambda path=path, params=params: _ask(billing, path, params))
            say(f"{path:24} {params.get('group_by', ''):13} {seconds:6.2f} s, {seconds / floor:5.2f} of the floor")
            ratios.of[f"the floor, of {path} {params.get('group_by', '')}".rstrip()] = floor / seconds
        await _export(billing, "/records/export.csv", {}, say)
        await _export(billing, "/records/export.xlsx", _last_month(), say)


def _last_month() -> dict[str, str]:
    today = datetime.now(UTC).date()
    return {"from": str(today - timedelta(days=60)), "to": str(today - timedelta(days=30))}


def _questions() -> list[tuple[str, dict[str, str]]]:
    month = _last_month()
    groups = [{"group_by": group} for group in ("service_code", "therapist", "payer", "site")]
    revenue = [("/reports/revenue", month | group) for group in groups]
    others = ("daily-close", "adjustments", "denials", "unbilled", "reconciliation")
    return [*revenue, ("/reports/aging", {}), *((f"/reports/{name}", {} if name == "reconciliation" else month) for name in others)]


async def _median(action: Callable[[], Awaitable[None]]) -> float:
    times: list[float] = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        await action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


async def _ask(billing: AsyncClient, path: str, params: dict[str, str]) -> None:
    (await billing.get(path, params=params)).raise_for_status()


async def _add_up(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.fetch(FLOOR)
    finally:
        await connection.close()


async def _export(billing: AsyncClient, path: str, params: dict[str, str], say: Callable[..., None]) -> None:
    """Read an export to its end without keeping it, and state how much the process has grown."""
    before, started, size = _peak_mib(), time.perf_counter(), 0
    async with billing.stream("GET", path, params=params) as answer:
        answer.raise_for_status()
        async for chunk in answer.aiter_raw():
            size += len(chunk)
    grown = _peak_mib() - before
    say(f"{path:24} {time.perf_counter() - started:6.0f} s, {size / MIB / MIB:.0f} MiB; the process grew by {grown:.0f} MiB")


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
