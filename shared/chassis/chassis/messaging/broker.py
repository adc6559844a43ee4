"""The connection to RabbitMQ: the topology that every service agrees on, and publishing with confirms.

Exchanges ``holdfast.events`` (topic, public), ``holdfast.commands`` (direct), ``holdfast.parked`` (dead letters, and back),
``holdfast.questions`` (direct) and ``holdfast.presence`` (fanout);
a stream ``holdfast.events.log`` of every public event; for each service one quorum queue ``<service>.inbox`` and
one ``<service>.parked`` for what a human must look at.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import aio_pika
import structlog
from aio_pika import DeliveryMode, ExchangeType, Message
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError, ChannelNotFoundEntity, DeliveryError, PublishError
from aiormq.exceptions import AMQPError as ProtocolError
from aiormq.exceptions import ChannelAccessRefused, ChannelPreconditionFailed
from contracts.envelope import CONTENT_TYPE, Envelope
from contracts.message import COMMANDS, EVENTS, QUESTIONS
from pamqp.commands import Basic, Queue

from chassis.amqp.properties import tolerate_unreadable_properties
from chassis.amqp.queues import LOG_ARGUMENTS, PARKED_ARGUMENTS, inbox_arguments, is_dead_lettering_safe
from chassis.stopping import is_cancelled
from chassis.telemetry.logs import describe

if TYPE_CHECKING:
    from aio_pika.abc import AbstractExchange, AbstractRobustChannel, AbstractRobustConnection
    from aiormq.abc import AbstractChannel as Channel
    from aiormq.channel import Channel as ProtocolChannel
    from contracts.message import Message as Contract

    from chassis.settings import Settings

PARKED: Final = "holdfast.parked"
PRESENCE: Final = "holdfast.presence"
EXCHANGES: Final = {
    EVENTS: ExchangeType.TOPIC,
    COMMANDS: ExchangeType.DIRECT,
    PARKED: ExchangeType.DIRECT,
    QUESTIONS: ExchangeType.DIRECT,
    PRESENCE: ExchangeType.FANOUT,
}
LOG: Final = "holdfast.events.log"
TIMEOUT_S: Final = 10
LOOK_S: Final = 2
RECONNECT_S: Final = 1
HEARTBEAT_S: Final = 3
"""The broker gives up a connection after two to three of them: what a frozen process holds is delivered to another."""
KEPT_AT_MOST: Final = 4
"""Channels that are kept open for checks of the broker: to open and close one takes longer than a check."""
DECLARE_EVERY_S: Final = 10
"""How often the topology is declared again, so that what somebody deleted is there again."""
MISSING_FOR_S: Final = 2.0
"""How long an exchange is left missing, so that every process that looks for it has noticed that its bindings are gone."""

BROKER_ERRORS: Final = (AMQPError, ProtocolError, ChannelInvalidStateError, OSError, TimeoutError, StopAsyncIteration)
"""The last is aiormq's for a connection that ends before its first frame, as behind a balancer that has no broker."""

log = structlog.get_logger()


class Reason(StrEnum):
    """Why the broker does not take a message."""

    UNBOUND = "unbound"
    FULL = "full"


DESCRIPTIONS: Final = {Reason.UNBOUND: "nobody is bound to it", Reason.FULL: "its queue takes no more"}

T = TypeVar("T")


