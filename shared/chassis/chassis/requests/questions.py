"""Questions to other services: answered at once or not at all, and stored nowhere.

A question goes to the queue ``<service>.questions`` of the service that answers it, which every node of the broker has; the broker
drops it once nobody waits for it any more. The answer comes back over RabbitMQ's direct reply-to. Both sides keep connections of their own
for this, so that neither work in transactions nor its messages wait for a question. A process that has lost its database takes none:
another of its service may have one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import aio_pika
import structlog
from aio_pika import DeliveryMode, ExchangeType
from aiormq.exceptions import ChannelPreconditionFailed
from contracts import envelope
from contracts.envelope import CONTENT_TYPE, Envelope
from contracts.message import QUESTIONS, Message
from contracts.types import new_id
from pydantic import ValidationError

from chassis.data.database import Database, ReadSession
from chassis.database_errors import exhausted, lost
from chassis.messaging.broker import BROKER_ERRORS, DECLARE_EVERY_S, RECONNECT_S, TIMEOUT_S
from chassis.messaging.channel import HEARTBEAT_S, KeptChannel
from chassis.stopping import is_cancelled
from chassis.telemetry import tracing
from chassis.telemetry.logs import describe
from chassis.telemetry.metrics import ANSWERED

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractIncomingMessage

    from chassis.settings import Settings

REPLY_TO: Final = "amq.rabbitmq.reply-to"
"""RabbitMQ's name for the answers to this channel; no queue is declared for them."""
QUEUE_LENGTH: Final = 1_000
"""Questions that may wait; any further is refused, and its caller gets that at once."""
ON_ONE_NODE: Final[dict[str, Any]] = {"x-max-length": QUEUE_LENGTH, "x-overflow": "reject-publish"}
"""The arguments of a queue of questions that earlier versions declared: nobody can use it while its node of the broker is away."""
ON_EVERY_NODE: Final[dict[str, Any]] = {"x-queue-type": "quorum", **ON_ONE_NODE}
AT_ONCE: Final = 4
"""Questions that one process answers at the same time; each takes a connection of the read pool."""
LOOK_EVERY_S: Final = 1.0
LOOK_S: Final = 1.0
"""A database that does not answer within it is lost for questions: in all shorter than those who ask wait."""
ATTEMPTS: Final = 3
"""So often an answer is published before it is given up."""
MOST_KNOWN: Final = 1_000
"""Addresses that are remembered because the broker has taken an answer to them; each process that asks has one as long as its channel."""

A = TypeVar("A", bound=Message)
Answer = Callable[[Any, ReadSession, datetime], Awaitable[Message]]
"""Takes a question, a session that cannot write and the time; returns the answer."""
Answers = Mapping[type[Message], Answer]

log = structlog.get_logger()


