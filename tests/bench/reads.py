"""Every list and read of every service over HTTP at several sizes of the network, next to the statements that it sends to the database."""

import asyncio
import json
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg
from fastapi import FastAPI
from httpx import AsyncClient
from local.services import create_databases, migrate
from servers import Postgres, postgres, rabbitmq
from servers.rights import SERVICES
from support.network_rows import write_network
from support.platform import Platform, platform
from support.read_requests import MISSING, READS, Ask, Kind, forgotten, values_of
from testing.running import build, running
from testing.statements import Statement, pages_of, plan_of, statements_of

from bench.http_client import Connection

SIZES: Final = (10_000, 100_000, 1_000_000)
REPEATS: Final = {Kind.READ: 25, Kind.REPORT: 5, Kind.PAPER: 3, Kind.WHOLE: 2}
WARM: Final = 3
BARE_REPEATS: Final = 5
NOT_FOUND: Final = 404
ERRORS: Final = 400
LOADING: Final = {
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_senders": "0",
    "max_wal_size": "16GB",
    "shared_buffers": "1GB",
    "wal_level": "minimal",
}
"""Settings of the server while a network is written: what a crash would lose is written again."""

Say = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one request took at one size."""

    p50_ms: float
    least_ms: float
    status: int
    bare_ms: float
    """All of its statements, run one after the other by a bare driver: the least of a few runs."""
    statements: int
    pages: int
    """That these statements touch."""


@dataclass(slots=True)
class Row:
    """What one request took at every size."""

    service: str
    ask: Ask
    at: dict[int, Measured] = field(default_factory=dict[int, Measured])

    @property
    def growth(self) -> float:
        """How much longer it takes in the largest network than in the smallest."""
        return self.at[max(self.at)].least_ms / self.at[min(self.at)].least_ms

    @property
    def is_over(self) -> bool:
        """Whether it takes longer in the largest network than it may."""
        return self.ask.most_ms is not None and self.at[max(self.at)].p50_ms > self.ask.most_ms


def write(folder: Path, bookings: int, say: Say) -> None:
    """Write a network of so many bookings into a folder, unless it has been written there."""
    done = folder / "written"
    if done.exists():
        say(f"{bookings:,} bookings are in {folder} already")
        return
    shutil.rmtree(folder, ignore_errors=True)
    started = time.perf_counter()
    with postgres(folder / "postgres", durable=False, settings=LOADING) as database:
        databases = create_databases(database, folder / "platform")
        migrate(databases, folder / "platform")
        asyncio.run(_write(database, databases, bookings, say))
    os.sync()
    done.touch()
    say(f"{bookings:,} bookings written into {folder} in {time.perf_counter() - started:.0f} s")


async def _write(server: Postgres, databases: Mapping[str, str], bookings: int, say: Say) -> None:
    """Write every service's part at the same time."""

    async def part(service: str) -> None:
        started = time.perf_counter()
        dsn = f"{server.superuser_dsn.rpartition('/')[0]}/{databases[service].rpartition('/')[2]}"
        await write_network(dsn, service, bookings)
        say(f"  {service}: {time.perf_counter() - started:.0f} s")

    await asyncio.gather(*map(part, SERVICES))


@contextmanager
def network(folder: Path, broker_folder: Path) -> Iterator[Platform]:
    """Run a platform on the databases that were written into a folder, with a new broker."""
    with (
        postgres(folder / "postgres", durable=True) as database,
        rabbitmq(broker_folder) as broker,
        platform(folder / "platform", database, broker) as found,
    ):
        yield found


def measure(folder: Path, keep: Path | None, sizes: Sequence[int], only: str, report: Path, say: Say) -> bool:
    """Measure at every size, print a table and write it as JSON; return whether every route was called and answered.

    Networks that are not kept are in ``folder``, which is temporary.
    """
    rows = [Row(service, ask) for service, asks in READS.items() for ask in asks if ask.kind is not Kind.LIVE and only in ask.name]
    wrong = [f"{service}: {each}" for service in SERVICES for each in forgotten(service, _app(service).openapi())]
    for each in wrong:
        say(each)
    loads: list[float] = []
    for bookings in sizes:
        written = (keep or folder) / str(bookings)
        write(written, bookings, say)
        with network(written, folder / f"rabbitmq-{bookings}") as found:
            loads.append(os.getloadavg()[0])
            say()
            say(f"{bookings:,} bookings, load of the machine {loads[-1]:.1f}; milliseconds")
            say(f"{'':75} {'p50':>9} {'least':>9} {'bare':>9} {'pages':>8}")
            for service in SERVICES:
                wrong += asyncio.run(_measure(found, service, [row for row in rows if row.service == service], bookings, say))
    if len(sizes) > 1:
        _print(rows, sizes, loads, say)
    over = [row for row in rows if row.is_over]
    say()
    say(f"{len(rows)} requests, {len(over)} over their limit at {max(sizes):,} bookings, {len(wrong)} not answered or not asked")
    report.write_text(json.dumps(_reported(rows, sizes, loads), indent=1))
    say(f"written to {report}")
    return not wrong


