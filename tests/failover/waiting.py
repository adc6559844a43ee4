"""Waits for servers, beside the event loop."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from servers import ServerError

WITHIN_S: Final = 180.0
LOOK_S: Final = 0.2

Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found | None], within_s: float = WITHIN_S) -> Found:
    """Return the first thing but None and False that a look finds; ServerError when it takes too long."""
    deadline = time.monotonic() + within_s
    while not (found := look()):
        if time.monotonic() > deadline:
            message = f"{what}: not within {within_s:.0f} s"
            raise ServerError(message)
        time.sleep(LOOK_S)
    return found
