"""All records as a sheet: every column, streamed in flat memory, and nobody reads on for a client who has gone away."""

import asyncio
import csv
import io
import json
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from back_office import Clinic, complete, services
from billing.records import use_cases
from billing.records.tables import RecordRow
from billing.settings import Settings
from chassis.data.database import Database
from chassis.files import writer
from chassis.files.cells import lines
from chassis.files.columns import Row
from chassis.http import large_files
from fastapi import FastAPI
from openpyxl import load_workbook
from pydantic import SecretStr
from starlette.types import Message
from testing import MakeDatabase, Serve, until
from testing.running import build

MANY: Final = 16_000
MIB: Final = 1024 * 1024
FLAT: Final = 6 * MIB
"""Far less than so many records take; a batch and its text take some 2 MiB."""
OF_ITS_OWN: Final = ("id", "session_id")
SAME: Final = ", ".join(column.name for column in RecordRow.__table__.columns if column.name not in OF_ITS_OWN)
COPIES: Final = f"""
    INSERT INTO record (id, session_id, {SAME})
    SELECT gen_random_uuid(), gen_random_uuid(), {SAME} FROM record, generate_series(1, $1)
"""  # noqa: S608 (our own columns)
BUSY: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'holdfast-billing-reader' AND state <> 'idle' AND query LIKE '%FROM record%'
"""


@dataclass
class Caller:
    """A client that calls an app as a server would, counts what comes, and may disconnect."""

    app: FastAPI
    hangs_up_after: int | None = None
    asked: bool = False
    received: int = 0
    chunks: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    reads_on: asyncio.Event | None = None
    """Takes nothing of the body before this is set."""
    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    last: bytes = b""

    async def get(self, path: str) -> None:
        """Ask."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "headers": [(b"host", b"test")],
            "client": ("test", 1),
            "server": ("test", 80),
        }
        await self.app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        if message["type"] == "http.response.body":
            self.received += len(message.get("body", b""))
            self.chunks += 1
            self.last = message.get("body", b"") or self.last
            if self.reads_on is not None:
                await self.reads_on.wait()
            if self.hangs_up_after is not None and self.chunks >= self.hangs_up_after:
                self.gone.set()
                await asyncio.Event().wait()  # nobody reads any more


@pytest.fixture
def records() -> int:
    """Return how many records the archive has."""
    return MANY


@pytest.fixture
async def archive(make_database: MakeDatabase, records: int) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """Make a database of many records, all like one that billing made."""
    url = await make_database("billing")
    database = Database(Settings(database_url=SecretStr(url), broker_url=SecretStr("amqp://nowhere")))
    async with database.transaction() as tx:
        await use_cases.bill_sessions([complete(services()["90837"])], ZoneInfo("America/New_York"), tx)
    await database.close()
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(COPIES, records)
    yield url, connection
    await connection.close()


@pytest.fixture
async def app(archive: tuple[str, asyncpg.Connection], broker_url: str, serve: Serve) -> FastAPI:
    """Run billing on it."""
    app = build("billing", database_url=archive[0], broker_url=broker_url, log_level="WARNING", role="api")
    await serve(app)
    return app


