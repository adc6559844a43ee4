"""Another system that listens: a plain AMQP client with a queue of its own, which knows nothing of the services."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from pydantic_core import from_json
from testing.waiting import PATIENCE_S, until

from support.clinic import code

EVENTS: Final = "holdfast.events"
COMMANDS: Final = "holdfast.commands"
LOG: Final = "holdfast.events.log"
PREFIX: Final = "cloudEvents_"
FROM_THE_FIRST: Final = {"x-stream-offset": "first"}
PREFETCH: Final = 200


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrived."""

    exchange: str
    type: str
    headers: dict[str, str]
    body: bytes
    properties: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """Its JSON."""
        return from_json(self.body)

    def again(self, **headers: str) -> aio_pika.Message:
        """Make the same message anew, some headers changed."""
        changed = {**self.headers, **{PREFIX + name: value for name, value in headers.items()}}
        return aio_pika.Message(
            self.body, headers=dict(changed), message_id=changed[f"{PREFIX}id"], type=self.type, content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )  # fmt: skip


@dataclass(slots=True)
class Listener:
    """Everything that was received so far."""

    messages: list[Received] = field(default_factory=list)

    async def note(self, delivery: AbstractIncomingMessage) -> None:
        """Note a message."""
        headers = {name: str(value) for name, value in delivery.headers.items()}
        properties = {"message_id": delivery.message_id, "content_type": delivery.content_type, "persistent": delivery.delivery_mode == 2}
        kind = headers.get(f"{PREFIX}type", delivery.routing_key or "")
        self.messages.append(Received(delivery.exchange or "", kind, headers, delivery.body, properties))
        await delivery.ack()

    def about(self, *keys: str) -> list[Received]:
        """Return the messages in which one of these ids occurs, in the order of arrival."""
        return [received for received in self.messages if any(key.encode() in received.body for key in keys)]

    async def until(self, enough: Callable[["Listener"], object], within: float = PATIENCE_S) -> None:
        """Wait until what was received is enough."""

        async def look() -> bool:
            return bool(enough(self))

        await until(look, within)


@asynccontextmanager
async def listening(amqp: str, *exchanges: str) -> AsyncIterator[Listener]:
    """Hear everything that is stated from now on: the public events, or what these exchanges carry."""
    listener = Listener()
    async with _channel(amqp) as channel:
        queue = await channel.declare_queue(f"demo.{code()}", exclusive=True)
        for exchange in exchanges or (EVENTS,):
            for key in ("#",) if exchange == EVENTS else COMMANDED:
                await queue.bind(exchange, key)
        await queue.consume(listener.note)
        yield listener


@asynccontextmanager
async def replaying(amqp: str) -> AsyncIterator[Listener]:
    """Hear the log of all events from the first one on."""
    listener = Listener()
    async with _channel(amqp) as channel:
        log = await channel.get_queue(LOG, ensure=False)
        await log.consume(listener.note, arguments=dict(FROM_THE_FIRST))
        yield listener


COMMANDED: Final = (
    "rooms.request_holds.v1", "rooms.confirm_holds.v1", "rooms.release_holds.v1", "rooms.announce_rooms.v1", "catalog.announce_services.v1",
)  # fmt: skip
"""Routing keys of the direct exchange."""


@asynccontextmanager
async def _channel(amqp: str) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    async with await aio_pika.connect(amqp) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.set_qos(prefetch_count=PREFETCH)
        yield channel


async def publish(amqp: str, queue: str, messages: list[aio_pika.Message]) -> None:
    """Put messages straight into a queue, past every exchange."""
    async with _channel(amqp) as channel:
        for begin in range(0, len(messages), PREFETCH):
            some = messages[begin : begin + PREFETCH]
            await asyncio.gather(*(channel.default_exchange.publish(message, queue) for message in some))
