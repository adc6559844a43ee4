"""The message edge: what waits in the service's inbox queue shares one transaction, each message acted on once.

A handler takes the messages of its type that stand next to each other and a transaction. A message that cannot be
read or that nobody handles, or whose handler fails on it alone, becomes a dead letter, and is never dropped.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import structlog
from aio_pika.connection import make_url
from aio_pika.exceptions import ChannelInvalidStateError
from contracts import envelope
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.rabbit.annotations import RabbitMessage
from sqlalchemy import text

from chassis.amqp.properties import dead_letter, deliveries_before, identity
from chassis.amqp.queues import DELIVERY_LIMIT
from chassis.data.database import Database, Transaction
from chassis.data.group_commit import GroupCommit
from chassis.messaging.broker import BROKER_ERRORS, HEARTBEAT_S, RECONNECT_S, TIMEOUT_S, Broker, Connection
from chassis.stopping import is_cancelled
from chassis.telemetry.logs import LONGEST_ERROR, describe
from chassis.telemetry.metrics import RECEIVED

if TYPE_CHECKING:
    from contracts.message import Message

PREFETCH: Final = 64

GRACE_S: Final = 8
"""How long a stopping process finishes what it has begun; shorter than TIMEOUT_S."""

ROLLBACK_S: Final = 2
"""How long a stopping process waits for what it could not finish to be rolled back."""

ALONE_FROM: Final = 3
"""A message that was delivered this often may have failed others of its batch: it is processed alone."""

MOST_DELIVERIES: Final = DELIVERY_LIMIT - 10
"""A message that was delivered so often, and never finished, is parked before the broker does it."""

LOOK_EVERY_S: Final = 2

LOOKS: Final = 2
"""So often in a row nobody is seen to consume the inbox, or the database to take no work, before the consumers begin again."""

LONGEST_UNSETTLED_S: Final = 60
"""A process that has worked on one message for longer is not ready; one that is tried beside the others keeps none from its turn."""

LONG_UNSETTLED_S: Final = 10
"""A message that has been neither acknowledged nor rejected for longer is counted: a transaction takes less, also on a busy machine."""

NOBODY: Final = "nobody consumes the inbox"

FRESH: Final = text("INSERT INTO inbox (event_id) SELECT unnest(CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING RETURNING event_id")

log = structlog.get_logger()

Handler = Callable[[Sequence[Any], Transaction], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class HasTime:
    """Handles messages whose effect nobody waits for: they wait a little for others with which they share a transaction."""

    handler: Handler
    is_awaited: Callable[[Any], bool] = lambda _: False
    """Whether somebody waits for the effect of this message all the same."""

    async def __call__(self, messages: Sequence[Any], tx: Transaction) -> None:
        """Handle them."""
        await self.handler(messages, tx)


Handlers = Mapping[type["Message"], Handler]


class NeverFinishedError(Exception):
    """A message was delivered too often: its processes ended before they had handled it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message that could be read."""

    envelope: envelope.Envelope
    message: "Message"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Messages that a process has neither acknowledged nor rejected."""

    count: int
    for_long: int
    """Of them, those for more than ``LONG_UNSETTLED_S``."""
    oldest_s: float


