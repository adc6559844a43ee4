"""Writes the measured table of docs/architecture.md: how large capabilities and modules are, and how much a use case reaches.

python docs/structure.py           writes the table
python docs/structure.py --check   fails when a number of the table is off by more than a tenth
"""

import ast
import re
import sys
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs/architecture.md"
TABLE: Final = re.compile(r"^\| service \|.*?\n(?=\n)", re.MULTILINE | re.DOTALL)
HEAD: Final = (
    "| service | capabilities | modules | lines, median | lines, largest | files of the largest capability |\n|---|---|---|---|---|---|\n"
)
EFFECTS_HEAD: Final = "| effect | files | modules of the service that its use case reaches |\n|---|---|---|\n"
EFFECT: Final = re.compile(r"^\| effect \|.*?\n(?=\n)", re.MULTILINE | re.DOTALL)
STEP: Final = re.compile(r"`(services/\S+\.py)`")
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


def effects() -> str:
    """Return the table of the walk's effects: how many files each is read in, and what its use case imports in the end."""
    rows = []
    for row in (ROOT / "docs/walk.md").read_text().splitlines():
        files = STEP.findall(row)
        if row.startswith("|") and len(files) > 1:
            name = row.split("|")[1].strip()
            rows.append(f"| {name} | {len(files)} | {len(_reached(ROOT / files[1]))} |\n")
    return EFFECTS_HEAD + "".join(rows)


def _reached(module: Path) -> set[Path]:
    """Return the modules of a service that one of them imports, directly or through others, types aside."""
    service = next(parent for parent in module.parents if (parent / "main.py").exists())
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
    """Write or check the two tables."""
    page = PAGE.read_text()
    for pattern, measured in ((TABLE, services()), (EFFECT, effects())):
        [written] = pattern.findall(page)
        if "--check" in sys.argv and not _fits(written, measured):
            sys.stderr.write(f"docs/architecture.md does not have what is measured; run `make docs`:\n{measured}")
            return 1
        page = page.replace(written, measured)
    if "--check" not in sys.argv:
        PAGE.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
