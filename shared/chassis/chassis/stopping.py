"""Knows that the process or a task was told to stop, the process before its server does anything about it.

A server first waits for answers that are still open and only then ends the app's lifespan; an answer without an end
must hear of it earlier.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_stop(call: Callable[[], None]) -> Iterator[None]:
    """Have ``call`` run in the loop as soon as the process is told to stop; whoever handles the signal still does."""
    if threading.current_thread() is not threading.main_thread():  # signals are Python's main thread's alone
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}

    def tell(number: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in before.items():
        if callable(handler):  # the default is to end at once, and needs no help
            signal.signal(number, tell)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is tell:
                signal.signal(number, handler)


def is_cancelled() -> bool:
    """Whether this task was told to end, and not only what it waited for: a dying connection cancels what it had in hand."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
