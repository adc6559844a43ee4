"""Waiting for a condition, with a deadline and words about what did not come."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

PATIENCE_S: Final = 60.0
"""Long beyond need: what is waited for comes soon, but a machine that does other things may stand still for a while."""
FIRST_PAUSE_S: Final = 0.02
LONGEST_PAUSE_S: Final = 0.1
"""Each pause between two looks is half as long again as the one before, up to this: a look at a service costs it some milliseconds."""

T = TypeVar("T")


async def until(condition: Callable[[], Awaitable[T | None]], within: float = PATIENCE_S) -> T:
    """Return the first true value that the condition answers.

    Raises AssertionError with the condition's source and its last answer when there is none ``within`` seconds, or when one
    look does not end in that time.
    """
    deadline = time.monotonic() + within
    seen: object = "nothing yet"
    pause = FIRST_PAUSE_S
    while True:
        try:
            async with asyncio.timeout(within):
                found = await condition()
        except TimeoutError as error:
            raise AssertionError(_late(condition, within, f"a look did not end; before it: {seen!r}")) from error
        if found:
            return found
        seen = found
        if time.monotonic() > deadline:
            raise AssertionError(_late(condition, within, f"seen last: {seen!r}"))
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE_S)


def _late(condition: Callable[[], Awaitable[object]], within: float, what: str) -> str:
    try:
        source = inspect.getsource(condition).strip()
    except (OSError, TypeError):
        source = repr(condition)
    return f"not within {within:g} s: {what}\nwaited for: {source}"
