"""A subscriber like any other system: a queue of its own on the public events, a plain client, no secret knowledge."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from demo.front import Json, UnreachableError

EVENTS: Final = "holdfast.events"
HOLDS_ANSWERED: Final = "rooms.holds_answered.v1"
PATIENCE_S: Final = 10.0
CONNECT_S: Final = 5.0

OnEvent = Callable[[str, str, Json, float], None]
"""Called with the type, the source, the data, and the time of receipt."""


class NoEventError(Exception):
    """An event that had to come did not."""


class Listener:
    """Receives every public event, and keeps those about the clients that it follows."""

    def __init__(self, on_event: OnEvent) -> None:
        """Call ``on_event`` at once with every event about those clients."""
        self._on_event = on_event
        self._concerned: set[str] = set()
        self._received: list[tuple[str, Json]] = []
        self._news = asyncio.Event()

    def follow(self, *client_ids: str) -> None:
        """Follow these clients and every session that turns out to be theirs."""
        self._concerned.update(client_ids)

    async def receive(self, event: AbstractIncomingMessage) -> None:
        """Take an event from the broker."""
        now, data, headers = time.monotonic(), json.loads(event.body), event.headers
        if self._concerned.isdisjoint({data.get("client_id"), *_sessions(data)}):
            return
        self._concerned.update(_sessions(data))
        type_ = str(headers["cloudEvents_type"])
        self._received.append((type_, data))
        self._on_event(type_, str(headers["cloudEvents_source"]).rpartition("/")[2], data, now)
        self._news.set()

    async def wait_for(self, type_: str, session_id: str) -> Json:
        """Return the latest event of this type about a session as soon as there is one; NoEventError when none comes."""
        return await self._wait_for(type_, lambda data: session_id in _sessions(data))

    async def wait_for_confirmation(self, session_id: str) -> Json:
        """Return rooms' answer that a session's hold is confirmed."""
        confirmed = {"session_id": session_id, "outcome": "confirmed"}.items()
        return await self._wait_for(HOLDS_ANSWERED, lambda data: any(confirmed <= answer.items() for answer in data["answers"]))

    async def _wait_for(self, type_: str, is_meant: Callable[[Json], bool]) -> Json:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    for received, data in reversed(self._received):
                        if received == type_ and is_meant(data):
                            return data
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError as silence:
            message = f"{type_} did not come within {PATIENCE_S:.0f} s"
            raise NoEventError(message) from silence


def _sessions(data: Json) -> set[str]:
    return {part["session_id"] for part in (data, *data.get("answers", ())) if part.get("session_id")}


@asynccontextmanager
async def listen(url: str, on_event: OnEvent) -> AsyncIterator[Listener]:
    """Subscribe to every public event until the block ends."""
    try:
        connection = await aio_pika.connect(url, timeout=CONNECT_S)
    except (aio_pika.exceptions.AMQPError, OSError) as error:
        message = f"the broker does not answer: {error or type(error).__name__}"
        raise UnreachableError(message) from error
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(f"demo.walkthrough-{time.time_ns()}", exclusive=True)
        await queue.bind(EVENTS, "#")
        listener = Listener(on_event)
        await queue.consume(listener.receive, no_ack=True)
        yield listener
