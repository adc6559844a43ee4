"""Which other parts of the platform are there right now: the broker, and the services that consume their inbox.

No service polls another, and none reads another's queues, which a user of its own may not. Each process that consumes publishes its
service's name every second to the exchange ``holdfast.presence``; a service that has not been named for a while is away.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from aio_pika import DeliveryMode, ExchangeType, Message
from contracts.types import new_id

from chassis.messaging.broker import HEARTBEAT_S, PRESENCE
from chassis.messaging.channel import KeptChannel

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

    from chassis.settings import Settings

PRESENT_EVERY_S: Final = 1.0
AWAY_AFTER_S: Final = 4.0
QUEUE_LENGTH: Final = 1_000
"""Names that wait for a process that is slow; the oldest are dropped."""
BROKER: Final = "broker"


class Dependencies:
    """The parts that a service depends on, and which of them are away."""

    def __init__(self, settings: "Settings", services: Sequence[str]) -> None:
        """Take every part as present until it has been silent for long enough."""
        self._url = settings.broker_url.get_secret_value()
        self._service = settings.service
        self._services = services
        self._seen: dict[str, float] = {}
        self._since = time.monotonic()
        self._is_connected = True

    @property
    def away(self) -> frozenset[str]:
        """Names of the parts that are away; without the broker the state of the others is unknown."""
        if not self._is_connected:
            return frozenset({BROKER})
        silent_since = time.monotonic() - AWAY_AFTER_S
        return frozenset(service for service in self._services if self._seen.get(service, self._since) < silent_since)

    async def run(self, is_present: Callable[[], Awaitable[bool]]) -> None:
        """Publish this service's name while it is present, and note who else is, until cancelled."""
        queue = f"{self._service}.presence.{new_id().hex}"
        await KeptChannel(
            url=self._url,
            part="presence",
            declare=partial(self._be_seen, is_present, queue),
            opened=partial(self._begin, queue),
            closed=self._close,
            confirms=True,
            heartbeat_s=HEARTBEAT_S,
            every_s=PRESENT_EVERY_S,
        ).keep()

    async def _be_seen(self, is_present: Callable[[], Awaitable[bool]], own: str, channel: "AbstractChannel") -> None:
        """Declare what is needed and publish the name of this service, if it is present."""
        is_seen = await is_present()
        async with asyncio.timeout(AWAY_AFTER_S):
            exchange = await channel.declare_exchange(PRESENCE, ExchangeType.FANOUT, durable=True)
            if self._services:
                queue = await channel.declare_queue(
                    own, exclusive=True, auto_delete=True, arguments={"x-max-length": QUEUE_LENGTH, "x-overflow": "drop-head"}
                )
                await queue.bind(exchange)
            if is_seen:
                name = Message(b"", delivery_mode=DeliveryMode.NOT_PERSISTENT)
                await exchange.publish(name, self._service, mandatory=False)

    async def _begin(self, own: str, channel: "AbstractChannel") -> None:
        if self._services:
            queue = await channel.get_queue(own, ensure=False)
            await queue.consume(self._note, no_ack=True)
        self._seen.clear()  # nobody could be seen while the broker was away
        self._since, self._is_connected = time.monotonic(), True

    def _close(self) -> None:
        self._is_connected = False

    async def _note(self, delivery: "AbstractIncomingMessage") -> None:
        if (service := delivery.routing_key) is not None and service in self._services:
            self._seen[service] = time.monotonic()
