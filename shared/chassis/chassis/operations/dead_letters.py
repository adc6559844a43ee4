"""Dead letters under a lease: read, put back into the inbox, or discarded; one lease at a time.

A lease takes the messages from the queue and gives back those that are left when it ends, whatever
happens: a process that ends loses its connection, and the broker gives everything back by itself.

It acknowledges them in transactions. The broker passes many single acknowledgements on to a quorum queue only as fast as the queue
confirms them, and drops those that wait when the connection closes: the messages come back. A transaction passes all on as one before
the broker answers.

A process that ends in the middle of a redrive may have published a step that it did not acknowledge: those that fail again are parked
beside the messages that they are copies of. The next lease drops these (``_superseded``); until then they are counted. Both in one
transaction would not do: RabbitMQ acknowledges at the commit also what the inbox does not take (https://www.rabbitmq.com/docs/semantics).
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import aio_pika
from aio_pika.exceptions import DeliveryError, PublishError
from aiormq.exceptions import ChannelLockedResource
from contracts.envelope import PREFIX

from chassis.amqp.properties import ATTEMPTS, DEATHS, UNREADABLE, anew, digest, event_id, identity, times_put_back
from chassis.messaging.broker import BROKER_ERRORS, PARKED, TIMEOUT_S, Broker, Reason, UndeliverableError, count
from chassis.telemetry.logs import LONGEST_ERROR

if TYPE_CHECKING:
    from aio_pika import Message
    from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
    from aiormq.abc import AbstractChannel as Channel

REACH: Final = 1_000
"""Dead letters, the oldest first, that a lease takes at most; RabbitMQ keeps their order while all are taken and given back."""

LEASE_S: Final = 15
"""How long a lease may hold messages; a redrive has as long for each of its steps."""

STEP: Final = 100
"""Dead letters that are put back, and leave their queue, together: within a lease on a busy machine too."""

LAST_STEP_S: Final = 15
"""How long a redrive begins further steps; whoever requested it waits for the answer."""

TAKE_S: Final = 5

LOCK_S: Final = 5

COUNT_S: Final = 1
"""How long a count waits for a lease to end: longer than a look takes, shorter than a redrive may."""

GIVE_BACK_S: Final = 1

LOOK_EVERY_S: Final = 0.02

LOOK_AT_LEAST_EVERY_S: Final = 0.64
"""Whoever waits for a lease to end looks ever more rarely: RabbitMQ logs each look as an error."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)


class LeaseBusyError(Exception):
    """Another lease has the dead letters."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be handled, with the broker's own headers."""

    delivery: "AbstractIncomingMessage"

    @property
    def id(self) -> str:
        """Its event id, or a digest where it has none that can be read."""
        return identity(self.delivery)

    @property
    def type(self) -> str | None:
        """Its message type, as its headers state it."""
        stated = self.delivery.headers.get(f"{PREFIX}type") or self.delivery.type
        return str(stated)[:200] if stated else None

    @property
    def rejected_at(self) -> datetime | None:
        """When it became a dead letter last."""
        at = self._dead_lettering.get("time")
        return at.replace(tzinfo=at.tzinfo or UTC) if isinstance(at, datetime) else None

    @property
    def reason(self) -> str:
        """Why it is a dead letter, in the broker's term: rejected or delivery_limit."""
        return str(self._dead_lettering.get("reason", "unknown"))[:200]

    @property
    def unreadable(self) -> str | None:
        """Why it could not be read when it was parked, which may be a header that it has no more; None where it could."""
        stated = self._dead_lettering.get(UNREADABLE)
        return str(stated)[:LONGEST_ERROR] if stated else None

    @property
    def attempts(self) -> int:
        """How often it became a dead letter."""
        return times_put_back(self.delivery) + 1

    @property
    def _dead_lettering(self) -> dict[str, Any]:
        deaths = self.delivery.headers.get(DEATHS)
        first = deaths[0] if isinstance(deaths, list) and deaths else {}
        return first if isinstance(first, dict) else {}

    def again(self) -> "Message":
        """Return the message anew, as it was before it became a dead letter."""
        return anew(self.delivery, **{ATTEMPTS: str(self.attempts)})


