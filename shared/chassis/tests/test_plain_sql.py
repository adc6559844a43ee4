"""Statements written as SQL go to the driver, and those that only write go together; errors and transactions are as with SQLAlchemy."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import cast
from uuid import UUID

import asyncpg
import pytest
from chassis.data.database import Database, ReadSession, Transaction
from chassis.database_errors import lost, taken
from chassis.driver.plain_sql import plain_sql
from chassis.rows.as_json import as_json
from chassis.rows.bulk import insert_rows, update_rows
from contracts.types import new_id
from sqlalchemy import Executable, Interval, Table, bindparam, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from toy import Lamp

LAMPS = cast("Table", Lamp.__table__)
ADD = text("INSERT INTO lamp (id, name, position, version) VALUES (:id, :name, 0, 1)")
NOTE = text("INSERT INTO inbox (event_id) VALUES (:id)")
NAMES = text("SELECT name FROM lamp ORDER BY name")


async def names(db: ReadSession) -> list[str]:
    return [row.name for row in await db.rows(NAMES)]


@pytest.mark.parametrize(
    ("statement", "is_plain"),
    [
        (NAMES, True),
        (as_json(lamps="SELECT json_agg(lamp) FROM lamp"), True),
        (select(Lamp), False),
        (text("SELECT :pause").bindparams(bindparam("pause", type_=Interval)), False),
    ],
    ids=["text", "JSON", "built", "with a typed parameter"],
)
def test_only_texts_without_conversions_go_to_the_driver(statement: Executable, *, is_plain: bool) -> None:
    assert (plain_sql(statement) is not None) is is_plain


async def test_what_is_written_is_seen_by_the_next_statement_and_by_others_after_the_commit(database: Database) -> None:
    async with database.transaction() as tx:
        tx.write(ADD, {"id": new_id(), "name": "a"})
        tx.write(NOTE, {"id": new_id()})
        tx.write(ADD, {"id": new_id(), "name": "b"})
        async with database.reading() as db:
            assert await names(db) == []
        assert await names(tx) == ["a", "b"]
    async with database.reading() as db:
        assert await names(db) == ["a", "b"]


async def test_nothing_that_was_to_be_written_is_left_of_a_transaction_or_a_savepoint_that_fails(database: Database) -> None:
    async def fail_in(block: AbstractAsyncContextManager[object], tx: Transaction) -> None:
        async with block:
            tx.write(ADD, {"id": new_id(), "name": "lost"})
            raise ZeroDivisionError

    async def fail() -> None:
        async with database.transaction() as tx:
            await fail_in(nullcontext(), tx)

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.transaction() as tx:
        tx.write(ADD, {"id": new_id(), "name": "kept"})
        with pytest.raises(ZeroDivisionError):
            await fail_in(tx.savepoint(), tx)
    async with database.reading() as db:
        assert await names(db) == ["kept"]


async def test_a_row_that_is_there_already_fails_its_savepoint_alone(database: Database) -> None:
    lamp = new_id()
    async with database.transaction() as tx:
        tx.write(ADD, {"id": lamp, "name": "first"})

        async def add_again() -> None:
            async with tx.savepoint():
                tx.write(ADD, {"id": lamp, "name": "second"})

        with pytest.raises(IntegrityError) as error:
            await add_again()
        assert taken(error.value)
        assert await names(tx) == ["first"]


async def test_a_statement_on_a_connection_that_the_server_ended_is_an_error_of_a_lost_database_and_the_next_has_another(
    database: Database,
) -> None:
    async def end_itself() -> None:
        async with database.transaction() as tx:
            await tx.rows(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DBAPIError) as error:
        await end_itself()
    assert lost(error.value)
    async with database.transaction() as tx:
        assert await names(tx) == []


async def test_an_error_states_nothing_of_the_values(database: Database) -> None:
    async def divide() -> None:
        async with database.transaction() as tx:
            await tx.rows(text("SELECT CAST(:secret AS text), 1 / 0"), {"secret": "of a client"})

    with pytest.raises(DBAPIError) as error:
        await divide()
    assert isinstance(error.value.orig and error.value.orig.__cause__, asyncpg.DivisionByZeroError)
    assert "of a client" not in str(error.value)


async def test_rows_are_inserted_and_changed_by_one_statement_each(database: Database) -> None:
    ids: list[UUID] = [new_id() for _ in range(3)]
    async with database.transaction() as tx:
        insert_rows(
            tx, LAMPS, [{"id": key, "name": f'lamp\'s \\ "{number}"', "position": 0, "version": 1} for number, key in enumerate(ids)]
        )
        update_rows(tx, LAMPS, [{"id": key, "name": f"{number}"} for number, key in enumerate(ids[:2])])
        insert_rows(tx, LAMPS, [])
        assert await names(tx) == ["0", "1", 'lamp\'s \\ "2"']
