"""What the imports of a module take, of what ``python -X importtime`` prints."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = "import time:"
HEADING: Final = "imported package"


@dataclass(frozen=True, slots=True)
class Import:
    """One module."""

    name: str
    self_us: int
    """Without the modules that it imports first."""
    total_us: int


def profile(module: str, folder: Path, env: dict[str, str]) -> list[Import]:
    """Import a module in a new interpreter in a folder; return what each import took; CalledProcessError where it fails."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)  # noqa: S603 (our own command)
    return list(parsed(done.stderr.splitlines()))


def parsed(lines: Iterable[str]) -> Iterable[Import]:
    """Read the lines of an interpreter, which also has others on its standard error."""
    for line in lines:
        if line.startswith(PREFIX) and HEADING not in line:
            self_us, total_us, name = line.removeprefix(PREFIX).split("|")
            yield Import(name.strip(), int(self_us), int(total_us))


def by_package(imports: Iterable[Import]) -> list[tuple[str, int]]:
    """Return each package with the microseconds of all its modules by themselves, the longest first."""
    packages: Counter[str] = Counter()
    for each in imports:
        packages[each.name.partition(".")[0]] += each.self_us
    return packages.most_common()