class Questions:
    """Sends questions and returns their answers."""

    def __init__(self, settings: "Settings") -> None:
        """Prepare; ``run`` keeps the connection."""
        self._url = settings.broker_url.get_secret_value()
        self._source = f"/holdfast/{settings.service}"
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._exchange: AbstractExchange | None = None
        self._connected = asyncio.Event()

    async def run(self) -> None:
        """Keep a connection for questions until cancelled."""
        await KeptChannel(
            url=self._url, part="questions", declare=self._declare, opened=self._begin, closed=self._close, confirms=True
        ).keep()

    async def request_answer(self, question: Message, answer: type[A], patience_s: float) -> A | None:
        """Return the answer, or None when there is none within ``patience_s`` or nobody can take the question."""
        try:
            async with asyncio.timeout(patience_s):
                await self._connected.wait()
                return answer.model_validate_json(await self._send(question, patience_s))
        except TimeoutError:
            return None
        except (*BROKER_ERRORS, asyncio.InvalidStateError, asyncio.CancelledError) as error:
            if is_cancelled():
                raise
            log.warning("a question was not taken", type=question.type, error=describe(error))
            return None

    async def _send(self, question: Message, patience_s: float) -> bytes:
        if self._exchange is None:
            message = "not connected"
            raise ConnectionError(message)
        about = Envelope(new_id(), question.type, self._source, datetime.now(UTC), traceparent=tracing.current())
        key = str(about.id)
        message = aio_pika.Message(
            question.model_dump_json().encode(),
            message_id=key,
            correlation_id=key,
            reply_to=REPLY_TO,
            type=about.type,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.NOT_PERSISTENT,
            expiration=patience_s,
            timestamp=about.time,
            headers=dict(about.headers()),
        )
        answer = self._waiting[key] = asyncio.get_running_loop().create_future()
        try:
            await self._exchange.publish(message, about.type, mandatory=True)
            return await answer
        finally:
            del self._waiting[key]

    async def _declare(self, channel: "AbstractChannel") -> None:
        self._exchange = await channel.declare_exchange(QUESTIONS, ExchangeType.DIRECT, durable=True)

    async def _begin(self, channel: "AbstractChannel") -> None:
        replies = await channel.get_queue(REPLY_TO, ensure=False)
        await replies.consume(self._receive, no_ack=True)
        self._connected.set()

    async def _receive(self, delivery: "AbstractIncomingMessage") -> None:
        waiting = self._waiting.get(delivery.correlation_id or "")
        if waiting is not None and not waiting.done():
            waiting.set_result(delivery.body)

    def _close(self) -> None:
        """Fail those who wait at once: no answer will come."""
        self._exchange = None
        self._connected.clear()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the broker is lost"))


class Answering:
    """Answers the questions of a service, each in a session that cannot write."""

    def __init__(self, settings: "Settings", database: Database, answers: Answers) -> None:
        """Prepare; ``run`` does the work."""
        self._url = settings.broker_url.get_secret_value()
        self._source = f"/holdfast/{settings.service}"
        self._queue = f"{settings.service}.questions"
        self._arguments = ON_EVERY_NODE
        self._database = database
        self._answers = {question.type: (question, answer) for question, answer in answers.items()}
        self._replies = _Replies(self._url)
        self._is_consuming = False
        self._database_lost = asyncio.Event()

    async def check(self) -> str | None:
        """Return why no question is answered here, or None."""
        return None if self._is_consuming else f"nobody here consumes {self._queue}: questions of other services are not answered"

    async def run(self) -> None:
        """Answer until cancelled, whenever the database can be read; not at all where there is nothing to answer."""
        channel = KeptChannel(
            url=self._url, part="answers", declare=self._declare, opened=self._begin, closed=self._close, every_s=DECLARE_EVERY_S
        )
        try:
            while self._answers:
                if await self._database.takes_work():
                    self._database_lost.clear()
                    async with asyncio.TaskGroup() as group:
                        consuming = group.create_task(channel.keep())
                        await self._wait_for_loss()
                        consuming.cancel()
                log.warning("questions are left to other processes: the database is lost")
                await asyncio.sleep(RECONNECT_S)
        finally:
            await self._replies.close()

    async def _wait_for_loss(self) -> None:
        """Return once a question found the database lost, or a look at it took too long."""
        while not self._database_lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._database_lost.wait()
            if not await self._database.takes_work(LOOK_S):
                self._database_lost.set()

    async def _declare(self, channel: "AbstractChannel") -> None:
        exchange = await channel.declare_exchange(QUESTIONS, ExchangeType.DIRECT, durable=True)
        try:
            queue = await channel.declare_queue(self._queue, durable=True, arguments=self._arguments)
        except ChannelPreconditionFailed:  # it is there with the other arguments
            self._arguments = ON_ONE_NODE if self._arguments is ON_EVERY_NODE else ON_EVERY_NODE
            raise
        for type_ in self._answers:
            await queue.bind(exchange, type_)

    async def _begin(self, channel: "AbstractChannel") -> None:
        await channel.set_qos(prefetch_count=AT_ONCE)
        queue = await channel.get_queue(self._queue, ensure=False)
        await queue.consume(self._receive)
        self._is_consuming = True

    def _close(self) -> None:
        self._is_consuming = False

    async def _receive(self, delivery: "AbstractIncomingMessage") -> None:
        outcome, reply = "failed", None
        try:
            reply = await self._answer(delivery)
            outcome = "done"
        except (envelope.UnreadableError, ValidationError, KeyError) as error:
            log.warning("a question that cannot be read is dropped", error=describe(error))
        except Exception as error:  # whatever a question did, the others are answered
            if lost(error) and not exhausted(error):
                self._database_lost.set()  # its connection ends, and the broker gives the question to another process
                return
            log.exception("a question was not answered")
        ANSWERED.labels(outcome).inc()
        with suppress(*BROKER_ERRORS):
            await delivery.ack()  # first: its answer may keep the others from theirs for a moment, but not again
            if reply is not None and delivery.reply_to:
                await self._replies.publish(reply, delivery.reply_to)

    async def _answer(self, delivery: "AbstractIncomingMessage") -> aio_pika.Message:
        about = envelope.read(delivery.headers)
        if not (delivery.reply_to or "").startswith(REPLY_TO):  # who wrote it may not publish into every queue that we may
            message = "its answer does not go back over direct reply-to"
            raise envelope.UnreadableError(message)
        kind, find = self._answers[about.type]
        question = kind.model_validate_json(delivery.body)
        with tracing.span(f"answer {about.type}", parents=[about.traceparent]):
            async with self._database.reading() as db:
                answer = await find(question, db, datetime.now(UTC))
        stated = Envelope(new_id(), answer.type, self._source, datetime.now(UTC), causationid=str(about.id))
        return aio_pika.Message(
            answer.model_dump_json().encode(),
            message_id=str(stated.id),
            correlation_id=delivery.correlation_id,
            type=stated.type,
            content_type=CONTENT_TYPE,
            delivery_mode=DeliveryMode.NOT_PERSISTENT,
            headers=dict(stated.headers()),
        )


