"""One stream of events to several subscribers while bookings are made: what each is delivered, and what bookings lose by it."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aio_pika
from contracts.message import EVENTS
from support.platform import Platform

from bench import outboxes
from bench.bookings import Result, closed_loop
from bench.clinics import Clinics
from bench.ratios import Ratios
from bench.subscriber import LAST

COUNTS: Final = (0, 1, 5, 20)
CALLERS: Final = 64
WARM_S: Final = 3.0
ROUNDS: Final = 2
"""The second in the reverse order, so that what else the machine does meets all of them."""
PATIENCE_S: Final = 300.0

Say = Callable[..., None]


@dataclass(slots=True)
class Delivered:
    """What subscribers were delivered in one round."""

    started: float = 0.0
    each: list[dict[str, float]] = field(default_factory=list[dict[str, float]])

    @property
    def events(self) -> int:
        """The events that every subscriber had."""
        return int(min(subscriber["events"] for subscriber in self.each))

    @property
    def seconds(self) -> float:
        """How long it took from the first booking until the slowest subscriber had its last event."""
        return max(subscriber["at"] for subscriber in self.each) - self.started

    @property
    def differ(self) -> bool:
        """Whether one had more than another."""
        return len({subscriber["events"] for subscriber in self.each}) > 1


@dataclass(slots=True)
class Rounds:
    """What was booked and delivered with one number of subscribers."""

    booked: Result = field(default_factory=Result)
    delivered: list[Delivered] = field(default_factory=list[Delivered])

    @property
    def events_per_second(self) -> float:
        """Events per second that every subscriber had."""
        return sum(each.events for each in self.delivered) / sum(each.seconds for each in self.delivered)


async def measure(running: Platform, clinics: Clinics, seconds: float, first_day: int, say: Say, ratios: Ratios) -> None:
    """Book with each number of subscribers; print and note what they were delivered, as ratios to one, and bookings, as ratios to none."""
    scheduling = running.services["scheduling"].url
    await closed_loop(scheduling, clinics.requests(first_day), CALLERS, WARM_S)
    found = {count: Rounds() for count in COUNTS}
    days = iter(range(first_day + 20, first_day + 20 * (1 + ROUNDS * len(COUNTS)), 20))
    for number in range(ROUNDS):
        for count in COUNTS[:: 1 if number % 2 == 0 else -1]:
            await outboxes.until_empty(running, PATIENCE_S)
            async with _subscribers(running.rabbitmq.admin_url, count) as delivered:
                booked = await closed_loop(scheduling, clinics.requests(next(days)), CALLERS, seconds / ROUNDS)
                await outboxes.until_empty(running, PATIENCE_S)
            found[count].booked.add(booked)
            if count:
                found[count].delivered.append(delivered)
    for count, rounds in found.items():
        _note(count, rounds, found, say, ratios)


def _note(count: int, rounds: Rounds, found: dict[int, Rounds], say: Say, ratios: Ratios) -> None:
    none, booked = found[0].booked, rounds.booked
    share = booked.booked_per_second / none.booked_per_second
    line = f"{count:2} subscribers: {booked.booked_per_second:5.0f} confirmed/s, {share:4.2f} of none"
    ratios.figures[f"bookings/s with {count} subscribers"] = booked.booked_per_second
    if count:
        each = rounds.events_per_second
        times = each / found[1].events_per_second
        line += f"; {each:6.0f} events/s to each, {times:4.2f} of one, {each * count:7.0f} deliveries/s"
        ratios.of[f"bookings with {count} subscribers, of none"] = share
        ratios.of[f"events to each of {count} subscribers, of one"] = times
        ratios.of[f"processor of a booking without subscribers, of {count}"] = none.processor_ms / booked.processor_ms
        ratios.figures[f"events/s to each of {count} subscribers"] = each
        if any(delivered.differ for delivered in rounds.delivered):
            line += "   SUBSCRIBERS DIFFER"
    say(f"{line}   {booked.summary()}")


@asynccontextmanager
async def _subscribers(url: str, count: int) -> AsyncIterator[Delivered]:
    """Run so many within the block; what they were delivered is known after it."""
    delivered = Delivered()
    if not count:
        yield delivered
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.subscriber", url, str(count), stdout=asyncio.subprocess.PIPE
    )
    if process.stdout is None:
        raise AssertionError
    try:
        async with asyncio.timeout(PATIENCE_S):
            await process.stdout.readline()
            delivered.started = time.monotonic()
            yield delivered
            await _publish_last(url)
            delivered.each = json.loads(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _publish_last(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(EVENTS, ensure=False)
        await exchange.publish(aio_pika.Message(b"{}", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), LAST)
