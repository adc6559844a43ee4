"""Another system that subscribes, written in another language: its process, and what it prints about each message."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from local.web import OUTSIDE, node, packages
from pydantic_core import from_json
from testing.waiting import PATIENCE_S, until

from support.repository import ROOT

Json = dict[str, Any]

PUBLISHED: Final = ROOT / "docs" / "asyncapi.json"
READY_S: Final = 120.0


@dataclass(slots=True)
class Subscriber:
    """What the process has printed so far, a line for each message."""

    lines: list[Json] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Return the ids of the messages in the order of arrival."""
        return [line["id"] for line in self.lines]

    @property
    def objections(self) -> list[tuple[str, list[str]]]:
        """Return the types of the messages that it objects to, each with what is wrong."""
        return [(line["type"], line["errors"]) for line in self.lines if line["errors"]]

    async def until(self, enough: Callable[["Subscriber"], object], within: float = PATIENCE_S) -> None:
        """Wait until what was received is enough."""

        async def look() -> bool:
            return bool(enough(self))

        await until(look, within)


@asynccontextmanager
async def subscribed(amqp: str, *queue: str) -> AsyncIterator[Subscriber]:
    """Run the subscriber with a queue of this name, or on the log of all events from the first one; it judges by the published AsyncAPI."""
    await asyncio.to_thread(packages, OUTSIDE)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(node(), OUTSIDE / "subscriber.mjs", amqp, PUBLISHED, *queue), stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    subscriber = Subscriber()
    try:
        async with asyncio.timeout(READY_S):
            first = await process.stdout.readline()
        assert first, (await process.stderr.read()).decode()
        assert from_json(first) == {"ready": True}
        reading = asyncio.create_task(_read(process.stdout, subscriber))
        yield subscriber
        process.stdin.close()
        async with asyncio.timeout(READY_S):
            await reading
            assert await process.wait() == 0, (await process.stderr.read()).decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read(lines: asyncio.StreamReader, subscriber: Subscriber) -> None:
    async for line in lines:
        subscriber.lines.append(from_json(line))
