"""Puts each error of the list into a copy of the repository and runs the test that should find it.

A test that passes with its error, or fails without it, is a defect of the tests; then this ends with 1.
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


def run(test: str, folder: Path) -> int:
    """Run a test on the code of a folder; return what pytest ends with."""
    paths = [str(path) for pattern in FOLDERS for path in sorted(folder.glob(pattern))]
    done = subprocess.run(  # noqa: S603 (our own program)
        [str(ROOT / ".venv/bin/python"), "-m", "pytest", "-n", "0", "-q", "-x", test],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=PATIENCE_S,
    )
    if done.returncode not in {PASSED, FAILED}:
        sys.stdout.write(done.stdout.decode(errors="replace")[-4000:])
    return done.returncode


def verdict(mutant: Mutant) -> str:
    """Return what a test says of its error: nothing where it is as it should be."""
    with copied() as folder:
        if run(mutant.found_by, folder) != PASSED:
            return "its test fails without it"
        mutant.put_into(folder)
        return "" if run(mutant.found_by, folder) == FAILED else "its test passes with it"


def main() -> int:
    """Try the errors whose names have a word."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="only errors whose name has this")
    word = parser.parse_args().word
    mutants = [mutant for mutant in read() if word in mutant.name]
    surviving = 0
    for mutant in mutants:
        said = verdict(mutant)
        surviving += bool(said)
        sys.stdout.write(f"{said or 'found':26} {mutant.name}   {mutant.found_by}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(mutants) - surviving} of {len(mutants)} errors are found\n")
    return 1 if surviving else 0


if __name__ == "__main__":
    sys.exit(main())
