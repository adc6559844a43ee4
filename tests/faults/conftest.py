"""A platform to be hurt: on a durable PostgreSQL and a RabbitMQ of its own, shared by the tests that hurt it one after the other."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from chaos.replicas import CONNECTIONS
from httpx import AsyncClient
from servers import postgres, rabbitmq
from support.clinic import Clinic, at
from support.origin import Origin
from support.platform import Platform, platform
from testing.private_servers import in_containers


@pytest.fixture(scope="package")
def mortal_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Run the platform on servers that may be killed."""
    if in_containers():
        pytest.skip("killing needs servers that are processes of this machine")
    home = tmp_path_factory.mktemp("mortal")
    with (
        postgres(home / "postgres", durable=True, settings=CONNECTIONS) as database,
        rabbitmq(home / "rabbitmq", eager=True) as broker,
        platform(home, database, broker) as running,
    ):
        yield running


@pytest.fixture
async def hurt(mortal_platform: Platform) -> AsyncIterator[Platform]:
    """Hand out the platform with everything running, and leave it so."""
    await asyncio.to_thread(mortal_platform.heal)
    yield mortal_platform
    await asyncio.to_thread(mortal_platform.heal)


@pytest.fixture
async def http(hurt: Platform) -> AsyncIterator[AsyncClient]:
    """Talk to the platform through its one origin."""
    async with Origin(hurt.url).client() as client:
        yield client


@pytest.fixture
async def clinic(http: AsyncClient) -> Clinic:
    """Open a clinic in which bookings flow already."""
    clinic = await Clinic.open(http, rooms=5)
    for day in (20, 21):
        clinic.flowing.append(await clinic.booked(starts_at=at(day)))
        await clinic.entry(clinic.flowing[-1], "booked")
    return clinic
