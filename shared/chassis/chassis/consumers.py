"""The message edge: what waits in the service's inbox queue shares one transaction, each message acted on once.

A handler takes the messages of its type that stand next to each other and a transaction. A message that cannot be
read or that nobody handles, or whose handler fails on it alone, is rejected into the parked queue, never dropped.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import structlog
from contracts import envelope
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.rabbit.annotations import RabbitMessage  # noqa: TC002 (FastStream reads it)
from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import insert

from chassis import tables
from chassis.database import Database, Transaction
from chassis.group_commit import GroupCommit
from chassis.messaging import BROKER_ERRORS, RECONNECT_S, TIMEOUT_S, Broker
from chassis.metrics import RECEIVED

if TYPE_CHECKING:
    from contracts.message import Message

PREFETCH: Final = 64
ALONE_FROM: Final = 3
"""A message that was delivered this often may have broken its neighbours: it is processed alone."""

log = structlog.get_logger()

Handler = Callable[[Sequence[Any], Transaction], Awaitable[None]]
Handlers = Mapping[type["Message"], Handler]


@dataclass(frozen=True, slots=True)
class Received:
    """A message that could be read."""

    envelope: envelope.Envelope
    message: "Message"


class Consumers:
    """Consumes a service's inbox queue."""

    def __init__(self, database: Database, broker: Broker, handlers: Handlers) -> None:
        """Prepare to act on the messages that ``handlers`` names."""
        self._broker = broker
        self._handlers = handlers
        self._types = {message.type: message for message in handlers}
        self._lane: GroupCommit[Received, None] = GroupCommit("messages", database, self._handle, patience_s=None)
        self._faststream: RabbitBroker | None = None

    async def start(self) -> None:
        """Begin to consume, waiting for the broker as long as it takes."""
        while True:
            consumer = RabbitBroker(
                self._broker.url,
                reconnect_interval=RECONNECT_S,
                fail_fast=True,
                default_channel=Channel(prefetch_count=PREFETCH),
                graceful_timeout=TIMEOUT_S,
                logger=None,
                apply_types=False,
            )
            queue = RabbitQueue(self._broker.inbox, declare=False)
            consumer.subscriber(queue, ack_policy=AckPolicy.MANUAL, decoder=_as_it_is)(self._receive)
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    await consumer.start()
            except BROKER_ERRORS as error:
                log.warning("the consumers wait for the broker", error=repr(error)[:200])
                with suppress(*BROKER_ERRORS):
                    await consumer.stop()
                await asyncio.sleep(RECONNECT_S)
                continue
            self._faststream = consumer
            return

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, disconnect."""
        if self._faststream is not None:
            with suppress(*BROKER_ERRORS, asyncio.CancelledError):
                async with asyncio.timeout(TIMEOUT_S):
                    await self._faststream.stop()

    async def _receive(self, delivery: RabbitMessage) -> None:
        type_ = str(delivery.headers.get(f"{envelope.PREFIX}type", "unknown"))
        try:
            received = self._read(delivery)
        except (envelope.UnreadableError, ValidationError, ValueError) as error:
            await self._park(delivery, type_, error)
            return
        deliveries = int(delivery.headers.get("x-delivery-count") or 0) + 1
        try:
            await self._lane.submit(
                received, alone=deliveries >= ALONE_FROM, cause=received.envelope.id, trace=received.envelope.traceparent
            )
        except Exception as error:  # noqa: BLE001 (the guilty message is parked, whatever it did)
            await self._park(delivery, type_, error)
            return
        RECEIVED.labels(type_, "done").inc()
        with suppress(*BROKER_ERRORS):  # redelivered otherwise, and then the inbox knows it
            await delivery.ack()

    def _read(self, delivery: RabbitMessage) -> Received:
        about = envelope.read(delivery.headers)
        if about.type not in self._types:
            message = f"this service does not handle {about.type}"
            raise envelope.UnreadableError(message)
        return Received(about, self._types[about.type].model_validate_json(delivery.body))

    async def _park(self, delivery: RabbitMessage, type_: str, error: Exception) -> None:
        log.error("message is parked", type=type_, message_id=delivery.message_id, error=repr(error)[:500])
        RECEIVED.labels(type_ if type_ in self._types else "unknown", "parked").inc()
        with suppress(*BROKER_ERRORS):
            await delivery.reject(requeue=False)

    async def _handle(self, batch: Sequence[Received], tx: Transaction) -> Sequence[None]:
        """Do a batch: leave out what was done before, then each run of one type in the order of arrival."""
        rows = [{"event_id": key} for key in sorted({received.envelope.id for received in batch})]
        fresh = {row.event_id for row in await tx.rows(insert(tables.inbox).values(rows).on_conflict_do_nothing().returning(tables.inbox.c.event_id))}
        once = {received.envelope.id: received for received in batch if received.envelope.id in fresh}
        for kind, run in groupby(once.values(), key=lambda received: type(received.message)):
            await self._handlers[kind]([received.message for received in run], tx)
        return [None] * len(batch)


async def _as_it_is(delivery: RabbitMessage) -> bytes:  # noqa: RUF029 (FastStream awaits it)
    return delivery.body
