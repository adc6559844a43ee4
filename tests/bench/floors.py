"""What this machine can do at best: durable commits and confirmed publishes, one row or message at a time."""

import asyncio
import time
from typing import Final

import aio_pika
import asyncpg

SECONDS: Final = 3.0
PUBLISHERS: Final = 64


async def commits_per_second(dsn: str) -> float:
    """Insert one row and commit, again and again, on one connection."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE floor (id bigserial PRIMARY KEY, body text)")
        started, done = time.perf_counter(), 0
        while time.perf_counter() - started < SECONDS:
            await connection.execute("INSERT INTO floor (body) VALUES ('x')")
            done += 1
        return done / (time.perf_counter() - started)
    finally:
        await connection.execute("DROP TABLE IF EXISTS floor")
        await connection.close()


async def publishes_per_second(url: str) -> float:
    """Publish persistent messages to a quorum queue, each confirmed, many in flight."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue("floor", durable=True, arguments={"x-queue-type": "quorum"})
        done, stop = 0, time.perf_counter() + SECONDS

        async def publish() -> None:
            nonlocal done
            while time.perf_counter() < stop:
                message = aio_pika.Message(b"x" * 300, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
                await channel.default_exchange.publish(message, queue.name)
                done += 1

        started = time.perf_counter()
        await asyncio.gather(*(publish() for _ in range(PUBLISHERS)))
        elapsed = time.perf_counter() - started
        await queue.delete(if_unused=False, if_empty=False)
        return done / elapsed
