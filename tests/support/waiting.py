"""Waiting for a condition, never for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

PATIENCE_S: Final = 15.0
LOOK_EVERY_S: Final = 0.02

T = TypeVar("T")


async def until(condition: Callable[[], Awaitable[T | None]], within: float = PATIENCE_S) -> T:
    """Return the first thing that the condition answers and that is true; fail when patience ends."""
    deadline = time.monotonic() + within
    while True:
        async with asyncio.timeout(within):
            seen = await condition()
        if seen:
            return seen
        if time.monotonic() > deadline:
            message = f"not within {within:g} s; seen last: {seen!r}"
            raise AssertionError(message)
        await asyncio.sleep(LOOK_EVERY_S)
