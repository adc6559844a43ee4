"""What the chassis' tests look at: lamps, waiting messages, parked messages, what a subscriber receives."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from chassis.data.database import Database
from chassis.messaging.broker import Broker
from contracts.envelope import Envelope
from contracts.message import Message
from contracts.types import EARLIEST, new_id
from httpx import AsyncClient
from sqlalchemy import text


async def names(database: Database) -> list[str]:
    """Return the names of the lamps in the order in which they were lit."""
    async with database.reading() as db:
        return [row.name for row in await db.rows(text("SELECT name FROM lamp ORDER BY id"))]


async def outbox_size(database: Database) -> int:
    """Return how many messages wait for the broker."""
    async with database.reading() as db:
        return await db.scalar(text("SELECT count(*) FROM outbox"))


async def metric(client: AsyncClient, line: str) -> float:
    """Return the value of the sample that begins with these words, 0 when there is none."""
    found = [sample for sample in (await client.get("/metrics")).text.splitlines() if sample.startswith(line)]
    return float(found[0].rpartition(" ")[2]) if found else 0.0


async def say(broker: Broker, message: Message, *, times: int = 1) -> None:
    """Publish a message as another service would, the same one several times if wanted."""
    envelope = Envelope(id=new_id(), type=message.type, source="/test", time=EARLIEST)
    for _ in range(times):
        await broker.publish(message.exchange, envelope, message.model_dump_json().encode())


@dataclass
class Received:
    """What arrived in a subscriber's own queue."""

    messages: list[AbstractIncomingMessage] = field(default_factory=list[AbstractIncomingMessage])

    def data(self) -> list[dict[str, Any]]:
        """Return the bodies."""
        return [json.loads(message.body) for message in self.messages]

    async def at_least(self, count: int) -> bool:
        """Return whether so many have arrived."""
        await asyncio.sleep(0)
        return len(self.messages) >= count

    async def includes(self, name: str) -> bool:
        """Return whether a message about this lamp has arrived."""
        return any(data.get("name") == name for data in self.data())


@asynccontextmanager
async def listening(url: str, exchange: str, key: str, queue: str = "") -> AsyncIterator[Received]:
    """Listen as a plain AMQP client: bind a queue of its own and keep all that it gets."""
    received = Received()
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        own = await channel.declare_queue(queue or None, exclusive=not queue, auto_delete=not queue)
        await own.bind(exchange, key)

        async def keep(message: AbstractIncomingMessage) -> None:
            received.messages.append(message)

        await own.consume(keep, no_ack=True)
        yield received
