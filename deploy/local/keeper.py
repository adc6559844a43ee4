"""Keeps what was started running: a server that ends by itself is started again, later each time."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from servers.processes import ServerError

from local.terminal import report

FIRST_DELAY = 0.5
LONGEST_DELAY = 15.0
STEADY_SECONDS = 60.0


class Startable(Protocol):
    """What can be kept: a service, a database, a broker."""

    def start(self) -> None:
        """Start it."""

    def stop(self) -> None:
        """End it gently."""

    def running(self) -> bool:
        """Return whether it runs."""
        ...


@dataclass
class Kept:
    """One thing that should run, and how patient to be with it."""

    name: str
    thing: Startable
    delay: float = FIRST_DELAY
    started: float = 0.0
    due: float | None = None

    def is_due(self) -> bool:
        """Report that it ended when it did; return whether the time has come to start it again."""
        now = time.monotonic()
        if self.thing.running():
            return False
        if self.due is None:
            self.delay = FIRST_DELAY if now - self.started > STEADY_SECONDS else min(self.delay * 2, LONGEST_DELAY)
            self.due = now + self.delay
            report(f"ended by itself and is started again in {self.delay:g} s", source=self.name)
        return now >= self.due

    def start(self) -> None:
        """Start it again, or report why it could not be started."""
        self.due, self.started = None, time.monotonic()
        try:
            self.thing.start()
        except ServerError as error:
            report(str(error), source=self.name)


def keep(things: Iterable[Kept]) -> None:
    """Look after everything once; what has to be started is started at once, so that it takes as long as the slowest."""
    _at_once([thing.start for thing in things if thing.is_due()])


def stop_together(things: Iterable[Startable]) -> None:
    """Stop several things at once, so that it takes as long as the slowest."""
    _at_once([thing.stop for thing in things])


def _at_once(steps: Sequence[Callable[[], None]]) -> None:
    if not steps:
        return
    with ThreadPoolExecutor(max_workers=len(steps)) as pool:
        for step in [pool.submit(step) for step in steps]:
            step.result()
