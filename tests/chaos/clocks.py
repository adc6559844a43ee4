"""Clocks of processes that can be stepped while they run: libfaketime reads from a file how far one is ahead or behind.

Only the time of day is stepped, as on a machine whose clock is set; time-outs are measured by a clock that goes on.
"""

import sys
from pathlib import Path
from typing import Final

from local.install import libfaketime

PRELOAD: Final = "DYLD_INSERT_LIBRARIES" if sys.platform == "darwin" else "LD_PRELOAD"


def with_clock(clock: Path) -> dict[str, str]:
    """Return the environment of a process that has the clock in this file; NotInstalledError without libfaketime."""
    step(clock, 0)
    return {
        PRELOAD: str(libfaketime()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",  # a step is there at once
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def step(clock: Path, ahead_s: int) -> None:
    """Put the clock so many seconds ahead of the machine's, or behind it."""
    written = clock.with_suffix(".new")
    written.write_text(f"{ahead_s:+d}\n")
    written.replace(clock)
