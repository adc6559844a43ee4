"""The chassis stands in parts that are small enough to be read, and each part's README shows code that runs."""

import re
from pathlib import Path
from typing import Final

import chassis
import pytest

LARGEST_PART: Final = 1_000
PARTS: Final = sorted(path.parent for path in Path(chassis.__file__).parent.glob("*/__init__.py"))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_has_less_than_a_thousand_lines(part: Path) -> None:
    assert sum(len(module.read_text().splitlines()) for module in part.glob("**/*.py")) < LARGEST_PART


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_example_of_a_parts_readme_runs(part: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (part / "README.md").read_text(), re.DOTALL)
    assert f"from chassis.{part.name}" in example or part.name == "live"
    exec(compile(example, str(part / "README.md"), "exec"), {"__name__": part.name})  # noqa: S102 (our own text)
