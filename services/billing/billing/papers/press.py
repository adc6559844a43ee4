"""Where papers are printed: Typst turns a template and facts into a PDF, beside the event loop and within limits.

Templates know no clock and no network, and no file but each other: what a paper says comes in as one piece of JSON, and the fonts are
built into Typst.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import typst
from chassis.problems import Problem, unavailable

from billing.papers.lettering import Paper
from billing.settings import PaperSize

MOST_AT_ONCE: Final = 2
MOST_WAITING: Final = 50
LONGEST_S: Final = 10.0
"""From the request to the paper, with the wait for those before it."""
LARGE: Final = 200_000
FORGETS_AFTER: Final = 11
"""Typst keeps what its last ten papers were made of; a large one, in bytes, would be kept far too long."""
TEMPLATES: Final = Path(__file__).parent / "templates"


class Press:
    """Prints papers, few at a time; the same facts always make the same bytes."""

    def __init__(self, size: PaperSize, fonts: Path | None) -> None:
        """Set up; threads start with the first paper."""
        self._size = size
        self._fonts = typst.Fonts(include_system_fonts=False, font_paths=[fonts] if fonts else [])
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="press")
        self._waiting = 0

    async def print(self, paper: Paper) -> bytes:
        """Return the paper as a PDF, or 503 when the press is too busy."""
        if self._waiting >= MOST_WAITING:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(LONGEST_S):
                return await asyncio.get_running_loop().run_in_executor(self._threads, self._compile, paper)
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1

    def _compile(self, paper: Paper) -> bytes:
        facts = {**paper.facts, "title": paper.title, "paper": self._size.value, "made": paper.made_at.date().isoformat()}
        printed = typst.compile(
            TEMPLATES / f"{paper.template}.typ",
            root=TEMPLATES,
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={"facts": json.dumps(facts)},
            timestamp=int(paper.made_at.timestamp()),
        )
        if len(printed) > LARGE:
            for _ in range(FORGETS_AFTER):
                typst.compile(b"", font_paths=self._fonts, ignore_system_fonts=True)
        return printed


def _busy() -> Problem:
    return unavailable(f"The press did not finish within {LONGEST_S:.0f} seconds; nothing was changed. Try again shortly.")
