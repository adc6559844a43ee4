"""A clinic whose rooms are requested by the test, as scheduling would."""

from collections.abc import AsyncIterator

import aio_pika
import pytest
from contracts.message import COMMANDS, EVENTS
from contracts.types import SiteId, new_id
from httpx import AsyncClient
from requester import Clinic, Requester
from testing import MakeDatabase, RunService


@pytest.fixture
async def database_url(make_database: MakeDatabase) -> str:
    """Make a database that several replicas may share."""
    return await make_database("rooms")


@pytest.fixture
async def requester(broker_url: str) -> AsyncIterator[Requester]:
    """Keep everything that rooms publishes, from before it starts."""
    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        events = await channel.declare_exchange(EVENTS, aio_pika.ExchangeType.TOPIC, durable=True)
        commands = await channel.declare_exchange(COMMANDS, aio_pika.ExchangeType.DIRECT, durable=True)
        queue = await channel.declare_queue("requester.events", exclusive=True)
        await queue.bind(events, "rooms.#")
        requester = Requester(commands)
        await queue.consume(requester.receive, no_ack=True)
        yield requester


@pytest.fixture
async def http(run_service: RunService, database_url: str) -> AsyncClient:
    """Run rooms."""
    return await run_service("rooms", database_url=database_url, expiry_check_seconds=0.1)


@pytest.fixture
async def clinic(http: AsyncClient, requester: Requester) -> Clinic:
    """Run rooms with a site in New York that is open on workdays from eight to eight."""
    clinic = Clinic(http, requester, SiteId(new_id()))
    clinic.site_id = await clinic.add_site()
    return clinic
