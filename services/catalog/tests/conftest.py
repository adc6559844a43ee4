"""A catalog that runs, and somebody who listens to what it announces."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import aio_pika
import pytest
from httpx import AsyncClient
from price_list import INDIVIDUAL, Add, Listener
from testing import RunService


@pytest.fixture
async def catalog(run_service: RunService) -> AsyncClient:
    """Run a catalog without a single service."""
    return await run_service("catalog")


@pytest.fixture
def add(catalog: AsyncClient) -> Add:
    """Add a service like 90837 but for what is stated."""

    async def adding(**stated: object) -> dict[str, Any]:
        answer = await catalog.post("/services", json={**INDIVIDUAL, **stated})
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        return answer.json()

    return adding


@pytest.fixture
async def listener(broker_url: str) -> AsyncIterator[Listener]:
    """Listen from before the catalog starts."""
    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel()
        events = await channel.declare_exchange("holdfast.events", "topic", durable=True)
        commands = await channel.declare_exchange("holdfast.commands", "direct", durable=True)
        queue = await channel.declare_queue("listener.events", exclusive=True)
        await queue.bind(events, "#")
        listener = Listener(commands)
        await queue.consume(listener.received.put, no_ack=True)
        yield listener
