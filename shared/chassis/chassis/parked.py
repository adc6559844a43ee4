"""Parked messages in somebody's hand: looked at, put back into the inbox, or thrown away; one hand at a time.

A hand takes the messages from the queue, does what it came for and gives the others back before it lets go, whatever
happens: a process that dies loses its connection, and the broker gives everything back by itself.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import aio_pika
from aio_pika import DeliveryMode, Message
from aio_pika.exceptions import DeliveryError, PublishError
from aiormq.exceptions import ChannelLockedResource
from contracts.envelope import PREFIX

from chassis.messaging import BROKER_ERRORS, PARKED, TIMEOUT_S, Broker, Reason, UndeliverableError, count

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
    from aiormq.abc import AbstractChannel as Channel

REACH: Final = 1_000
"""Parked messages, the oldest first, that a hand takes at most; RabbitMQ keeps their order while all are taken and given back."""
HAND_S: Final = 15
"""How long a hand may hold messages."""
TAKE_S: Final = 5
LOCK_S: Final = 5
GIVE_BACK_S: Final = 1
LOOK_EVERY_S: Final = 0.02
ATTEMPTS: Final = "holdfast_attempts"
"""The header that counts how often a message was put back; the broker's own count does not survive that."""
COUNT: Final = re.compile(r"[0-9]{1,9}")
"""What can be such a count; anybody may have written the header."""
BROKERS_OWN: Final = "x-"
NEVER: Final = datetime.min.replace(tzinfo=UTC)


class HandBusyError(Exception):
    """Somebody else has the parked messages in hand."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A parked message and what the broker says about it."""

    delivery: "AbstractIncomingMessage"

    @property
    def id(self) -> str:
        """Its event id, or a digest where it has none that can be read."""
        said = str(self.delivery.headers.get(f"{PREFIX}id") or self.delivery.message_id)
        try:
            return str(UUID(said))
        except ValueError:
            headers = sorted((name, str(value)) for name, value in self.delivery.headers.items() if not name.startswith(BROKERS_OWN))
            return f"sha256-{hashlib.sha256(repr(headers).encode() + self.delivery.body).hexdigest()[:32]}"

    @property
    def type(self) -> str | None:
        """What it says it is."""
        said = self.delivery.headers.get(f"{PREFIX}type") or self.delivery.type
        return str(said)[:200] if said else None

    @property
    def parked_at(self) -> datetime | None:
        """When it was parked last."""
        at = self._death.get("time")
        return at.replace(tzinfo=at.tzinfo or UTC) if isinstance(at, datetime) else None

    @property
    def reason(self) -> str:
        """Why the broker parked it, in the broker's word: rejected or delivery_limit."""
        return str(self._death.get("reason", "unknown"))

    @property
    def attempts(self) -> int:
        """How often it was parked."""
        said = str(self.delivery.headers.get(ATTEMPTS, ""))
        return int(said) + 1 if COUNT.fullmatch(said) else 1

    @property
    def _death(self) -> dict[str, Any]:
        deaths = self.delivery.headers.get("x-death")
        first = deaths[0] if isinstance(deaths, list) and deaths else {}
        return first if isinstance(first, dict) else {}

    def again(self) -> Message:
        """Make the message anew, as it was when it was parked."""
        it = self.delivery
        kept = {name: value for name, value in it.headers.items() if not name.startswith(BROKERS_OWN)}
        return Message(
            it.body,
            headers={**kept, ATTEMPTS: str(self.attempts)},
            message_id=it.message_id,
            type=it.type,
            content_type=it.content_type,
            correlation_id=it.correlation_id,
            timestamp=it.timestamp,
            delivery_mode=DeliveryMode.PERSISTENT,
        )


