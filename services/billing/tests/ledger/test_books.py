"""The books cannot be changed or unbalanced, not even by hand in the database; and they state how they are."""

from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest
from back_office import Clinic
from billing.quotes import use_cases
from billing.records.jobs import JOBS
from billing.settings import Settings
from chassis.data.database import Database
from contracts.types import new_id
from pydantic import SecretStr

CHANGES: Final = (
    "UPDATE ledger_entry SET amount = 1",
    "UPDATE ledger_transaction SET kind = 'void'",
    "DELETE FROM ledger_entry",
    "DELETE FROM ledger_transaction",
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_transaction CASCADE",
    "TRUNCATE record CASCADE",
)
UNBALANCED: Final = """
    WITH told AS (INSERT INTO ledger_transaction (id, record_id, kind, posted_at) VALUES ($1, $2, 'payment', now()) RETURNING *)
    INSERT INTO ledger_entry (transaction_id, record_id, posted_at, account, amount) SELECT id, record_id, posted_at, 'cash', 1.00 FROM told
"""


@pytest.fixture
async def database(clinic: Clinic) -> AsyncIterator[asyncpg.Connection]:
    """Connect to billing's database as billing's own role, which owns the tables."""
    connection = await asyncpg.connect(clinic.database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def test_the_ledger_refuses_every_change_and_removal(clinic: Clinic, database: asyncpg.Connection) -> None:
    await clinic.bill()
    for change in CHANGES:
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await database.execute(change)


async def test_a_transaction_that_does_not_sum_to_zero_cannot_be_committed(clinic: Clinic, database: asyncpg.Connection) -> None:
    record = await clinic.bill()
    with pytest.raises(asyncpg.CheckViolationError, match="sum to zero"):
        await database.execute(UNBALANCED, new_id(), record["id"])
    assert len((await clinic.ledger(record))["items"]) == 1


@pytest.mark.parametrize("seconds", [0, 1], ids=["of a record", "of another moment"])
async def test_entries_without_a_record_belong_to_a_transaction_without_one(
    clinic: Clinic, database: asyncpg.Connection, seconds: int
) -> None:
    await clinic.bill()
    if seconds:
        remittance = await database.fetchval(
            "INSERT INTO remittance (id, status, digest, provider_adjustments, problems, x12, received_at, received_by)"
            " VALUES ($1, 'posted', '', '[]', '[]', '', now(), 'ines') RETURNING id",
            new_id(),
        )
        await database.execute(
            "INSERT INTO ledger_transaction (id, remittance_id, kind, posted_at) VALUES ($1, $2, 'provider_adjustment', now())",
            *(new_id(), remittance),
        )
    with pytest.raises(asyncpg.CheckViolationError, match="says what its transaction says"):
        await database.execute(
            "INSERT INTO ledger_entry (transaction_id, posted_at, account, amount)"
            " SELECT id, posted_at + $1 * interval '1 s', account, amount"
            " FROM (SELECT id, posted_at FROM ledger_transaction ORDER BY id DESC LIMIT 1) AS about,"
            " (VALUES ('cash', 1.00), ('interest', -1.00)) AS moved (account, amount)",
            seconds,
        )


async def test_a_second_record_of_a_session_cannot_be_written(clinic: Clinic, database: asyncpg.Connection) -> None:
    await clinic.bill()
    columns = [
        row[0]
        for row in await database.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'record'::regclass AND attnum > 1 AND NOT attisdropped"
        )
    ]
    copied = ", ".join(columns)
    with pytest.raises(asyncpg.UniqueViolationError, match="one_record_per_completed_session"):
        await database.execute(f"INSERT INTO record (id, {copied}) SELECT $1, {copied} FROM record", new_id())  # noqa: S608 (our own columns)


async def test_the_metrics_say_that_the_books_balance(clinic: Clinic) -> None:
    (look,) = JOBS
    database = Database(Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr("amqp://nowhere")))
    await clinic.pay(await clinic.bill(), "200.00")
    await clinic.post(await clinic.bill(), "void", reason="completed by mistake")
    async with database.transaction() as tx:
        assert await look.run(tx) > 0
    # Counted twice, some of it since the last look.
    await clinic.pay(await clinic.bill(), "10.00")
    async with database.transaction() as tx:
        assert await look.run(tx) > 0
        assert await look.run(tx) == 0
    await database.close()
    metrics = (await clinic.billing.get("/metrics")).text
    for line in (
        'holdfast_billing_records{payment_status="paid"} 1.0',
        'holdfast_billing_records{payment_status="voided"} 1.0',
        'holdfast_billing_records{payment_status="partially_paid"} 1.0',
        'holdfast_billing_records{payment_status="pending"} 0.0',
        'holdfast_billing_ledger_imbalance{of="entries"} 0.0',
        'holdfast_billing_ledger_imbalance{of="balances"} 0.0',
    ):
        assert line in metrics


WRONG: Final = {
    "balances": "UPDATE record SET balance = balance + 7.00, version = version + 1",
    "entries": "INSERT INTO ledger_entry (transaction_id, record_id, posted_at, account, amount)"
    " SELECT id, record_id, posted_at, 'cash', 7.00 FROM ledger_transaction",
}


@pytest.mark.parametrize("of", WRONG)
async def test_the_metrics_find_what_does_not_balance_or_tie(clinic: Clinic, database: asyncpg.Connection, of: str) -> None:
    await clinic.bill()
    if of == "entries":
        await database.execute("ALTER TABLE ledger_entry DISABLE TRIGGER transactions_sum_to_zero")
    await database.execute(WRONG[of])
    (look,) = JOBS
    beside = Database(Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr("amqp://nowhere")))
    async with beside.transaction() as tx:
        await look.run(tx)
    await beside.close()
    metrics = (await clinic.billing.get("/metrics")).text
    for each in WRONG:
        assert f'holdfast_billing_ledger_imbalance{{of="{each}"}} {7.0 if each == of else 0.0}' in metrics


async def test_the_totals_of_the_books_are_those_of_all_entries_and_records(clinic: Clinic, database: asyncpg.Connection) -> None:
    for amount in ("200.00", "10.00"):
        await clinic.pay(await clinic.bill(), amount)
    await clinic.post(await clinic.bill(), "void", reason="completed by mistake")
    counted = await database.fetch("SELECT what, SUM(amount) AS amount FROM books_change GROUP BY what HAVING SUM(amount) <> 0")
    records = await database.fetch("SELECT payment_status AS what, COUNT(*) AS amount FROM record GROUP BY payment_status")
    assert {row["what"]: row["amount"] for row in counted} == {row["what"]: row["amount"] for row in records}


async def test_quotes_of_long_ago_are_forgotten(clinic: Clinic, database: asyncpg.Connection) -> None:
    await database.execute(
        """
        INSERT INTO quote (session_id, client_id, service_code, service_date, total_amount, contractual_adjustment, other_adjustment,
            patient_amount, insurance_amount, insurance_applicable, flags, is_void, session_version, quoted_at)
        SELECT gen_random_uuid(), gen_random_uuid(), '90837', current_date - age, 1, 0, 0, 1, 0, false, '[]', is_void, 1, now()
        FROM unnest(ARRAY[10, 300, 500]) AS age CROSS JOIN unnest(ARRAY[true, false]) AS is_void
        """
    )
    beside = Database(Settings(database_url=SecretStr(clinic.database_url), broker_url=SecretStr("amqp://nobody")))
    async with beside.transaction() as tx:
        assert await use_cases.forget_quotes(tx) == 2
    await beside.close()
    assert await database.fetchval("SELECT max(current_date - service_date) FROM quote") == 300
