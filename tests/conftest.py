"""Who runs the tests that share a platform: a test process, which starts it once and ends it after the last of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from zlib import crc32

import pytest
from httpx import AsyncClient
from servers.rights import SERVICES
from support.clinic import Clinic
from support.network import Network
from support.origin import Origin
from support.platform import SHARE_A_PLATFORM
from testing import RunService
from testing.running import until_ready
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

HERE: Final = Path(__file__).parent
PLATFORMS: Final = {"origin", "stage", "new_site", "mortal_platform", "provider_front"}
"""The fixtures that run a whole platform, and so a database and a broker."""


class OncePerPlatform(LoadScopeScheduling):
    """Spreads the tests one by one, but keeps those together that share a platform; these come first, because they take longest."""

    def _split_scope(self, nodeid: str) -> str:
        return next(
            (f"{folder}{crc32(nodeid.encode()) % parts}" for folder, parts in SHARE_A_PLATFORM.items() if nodeid.startswith(folder)), nodeid
        )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OncePerPlatform:
    """Hand the tests out; xdist's own groups need node ids that pytest no longer lets it change."""
    return OncePerPlatform(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use a platform as tests that need servers, and begin with the tests of this folder.

    They are the longest: one of them at the end would keep one test process busy and leave the others with nothing to do.
    """
    items.sort(key=lambda item: HERE not in item.path.parents)
    for item in items:
        if isinstance(item, pytest.Function) and set(item.fixturenames) & PLATFORMS:
            item.add_marker(pytest.mark.servers)


@pytest.fixture
async def http(origin: Origin) -> AsyncIterator[AsyncClient]:
    """Talk to the whole platform through its one origin."""
    async with origin.client() as client:
        yield client


@pytest.fixture
async def clinic(http: AsyncClient) -> Clinic:
    """Open a clinic that no other test knows."""
    return await Clinic.open(http)


@pytest.fixture
async def network(run_service: RunService) -> Network:
    """Run all four services on one broker, each with a database of its own."""
    clients = {service: await run_service(service, ready=False) for service in SERVICES}
    await until_ready(*clients.values())
    return Network(**clients)
