"""The steps of the event loop: how long each callback kept it, as asyncio's own watch for slow callbacks measures it.

Processor time is measured instead of the clock's, because another process may take the processor away at any moment; and it is stated in
units of a fixed piece of work that is done right after the step, because a busy or a slow machine does both more slowly. The
collector of garbage is off meanwhile: in a test's process it has far more to look through than in a service's.
"""

import gc
import time
from asyncio import Handle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

UNIT: Final = range(3_000)
"""Naming each of these in a new object is the unit, half a millisecond: like the steps, it needs new memory as well as the processor."""


@dataclass(slots=True)
class Steps:
    """The longest step of a while."""

    longest: float = 0.0
    """In units of the fixed work."""
    longest_s: float = 0.0
    what: str = ""

    def add(self, handle: Handle, took_s: float) -> None:
        """Count a step that has just ended."""
        if took_s > self.longest_s:
            self.longest_s, self.longest, self.what = took_s, took_s / unit_s(), repr(handle)


def unit_s() -> float:
    """Do the fixed work and return how long it took, in seconds of processor time."""
    begun = time.thread_time()
    _ = {str(number): [number] for number in UNIT}
    return time.thread_time() - begun


@contextmanager
def loop_steps() -> Iterator[Steps]:
    """Measure every step of the event loop within the block."""
    gc.disable()
    steps, run = Steps(), Handle._run  # noqa: SLF001 (asyncio has no other way to see every step)

    def measured(handle: Handle) -> None:
        begun = time.thread_time()
        run(handle)
        steps.add(handle, time.thread_time() - begun)

    setattr(Handle, "_run", measured)  # noqa: B010 (a type checker knows it as a method)
    try:
        yield steps
    finally:
        setattr(Handle, "_run", run)  # noqa: B010
        gc.enable()