class Consumers:
    """Consumes a service's inbox queue."""

    def __init__(self, database: Database, broker: Broker, handlers: Handlers) -> None:
        """Prepare to act on the messages that ``handlers`` names."""
        self._database = database
        self._broker = broker
        self._handlers = handlers
        self._types = {message.type: message for message in handlers}
        self._queue: GroupCommit[Received, None] = GroupCommit("messages", database, self.handle, patience_s=None)
        self._faststream: RabbitBroker | None = None
        self._unsettled: dict[object, float] = {}
        """When each delivery came that is neither acknowledged nor rejected."""

    async def run(self) -> None:
        """Consume until cancelled; begin again when the inbox has no consumer, or the database takes no work: another process may do it."""
        await self.start()
        idle = away = 0
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            idle = idle + 1 if await self._broker.count_consumers() == 0 else 0
            away = away + 1 if not await self._database.takes_work() else 0
            if max(idle, away) >= LOOKS and self._faststream is not None:
                log.warning("the consumers begin again", inbox_without_consumers=bool(idle), database_away=bool(away))
                idle = away = 0
                await self._give_back()
                await self.start()

    async def start(self) -> None:
        """Begin to consume, waiting for database and broker as long as it takes; later it reconnects by itself."""
        while self._faststream is None:
            if not await self._database.takes_work():  # another process, whose database does, has the messages meanwhile
                log.warning("the consumers wait for the database")
                await asyncio.sleep(RECONNECT_S)
                continue
            consumer = self._assemble()
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    await consumer.start()
            except BaseException as error:
                with suppress(*BROKER_ERRORS):
                    await consumer.stop()
                if is_cancelled() or not isinstance(error, (*BROKER_ERRORS, asyncio.CancelledError)):
                    raise
                log.warning("the consumers wait for the broker", error=describe(error))
                await asyncio.sleep(RECONNECT_S)
            else:
                self._faststream = consumer

    async def stop(self) -> None:
        """Take nothing new, finish what has begun, disconnect; what could not be finished is delivered again."""
        await self._disconnect()
        with suppress(TimeoutError):  # a transaction of a database that does not answer cannot even be rolled back
            async with asyncio.timeout(ROLLBACK_S):
                await self._queue.stop(grace_s=0)

    async def check(self) -> str | None:
        """Return why nothing is consumed, or None; TimeoutError when the broker is late, which is checked with a real request."""
        if not self._handlers:
            return None
        if reason := self._obstacle():
            return reason
        try:
            inbox = await self._broker.look_at(self._broker.inbox)
        except TimeoutError:
            raise
        except BROKER_ERRORS as error:
            return f"cannot be looked at: {describe(error)}"
        return None if inbox.consumer_count else NOBODY

    async def seem_to_consume(self) -> bool:
        """Whether nothing is known against it; a broker that is late or away does not count against it."""
        return self._obstacle() is None and await self._broker.count_consumers() != 0

    def unsettled(self) -> Unsettled:
        """Return how many messages this process has neither acknowledged nor rejected."""
        now = time.monotonic()
        ages = [now - since for since in self._unsettled.values()]
        return Unsettled(len(ages), sum(age > LONG_UNSETTLED_S for age in ages), max(ages, default=0.0))

    def _obstacle(self) -> str | None:
        if self._faststream is None:
            return "not consuming yet"
        age = self._queue.age_s()
        return f"a message has been worked on for {age:.0f} s" if age > LONGEST_UNSETTLED_S else None

    async def _give_back(self) -> None:
        """Leave what is in hand to other processes without waiting for it: the broker delivers it again."""
        if self._faststream is not None:
            with suppress(*BROKER_ERRORS):
                async with asyncio.timeout(TIMEOUT_S):
                    await (await self._faststream.connect()).close()
        await self._disconnect()

    async def _disconnect(self) -> None:
        consumer, self._faststream = self._faststream, None
        if consumer is not None:
            with suppress(*BROKER_ERRORS):
                async with asyncio.timeout(TIMEOUT_S):
                    await consumer.stop()

    def _assemble(self) -> RabbitBroker:
        consumer = RabbitBroker(
            str(make_url(self._broker.url, heartbeat=HEARTBEAT_S)),
            reconnect_interval=RECONNECT_S,
            fail_fast=True,
            default_channel=Channel(prefetch_count=PREFETCH),
            graceful_timeout=GRACE_S,
            logger=None,
            apply_types=False,
        )
        consumer._connection_kwargs["connection_class"] = Connection  # noqa: SLF001 (FastStream has no parameter for it)
        queue = RabbitQueue(self._broker.inbox, declare=False)
        consumer.subscriber(queue, ack_policy=AckPolicy.MANUAL, decoder=_whole, no_reply=True)(self._receive)
        return consumer

    async def _receive(self, delivery: RabbitMessage) -> None:
        """Act on a delivery or reject it as a dead letter; nothing is read from it outside these functions."""
        key = object()
        self._unsettled[key] = time.monotonic()
        try:
            await self._act(delivery)
        finally:
            del self._unsettled[key]

    async def _act(self, delivery: RabbitMessage) -> None:
        type_ = "unknown"
        try:
            type_ = str(delivery.headers.get(f"{envelope.PREFIX}type", type_))
            received = self.read(delivery.headers, delivery.body)
            alone = self._deliveries(delivery) >= ALONE_FROM
            about, handler = received.envelope, self._handlers[type(received.message)]
            has_time = isinstance(handler, HasTime) and not handler.is_awaited(received.message)
            await self._queue.submit(received, alone=alone, has_time=has_time, cause=about.id, trace=about.traceparent)
        except Exception as error:  # noqa: BLE001 (the guilty message becomes a dead letter, whatever it did)
            await self._reject(delivery, type_, error)
            return
        RECEIVED.labels(type_, "done").inc()
        with suppress(*BROKER_ERRORS):  # redelivered otherwise, and then its id is in the inbox
            await delivery.ack()

    def refusal(self, headers: Mapping[str, object], body: bytes) -> Exception | None:
        """Return why a dead letter cannot be read, judged as the message edge would judge it now; None where it can."""
        try:
            self.read(headers, body)
        except Exception as error:  # noqa: BLE001 (as above)
            return error
        return None

    def read(self, headers: Mapping[str, object], body: bytes) -> Received:
        """Return a delivery's message; UnreadableError or ValidationError where it is none that this service handles."""
        about = envelope.read(headers)
        if about.type not in self._types:
            message = f"this service does not handle {about.type}"
            raise envelope.UnreadableError(message)
        return Received(about, self._types[about.type].model_validate_json(body))

    @staticmethod
    def _deliveries(delivery: RabbitMessage) -> int:
        if (count := deliveries_before(delivery.headers) + 1) > MOST_DELIVERIES:
            raise NeverFinishedError
        return count

    async def _reject(self, delivery: RabbitMessage, type_: str, error: Exception) -> None:
        """Park a message; not by the broker, whose dead-lettering may stand still (decision 50)."""
        log.error("a message is a dead letter", type=type_, message_id=identity(delivery.raw_message), exc_info=error)
        RECEIVED.labels(type_ if type_ in self._types else "unknown", "parked").inc()
        reason = "delivery_limit" if isinstance(error, NeverFinishedError) else "rejected"
        unreadable = str(error)[:LONGEST_ERROR] if isinstance(error, envelope.UnreadableError) else None
        letter = dead_letter(delivery.raw_message, self._broker.inbox, reason, unreadable)
        with suppress(ChannelInvalidStateError):  # of a channel that is closed: the message is delivered again
            while delivery.raw_message.channel:
                try:
                    await self._broker.park(letter)
                except (*BROKER_ERRORS, asyncio.CancelledError) as away:
                    if is_cancelled():
                        raise
                    log.warning("a dead letter cannot be parked yet", error=describe(away))
                    await asyncio.sleep(RECONNECT_S)
                else:
                    await delivery.ack()
                    return

    async def handle(self, batch: Sequence[Received], tx: Transaction) -> Sequence[None]:
        """Do a batch: leave out what was done before, then each run of one type in the order of arrival."""
        received_now = {received.envelope.id: received for received in batch}
        fresh = {row.event_id for row in await tx.rows(FRESH, {"ids": sorted(received_now)})}
        to_do = [received.message for key, received in received_now.items() if key in fresh]
        for kind, run in groupby(to_do, key=type):
            await self._handlers[kind](list(run), tx)
        return [None] * len(batch)


async def _whole(delivery: RabbitMessage) -> RabbitMessage:
    return delivery
