"""One result for each package of the repository and one for what crosses them, printed at the end of a run."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

import pytest

FOLDERS: Final = ("services", "shared")
"""Folders whose folders are packages, each with tests of its own."""
ACROSS: Final = "across services"
"""Where every other test counts: several services together, the web front, the deployment, the documents."""
TITLE: Final = "results by package"


def owner_of(test: str) -> str:
    """Return the package that a test belongs to: ``services/rooms/tests/…::test_…`` is of ``rooms``."""
    parts = PurePosixPath(test.partition("::")[0]).parts
    return parts[1] if len(parts) > 1 and parts[0] in FOLDERS else ACROSS


@dataclass(slots=True)
class Result:
    """What became of the tests of one package."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0

    def __str__(self) -> str:
        """Write it as one line: whether all passed, how many tests ended how, and their time added up."""
        failed = self.outcomes["failed"] + self.outcomes["error"]
        counted = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        return f"{'FAILED' if failed else 'passed'}  {counted}  ({self.seconds:.0f} s of tests)"


class ResultsByOwner:
    """Counts the reports of a run, of all test processes, and prints them by package."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self.results: dict[str, Result] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a phase of a test."""
        result = self.results.setdefault(owner_of(report.nodeid), Result())
        result.seconds += report.duration
        if report.when == "call" or report.skipped:
            result.outcomes[report.outcome] += 1
        elif report.failed:
            result.outcomes["error"] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print one line for each package when a run had tests of several."""
        if len(self.results) < 2:
            return
        terminalreporter.section(TITLE)
        width = max(map(len, self.results))
        for owner in sorted(self.results, key=lambda name: (name == ACROSS, name)):
            terminalreporter.write_line(f"{owner:<{width}}  {self.results[owner]}")
