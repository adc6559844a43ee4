"""Fixtures for tests of services: private servers of a test process, a database and a virtual host of each test, services in process."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
import structlog
from fastapi import FastAPI
from httpx import AsyncClient
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import engine
from servers import Postgres, RabbitMQ

from testing import MakeDatabase, MakeVhost, RunService, Serve
from testing.broker_rules import rules_of_rabbitmq_4
from testing.compiled_statements import compiled_statements
from testing.databases import Databases
from testing.owners import ResultsByOwner
from testing.prepared_routes import prepared_routes
from testing.private_servers import private_postgres, private_rabbitmq
from testing.running import build, running, until_ready
from testing.vhosts import ServiceUsers, drop_vhost
from testing.vhosts import make_vhost as fresh_vhost

# No deadline and no health check of speed: a property holds on a slow machine as well.
# The suite tries the same examples in every run; `make explore` draws new ones, and many more. With few, a run shows only that it can run.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, print_blob=True)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=2_000, print_blob=True)
settings.register_profile("few", deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, max_examples=5)
settings.load_profile("suite")

# A test that makes a service fail on purpose does not pay seconds for a traceback with every local variable.
structlog.configure(
    processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)

PROCESSES_PER_CORE: Final = 1.5
"""A test process waits for its servers, its browser and for time to pass often enough to leave the processor to a third on two cores."""

SHRINKING_SECONDS: Final = 60
"""A failing example is simplified for this long; well below `faulthandler_timeout`, which ends the test process."""
engine.MAX_SHRINKING_SECONDS = SHRINKING_SECONDS


SERVERS: Final = ("postgres_server", "rabbitmq_server")


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker of tests that need a server, and count results by package where the run is shown."""
    config.addinivalue_line("markers", "servers: uses a database or a broker; set by the fixtures that a test uses")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(ResultsByOwner(), "results-by-owner")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use a database or a broker: ``-m "not servers"`` runs the others."""
    for item in items:
        if isinstance(item, pytest.Function) and set(SERVERS) & set(item.fixturenames):
            item.add_marker(pytest.mark.servers)


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many test processes ``-n auto`` starts; before pytest-xdist states one per core."""
    return round((os.cpu_count() or 1) * PROCESSES_PER_CORE)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Run a private PostgreSQL for this test process."""
    with TemporaryDirectory(prefix="holdfast-postgres-") as folder, private_postgres(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server() -> Iterator[RabbitMQ]:
    """Run a private RabbitMQ for this test process."""
    with TemporaryDirectory(prefix="holdfast-rabbitmq-") as folder, private_rabbitmq(Path(folder)) as broker:
        yield broker


@pytest.fixture(scope="session", autouse=True)
def broker_rules() -> Iterator[None]:
    """Hold the services to the rules of both generations of brokers."""
    with rules_of_rabbitmq_4():
        yield


@pytest.fixture(scope="session", autouse=True)
def routes_prepared_once() -> Iterator[None]:
    """Prepare the routes of services that run in the test process once, not anew for each test."""
    with prepared_routes():
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Compile the statements of services that run in the test process once, not anew for each test."""
    with compiled_statements():
        yield


@pytest.fixture(scope="session")
def service_users(rabbitmq_server: RabbitMQ) -> ServiceUsers:
    """Keep one user per service at the broker."""
    return ServiceUsers(rabbitmq_server)


@pytest.fixture(scope="session")
def databases(postgres_server: Postgres) -> Databases:
    """Keep one migrated template per service."""
    return Databases(postgres_server)


@pytest.fixture
async def make_database(databases: Databases) -> AsyncIterator[MakeDatabase]:
    """Make fresh migrated databases.

    ``url = await make_database("rooms")``
    """
    async with AsyncExitStack() as stack:

        async def make(service: str) -> str:
            url = await databases.make(service)
            stack.push_async_callback(databases.drop, url)
            return url

        yield make


@pytest.fixture
async def make_vhost(rabbitmq_server: RabbitMQ) -> AsyncIterator[MakeVhost]:
    """Make fresh virtual hosts.

    ``url = await make_vhost()``
    """
    async with AsyncExitStack() as stack:

        async def make() -> str:
            url = await fresh_vhost(rabbitmq_server)
            stack.push_async_callback(drop_vhost, rabbitmq_server, url)
            return url

        yield make


@pytest.fixture
async def broker_url(make_vhost: MakeVhost) -> str:
    """Where the services of this test talk to each other."""
    return await make_vhost()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Run any app for the rest of the test.

    ``client = await serve(app)``
    """
    async with AsyncExitStack() as stack:

        async def start(app: FastAPI, *, ready: bool = True) -> AsyncClient:
            client = await stack.enter_async_context(running(app))
            if ready:
                await until_ready(client)
            return client

        yield start


@pytest.fixture
def run_service(make_database: MakeDatabase, broker_url: str, service_users: ServiceUsers, serve: Serve) -> RunService:
    """Run a service for the rest of the test, as its own user at the broker.

    ``rooms = await run_service("rooms", hold_seconds=5)``
    """
    here = broker_url

    async def run(
        service: str, *, database_url: str | None = None, broker_url: str | None = None, ready: bool = True, **settings: object
    ) -> AsyncClient:
        database = database_url or await make_database(service)
        broker = broker_url or await service_users.admit(service, here)
        return await serve(build(service, database_url=database, broker_url=broker, **settings), ready=ready)

    return run
