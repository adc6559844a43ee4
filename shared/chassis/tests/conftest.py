"""The toy's database and broker, and servers of the test's own that it may stop and kill."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from chassis.data import tables
from chassis.data.database import Database
from chassis.messaging.broker import Broker
from pydantic import SecretStr
from servers import Postgres, RabbitMQ
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine
from testing.databases import Databases
from testing.private_servers import in_containers, private_postgres, private_rabbitmq
from toy import HANDLERS, Settings, Table


async def _with_tables(databases: Databases) -> str:
    url = await databases.copy()
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(tables.metadata.create_all)
        await connection.run_sync(Table.metadata.create_all)
    await engine.dispose()
    return url


@pytest.fixture
async def toy_database(databases: Databases) -> AsyncIterator[str]:
    """Make a database with the tables of the chassis and of the toy."""
    url = await _with_tables(databases)
    yield url
    await databases.drop(url)


@pytest.fixture
def settings(toy_database: str, broker_url: str) -> Settings:
    """Point the toy to its own database and broker."""
    return Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(broker_url))


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """Look at and write to the toy's database beside the toy."""
    beside = Database(settings)
    yield beside
    await beside.close()


@pytest.fixture
async def broker(settings: Settings) -> AsyncIterator[Broker]:
    """Publish to the toy beside the toy."""
    beside = Broker(settings, HANDLERS)
    await beside.connect()
    yield beside
    await beside.close()


@pytest.fixture
def mortal_rabbitmq() -> Iterator[RabbitMQ]:
    """Run a RabbitMQ that the test may stop and kill."""
    if in_containers():
        pytest.skip("only local servers are stopped and killed here")
    with TemporaryDirectory(prefix="holdfast-mortal-") as folder, private_rabbitmq(Path(folder), eager=True) as server:
        yield server


@pytest.fixture
def mortal_postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL that the test may stop and kill."""
    if in_containers():
        pytest.skip("only local servers are stopped and killed here")
    with TemporaryDirectory(prefix="holdfast-mortal-") as folder, private_postgres(Path(folder)) as server:
        yield server


@pytest.fixture
async def mortal_database_url(mortal_postgres: Postgres) -> str:
    """Make a database with the toy's tables on it."""
    return await _with_tables(Databases(mortal_postgres))
