"""A database with the toy's tables."""

from collections.abc import AsyncIterator

import pytest
from chassis import tables
from pydantic import SecretStr
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine
from support.databases import Databases
from toy import Settings, Table


@pytest.fixture
async def toy_database(databases: Databases) -> AsyncIterator[str]:
    """Make a database with the tables of the chassis and of the toy."""
    url = await databases.copy()
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(tables.create)
        await connection.run_sync(Table.metadata.create_all)
    await engine.dispose()
    yield url
    await databases.drop(url)


@pytest.fixture
def settings(toy_database: str, broker_url: str) -> Settings:
    """Point the toy to its own database and broker."""
    return Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(broker_url))
