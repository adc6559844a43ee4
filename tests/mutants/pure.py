"""Changes the modules that only calculate, one place at a time, and looks whether their own tests notice: `make mutate ARGS=billing`.

A program from outside (mutmut) makes the changes, in a copy of the repository. It is told which modules and which tests, and its results
are counted here. Tests that need a server are left out, which would take weeks.
"""

import argparse
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.environment import separate
from support.repository import ROOT

from mutants.__main__ import FOLDERS, copied

SECONDS_FOR_A_CHANGE: Final = 30
NOTICED: Final = {"killed", "timeout", "suspicious", "caught by type check", "segfault"}
SURVIVED: Final = "survived"


@dataclass(frozen=True)
class Pure:
    """Modules of a service and the tests that are about them."""

    service: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


EVERY: Final = {
    "money": Pure(
        "billing", ("pricing/amounts", "ledger/settlement", "ledger/postings"), ("ledger/test_ledger.py", "pricing/test_pricing.py")
    ),
    "pricing": Pure("billing", ("pricing/visit", "pricing/terms", "pricing/flags"), ("pricing/test_pricing.py",)),
    "x12": Pure("billing", ("x12/elements", "x12/writer"), ("payment_advice/test_remittance_835.py", "claim_rules/test_837p.py")),
    "windows": Pure("rooms", ("holds/rules", "calendar/usage"), ("holds/test_deciding.py", "calendar/test_usage.py")),
    "ranking": Pure("rooms", ("holds/ranking",), ("holds/test_alternatives.py",)),
    "recurrence": Pure("scheduling", ("series/recurrence",), ("series/test_recurrence.py",)),
    "times": Pure(
        "scheduling", ("free_times/openings", "people/working_time"), ("free_times/test_openings.py", "people/test_working_time.py")
    ),
}


def settings(pure: Pure) -> str:
    """Return the settings of mutmut in the form that it reads."""
    some = {
        "source_paths": [pure.service],
        "only_mutate": [f"{pure.service}/{module}.py" for module in pure.modules],
        "pytest_add_cli_args_test_selection": [f"tests/{test}" for test in pure.tests],
        "pytest_add_cli_args": [
            *("-p", "testing.fixtures", "--import-mode=importlib", "-o", "pythonpath=tests", "-o", "asyncio_mode=auto"),
            *("-m", "not servers", "-p", "no:cacheprovider"),
        ],
        "also_copy": ["migrations", "alembic.ini"],
    }
    written = ["[mutmut]", f"timeout_constant = {SECONDS_FOR_A_CHANGE}", "use_git_change_detection = false"]
    for name, values in some.items():
        written += [f"{name} =", *(f"    {value}" for value in values)]
    return "\n".join([*written, ""])


def mutmut(folder: Path, service: str, *arguments: str) -> str:
    """Run mutmut in the folder of a service of a copy; return what it prints."""
    programs = separate("mutate")
    [library] = programs.parent.glob("lib/python*/site-packages")
    paths = [str(path) for pattern in FOLDERS for path in sorted(folder.glob(pattern)) if path != folder / "services" / service]
    done = subprocess.run(  # noqa: S603 (our own program)
        [str(ROOT / ".venv/bin/python"), "-m", "mutmut", *arguments],
        cwd=folder / "services" / service,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([*paths, str(folder / "services" / service / "docs"), str(library)]),
            "PYTHONDONTWRITEBYTECODE": "",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stdout[-4000:])
    return done.stdout


def changes(folder: Path, pure: Pure) -> dict[str, str]:
    """Make every change, and return what became of each."""
    (folder / "services" / pure.service / "setup.cfg").write_text(settings(pure))
    mutmut(folder, pure.service, "run", "--max-children", "1")
    lines = mutmut(folder, pure.service, "results", "--all", "true").splitlines()
    stated = (line.strip().partition(": ") for line in lines if "__mutmut_" in line)
    return {name: became for name, _, became in stated}


def main() -> int:
    """Change what is named, or everything, and print what nobody noticed."""
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("names", nargs="*", default=list(EVERY), metavar="NAME", help=f"of {', '.join(EVERY)}")
    parser.add_argument("--show", action="store_true", help="print what each change is that nobody noticed")
    options = parser.parse_args()
    for name in options.names:
        with copied() as folder:
            found = changes(folder, EVERY[name])
            counted = Counter(found.values())
            share = counted[SURVIVED] / max(1, len(found))
            sys.stdout.write(f"{name}: {len(found)} changes, {counted[SURVIVED]} of them not noticed ({share:.0%}), {dict(counted)}\n")
            for change in sorted(change for change, became in found.items() if became not in NOTICED):
                sys.stdout.write(f"    {change}: {found[change]}\n")
                if options.show:
                    sys.stdout.write(mutmut(folder, EVERY[name].service, "show", change))
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
