"""A clinic's back office: billing, and a plain AMQP client that plays catalog and scheduling."""

import json
from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage
from back_office import Clinic, services
from contracts.catalog import AnnounceServices
from contracts.envelope import PREFIX
from contracts.message import COMMANDS, EVENTS
from testing import MakeDatabase, RunService


@pytest.fixture
def network_time_zone() -> str:
    """Return where the network's day begins; a module of tests may name another."""
    return "America/New_York"


@pytest.fixture
async def strangers_clinic(
    make_database: MakeDatabase, broker_url: str, run_service: RunService, network_time_zone: str
) -> AsyncIterator[Clinic]:
    """Run billing before it has received any service."""
    database_url = await make_database("billing")
    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel(on_return_raises=True)
        events = await channel.declare_exchange(EVENTS, aio_pika.ExchangeType.TOPIC, durable=True)
        commands = await channel.declare_exchange(COMMANDS, aio_pika.ExchangeType.DIRECT, durable=True)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(events, "billing.#")
        await queue.bind(commands, AnnounceServices.type)
        received: list[tuple[str, dict[str, object]]] = []

        async def keep(message: AbstractIncomingMessage) -> None:
            received.append((str(message.headers[f"{PREFIX}type"]), json.loads(message.body)))

        await queue.consume(keep, no_ack=True)
        billing = await run_service("billing", database_url=database_url, log_level="WARNING", network_time_zone=network_time_zone)
        yield Clinic(billing, events, database_url, services(), received)


@pytest.fixture
async def clinic(strangers_clinic: Clinic) -> Clinic:
    """Run billing, which knows the demo catalog."""
    await strangers_clinic.know_the_catalog()
    return strangers_clinic
