"""Puts each error of the list into a copy of the repository and runs the test that should find it.

Before that, every one of these tests runs once on the copy without an error. A test that passes with its error, or fails without one,
is a defect of the tests; then this ends with 1.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from support.repository import ROOT, tracked

from mutants.errors import Mutant, read

PASSED, FAILED = 0, 1
"""What pytest ends with."""
PATIENCE_S: Final = 600
"""For each test."""
PRINTED: Final = 4_000
"""So many of the last characters of what pytest prints are shown."""
FOLDERS: Final = ("deploy", "tests", "docs", "services/*", "shared/*")


@contextmanager
def copied() -> Iterator[Path]:
    """Copy what git knows of the working tree, with the environment of this one; remove it in the end."""
    with tempfile.TemporaryDirectory(prefix="holdfast-mutants-") as name:
        folder = Path(name)
        for file in tracked():
            if (ROOT / file).is_file():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, folder / file)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        yield folder


def run(folder: Path, *tests: str) -> tuple[int, str]:
    """Run tests on the code of a folder until one fails; return what pytest ends with, and what it prints."""
    paths = [str(path) for pattern in FOLDERS for path in sorted(folder.glob(pattern))]
    done = subprocess.run(  # noqa: S603 (our own program)
        [str(ROOT / ".venv/bin/python"), "-m", "pytest", "-n", "0", "-q", "-x", *tests],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=PATIENCE_S * len(tests),
    )
    return done.returncode, done.stdout.decode(errors="replace")[-PRINTED:]


def verdict(mutant: Mutant, folder: Path) -> str:
    """Return what a test states of its error: nothing where it is as it should be."""
    with mutant.put_into(folder):
        ended, printed = run(folder, mutant.found_by)
    if ended == FAILED:
        return ""
    if ended == PASSED:
        return "its test passes with it"
    sys.stdout.write(printed)
    return "its test could not run"


def main() -> int:
    """Try the errors whose names have a word."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="only errors whose name has this")
    word = parser.parse_args().word
    mutants = [mutant for mutant in read() if word in mutant.name]
    surviving = 0
    with copied() as folder:
        ended, printed = run(folder, *sorted({mutant.found_by for mutant in mutants}))
        if ended != PASSED:
            sys.stdout.write(f"{printed}a test fails without an error\n")
            return 1
        for mutant in mutants:
            stated = verdict(mutant, folder)
            surviving += bool(stated)
            sys.stdout.write(f"{stated or 'found':26} {mutant.name}   {mutant.found_by}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(mutants) - surviving} of {len(mutants)} errors are found\n")
    return 1 if surviving else 0


if __name__ == "__main__":
    sys.exit(main())
