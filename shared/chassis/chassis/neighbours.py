"""Which other parts of the platform are there right now: the broker, and the services that consume their inbox.

No service asks another, and none looks at another's queues, which a user of its own may not. Each process that consumes publishes its
service's name every second to the exchange ``holdfast.presence``; a service that has not been named for a while is away.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import aio_pika
import structlog
from aio_pika import DeliveryMode, ExchangeType, Message
from contracts.types import new_id

from chassis.logs import describe
from chassis.messaging import BROKER_ERRORS, HEARTBEAT_S, RECONNECT_S, TIMEOUT_S

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage

    from chassis.settings import Settings

PRESENCE: Final = "holdfast.presence"
PRESENT_EVERY_S: Final = 1.0
AWAY_AFTER_S: Final = 4.0
QUEUE_LENGTH: Final = 1_000
"""Names that wait for a process that is slow; the oldest are dropped."""
BROKER: Final = "broker"

log = structlog.get_logger()


class Neighbours:
    """The parts that a service lives with, and which of them are away."""

    def __init__(self, settings: "Settings", services: Sequence[str]) -> None:
        """Believe that everybody is there until they have been silent for long enough."""
        self._url = settings.broker_url.get_secret_value()
        self._service = settings.service
        self._services = services
        self._seen: dict[str, float] = {}
        self._since = time.monotonic()
        self._is_connected = True

    @property
    def away(self) -> frozenset[str]:
        """Names of the parts that are away; without the broker nobody knows about the others."""
        if not self._is_connected:
            return frozenset({BROKER})
        silent_since = time.monotonic() - AWAY_AFTER_S
        return frozenset(service for service in self._services if self._seen.get(service, self._since) < silent_since)

    async def run(self, is_present: Callable[[], Awaitable[bool]]) -> None:
        """Publish this service's name while it is present, and note who else is, until cancelled."""
        while True:
            try:
                await self._meet(is_present)
            except BROKER_ERRORS as error:
                if self._is_connected:
                    log.info("presence waits for the broker", error=describe(error))
            self._is_connected = False
            await asyncio.sleep(RECONNECT_S)

    async def _meet(self, is_present: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            connection = await aio_pika.connect(self._url, heartbeat=HEARTBEAT_S)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                channel = await connection.channel(publisher_confirms=True)
                lost = asyncio.Event()
                channel.close_callbacks.add(lambda *_: lost.set())
                exchange = await self._begin(channel)
            self._since, self._is_connected = time.monotonic(), True
            while not lost.is_set():
                if await is_present():
                    name = Message(b"", delivery_mode=DeliveryMode.NOT_PERSISTENT)
                    async with asyncio.timeout(AWAY_AFTER_S):
                        await exchange.publish(name, self._service, mandatory=False)
                with suppress(TimeoutError):
                    async with asyncio.timeout(PRESENT_EVERY_S):
                        await lost.wait()
        finally:
            with suppress(*BROKER_ERRORS):
                async with asyncio.timeout(TIMEOUT_S):
                    await connection.close()

    async def _begin(self, channel: "AbstractChannel") -> "AbstractExchange":
        """Declare what is needed and begin to note names; return where to publish one's own."""
        exchange = await channel.declare_exchange(PRESENCE, ExchangeType.FANOUT, durable=True)
        if self._services:
            queue = await channel.declare_queue(
                f"{self._service}.presence.{new_id().hex}",
                exclusive=True,
                auto_delete=True,
                arguments={"x-max-length": QUEUE_LENGTH, "x-overflow": "drop-head"},
            )
            await queue.bind(exchange)
            await queue.consume(self._note, no_ack=True)
        return exchange

    async def _note(self, delivery: "AbstractIncomingMessage") -> None:
        if (service := delivery.routing_key) is not None and service in self._services:
            self._seen[service] = time.monotonic()
