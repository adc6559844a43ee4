"""An identity service that runs behind a front, and people who use it with browsers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from people import ADMIN, Browser, Clinic, settings
from testing import MakeDatabase, Serve, until
from testing.running import build
from testing.vhosts import ServiceUsers


@pytest.fixture
async def clinic(make_database: MakeDatabase, broker_url: str, service_users: ServiceUsers, serve: Serve) -> AsyncIterator[Clinic]:
    """Run the service with its first administrator, who is not signed in anywhere."""
    database = await make_database("identity")
    broker = await service_users.admit("identity", broker_url)
    stated = settings(database, broker)
    app = build("identity", **stated)
    await serve(app)
    async with AsyncExitStack() as stack:
        clinic = Clinic(app, stated, stack)
        await until(clinic.is_prepared)
        await clinic.set_up_first_administrator()
        yield clinic


@pytest.fixture
async def browser(clinic: Clinic) -> Browser:
    """Open a browser that nobody is signed in with."""
    return await clinic.browser()


@pytest.fixture
async def admin(clinic: Clinic) -> Browser:
    """Open a browser with which the first administrator is signed in."""
    browser = await clinic.browser()
    await browser.sign_in(ADMIN)
    return browser
