"""The chassis stands in parts that are small enough to be read, with few modules beside them; each part's README shows code that runs."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import chassis
import pytest

LARGEST_PART: Final = 1_000
FOLDER: Final = Path(chassis.__file__).parent
PARTS: Final = sorted(path.parent for path in FOLDER.glob("*/__init__.py"))
BESIDE: Final = sorted(set(FOLDER.glob("*.py")) - {FOLDER / "__init__.py"})


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_has_less_than_a_thousand_lines(part: Path) -> None:
    assert lines(part.glob("**/*.py")) < LARGEST_PART


def test_the_modules_beside_the_parts_have_less_than_a_thousand_lines_together() -> None:
    assert lines(BESIDE) < LARGEST_PART


def test_the_readme_names_every_part_and_every_module_beside_them_once() -> None:
    table = [line.split("|")[1] for line in (FOLDER.parent / "README.md").read_text().splitlines() if line.startswith("|")]
    named = [name for cell in table for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(path.stem for path in [*PARTS, *BESIDE])


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_example_of_a_parts_readme_runs(part: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (part / "README.md").read_text(), re.DOTALL)
    assert f"from chassis.{part.name}" in example or part.name == "live"
    exec(compile(example, str(part / "README.md"), "exec"), {"__name__": part.name})  # noqa: S102 (our own text)


def lines(modules: Iterable[Path]) -> int:
    """Return how many lines modules have together."""
    return sum(len(module.read_text().splitlines()) for module in modules)
