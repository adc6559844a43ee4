"""Keeps what was started running: a server that ends by itself is started again, later each time."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from local.processes import ServerError
from local.terminal import say

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
        """Say whether it lives."""
        ...


@dataclass
class Kept:
    """One thing that should run, and how patient to be with it."""

    name: str
    thing: Startable
    delay: float = FIRST_DELAY
    started: float = 0.0
    due: float | None = None

    def look(self) -> None:
        """Say that it ended when it did, and start it again when its time has come."""
        now = time.monotonic()
        if self.thing.running():
            return
        if self.due is None:
            self.delay = FIRST_DELAY if now - self.started > STEADY_SECONDS else min(self.delay * 2, LONGEST_DELAY)
            self.due = now + self.delay
            say(f"ended by itself and is started again in {self.delay:g} s", source=self.name)
        elif now >= self.due:
            self.due, self.started = None, now
            try:
                self.thing.start()
            except ServerError as error:
                say(str(error), source=self.name)


def keep(things: Iterable[Kept]) -> None:
    """Look after everything once."""
    for thing in things:
        thing.look()


def stop_together(things: Iterable[Startable]) -> None:
    """Stop several things at once, so that it takes as long as the slowest."""
    stopping = list(things)
    with ThreadPoolExecutor(max_workers=max(len(stopping), 1)) as pool:
        for ending in [pool.submit(thing.stop) for thing in stopping]:
            ending.result()
