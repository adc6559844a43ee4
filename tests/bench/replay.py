"""How fast a subscriber reads the log of all events from the first one on."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from chassis.messaging.broker import LOG
from support.platform import Platform

from bench import outboxes, processor
from bench.bookings import closed_loop
from bench.clinics import Clinics
from bench.ratios import Ratios

EVENTS: Final = 50_000
CALLERS: Final = 64
PREFETCHES: Final = (200, 2_000)
FROM_THE_FIRST: Final = {"x-stream-offset": "first"}
PUBLISHED_AT_ONCE: Final = 500
PATIENCE_S: Final = 300.0
MB: Final = 1_000_000

Say = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Load:
    """The bookings that make the first events."""

    clinics: Clinics
    seconds: float
    first_day: int


@dataclass(slots=True)
class Replay:
    """A subscriber that reads so many events."""

    wanted: int
    keep: bool = False
    """Whether the events are kept, to be written again."""
    events: int = 0
    size: int = 0
    kept: list[AbstractIncomingMessage] = field(default_factory=list[AbstractIncomingMessage])
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, message: AbstractIncomingMessage) -> None:
        """Count an event and acknowledge it, which is what lets the broker send more."""
        self.events += 1
        self.size += message.body_size
        if self.keep:
            self.kept.append(message)
        await message.ack()
        if self.events >= self.wanted:
            self.done.set()


async def measure(running: Platform, load: Load, events: int, publishes: float, say: Say, ratios: Ratios) -> None:
    """Book, copy the events until the log has as many as wanted, and read them with each prefetch, as ratios to a floor of publishes."""
    url = running.rabbitmq.admin_url
    await closed_loop(running.services["scheduling"].url, load.clinics.requests(load.first_day), CALLERS, load.seconds)
    await outboxes.until_empty(running, PATIENCE_S)
    own = await _length(url)
    first, _ = await _replayed(url, Replay(min(own, events), keep=True), PREFETCHES[0])
    await _copy(url, first.kept, events - own)
    first.kept.clear()
    say(f"log: {max(own, events):,} events, {own:,} of bookings and what came before them, the others copies of these")
    for prefetch in PREFETCHES:
        worked = processor.seconds()
        read, took = await _replayed(url, Replay(max(own, events)), prefetch)
        rate, share = read.events / took, read.events / took / publishes
        broker = (processor.seconds() - worked) * 1_000_000 / read.events
        say(
            f"replay, prefetch {prefetch:5}: {rate:7.0f} events/s, {read.size / MB / took:5.1f} MB/s of bodies, "
            f"{share:5.2f} of the publish floor, {broker:4.0f} microseconds of the broker's and the services' processor each"
        )
        ratios.of[f"events replayed with a prefetch of {prefetch}, of the publish floor"] = share
        ratios.figures[f"events/s replayed with a prefetch of {prefetch}"] = rate


async def _length(url: str) -> int:
    """Return how many events the log has: a marker gets the offset after them."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.set_qos(prefetch_count=1)
        await channel.default_exchange.publish(aio_pika.Message(b"{}"), LOG)
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def note(message: AbstractIncomingMessage) -> None:
            offset = int(str(message.headers["x-stream-offset"]))
            await message.ack()
            if message.body == b"{}" and not found.done():
                found.set_result(offset)

        log = await channel.get_queue(LOG, ensure=False)
        await log.consume(note, arguments={"x-stream-offset": "last"})
        async with asyncio.timeout(PATIENCE_S):
            return await found


async def _replayed(url: str, replay: Replay, prefetch: int) -> tuple[Replay, float]:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=prefetch)
        log = await channel.get_queue(LOG, ensure=False)
        started = time.perf_counter()
        await log.consume(replay.read, arguments=dict(FROM_THE_FIRST))
        async with asyncio.timeout(PATIENCE_S):
            await replay.done.wait()
        return replay, time.perf_counter() - started


async def _copy(url: str, events: list[AbstractIncomingMessage], count: int) -> None:
    """Write events into the log again, in their order, until so many were written; no service gets them."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        for begin in range(0, count, PUBLISHED_AT_ONCE):
            some = (events[number % len(events)] for number in range(begin, min(begin + PUBLISHED_AT_ONCE, count)))
            await asyncio.gather(
                *(
                    channel.default_exchange.publish(
                        aio_pika.Message(
                            event.body, headers=_own(event), message_id=event.message_id, type=event.type,
                            content_type=event.content_type, delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                        ),
                        LOG,
                    )
                    for event in some
                )
            )  # fmt: skip


def _own(event: AbstractIncomingMessage) -> aio_pika.abc.HeadersType:
    """Return an event's headers without those that the log gave it."""
    return {name: value for name, value in event.headers.items() if not name.startswith("x-stream")}
