"""Callers that wait for a decision (``Prefer: wait``): told in this process at once, found by a look otherwise."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from uuid import UUID

LOOK_EVERY_S: Final = 0.5
"""How often a waiting caller looks for itself, because another replica may have decided."""

T = TypeVar("T")


class Waiters:
    """Who waits for news about what."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._waiting: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)

    def tell(self, key: UUID) -> None:
        """Let everyone who waits for this key look again."""
        for event in self._waiting.get(key, ()):
            event.set()

    async def wait(self, key: UUID, look: Callable[[], Awaitable[T]], enough: Callable[[T], bool], patience_s: float) -> T:
        """Look until it is enough or patience ends; return what was seen last."""
        news = asyncio.Event()
        self._waiting[key].add(news)
        deadline = time.monotonic() + patience_s
        try:
            while True:
                seen = await look()
                remaining = deadline - time.monotonic()
                if enough(seen) or remaining <= 0:
                    return seen
                try:
                    async with asyncio.timeout(min(LOOK_EVERY_S, remaining)):
                        await news.wait()
                except TimeoutError:
                    continue
                finally:
                    news.clear()
        finally:
            self._waiting[key].discard(news)
            if not self._waiting[key]:
                del self._waiting[key]
