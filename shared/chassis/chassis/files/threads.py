"""Work that would keep the event loop, such as reading a large file, done in threads of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

MOST_AT_ONCE: Final = 2
"""So many pieces of such work run at once in a process; the others wait, and requests are answered meanwhile."""

Given = ParamSpec("Given")
Found = TypeVar("Found")

_threads: Final = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="in-thread")


async def in_thread(work: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs) -> Found:
    """Do pure work in a thread and return what it returns or raise what it raises; it must touch neither the loop nor a session."""
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: work(*args, **kwargs))
