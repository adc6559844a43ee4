"""Callers that wait for a decision (``Prefer: wait``), whichever process of the service makes it.

A decision of this process is passed to its waiters. For one of another process the caller is made to look, and it looks at intervals too.
A process that stops answers everybody who waits with what is true by then.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Final, Generic, TypeVar
from uuid import UUID

LOOK_EVERY_S: Final = 1.0
"""How often a waiting caller looks for itself, because a notification of another process may have been lost."""
LAST_LOOK_S: Final = 1.0
"""How much longer than a caller's patience a look may take; one that takes longer has found nothing new."""

T = TypeVar("T")


class Waiters(Generic[T]):
    """Who waits for news about what."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._waiting: defaultdict[UUID, set[asyncio.Queue[T | None]]] = defaultdict(set)
        self.on_change: Callable[[UUID], None] = lambda _: None
        """Called with the key of all news of this process, for those who wait in others; must not fail or wait."""
        self._has_ended = False

    def notify(self, key: UUID, news: T) -> None:
        """Give the present state to every waiter of this key."""
        for queue in self._waiting.get(key, ()):
            queue.put_nowait(news)
        self.on_change(key)

    def look(self, keys: Collection[UUID] | None) -> None:
        """Make everyone look who waits for one of these keys, or for any when None."""
        for key in self._waiting if keys is None else keys:
            for queue in self._waiting.get(key, ()):
                queue.put_nowait(None)

    def end(self) -> None:
        """End all waiting, now and from now on; a last look returns what is true by then."""
        self._has_ended = True
        self.look(None)

    async def wait(self, key: UUID, seen: T, look: Callable[[], Awaitable[T]], enough: Callable[[T], bool], patience_s: float) -> T:
        """Begin with what was seen, and return what is enough, or the last news when patience or all waiting ends."""
        queue: asyncio.Queue[T | None] = asyncio.Queue()
        self._waiting[key].add(queue)
        deadline = time.monotonic() + patience_s
        try:
            while not self._has_ended and not enough(seen) and (remaining := deadline - time.monotonic()) > 0:
                news: T | None = None
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(LOOK_EVERY_S, remaining)):
                        news = await queue.get()
                seen = await self._look(look, seen, deadline) if news is None else news
            return seen
        finally:
            self._waiting[key].discard(queue)
            if not self._waiting[key]:
                del self._waiting[key]

    @staticmethod
    async def _look(look: Callable[[], Awaitable[T]], seen: T, deadline: float) -> T:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(deadline - time.monotonic(), 0) + LAST_LOOK_S):
                return await look()
        return seen