@dataclass(slots=True)
class Hand:
    """The parked messages within reach, the oldest first, and how many there are in all."""

    letters: list[Letter]
    total: int
    channel: "AbstractChannel"
    broker: Broker

    def named(self, ids: Collection[str] | None) -> list[Letter]:
        """Return the messages with these ids, or all of them."""
        return [letter for letter in self.letters if ids is None or letter.id in ids]

    async def redrive(self, letters: Sequence[Letter]) -> None:
        """Put messages back into the inbox, in their order; each leaves the parked queue once the inbox has it.

        UndeliverableError when the inbox does not take them all; those it took have left.
        """
        exchange = await self.channel.get_exchange(PARKED, ensure=False)
        outcomes = await asyncio.gather(
            *(exchange.publish(letter.again(), self.broker.inbox, mandatory=True) for letter in letters), return_exceptions=True
        )
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        await self.drop([letter for letter, outcome in zip(letters, outcomes, strict=True) if not isinstance(outcome, BaseException)])
        for failure in failed:
            if isinstance(failure, PublishError | DeliveryError):
                said = f"the inbox took {len(letters) - len(failed)} of {len(letters)} messages and takes no more"
                raise UndeliverableError(Reason.FULL, said) from failure
            message = "the broker was lost while messages were put back"
            raise ConnectionError(message) from failure

    async def drop(self, letters: Sequence[Letter]) -> None:
        """Take messages out of the parked queue for good."""
        for letter in letters:
            await letter.delivery.ack()
            self.letters.remove(letter)
        self.total -= len(letters)

    async def give_back(self) -> None:
        """Return the others to the queue, and only when they can be seen there again."""
        if not self.letters:
            return
        last = max(letter.delivery.delivery_tag or 0 for letter in self.letters)
        underlay = await self.channel.get_underlay_channel()
        await underlay.basic_nack(last, multiple=True, requeue=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(GIVE_BACK_S):
                while await _count(self.channel, self.broker) < self.total:  # noqa: ASYNC110 (the broker knows)
                    await asyncio.sleep(LOOK_EVERY_S)


async def are_none(broker: Broker) -> bool:
    """Whether no message is parked and nobody has any in hand: without a connection of its own, as long as nobody has.

    While this is found out, the lock is held, as a hand does. BROKER_ERRORS when the broker is away.
    """
    name = f"{broker.parked}.hand"

    async def look(channel: "Channel") -> bool:
        await channel.queue_declare(name, exclusive=True, auto_delete=True, arguments={"x-expires": HAND_S * 1000})
        try:
            return not (await count(channel, broker.parked)).message_count
        finally:
            await channel.queue_delete(name)

    async with broker.one_at_a_time:  # the lock is the connection's
        try:
            return await broker.look(look)
        except ChannelLockedResource:
            return False


@asynccontextmanager
async def hand(broker: Broker) -> AsyncIterator[Hand]:
    """Take the parked messages in hand and give back what is left of them; HandBusyError while somebody else has them."""
    async with asyncio.timeout(TIMEOUT_S):
        connection = await aio_pika.connect(broker.url)
    try:
        async with asyncio.timeout(HAND_S):
            channel = await _lock(connection, broker)
            taken = await _take(channel, broker)
            yield taken
            await taken.give_back()
    finally:
        with suppress(*BROKER_ERRORS):
            async with asyncio.timeout(TIMEOUT_S):
                await connection.close()


async def _lock(connection: "AbstractConnection", broker: Broker) -> "AbstractChannel":
    """Wait until nobody else has the messages in hand: a queue that only one connection may have stands for that."""
    deadline = asyncio.get_running_loop().time() + LOCK_S
    while True:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        try:
            await channel.declare_queue(f"{broker.parked}.hand", exclusive=True, auto_delete=True)
        except ChannelLockedResource as held:
            if asyncio.get_running_loop().time() > deadline:
                raise HandBusyError from held
            await asyncio.sleep(LOOK_EVERY_S)
        else:
            return channel


async def _take(channel: "AbstractChannel", broker: Broker) -> Hand:
    total = await _count(channel, broker)
    wanted, letters, complete = min(total, REACH), list[Letter](), asyncio.Event()

    async def keep(delivery: "AbstractIncomingMessage") -> None:
        letters.append(Letter(delivery))
        if len(letters) >= wanted:
            complete.set()

    if wanted:
        await channel.set_qos(prefetch_count=wanted)
        queue = await channel.get_queue(broker.parked, ensure=False)
        consumer = await queue.consume(keep)
        with suppress(TimeoutError):  # an operator may have emptied the queue meanwhile
            async with asyncio.timeout(TAKE_S):
                await complete.wait()
        await queue.cancel(consumer)
    letters.sort(key=lambda letter: (letter.parked_at or NEVER, letter.id))
    return Hand(letters, total, channel, broker)


async def _count(channel: "AbstractChannel", broker: Broker) -> int:
    return (await channel.declare_queue(broker.parked, passive=True)).declaration_result.message_count or 0
