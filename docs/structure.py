"""Writes what is measured of the code into docs/architecture.md and docs/walk.md: sizes, and what a reader of a use case has to open.

python docs/structure.py           writes both
python docs/structure.py --check   fails when a number is off by more than a tenth, or a file to be opened is missing or too many
"""

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

from calls import Function, called, package_of, reached, used

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs/architecture.md"
WALK: Final = ROOT / "docs/walk.md"
TABLE: Final = re.compile(r"^\| service \|.*?\n(?=\n)", re.MULTILINE | re.DOTALL)
HEAD: Final = (
    "| service | capabilities | modules | lines, median | lines, largest | files of the largest capability |\n|---|---|---|---|---|---|\n"
)
EFFECTS_HEAD: Final = (
    "| effect | files to open | with those of classes and constants | files whose functions run | modules that the use case imports |\n"
    "|---|---|---|---|---|\n"
)
EFFECT: Final = re.compile(r"^\| effect \|.*?\n(?=\n)", re.MULTILINE | re.DOTALL)
OPENED: Final = re.compile(r"^```text\nbooking.*?^```\n", re.MULTILINE | re.DOTALL)
STEP: Final = re.compile(r"`(services/\S+\.py)`(?: `([\w.]+)`)?")
ROLES: Final = {
    "edge": ("api", "messages", "jobs", "__init__"),
    "use cases": ("use_cases",),
    "queries": ("queries",),
    "schemas": ("schemas",),
    "tables": ("tables",),
}
PURE: Final = "pure modules"
TOLERANCE: Final = 0.1


def services() -> str:
    """Return the table of services; of each module the lines are counted, of each capability the files."""
    rows = []
    for folder in sorted((ROOT / "services").glob("*/*/main.py")):
        service = folder.parent
        capabilities = [init.parent for init in service.glob("*/__init__.py")]
        lines = [len(module.read_text().splitlines()) for module in service.rglob("*.py") if module.name != "__init__.py"]
        files = max((len(list(each.glob("*.py"))) for each in capabilities), default=len(list(service.glob("*.py"))))
        rows.append(f"| {service.name} | {len(capabilities) or 'flat'} | {len(lines)} | {median(lines):.0f} | {max(lines)} | {files} |\n")
    return HEAD + "".join(rows)


Row = tuple[list[Function], list[Function]]
"""What an effect arrives in, and its use case, as a row of the walk names them; a file without a function has an empty name."""


def rows() -> dict[str, Row]:
    """Return the effects of the walk."""
    found: dict[str, Row] = {}
    for line in WALK.read_text().splitlines():
        cells = [[(ROOT / file, name) for file, name in STEP.findall(cell)] for cell in line.split("|")]
        if line.startswith("|") and sum(map(len, cells)) > 1:
            found[line.split("|")[1].strip()] = cells[2], cells[3]
    return found


def opened(row: Row, by: Callable[[Function], frozenset[Function]] = called) -> set[Path]:
    """Return the files that a reader has to open: the edge, the use case, and each of which these two call a function.

    ``by=used`` adds the files of which they use only a class or a constant.
    """
    edge, roots = row
    known = [function for function in (*edge, *roots) if function[1]]
    within = frozenset(file for file, _ in known)
    return {file for file, _ in edge} | {file for file, _ in reached(known, within=within, by=by)}


def effects() -> str:
    """Return the table of the effects.

    It has how many files are opened, without and with those of classes and constants alone, in how many functions run in the end, and
    what the use case imports.
    """
    written = []
    for name, row in rows().items():
        running = {file for file, _ in reached(row[1])}
        written.append(f"| {name} | {len(opened(row))} | {len(opened(row, used))} | {len(running)} | {len(_reached(row[1][0][0]))} |\n")
    return EFFECTS_HEAD + "".join(written)


def files_to_open() -> str:
    """Return the files of each effect by their role in it, and those of which only a class or a constant is used."""
    parts = []
    for name, row in rows().items():
        files, package = opened(row), package_of(row[1][0][0])
        others = sorted(str(file.relative_to(package)) for file in opened(row, used) - files)
        parts.append(f"{name}: {len(files)} files of {package.relative_to(ROOT)}, {len(files) + len(others)} with those of values\n")
        for role in (*list(ROLES)[:3], PURE, *list(ROLES)[3:]):
            named = sorted(str(file.relative_to(package)) for file in files if _role(file) == role)
            parts += [f"  {role:<14}{', '.join(named)}\n"] if named else []
        parts += [f"  values        {', '.join(others)}\n", "\n"]
    return "```text\n" + "".join(parts[:-1]) + "```\n"


def _role(file: Path) -> str:
    return next((role for role, names in ROLES.items() if file.stem in names), PURE)


def _reached(module: Path) -> set[Path]:
    """Return the modules of a service that one of them imports, directly or through others, types aside."""
    service = package_of(module)
    reached, waiting = set[Path](), [module]
    while waiting:
        found = waiting.pop()
        if found in reached:
            continue
        reached.add(found)
        for node in ast.parse(found.read_text()).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == service.name:
                base = service.parent / Path(*str(node.module).split("."))
                names = [base / f"{alias.name}.py" for alias in node.names] + [base.with_suffix(".py")]
                waiting += [name for name in names if name.exists()]
    return reached - {module}


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\| (\d+)(?= )", text)]


def _fits(written: str, measured: str) -> bool:
    old, new = _numbers(written), _numbers(measured)
    return len(old) == len(new) and all(abs(one - other) <= max(1, TOLERANCE * other) for one, other in zip(old, new, strict=True))


def main() -> int:
    """Write or check the two tables and the list of files."""
    for path, pattern, measured in ((PAGE, TABLE, services()), (PAGE, EFFECT, effects()), (WALK, OPENED, files_to_open())):
        page = path.read_text()
        [written] = pattern.findall(page)
        if "--check" not in sys.argv:
            path.write_text(page.replace(written, measured))
        elif not (written == measured if path == WALK else _fits(written, measured)):
            sys.stderr.write(f"{path.relative_to(ROOT)} does not have what is measured; run `make docs`:\n{measured}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