@dataclass(slots=True)
class Lease:
    """The dead letters that a lease took, the oldest first, and how many there are in all."""

    dead_letters: list[DeadLetter]
    total: int
    connection: "AbstractConnection"
    channel: "AbstractChannel"
    """Received the messages, and acknowledges them in transactions."""
    broker: Broker
    timeout: asyncio.Timeout
    """Ends the lease."""

    def named(self, ids: Collection[str] | None) -> list[DeadLetter]:
        """Return the messages with these ids, or all of them."""
        return [dead_letter for dead_letter in self.dead_letters if ids is None or dead_letter.id in ids]

    async def redrive(self, dead_letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        """Put dead letters back into the inbox, in their order and some at a time; each leaves its queue once the inbox has it.

        Return those that were put back: not all when that takes long. UndeliverableError when the inbox does not take them,
        ConnectionError when the broker is lost meanwhile; those that were taken have left.
        """
        publishing = await self.connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await publishing.get_exchange(PARKED, ensure=False)
        loop = asyncio.get_running_loop()
        last_step_at, done = loop.time() + LAST_STEP_S, 0
        while done < len(dead_letters) and (not done or loop.time() < last_step_at):
            self._extend()
            step = dead_letters[done : done + STEP]
            outcomes = await asyncio.gather(
                *(exchange.publish(dead_letter.again(), self.broker.inbox, mandatory=True) for dead_letter in step), return_exceptions=True
            )
            taken = [dead_letter for dead_letter, outcome in zip(step, outcomes, strict=True) if not isinstance(outcome, BaseException)]
            if any(isinstance(outcome, PublishError) for outcome in outcomes):
                taken.clear()  # aiormq knows a returned message by its message id, which others may have too
            await self.drop(taken)
            done += len(taken)
            failure = next((outcome for outcome in outcomes if isinstance(outcome, BaseException)), None)
            if isinstance(failure, PublishError | DeliveryError):
                raise UndeliverableError(
                    Reason.FULL, f"the inbox took {done} of {len(dead_letters)} messages and takes no more"
                ) from failure
            if failure is not None:
                message = "the connection to the broker was lost while messages were put back"
                raise ConnectionError(message) from failure
        self._extend()
        return dead_letters[:done]

    async def drop(self, dead_letters: Sequence[DeadLetter]) -> None:
        """Remove dead letters for good."""
        underlay = await self.channel.get_underlay_channel()
        for dead_letter in dead_letters:
            await dead_letter.delivery.ack()
        await underlay.tx_commit()
        dropped = {dead_letter.delivery.delivery_tag for dead_letter in dead_letters}
        self.dead_letters = [dead_letter for dead_letter in self.dead_letters if dead_letter.delivery.delivery_tag not in dropped]
        self.total -= len(dead_letters)

    async def give_back(self) -> None:
        """Return the others to the queue, and only when they can be seen there again."""
        if not self.dead_letters:
            return
        last = max(dead_letter.delivery.delivery_tag or 0 for dead_letter in self.dead_letters)
        underlay = await self.channel.get_underlay_channel()
        await underlay.basic_nack(last, multiple=True, requeue=True)
        await underlay.tx_commit()
        with suppress(TimeoutError):
            async with asyncio.timeout(GIVE_BACK_S):
                while await _count(self.channel, self.broker) < self.total:  # noqa: ASYNC110 (the broker knows)
                    await asyncio.sleep(LOOK_EVERY_S)

    def _extend(self) -> None:
        """Hold the rest for as long again, unless the lease has ended."""
        if not self.timeout.expired():
            self.timeout.reschedule(asyncio.get_running_loop().time() + LEASE_S)


async def count_unless_leased(broker: Broker) -> int | None:
    """Return how many dead letters there are, or None while a lease has them: the broker counts what a lease took as if it were gone.

    Works without a connection of its own. BROKER_ERRORS when the broker is away.
    """

    async def look(channel: "Channel") -> int:
        # The broker refuses to delete the queue that is the lock of a lease, and answers well where there is none. A lease takes longer
        # than the count, so that there was none during it where there is none before and after it.
        lock = f"{broker.parked}.hand"
        await channel.queue_delete(lock, nowait=True)
        found = await count(channel, broker.parked)
        await channel.queue_delete(lock)
        return found.message_count or 0

    try:
        return await broker.look(look)
    except ChannelLockedResource:
        return None


class ParkedCount:
    """How many dead letters there are, also while somebody looks at them."""

    def __init__(self, broker: Broker) -> None:
        """Nothing is counted yet."""
        self._broker = broker
        self._last: int | None = None
        self._counting: asyncio.Task[int | None] | None = None
        """Concurrent callers share a count."""

    async def now(self) -> int | None:
        """Return the count, and the last one while a lease lasts; None when none is known or the broker is away."""
        if self._counting is None or self._counting.done():
            self._counting = asyncio.create_task(self._count(), name="count of parked messages")
        return await asyncio.shield(self._counting)

    async def _count(self) -> int | None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + COUNT_S
        try:
            while (found := await count_unless_leased(self._broker)) is None and loop.time() < deadline:  # noqa: ASYNC110 (the broker knows)
                await asyncio.sleep(LOOK_EVERY_S)
        except BROKER_ERRORS:
            return None
        if found is not None:
            self._last = found
        return self._last


@asynccontextmanager
async def lease(broker: Broker) -> AsyncIterator[Lease]:
    """Lease the dead letters and give back what is left of them; LeaseBusyError while another lease has them."""
    async with asyncio.timeout(TIMEOUT_S):
        connection = await aio_pika.connect(broker.url)
    try:
        async with asyncio.timeout(LEASE_S) as timeout:
            channel = await _lock(connection, broker)
            taken = await _take(connection, channel, broker, timeout)
            yield taken
            await taken.give_back()
    finally:
        with suppress(*BROKER_ERRORS):
            async with asyncio.timeout(TIMEOUT_S):
                await connection.close()


async def _lock(connection: "AbstractConnection", broker: Broker) -> "AbstractChannel":
    """Wait until no other lease has the messages: a queue that only one connection may have is the lock."""
    deadline, pause_s = asyncio.get_running_loop().time() + LOCK_S, LOOK_EVERY_S
    while True:
        channel = await connection.channel(publisher_confirms=False)
        try:
            await channel.declare_queue(f"{broker.parked}.hand", exclusive=True, auto_delete=True)
        except ChannelLockedResource as held:
            if asyncio.get_running_loop().time() > deadline:
                raise LeaseBusyError from held
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LOOK_AT_LEAST_EVERY_S)
        else:
            return channel


