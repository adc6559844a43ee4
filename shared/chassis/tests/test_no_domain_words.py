"""The chassis knows no clinic: it would serve any trade."""

import ast
import re
from pathlib import Path
from typing import Final

import chassis
import pytest

MODULES: Final = sorted(Path(chassis.__file__).parent.rglob("*.py"))
WORDS: Final = re.compile(r"room|therap|client_id|patient|clinic(?! in it)|booking|booked|hold_|_hold|\brates?\b|billing|diagnos")

OF_OAUTH: Final = {"client_id"}
"""What a token names its client by (RFC 9068)."""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_no_name_and_no_text_of_the_chassis_is_a_clinics(module: Path) -> None:
    stated = {
        part
        for node in ast.walk(ast.parse(module.read_text()))
        for part in (
            getattr(node, "id", None),
            getattr(node, "name", None),
            getattr(node, "attr", None),
            getattr(node, "arg", None),
            node.value if isinstance(node, ast.Constant) else None,
        )
        if isinstance(part, str)
    }
    assert {word for word in stated - OF_OAUTH if WORDS.search(word.lower())} == set()
