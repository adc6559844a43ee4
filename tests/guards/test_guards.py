"""Each guard of the architecture page, tried directly on two connections: the slower writer waits, and is refused by name."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest
from servers import Postgres
from support.repository import ROOT
from testing import MakeDatabase, until

Values = Mapping[str, Any]

ONE: Final = UUID(int=1)
TWO: Final = UUID(int=2)
NOON: Final = datetime(2027, 3, 1, 12, tzinfo=UTC)
MONDAY: Final = date(2027, 3, 1)

COLUMNS: Final = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'
"""
WAITING: Final = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'"
PLAIN: Final[dict[str, object]] = {
    "text": "x",
    "character varying": "x",
    "integer": 1,
    "bigint": 1,
    "numeric": 1,
    "boolean": False,
    "date": MONDAY,
    "timestamp with time zone": NOON,
    "jsonb": "[]",
    "bytea": b"x",
    "ARRAY": [],
}


@dataclass(frozen=True)
class Guard:
    """A constraint, the row of the faster writer, and what it may and may not stand beside."""

    service: str
    table: str
    constraint: str
    first: Values
    refused: Values
    """What the second row changes of the first, and is refused with."""
    accepted: Values
    """What the second row changes of the first, and is accepted with."""


def days(first: int, last: int) -> Values:
    return {"effective_from": MONDAY + timedelta(first), "effective_to": MONDAY + timedelta(last)}


def minutes(begin: int, end: int) -> Values:
    return {"starts_at": NOON + timedelta(minutes=begin), "ends_at": NOON + timedelta(minutes=end)}


TAKES_A_ROOM: Final = {"status": "confirmed", "site_id": ONE, "room_id": ONE}
HOLD: Final = {**TAKES_A_ROOM, "session_id": ONE, **minutes(0, 60), "occupied_until": NOON + timedelta(minutes=70)}
ADDS_UP: Final = dict.fromkeys(("total_amount", "patient_amount", "balance"), 1) | dict.fromkeys(
    ("contractual_adjustment", "other_adjustment", "insurance_amount", "unapplied_credit"), 0
)
IN_PLACE: Final = {
    "in_place_of_series_id": ONE,
    "in_place_of_occurrence": NOON,
    "status": "booked",
    "modality": "in_person",
    **minutes(0, 60),
}
RECORD: Final = {"session_id": ONE, "client_id": ONE, "payment_status": "pending", **ADDS_UP}
GUARDS: Final = (
    Guard(
        "rooms",
        "hold",
        "one_session_at_a_time",
        HOLD,
        {"session_id": TWO, **minutes(69, 100), "occupied_until": NOON + timedelta(hours=2)},
        {"session_id": TWO, **minutes(70, 100), "occupied_until": NOON + timedelta(hours=2)},
    ),
    Guard("scheduling", "taken", "nobody_is_in_two_sessions", {"person_id": ONE, **minutes(0, 60)}, minutes(59, 120), minutes(60, 120)),
    Guard("scheduling", "session", "session_in_place_of", IN_PLACE, minutes(60, 120), {"in_place_of_occurrence": NOON + timedelta(days=1)}),
    Guard("catalog", "rate", "one_rate_at_a_time", {"service_id": ONE, **days(0, 9)}, days(9, 20), days(10, 20)),
    Guard("billing", "fee", "one_fee_a_day", {"payer_id": ONE, "service_code": "90837", **days(0, 9)}, days(9, 20), days(10, 20)),
    Guard("billing", "coverage", "one_coverage_a_day", {"client_id": ONE, **days(0, 9)}, days(9, 20), days(10, 20)),
    Guard("billing", "discount", "one_discount_a_day", {"client_id": ONE, **days(0, 9)}, days(9, 20), days(10, 20)),
    Guard("billing", "record", "one_record_counts", RECORD, {"revision": 2}, {"revision": 2, "payment_status": "voided"}),
    Guard("billing", "record", "one_record_per_completed_session", {**RECORD, "payment_status": "voided"}, {}, {"revision": 2}),
    Guard("billing", "remittance", "remittance_content_once", {"digest": "a", "status": "parked"}, {}, {"digest": "b"}),
    Guard(
        "billing",
        "remittance",
        "payment_posted_once",
        {"digest": "a", "status": "posted", "payer_identifier": "P", "trace_number": "T"},
        {"digest": "b"},
        {"digest": "b", "status": "parked"},
    ),
)


