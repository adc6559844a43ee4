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
_thread_of_files: Final = ThreadPoolExecutor(1, thread_name_prefix="large-files")


async def in_thread(work: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs) -> Found:
    """Do pure work in a thread and return what it returns or raise what it raises; it must touch neither the loop nor a session."""
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: work(*args, **kwargs))


async def in_turn(work: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs) -> Found:
    """Write a part of a file in the thread that all files share, and return what ``work`` returns or raise what it raises.

    Files whose parts are short get ahead between the parts of a large one. One thread, because several that compute take the
    interpreter from the event loop for as many turns each time.
    """
    return await asyncio.get_running_loop().run_in_executor(_thread_of_files, lambda: work(*args, **kwargs))
