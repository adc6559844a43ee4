"""The toy's database and broker, and servers of the test's own that it may stop and kill."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from chassis import tables
from chassis.database import Database
from chassis.messaging import Broker
from local.servers import Postgres, RabbitMQ
from pydantic import SecretStr
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine
from support.databases import Databases
from support.servers import in_containers, private_postgres, private_rabbitmq
from support.vhosts import drop_vhost, make_vhost
from toy import HANDLERS, Settings, Table


async def _with_tables(databases: Databases) -> str:
    url = await databases.copy()
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(tables.create)
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


@pytest.fixture(scope="session")
def _mortal_rabbitmq() -> Iterator[RabbitMQ]:
    if in_containers():
        pytest.skip("only local servers are stopped and killed here")
    with TemporaryDirectory(prefix="holdfast-mortal-") as folder, private_rabbitmq(Path(folder)) as server:
        # RabbitMQ 3 forgets its stream coordinator when it is killed within seconds of its very first stream.
        server.manage("PUT", "queues/%2F/first", {"durable": True, "arguments": {"x-queue-type": "stream"}})
        server.stop()
        server.start()
        yield server


@pytest.fixture
async def mortal_rabbitmq(_mortal_rabbitmq: RabbitMQ) -> AsyncIterator[RabbitMQ]:
    """Run a RabbitMQ that the test may stop and kill."""
    yield _mortal_rabbitmq
    if not _mortal_rabbitmq.running():
        _mortal_rabbitmq.start()


@pytest.fixture
async def mortal_broker_url(mortal_rabbitmq: RabbitMQ) -> AsyncIterator[str]:
    """Make a virtual host on it."""
    url = await make_vhost(mortal_rabbitmq)
    yield url
    if not mortal_rabbitmq.running():
        mortal_rabbitmq.start()
    await drop_vhost(mortal_rabbitmq, url)


@pytest.fixture(scope="session")
def _mortal_postgres() -> Iterator[Postgres]:
    if in_containers():
        pytest.skip("only local servers are stopped and killed here")
    with TemporaryDirectory(prefix="holdfast-mortal-") as folder, private_postgres(Path(folder)) as server:
        yield server


@pytest.fixture
def mortal_postgres(_mortal_postgres: Postgres) -> Iterator[Postgres]:
    """Run a PostgreSQL that the test may stop and kill."""
    yield _mortal_postgres
    if not _mortal_postgres.running():
        _mortal_postgres.start()


@pytest.fixture
async def mortal_database_url(mortal_postgres: Postgres) -> str:
    """Make a database with the toy's tables on it."""
    return await _with_tables(Databases(mortal_postgres))