class UndeliverableError(Exception):
    """The broker answers, but does not take this message: nobody is bound to it, or its queue is full."""

    def __init__(self, reason: Reason, stated: str | None = None) -> None:
        """Give the reason, and another text for it where that is better."""
        super().__init__(stated or DESCRIPTIONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Depth:
    """A queue at a glance."""

    messages: int
    """That wait; what was delivered and not acknowledged does not count."""
    consumers: int


class Connection(aio_pika.RobustConnection):
    """Reconnects by itself, once it was connected.

    The library's own goes on trying after its caller has given up, and nothing can end it then.
    """

    async def connect(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 (as the library calls it)
        """Connect, or be gone."""
        try:
            await super().connect(timeout)
        except BaseException:
            await self.close()
            raise


class Broker:
    """A service's publishing connection; consuming has one of its own."""

    def __init__(self, settings: "Settings", listens_to: "Iterable[type[Contract]]") -> None:
        """Prepare for a service that listens to these messages; nothing is connected yet."""
        self.url = settings.broker_url.get_secret_value()
        self.inbox = f"{settings.service}.inbox"
        self.parked = f"{settings.service}.parked"
        self._listens_to = [(message.exchange, message.type) for message in listens_to]
        self._connection: AbstractRobustConnection | None = None
        self._channel: AbstractRobustChannel | None = None
        self._exchanges: dict[str, AbstractExchange] = {}
        self._lost = False
        self._refusal: str | None = None
        self._dead_lettering: bool | None = None
        """Whether the broker parks messages of the inbox by itself."""
        self._looks: dict[str, asyncio.Task[Queue.DeclareOk]] = {}
        """Checks of queues that are under way: concurrent callers share the result."""
        self._parking = asyncio.Lock()
        """One dead letter at a time: aiormq knows a returned message by its message id, which others may have too."""
        self._kept: list[Channel] = []
        """Channels that are idle at the moment."""

    async def connect(self) -> None:
        """Connect, waiting for the broker as long as it takes, and declare the topology."""
        tolerate_unreadable_properties()
        while self._connection is None:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    connection = await aio_pika.connect_robust(
                        self.url, connection_class=Connection, reconnect_interval=RECONNECT_S, heartbeat=HEARTBEAT_S
                    )
            except (*BROKER_ERRORS, asyncio.CancelledError) as error:
                if is_cancelled():
                    raise
                log.warning("the broker does not answer yet", error=describe(error))
                await asyncio.sleep(RECONNECT_S)
                continue
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
                    self._exchanges = await self._declare(channel)
            except BaseException as error:
                with suppress(*BROKER_ERRORS):
                    await connection.close()
                if is_cancelled() or not isinstance(error, (*BROKER_ERRORS, asyncio.CancelledError)):
                    raise
                log.warning("the topology could not be declared yet", error=describe(error))
                await asyncio.sleep(RECONNECT_S)
                continue
            connection.close_callbacks.add(self._on_lost)
            connection.reconnect_callbacks.add(self._on_found)
            self._connection, self._channel = connection, channel

    async def _declare(self, channel: "AbstractRobustChannel") -> "dict[str, AbstractExchange]":
        exchanges: dict[str, AbstractExchange] = {
            name: await channel.declare_exchange(name, type_, durable=True) for name, type_ in EXCHANGES.items()
        }
        events, parked = exchanges[EVENTS], exchanges[PARKED]
        history = await channel.declare_queue(LOG, durable=True, arguments=LOG_ARGUMENTS)
        await history.bind(events, "#")
        dead_letters = await channel.declare_queue(self.parked, durable=True, arguments=PARKED_ARGUMENTS)
        await dead_letters.bind(parked, self.parked)
        if self._dead_lettering is None:
            about = (await channel.get_underlay_channel()).connection.server_properties
            self._dead_lettering = is_dead_lettering_safe(str(about["version"]))
        arguments = inbox_arguments(PARKED, self.parked, dead_lettering=self._dead_lettering)
        try:
            inbox = await channel.declare_queue(self.inbox, durable=True, arguments=arguments)
        except ChannelPreconditionFailed:  # it is there with the other arguments: of an earlier release, or before the broker was upgraded
            self._dead_lettering = not self._dead_lettering
            raise
        for exchange, type_ in self._listens_to:
            await inbox.bind(exchanges[exchange], type_)
        await inbox.bind(parked, self.inbox)  # the way back for dead letters
        return exchanges

    async def publish(self, exchange: str, envelope: Envelope, body: bytes) -> None:
        """Publish and wait for the confirm; UndeliverableError when the message is refused, BROKER_ERRORS when the broker is away.

        Messages that are published together are written together: none waits, as in the library's own, for the one before it to be sent.
        """
        properties = Basic.Properties(
            message_id=str(envelope.id),
            message_type=envelope.type,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.PERSISTENT.value,
            timestamp=envelope.time,
            correlation_id=envelope.correlationid,
            headers=dict(envelope.headers()),
        )
        if self._channel is None or self._connection is None or not self._connection.connected.is_set():
            message = "not connected"
            raise ConnectionError(message)
        try:
            channel = cast("ProtocolChannel", await self._channel.get_underlay_channel())
            await channel.basic_publish(
                body,
                exchange=exchange,
                routing_key=envelope.type,
                properties=properties,
                mandatory=True,
                timeout=TIMEOUT_S,
                wait=False,
            )
        except PublishError as returned:
            raise UndeliverableError(Reason.UNBOUND) from returned
        except DeliveryError as refused:
            raise UndeliverableError(Reason.FULL) from refused

    async def park(self, dead_letter: Message) -> None:
        """Publish a dead letter of this service and wait for the confirm; BROKER_ERRORS when the broker is away, or does not take it."""
        async with self._parking, asyncio.timeout(TIMEOUT_S):
            await self._exchanges[PARKED].publish(dead_letter, self.parked, mandatory=True)

    async def check(self) -> str | None:
        """Return why the broker cannot be used, or None; TimeoutError when it is late.

        Checks with a real request whether everything exists that this service needs.
        """
        try:
            await self.look_at(self.inbox)
            await asyncio.gather(self.look(_look_at_exchanges, TIMEOUT_S), self.look(self._look_at_queues, TIMEOUT_S))
        except ChannelNotFoundEntity as missing:
            return f"something is missing there: {describe(missing)}"
        except TimeoutError:
            raise
        except BROKER_ERRORS as error:
            return f"does not answer: {describe(error)}"
        return self._refusal

    async def keep_topology(self) -> None:
        """Declare the topology again and again until cancelled."""
        while True:
            await asyncio.sleep(DECLARE_EVERY_S)
            if self._connection is None or not self._connection.connected.is_set():
                continue
            try:
                await self._leave_missing()
                await self._with_channel(self._declare, TIMEOUT_S)
            except (ChannelAccessRefused, ChannelPreconditionFailed) as error:
                self._refusal = f"the topology cannot be declared: {describe(error)}"
                log.warning("the topology cannot be declared", error=describe(error))
            except BROKER_ERRORS:
                continue  # away, or busy
            else:
                self._refusal = None

    async def _leave_missing(self) -> None:
        """Wait when an exchange is missing: whoever looks for it must see that before it is there again."""
        try:
            await self.look(_look_at_exchanges, TIMEOUT_S)
        except ChannelNotFoundEntity:
            log.warning("an exchange is missing and is declared again")
            await asyncio.sleep(MISSING_FOR_S)

    async def _look_at_queues(self, channel: "Channel") -> None:
        await channel.queue_declare(LOG, passive=True, nowait=True)
        await count(channel, self.parked)

    async def depth(self, queue: str) -> Depth | None:
        """Return what waits in a queue and who consumes it; None when it is not there or the broker is away."""
        try:
            found = await self.look_at(queue)
        except BROKER_ERRORS:
            return None
        return Depth(found.message_count or 0, found.consumer_count or 0)

    async def count_consumers(self) -> int | None:
        """Return how many consume the inbox of this service; None when it is not there or the broker is away."""
        inbox = await self.depth(self.inbox)
        return None if inbox is None else inbox.consumers

    async def look_at(self, queue: str) -> Queue.DeclareOk:
        """Return the broker's state of a queue; BROKER_ERRORS when it is not there, or the broker is away or late."""
        under_way = self._looks.get(queue)
        if under_way is None:
            under_way = self._looks[queue] = asyncio.create_task(self.look(partial(count, queue=queue)))
            under_way.add_done_callback(lambda ended: self._looks.pop(queue).cancelled() or ended.exception())
        return await asyncio.shield(under_way)

    async def look(self, request: "Callable[[Channel], Awaitable[T]]", patience_s: float = LOOK_S) -> T:
        """Run a request to the broker on a channel that is kept for that; BROKER_ERRORS when it is away or does not answer soon."""
        return await self._in_time(lambda connection: self._on_a_kept_channel(connection, request), patience_s)

    async def _on_a_kept_channel(self, connection: "AbstractRobustConnection", request: "Callable[[Channel], Awaitable[T]]") -> T:
        transport = connection.transport
        if transport is None or transport.connection.is_closed:
            message = "not connected"
            raise ConnectionError(message)
        underlay, channel = transport.connection, None
        while channel is None and self._kept:
            kept = self._kept.pop()
            channel = None if kept.is_closed or kept.connection is not underlay else kept
        channel = channel or await underlay.channel(publisher_confirms=False)
        try:
            found = await request(channel)  # the broker closes a channel on which it refuses something
        except ChannelInvalidStateError:  # closed before everything was sent
            await channel.closing  # raises what was refused
            raise
        if len(self._kept) < KEPT_AT_MOST:
            self._kept.append(channel)
        else:
            await channel.close()
        return found

    async def _with_channel(self, use: "Callable[[AbstractRobustChannel], Awaitable[T]]", patience_s: float) -> T:
        """Do something on a channel of its own; BROKER_ERRORS when the broker is away or does not answer soon."""
        return await self._in_time(lambda connection: _on_a_channel(connection, use), patience_s)

    async def _in_time(self, work: "Callable[[AbstractRobustConnection], Coroutine[Any, Any, T]]", patience_s: float) -> T:
        if self._connection is None or not self._connection.connected.is_set():
            message = "not connected"
            raise ConnectionError(message)
        look = asyncio.create_task(work(self._connection))
        look.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        done, _ = await asyncio.wait([look], timeout=patience_s)  # not cancelled: a channel that is half open costs the connection
        if not done:
            message = f"no answer within {patience_s} s"
            raise TimeoutError(message)
        if look.cancelled():  # by the connection, which died
            message = "the connection was lost"
            raise ConnectionError(message)
        return look.result()

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*BROKER_ERRORS):
                async with asyncio.timeout(TIMEOUT_S):
                    await connection.close()

    def _on_lost(self, *_: object) -> None:
        if self._connection is not None and not self._lost:
            self._lost = True
            log.warning("the broker is lost; messages wait until it is back")

    def _on_found(self, *_: object) -> None:
        self._lost = False
        log.info("the broker is back")


async def _on_a_channel(connection: "AbstractRobustConnection", use: "Callable[[AbstractRobustChannel], Awaitable[T]]") -> T:
    channel = await connection.channel(publisher_confirms=False)
    try:
        return await use(channel)
    finally:
        await channel.close()


async def count(channel: "Channel", queue: str) -> Queue.DeclareOk:
    """Return the broker's state of a queue; AssertionError without an answer."""
    found = await channel.queue_declare(queue, passive=True)
    if found is None:  # only without waiting for an answer
        raise AssertionError
    return found


async def _look_at_exchanges(channel: "Channel") -> None:
    """Look at all of them in one round trip: only the last one is answered, and the channel is closed at the first that is missing."""
    *others, last = EXCHANGES
    for exchange in others:
        await channel.exchange_declare(exchange, passive=True, nowait=True)
    await channel.exchange_declare(last, passive=True)
