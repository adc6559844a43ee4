"""What was published about bookings, kept by a quorum queue of the run's own.

The log of events is a stream, and a stream of RabbitMQ may lose what it has confirmed when its leader changes
(https://github.com/rabbitmq/rabbitmq-server/issues/9457), so it does not show what was published.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import aio_pika
from chaos.judge import TAKING, Line
from contracts.message import EVENTS
from contracts.scheduling import SessionBooked
from support.listener import PREFIX

QUEUE: Final = "proof.announced"


async def keep(amqp: str) -> None:
    """Declare the queue, which has every booking that is published from now on."""
    async with _channel(amqp) as channel:
        queue = await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind(EVENTS, SessionBooked.type)


async def kept(amqp: str) -> list[dict[str, str]]:
    """Return every booking that was published, each as often as it was, as in the history of ``chaos``."""
    found = list[dict[str, str]]()
    async with _channel(amqp) as channel:
        queue = await channel.get_queue(QUEUE, ensure=False)
        while message := await queue.get(no_ack=True, fail=False):
            found.append({"id": str(message.headers[f"{PREFIX}id"]), "session_id": json.loads(message.body)["session_id"]})
    return found


def not_logged(lines: Sequence[Line]) -> int:
    """Return of how many bookings the log of events has none; the log is the first line about what was announced."""
    rows = {name: [line["rows"] for line in lines if line["kind"] == "rows" and line["table"] == name] for name in ("session", "announced")}
    booked = {row["id"] for row in rows["session"][0] if row["status"] in TAKING}
    return len(booked - {row["session_id"] for row in rows["announced"][0]})


@asynccontextmanager
async def _channel(amqp: str) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    async with await aio_pika.connect(amqp) as connection:
        yield await connection.channel()
