"""Detects that the process or a task is to stop, the process before its server acts on it.

A server first waits for answers that are still open and only then ends the app's lifespan; an answer without an end
must be notified earlier.
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
def on_stop_signal(call: Callable[[], None]) -> Iterator[None]:
    """Have ``call`` run in the loop as soon as the process receives a stop signal; other handlers of the signal still run."""
    if threading.current_thread() is not threading.main_thread():  # signals are Python's main thread's alone
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}

    def on_signal(number: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in before.items():
        if callable(handler):  # the default is to end at once, and needs no help
            signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is on_signal:
                signal.signal(number, handler)


def is_cancelled() -> bool:
    """Whether this task was cancelled, and not only what it waited for: a lost connection cancels what it was processing."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
