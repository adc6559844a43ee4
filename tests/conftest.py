"""The platform that the journeys go through: one that this test process starts, or the one that HOLDFAST_URL names.

``HOLDFAST_URL=http://127.0.0.1:8080 pytest tests/journeys`` proves a platform that already runs; where HOLDFAST_AMQP
names its broker, for somebody who may listen, its messages are read too.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from support.clinic import Clinic
from support.origin import Origin
from support.platform import platform


@pytest.fixture(scope="session")
def origin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    """Name the platform; start one when there is none."""
    named = os.environ.get("HOLDFAST_URL")
    if named:
        yield Origin(named.rstrip("/"), os.environ.get("HOLDFAST_AMQP"))
        return
    home: Path = tmp_path_factory.mktemp("platform")
    rabbitmq = request.getfixturevalue("rabbitmq_server")
    with platform(home, request.getfixturevalue("postgres_server"), rabbitmq) as running:
        yield Origin(running.url, rabbitmq.admin_url)


@pytest.fixture
async def http(origin: Origin) -> AsyncIterator[AsyncClient]:
    """Talk to the whole platform through its one origin."""
    async with origin.client() as client:
        yield client


@pytest.fixture
async def clinic(http: AsyncClient) -> Clinic:
    """Open a clinic that no other test knows."""
    return await Clinic.open(http)
