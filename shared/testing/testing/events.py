"""A client of the event stream, as a browser is, which keeps everything that it receives."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from httpx import AsyncClient, Response
from pydantic_core import from_json

from testing.waiting import until


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the stream states it."""

    type: str
    id: str | None
    data: dict[str, Any]


@dataclass(slots=True)
class Stream:
    """An open stream and what came over it so far."""

    response: Response
    events: list[Event] = field(default_factory=list)
    comments: int = 0
    retry: int | None = None
    is_over: bool = False

    @property
    def types(self) -> list[str]:
        """The types of what was received, in order."""
        return [event.type for event in self.events]

    async def until(self, enough: Callable[["Stream"], object], within: float = 15.0) -> None:
        """Wait until what was received is enough."""

        async def look() -> bool:
            return bool(enough(self))

        await until(look, within)

    async def read(self) -> None:
        """Read until the stream is over."""
        stated: dict[str, str] = {}
        async for line in self.response.aiter_lines():
            name, _, value = line.partition(": ")
            if not line:
                self._note(stated)
                stated = {}
            elif not name:
                self.comments += 1
            else:
                assert name not in stated, f"{name} has more than one line"
                stated[name] = value
        self.is_over = True

    def _note(self, stated: dict[str, str]) -> None:
        if "retry" in stated:
            self.retry = int(stated["retry"])
        if "event" in stated:
            self.events.append(Event(stated["event"], stated.get("id"), from_json(stated["data"])))


@asynccontextmanager
async def stream_of(http: AsyncClient, path: str, **params: str | list[str]) -> AsyncIterator[Stream]:
    """Listen within the block."""
    async with http.stream("GET", path, params=params, timeout=None) as response:
        assert response.status_code == 200, await response.aread()
        stream = Stream(response)
        reading = asyncio.create_task(stream.read())
        try:
            yield stream
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