class _Replies:
    """Publishes answers, those to new addresses apart: the broker closes the connection over an address that it did not write."""

    def __init__(self, url: str) -> None:
        self._to_known = _Publisher(url)
        self._to_new = _Publisher(url)
        self._known: dict[str, None] = {}

    async def publish(self, reply: aio_pika.Message, address: str) -> None:
        """Publish an answer; BROKER_ERRORS where that cannot be done now."""
        if address in self._known:
            await self._to_known.publish(reply, address)
            return
        await self._to_new.publish(reply, address)
        self._known[address] = None
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

    async def close(self) -> None:
        """Close what is open."""
        await self._to_known.close()
        await self._to_new.close()


class _Publisher:
    """A connection on which the broker confirms what it takes, opened when it is needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opening = asyncio.Lock()
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None

    async def publish(self, reply: aio_pika.Message, address: str) -> None:
        """Publish an answer, again where the connection broke over another one; BROKER_ERRORS where that cannot be done now."""
        for left in reversed(range(ATTEMPTS)):
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    await (await self._open()).default_exchange.publish(reply, address, mandatory=False)
            except (*BROKER_ERRORS, asyncio.CancelledError):
                if not left or is_cancelled():
                    raise
            else:
                return

    async def _open(self) -> "AbstractChannel":
        async with self._opening:
            if self._channel is None or self._channel.is_closed:
                await self.close()
                self._connection = await aio_pika.connect(self._url, heartbeat=HEARTBEAT_S)
                self._channel = await self._connection.channel(on_return_raises=False)
            return self._channel

    async def close(self) -> None:
        """Close what is open."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*BROKER_ERRORS):
                async with asyncio.timeout(TIMEOUT_S):
                    await connection.close()