@asynccontextmanager
async def connected(dsn: str, *, as_superuser: Postgres | None = None) -> AsyncIterator[asyncpg.Connection]:
    """Connect to a database; as superuser, foreign keys are not checked, so that a guard's table is filled alone."""
    if as_superuser:
        dsn = f"{as_superuser.superuser_dsn.rpartition('/')[0]}/{dsn.rpartition('/')[2]}"
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""), timeout=10, command_timeout=20)
    try:
        if as_superuser:
            await connection.execute("SET session_replication_role = replica")
        yield connection
    finally:
        await connection.close()


async def insert(connection: asyncpg.Connection, table: str, values: Values) -> None:
    """Write a row: these values, and something plain in every other column that must have a value."""
    needed = {row["column_name"]: row["data_type"] for row in await connection.fetch(COLUMNS, table)}
    row = {name: uuid4() if kind == "uuid" else PLAIN[kind] for name, kind in needed.items()} | dict(values)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())  # noqa: S608 (names of this file)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.constraint)
async def test_the_slower_of_two_writers_waits_and_is_refused_by_the_guard(
    guard: Guard, make_database: MakeDatabase, postgres_server: Postgres
) -> None:
    dsn = await make_database(guard.service)
    async with (
        connected(dsn, as_superuser=postgres_server) as faster,
        connected(dsn, as_superuser=postgres_server) as slower,
        connected(dsn, as_superuser=postgres_server) as watcher,
    ):
        transaction = faster.transaction()
        await transaction.start()
        await insert(faster, guard.table, guard.first)
        pid = slower.get_server_pid()
        writing = asyncio.create_task(insert(slower, guard.table, {**guard.first, **guard.refused}))
        await until(lambda: watcher.fetchval(WAITING, pid))
        await transaction.commit()
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
            await writing
        assert refusal.value.as_dict()["constraint_name"] == guard.constraint
        await insert(slower, guard.table, {**guard.first, **guard.accepted})


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.constraint)
async def test_a_writer_that_gives_up_stands_in_nobodys_way(guard: Guard, make_database: MakeDatabase, postgres_server: Postgres) -> None:
    dsn = await make_database(guard.service)
    async with (
        connected(dsn, as_superuser=postgres_server) as faster,
        connected(dsn, as_superuser=postgres_server) as slower,
        connected(dsn, as_superuser=postgres_server) as watcher,
    ):
        transaction = faster.transaction()
        await transaction.start()
        await insert(faster, guard.table, guard.first)
        pid = slower.get_server_pid()
        writing = asyncio.create_task(insert(slower, guard.table, {**guard.first, **guard.refused}))
        await until(lambda: watcher.fetchval(WAITING, pid))
        await transaction.rollback()
        await writing


def test_the_architecture_page_names_exactly_the_guards_that_are_tried_here() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    [table] = re.findall(r"^\| fact \| owner \| guard \|\n.*?\n\n", page, re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert named == {guard.constraint for guard in GUARDS} | {"append_only", "transactions_sum_to_zero"}


@pytest.fixture
async def books(make_database: MakeDatabase, postgres_server: Postgres) -> AsyncIterator[asyncpg.Connection]:
    """Billing's database with one record; its triggers are on."""
    dsn = await make_database("billing")
    async with connected(dsn, as_superuser=postgres_server) as filling:
        await insert(filling, "record", {**RECORD, "id": ONE})
    async with connected(dsn) as connection:
        yield connection


async def post(connection: asyncpg.Connection, *amounts: int) -> None:
    """Post these amounts as one transaction, each to another account."""
    key = uuid4()
    async with connection.transaction():
        await insert(connection, "ledger_transaction", {"id": key, "record_id": ONE, "posted_at": NOON, "kind": "payment"})
        for amount, account in zip(amounts, ("cash", "patient_ar", "payer_ar"), strict=False):
            entry = {"transaction_id": key, "record_id": ONE, "posted_at": NOON, "account": account, "amount": amount}
            await insert(connection, "ledger_entry", entry)


async def test_a_posting_that_does_not_balance_is_refused_as_a_whole(books: asyncpg.Connection) -> None:
    await post(books, 100, -60, -40)
    with pytest.raises(asyncpg.PostgresError, match="zero"):
        await post(books, 100, -60)
    assert await books.fetchval("SELECT count(*) FROM ledger_transaction") == 1


@pytest.mark.parametrize("change", ["UPDATE {} SET record_id = record_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["ledger_transaction", "ledger_entry"])
async def test_what_is_posted_is_never_changed(books: asyncpg.Connection, table: str, change: str) -> None:
    await post(books, 100, -100)
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await books.execute(change.format(table))
    assert await books.fetchval("SELECT count(*) FROM ledger_entry") == 2
