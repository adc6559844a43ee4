"""Subscribers in a process of their own: their queues are bound to the platform's events, and they count until a last message.

Run as ``python -m bench.subscriber URL COUNT``. It prints ``ready`` when all consume and, when all have had the last message, one line of
JSON: of each, the events and the moment of the last one, as ``time.monotonic`` has it for all processes of a machine.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import Final

import aio_pika
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue
from chassis.amqp.queues import NO_DELIVERY_LIMIT
from contracts.message import EVENTS

PREFETCH: Final = 200
ARGUMENTS: Final = {"x-queue-type": "quorum", "x-delivery-limit": NO_DELIVERY_LIMIT}
LAST: Final = "bench.last"
"""The routing key of the message after which nothing is counted."""


@dataclass(slots=True)
class Subscriber:
    """What one of them was delivered."""

    events: int = 0
    at: float = 0.0

    async def count(self, last: asyncio.Event, message: AbstractIncomingMessage) -> None:
        """Count a message and acknowledge it."""
        if message.routing_key == LAST:
            last.set()
        else:
            self.events += 1
            self.at = time.monotonic()
        await message.ack()


async def subscribe(url: str, count: int) -> list[Subscriber]:
    """Consume from so many queues until each has had the last message; the queues are deleted then."""
    subscribers = [Subscriber() for _ in range(count)]
    async with await aio_pika.connect(url) as connection:
        waiting: list[asyncio.Event] = []
        consuming: list[tuple[AbstractQueue, str]] = []
        for number, subscriber in enumerate(subscribers, start=1):
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.declare_queue(f"bench.{number}", durable=True, arguments=dict(ARGUMENTS))
            await queue.bind(EVENTS, "#")
            waiting.append(last := asyncio.Event())
            consuming.append((queue, await queue.consume(partial(subscriber.count, last))))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.gather(*(last.wait() for last in waiting))
        for queue, tag in consuming:
            await queue.cancel(tag)
            await queue.delete(if_unused=False, if_empty=False)
    return subscribers


def main() -> int:
    """Run them."""
    url, count = sys.argv[1:]
    found = asyncio.run(subscribe(url, int(count)))
    sys.stdout.write(json.dumps([{"events": each.events, "at": each.at} for each in found]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
