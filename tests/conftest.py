"""Where the journeys go, and who runs them: a platform is started once, by the one test process that needs it.

``HOLDFAST_URL=http://127.0.0.1:8080 pytest tests/journeys`` proves a platform that already runs; where HOLDFAST_AMQP
names its broker, for somebody who may listen, its messages are read too.
"""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from httpx import AsyncClient
from support.clinic import Clinic
from support.origin import Origin
from support.platform import private_platform
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling


class OncePerPlatform(LoadScopeScheduling):
    """Spreads the tests one by one, but keeps those together that share a platform."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(("tests/faults/", "tests/browser/")):
            return nodeid.split("/")[1]
        return "journeys" if nodeid.startswith(("tests/journeys/", "tests/docs/test_readme")) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OncePerPlatform:
    """Hand the tests out; xdist's own groups need node ids that pytest no longer lets it change."""
    return OncePerPlatform(config, log)


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    """Name the platform; start one when there is none."""
    named = os.environ.get("HOLDFAST_URL")
    if named:
        yield Origin(named.rstrip("/"), os.environ.get("HOLDFAST_AMQP"))
        return
    with private_platform(tmp_path_factory.mktemp("journeys")) as running:
        yield Origin(running.url, running.rabbitmq.admin_url)


@pytest.fixture
async def http(origin: Origin) -> AsyncIterator[AsyncClient]:
    """Talk to the whole platform through its one origin."""
    async with origin.client() as client:
        yield client


@pytest.fixture
async def clinic(http: AsyncClient) -> Clinic:
    """Open a clinic that no other test knows."""
    return await Clinic.open(http)
