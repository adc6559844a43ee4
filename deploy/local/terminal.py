"""What the terminal shows: steps with their seconds, and the services' logs side by side."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COLOURS = {"catalog": "36", "rooms": "32", "scheduling": "35", "billing": "33", "identity": "31", "front": "34", "demo": "37"}
TICK_ON_TERMINAL = 0.5
TICK_IN_FILE = 10.0
WIDEST_NAME = 10


def coloured() -> bool:
    """Return whether the output is a terminal that wants colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, colour: str) -> str:
    """Colour a text where colours are shown."""
    return f"\x1b[{colour}m{text}\x1b[0m" if coloured() else text


def report(text: str, *, source: str = "holdfast") -> None:
    """Print one line, with the name of its source in front."""
    print(f"{paint(f'{source:<{WIDEST_NAME}} │', COLOURS.get(source, '1'))} {text}", flush=True)


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Show that something goes on, for how long, and how it ended."""
    began, over = time.monotonic(), threading.Event()
    live = sys.stdout.isatty()

    def tick() -> None:
        while not over.wait(TICK_ON_TERMINAL if live else TICK_IN_FILE):
            print(f"{chr(13) if live else ''}  … {what} {time.monotonic() - began:.0f} s", end="" if live else "\n", flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    sign = paint("✗", "31")
    try:
        yield
        sign = paint("✓", "32")
    finally:
        over.set()
        ticker.join()
        print(f"{chr(13) if live else ''}  {sign} {what} {time.monotonic() - began:.1f} s", flush=True)


def table(rows: dict[str, str]) -> None:
    """Print names and what belongs to them in two columns."""
    width = max(len(name) for name in rows)
    print()
    for name, value in rows.items():
        print(f"  {paint(f'{name:<{width}}', '1')}  {value}")
    print(flush=True)


@dataclass
class Tail:
    """Follows one service's log file and shows what is new."""

    source: str
    log: Path
    position: int = 0
    _rest: str = ""

    def skip(self) -> None:
        """Go to the end: what was written so far is in the file."""
        self.position = self.log.stat().st_size if self.log.exists() else 0

    def show(self) -> None:
        """Print every whole line that was added since the last look."""
        if not self.log.exists():
            return
        with self.log.open("rb") as log:
            log.seek(self.position)
            new = log.read()
        self.position += len(new)
        *lines, self._rest = (self._rest + new.decode(errors="replace")).split("\n")
        for line in lines:
            report(line.rstrip(), source=self.source)
