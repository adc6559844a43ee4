"""Callers that wait for a decision (``Prefer: wait``): told in this process at once, found by a look otherwise."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar
from uuid import UUID

LOOK_EVERY_S: Final = 1.0
"""How often a waiting caller looks for itself, because another replica may have decided."""

T = TypeVar("T")


class Waiters(Generic[T]):
    """Who waits for news about what."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._waiting: defaultdict[UUID, set[asyncio.Queue[T]]] = defaultdict(set)

    def tell(self, key: UUID, news: T) -> None:
        """Hand what is true now to everyone who waits for this key."""
        for queue in self._waiting.get(key, ()):
            queue.put_nowait(news)

    async def wait(self, key: UUID, seen: T, look: Callable[[], Awaitable[T]], enough: Callable[[T], bool], patience_s: float) -> T:
        """Begin with what was seen, and return what is enough, or the last news when patience ends."""
        queue: asyncio.Queue[T] = asyncio.Queue()
        self._waiting[key].add(queue)
        deadline = time.monotonic() + patience_s
        try:
            while not enough(seen) and (remaining := deadline - time.monotonic()) > 0:
                try:
                    async with asyncio.timeout(min(LOOK_EVERY_S, remaining)):
                        seen = await queue.get()
                except TimeoutError:
                    seen = await look()
            return seen
        finally:
            self._waiting[key].discard(queue)
            if not self._waiting[key]:
                del self._waiting[key]
