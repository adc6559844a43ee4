"""What one database of a test process compiled is compiled for all of them."""

import pytest
from chassis.data.database import Database
from chassis.settings import Settings
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.sql.elements import CompilerElement
from testing import MakeDatabase


async def distance(url: str) -> int:
    """Ask a database that is opened anew for something that no other test asks."""
    database = Database(Settings(service="toy", database_url=SecretStr(url), broker_url=SecretStr("amqp://nowhere")))
    try:
        async with database.reading() as db:
            return await db.scalar(select(func.abs(-7).label("distance")))
    finally:
        await database.close()


async def test_a_statement_is_compiled_once_for_all_databases_of_a_process(
    make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await make_database("catalog")
    assert await distance(url) == 7
    monkeypatch.setattr(CompilerElement, "_compiler", None)
    assert await distance(url) == 7