@pytest.mark.parametrize(
    ("path", "records", "bytes_each", "unpacked"), [("/records/export.csv", MANY, 300, 1), ("/records/export.xlsx", MANY // 2, 30, 30)]
)
async def test_memory_stays_flat_however_many_records_are_exported(
    app: FastAPI, path: str, records: int, bytes_each: int, unpacked: int
) -> None:
    """A workbook is packed: each byte of it stands for thirty or more."""
    await Caller(app).get("/records")  # whatever is made once is there by now
    caller = Caller(app)
    tracemalloc.start()
    try:
        await caller.get(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caller.received > bytes_each * records, "so much was sent"
    assert peak < FLAT < caller.received * unpacked


async def test_the_query_ends_when_the_client_goes_away(app: FastAPI, archive: tuple[str, asyncpg.Connection]) -> None:
    caller = Caller(app, hangs_up_after=2)
    await caller.get("/records/export.csv")
    assert caller.chunks == 2

    async def nobody_reads() -> bool:
        return await archive[1].fetchval(BUSY) == 0

    await until(nobody_reads)
    whole = Caller(app)
    await whole.get("/records/export.csv")
    assert whole.received > caller.received


@pytest.mark.parametrize("records", [600])
async def test_files_are_written_by_one_thread_and_one_too_many_is_refused_until_there_is_a_place(
    app: FastAPI, records: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote: set[int] = set()

    def written_by(rows: Iterable[Row]) -> str:
        wrote.add(threading.get_ident())
        return lines(rows)

    monkeypatch.setattr(writer, "lines", written_by)
    monkeypatch.setattr(large_files, "LONGEST_WAIT_S", 0.05)
    read_on = asyncio.Event()
    callers = [Caller(app, reads_on=read_on) for _ in range(large_files.MOST_AT_ONCE)]
    async with asyncio.TaskGroup() as group:
        for caller in callers:
            group.create_task(caller.get("/records/export.csv"))

        async def all_have_begun() -> bool:
            return all(caller.chunks for caller in callers)

        await until(all_have_begun)
        refused = Caller(app)
        await refused.get("/records/export.xlsx")
        report = Caller(app)
        await report.get("/records")
        read_on.set()
    assert (refused.status, refused.headers[b"retry-after"], report.status) == (503, b"30", 200)
    assert json.loads(refused.last)["type"] == "/problems/too-many-files"
    assert len({caller.received for caller in callers}) == 1
    assert len(wrote - {threading.get_ident()}) == 1, "apart from the first and the last line"
    allowed = Caller(app)
    await allowed.get("/records/export.xlsx")
    assert (allowed.status, records < allowed.received) == (200, True)


async def test_one_report_too_many_is_refused_and_other_reads_are_answered(
    app: FastAPI, archive: tuple[str, asyncpg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_files, "LONGEST_WAIT_S", 0.05)
    writes = archive[1].transaction()
    await writes.start()
    await archive[1].execute("LOCK TABLE ledger_entry")
    reports = [Caller(app) for _ in range(large_files.MOST_AT_ONCE)]
    async with asyncio.TaskGroup() as group:
        for each in reports:
            group.create_task(each.get("/reports/aging"))

        async def all_wait() -> bool:
            return await archive[1].fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") == len(reports)

        await until(all_wait)
        refused, read = Caller(app), Caller(app)
        await refused.get("/reports/aging")
        await read.get("/payers")
        await writes.rollback()
    assert (refused.status, json.loads(refused.last)["type"], read.status) == (503, "/problems/too-many-reports", 200)
    assert {each.status for each in reports} == {200}


async def test_an_export_has_every_column_of_the_records_that_fit(clinic: Clinic) -> None:
    await clinic.bill("90834")
    record = await clinic.bill("90837+90834" if "90837+90834" in clinic.catalog else "90834+90837", insurance_applicable=True)
    requested = {"client_id": record["client_id"], "from": record["service_date"], "to": record["service_date"]}
    put = await clinic.billing.put(f"/records/{record['id']}/diagnoses", json={"diagnoses": ["F41.1", "F33.0"]})
    assert put.status_code == 200, put.text
    answer = await clinic.billing.get("/records/export.csv", params=requested)
    assert answer.headers["content-disposition"] == 'attachment; filename="records.csv"'
    [row] = csv.DictReader(io.StringIO(answer.text))
    columns = [column.name for column in RecordRow.__table__.columns]
    columns.insert(columns.index("modality") + 1, "telehealth")
    assert list(row) == columns
    assert (row["modality"], row["telehealth"], row["diagnoses"]) == ("in_person", "false", "F41.1 F33.0")
    assert (row["id"], row["total_amount"], row["flags"]) == (record["id"], "325.00", " ".join(flag["code"] for flag in record["flags"]))
    assert (row["created_at"][-1], row["insurance_applicable"]) == ("Z", "true")
    answer = await clinic.billing.get("/records/export.xlsx", params=requested)
    [header, cells] = load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    typed = dict(zip(header, cells, strict=True))
    assert (typed["id"], typed["total_amount"], typed["insurance_applicable"]) == (record["id"], 325, True)
    assert str(typed["service_date"]).startswith(record["service_date"])
