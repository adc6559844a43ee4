"""A browser before a platform of its own: what the front desk sees, clicks and types.

The platform and the browser are started once for all tests of this folder and end with the last of them. The tests share the browser's
event loop; each of them has a context of its own, which no other test's cookies, storage or workers reach.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from httpx import AsyncClient
from local import web
from local.install import chromium
from playwright.async_api import Browser, async_playwright
from support.clinic import Clinic
from support.origin import Origin
from support.platform import Platform, private_platform

from browser.desk import LOOP, Desk, OpenDesk

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE: Final = (1440, 900)
HERE: Final = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this folder in the loop of their browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope=LOOP), append=False)


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Run the platform with its pages, on a broker that may be stopped."""
    web.built()
    with private_platform(tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture(scope="package")
def origin(stage: Platform) -> Origin:
    """Name the platform; an address that is given from outside would have no pages to prove."""
    return Origin(stage.url)


@pytest_asyncio.fixture(loop_scope=LOOP)
async def http(origin: Origin) -> AsyncIterator[AsyncClient]:
    """Talk to the whole platform through its one origin."""
    async with origin.client() as client:
        yield client


@pytest_asyncio.fixture(loop_scope=LOOP)
async def clinic(http: AsyncClient) -> Clinic:
    """Open a clinic that no other test knows."""
    return await Clinic.open(http)


@pytest_asyncio.fixture(loop_scope=LOOP, scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Start a browser that nobody sees."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope=LOOP)
async def open_desk(browser: Browser, origin: Origin) -> AsyncIterator[OpenDesk]:
    """Sit down at further desks.

    ``other = await open_desk(clinic)``
    """
    async with AsyncExitStack() as stack:

        async def sit(clinic: Clinic, *, size: tuple[int, int] = WIDE, dark: bool = False) -> Desk:
            scheme = "dark" if dark else "light"
            context = await browser.new_context(
                base_url=origin.url,
                viewport={"width": size[0], "height": size[1]},
                color_scheme=scheme,
                reduced_motion="reduce",
                locale="en-US",
                # Far from every clinic, so that a page that uses the zone of the browser is found out.
                timezone_id="Pacific/Auckland",
            )
            stack.push_async_callback(context.close)
            return await Desk.at(await context.new_page(), clinic)

        yield sit


@pytest_asyncio.fixture(loop_scope=LOOP)
async def desk(open_desk: OpenDesk, clinic: Clinic) -> AsyncIterator[Desk]:
    """Sit down at the desk of a clinic that no other test knows; at the end no page may have complained."""
    here = await open_desk(clinic)
    yield here
    assert here.complaints == []
