"""What a run of the bench found, as ratios that may be compared with those of another commit on the same machine."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from support.repository import ROOT

FELL: Final = 0.8
"""A ratio below this share of what it was before has fallen by more than the machine's speed varies within a run."""


@dataclass(slots=True)
class Ratios:
    """Ratios of one run, by name; of each, more is better."""

    of: dict[str, float] = field(default_factory=dict[str, float])
    figures: dict[str, float] = field(default_factory=dict[str, float])
    """What was measured in units of its own, which the names have; not compared with another run."""

    def write(self, file: Path) -> None:
        """Write them as JSON, with the figures, the commit, the cores and the load of the machine."""
        about = {"at": datetime.now(UTC).isoformat(), "commit": _commit(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
        file.write_text(json.dumps({**about, "ratios": _rounded(self.of), "figures": _rounded(self.figures)}, indent=2) + "\n")


def read(file: Path) -> dict[str, float]:
    """Read what ``Ratios.write`` wrote; OSError, or ValueError where the file is another."""
    try:
        return {str(name): float(ratio) for name, ratio in json.loads(file.read_bytes())["ratios"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{file} was not written by the bench"
        raise ValueError(message) from error


def compare(before: Mapping[str, float], after: Mapping[str, float], say: Callable[[str], None]) -> bool:
    """Print each ratio that both runs have, and return whether none fell by a fifth or more."""
    fell = [name for name in before.keys() & after.keys() if after[name] < FELL * before[name]]
    for name in before:
        if name in after:
            say(f"{name:60} {before[name]:8.3f} {after[name]:8.3f}   {after[name] / before[name]:5.2f}{' fell' if name in fell else ''}")
    for name in sorted(before.keys() ^ after.keys()):
        say(f"{name:60} only {'before' if name in before else 'after'}")
    return not fell


def _rounded(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: round(number, 4) for name, number in numbers.items()}


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 (our own command)
