"""The list of errors, each a change of one place in the code and the test that finds it."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from support.repository import ROOT

LIST: Final = Path(__file__).with_name("errors.toml")


@dataclass(frozen=True)
class Mutant:
    """An error: ``before`` stands once in ``file``, and ``after`` takes its place."""

    name: str
    file: str
    before: str
    after: str
    found_by: str
    """The test, as pytest names it."""

    @property
    def is_applicable(self) -> bool:
        """Whether the code is still as the list has it."""
        return (ROOT / self.file).read_text().count(self.before) == 1

    @cached_property
    def has_its_test(self) -> bool:
        """Whether the test is there that finds it."""
        module, _, rest = self.found_by.partition("::")
        return f"def {rest.partition('[')[0]}(" in (ROOT / module).read_text()

    @contextmanager
    def put_into(self, folder: Path) -> Iterator[None]:
        """Have the error in a copy of the repository within the block."""
        file = folder / self.file
        text = file.read_text()
        file.write_text(text.replace(self.before, self.after))
        try:
            yield
        finally:
            file.write_text(text)


def read() -> list[Mutant]:
    """Return the list."""
    return [Mutant(name, **facts) for name, facts in tomllib.loads(LIST.read_text()).items()]
