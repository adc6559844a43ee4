"""A workbook of a million records and the reports of a month over a million records, as users get them: through the front."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg
from httpx import AsyncClient
from support.platform import Platform

from bench import processor
from bench.books import write_books
from bench.ratios import Ratios

EXPORT_MOST_S: Final = 90.0
REPORT_MOST_S: Final = 0.5
REPEATS: Final = 5
PATIENCE_S: Final = 600.0
LOOK_S: Final = 0.2
FLAT_MB: Final = 30.0
"""How much a process may grow while it writes a file of any length."""
EXPORTS: Final = ("/records/export.xlsx", "/records/export.csv")
REPORTS: Final = ("revenue", "daily-close", "variance", "adjustments", "unbilled", "denials", "aging")
MB: Final = 1_000_000
COUNT: Final = "SELECT count(*) FROM record"

Say = Callable[..., None]


async def measure(running: Platform, records: int, say: Say, ratios: Ratios) -> None:
    """Write the books, and measure and note each report and each export."""
    started = time.perf_counter()
    database = running.databases["billing"].rpartition("/")[2]
    superuser = f"{running.postgres.superuser_dsn.rpartition('/')[0]}/{database}"
    await write_books(superuser, records)
    say(f"books: {await _count(superuser):,} records of two years, written in {time.perf_counter() - started:.0f} s")
    async with AsyncClient(base_url=f"{running.url}/api/billing", timeout=PATIENCE_S) as http:
        for name in REPORTS:
            await _report(http, name, say, ratios)
        for path in EXPORTS:
            await _export(running, http, path, records, say, ratios)


async def _count(address: str) -> int:
    connection = await asyncpg.connect(address)
    try:
        return int(await connection.fetchval(COUNT))
    finally:
        await connection.close()


async def _report(http: AsyncClient, name: str, say: Say, ratios: Ratios) -> None:
    today = datetime.now(UTC).date()
    month = {"from": str(today - timedelta(days=60)), "to": str(today - timedelta(days=30))}
    times: list[float] = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        (await http.get(f"/reports/{name}", params=month)).raise_for_status()
        times.append(time.perf_counter() - started)
    seconds = statistics.median(times)
    mark = f"   over {REPORT_MOST_S:g}" if seconds > REPORT_MOST_S else ""
    say(f"{name + ' of a month:':26} {seconds:6.2f} s, least {min(times):.2f}{mark}")
    ratios.of[f"{REPORT_MOST_S:g} s, of {name} of a month"] = REPORT_MOST_S / seconds
    ratios.figures[f"{name} of a month, s"] = seconds


async def _export(running: Platform, http: AsyncClient, path: str, records: int, say: Say, ratios: Ratios) -> None:
    """Read an export to its end without keeping it, and watch the memory of the service."""
    process = running.servers["billing"].pid
    before, worked, started, size = processor.resident_mb(process), processor.seconds_of(process), time.perf_counter(), 0
    most = before
    looked = started
    async with http.stream("GET", path) as answer:
        answer.raise_for_status()
        async for chunk in answer.aiter_raw():
            size += len(chunk)
            if time.perf_counter() - looked > LOOK_S:
                looked, most = time.perf_counter(), max(most, processor.resident_mb(process))
    seconds, worked = time.perf_counter() - started, processor.seconds_of(process) - worked
    marks = (f"   over {EXPORT_MOST_S:g}" if seconds > EXPORT_MOST_S else "") + (
        f"   not flat (over {FLAT_MB:g})" if most - before > FLAT_MB else ""
    )
    say(
        f"{path + ':':26} {seconds:6.1f} s, {records / seconds:7.0f} rows/s, {size / MB:.0f} MB, "
        f"{worked:.1f} s of the service's processor; "
        f"its memory grew by {most - before:.1f} MB{marks}"
    )
    ratios.of[f"{EXPORT_MOST_S:g} s, of {path} of {records:,} rows"] = EXPORT_MOST_S / seconds
    ratios.figures[f"{path} of {records:,} rows, s"] = seconds
    ratios.figures[f"{path} of {records:,} rows, s of processor"] = worked
    ratios.figures[f"{path} of {records:,} rows, MB grown"] = most - before
