"""The steps of the event loop: how long each callback kept it, as asyncio's own watch for slow callbacks measures it.

Processor time is measured instead of the clock's, because another process may take the processor away at any moment.
"""

import time
from asyncio import Handle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Steps:
    """The steps of a while."""

    longest_s: float = 0.0
    longest: str = ""
    seconds: list[float] = field(default_factory=list[float])


@contextmanager
def loop_steps() -> Iterator[Steps]:
    """Measure every step of the event loop within the block."""
    steps, run = Steps(), Handle._run  # noqa: SLF001 (asyncio has no other way to see every step)

    def measured(handle: Handle) -> None:
        begun = time.thread_time()
        run(handle)
        took = time.thread_time() - begun
        steps.seconds.append(took)
        if took > steps.longest_s:
            steps.longest_s, steps.longest = took, repr(handle)

    setattr(Handle, "_run", measured)  # noqa: B010 (a type checker knows it as a method)
    try:
        yield steps
    finally:
        setattr(Handle, "_run", run)  # noqa: B010
