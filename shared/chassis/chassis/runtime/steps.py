"""Long work on the event loop in short steps: other requests are served in between."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

LONGEST_STEP_S: Final = 0.005
"""Work goes on for so long before it pauses."""
AT_ONCE: Final = 50
"""As many rows are read or written by one statement."""

T = TypeVar("T")


async def in_steps(items: Iterable[T]) -> AsyncIterator[T]:
    """Return items one by one, and pause as soon as what was done with them took long."""
    begun = time.perf_counter()
    for item in items:
        yield item
        if time.perf_counter() - begun > LONGEST_STEP_S:
            await asyncio.sleep(0)
            begun = time.perf_counter()


def portions(items: Collection[T]) -> Iterator[list[T]]:
    """Return items as many at a time as one statement takes."""
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield some


async def let_go(items: list[T]) -> None:
    """Empty a list in short steps: rows that hold many others take long to be freed at once."""
    begun = time.perf_counter()
    while items:
        items.pop()
        if time.perf_counter() - begun > LONGEST_STEP_S:
            await asyncio.sleep(0)
            begun = time.perf_counter()
