"""The names of the web front are in the words of docs/glossary.md; those of Python are held by the rules of each package."""

import re
from typing import Final

from support.repository import ROOT
from testing.rules.vocabulary import REPLACED, replaced_in

FRONT: Final = sorted(module for module in (ROOT / "web" / "src").rglob("*.ts*") if not module.name.endswith(".d.ts"))
FRONT_NAME: Final = re.compile(r"^(?:export )?(?:async )?(?:function|const|interface|type|class) (\w+)|^  readonly (\w+)", re.MULTILINE)
"""What a module of the web front declares, and the properties that its parts take."""


def test_no_name_of_the_web_front_has_a_word_that_the_glossary_replaces() -> None:
    replaced = REPLACED - {"words"}  # a value in words is its text for people
    found = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in FRONT
        for name in (module.stem, *(name for names in FRONT_NAME.findall(module.read_text()) for name in names))
        if replaced & replaced_in(name)
    }
    assert len(FRONT) > 100
    assert found == set()