def _app(service: str, database_url: str = "postgresql+asyncpg://nobody@nowhere/none", broker_url: str = "amqp://nowhere") -> FastAPI:
    return build(service, database_url=database_url, broker_url=broker_url, role="api", log_level="ERROR")


async def _measure(found: Platform, service: str, rows: Sequence[Row], bookings: int, say: Say) -> list[str]:
    """Measure these requests one after the other; return what was not answered."""
    env, url = found.services[service].env, found.services[service].url
    app = _app(service, found.databases[service], env["HOLDFAST_BROKER_URL"])
    database = await asyncpg.connect(found.databases[service].replace("+asyncpg", ""), server_settings={"jit": "off"})
    values = await values_of(database, service)
    http = Connection(url)
    wrong: list[str] = []
    async with running(app) as inside:
        for row in rows:
            sent = await _statements(inside, app, row.ask, values)
            bare, pages = await _bare(database, sent)
            times, status, body = await _over_http(http, row.ask, values)
            row.at[bookings] = measured = Measured(statistics.median(times), min(times), status, bare, len(sent), pages)
            mark = f" over {row.ask.most_ms:g}" if row.is_over else ""
            if status >= ERRORS and not (status == NOT_FOUND and row.ask.route in MISSING):
                mark = f" answers {status}"
                wrong.append(f"{service} {row.ask.name} answers {status}: {body[:500].decode(errors='replace')}")
                say(wrong[-1])
            figures = f"{measured.p50_ms:9.1f} {measured.least_ms:9.1f} {bare:9.1f} {pages:8}"
            say(f"{service:10} {row.ask.name[:64]:64} {figures}{mark}")
    http.close()
    await database.close()
    return wrong


async def _over_http(http: Connection, ask: Ask, values: dict[str, str]) -> tuple[list[float], int, bytes]:
    """Ask again and again; return how many milliseconds each answer took, and the last status and body."""
    times: list[float] = []
    status, body = 0, b""
    path, content = ask.path(values), ask.content(values)
    for number in range(WARM + REPEATS[ask.kind] if ask.kind is Kind.READ else REPEATS[ask.kind]):
        started = time.perf_counter()
        status, body = await http.ask(ask.method, path, content)
        if number >= WARM or ask.kind is not Kind.READ:
            times.append((time.perf_counter() - started) * 1000)
    return times, status, body


async def _statements(inside: AsyncClient, app: FastAPI, ask: Ask, values: dict[str, str]) -> list[Statement]:
    with statements_of(app.state.database) as sent:
        await inside.request(ask.method, ask.path(values), json=ask.content(values))
    return list(sent)


async def _bare(database: asyncpg.Connection, sent: Sequence[Statement]) -> tuple[float, int]:
    """Run statements by themselves; return the milliseconds of the quickest run, and the pages they touch."""
    times: list[float] = []
    for _ in range(BARE_REPEATS):
        started = time.perf_counter()
        for sql, parameters in sent:
            await database.fetch(sql, *parameters)
        times.append((time.perf_counter() - started) * 1000)
    pages = [pages_of(await plan_of(database, statement, analyze=True)) for statement in sent]
    return min(times), sum(pages)


def _print(rows: Sequence[Row], sizes: Sequence[int], loads: Sequence[float], say: Say) -> None:
    say()
    say(f"load of the machine at each size: {', '.join(f'{load:.1f}' for load in loads)}")
    say("milliseconds over HTTP (p50); at the largest size: least, bare statements, their pages, times the smallest size")
    heads = [f"{size:>10,}" for size in sizes]
    say(f"{'':11}{'':70} {' '.join(heads)} {'least':>8} {'bare':>8} {'pages':>7} {'x':>5}")
    for row in rows:
        last = row.at[max(sizes)]
        times = " ".join(f"{row.at[size].p50_ms:10.1f}" for size in sizes)
        mark = f" over {row.ask.most_ms:g}" if row.is_over else ""
        figures = f"{last.least_ms:8.1f} {last.bare_ms:8.1f} {last.pages:7} {row.growth:5.1f}"
        say(f"{row.service:11}{row.ask.name[:70]:70} {times} {figures}{mark}")


def _reported(rows: Sequence[Row], sizes: Sequence[int], loads: Sequence[float]) -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(),
        "cores": os.cpu_count(),
        "load": dict(zip(map(str, sizes), loads, strict=True)),
        "requests": [
            {
                "service": row.service,
                "request": row.ask.name,
                "kind": row.ask.kind.value,
                "limit_ms": row.ask.most_ms,
                "growth": round(row.growth, 2),
                "at": {str(size): asdict(measured) for size, measured in row.at.items()},
            }
            for row in rows
        ],
    }