async def _take(connection: "AbstractConnection", channel: "AbstractChannel", broker: Broker, until: asyncio.Timeout) -> Lease:
    await (await channel.get_underlay_channel()).tx_select()
    total = await _count(channel, broker)
    wanted, dead_letters, complete = min(total, REACH), list[DeadLetter](), asyncio.Event()

    async def keep(delivery: "AbstractIncomingMessage") -> None:
        dead_letters.append(DeadLetter(delivery))
        if len(dead_letters) >= wanted:
            complete.set()

    if wanted:
        await channel.set_qos(prefetch_count=wanted)
        queue = await channel.get_queue(broker.parked, ensure=False)
        consumer = await queue.consume(keep)
        with suppress(TimeoutError):  # an operator may have emptied the queue meanwhile
            async with asyncio.timeout(TAKE_S):
                await complete.wait()
        await queue.cancel(consumer)
    dead_letters.sort(key=lambda dead_letter: (dead_letter.rejected_at or NEVER, dead_letter.id))
    taken = Lease(dead_letters, total, connection, channel, broker, until)
    if superseded := _superseded(dead_letters):
        await taken.drop(superseded)
    return taken


def _superseded(dead_letters: Sequence[DeadLetter]) -> list[DeadLetter]:
    """Return those of which there is another copy, put back more often or parked later.

    Copies have the same event id, so that one of them acts, and the same headers and body: nothing is lost with the others. Of messages
    without an id, which never act, somebody may have published several that are the same: all are kept.
    """
    copies: dict[tuple[UUID, str], list[DeadLetter]] = {}
    for dead_letter in dead_letters:
        if known := event_id(dead_letter.delivery):
            copies.setdefault((known, digest(dead_letter.delivery)), []).append(dead_letter)
    return [each for same in copies.values() for each in sorted(same, key=lambda copy: copy.attempts)[:-1]]


async def _count(channel: "AbstractChannel", broker: Broker) -> int:
    return (await channel.declare_queue(broker.parked, passive=True)).declaration_result.message_count or 0
