"""A name has at least one character that a reader can see."""

import pytest
from chassis.text import Line
from pydantic import TypeAdapter, ValidationError

NAMES = TypeAdapter[str](Line)


@pytest.mark.parametrize(
    "name", ["\u200b", "\u200b\u200d\ufeff", "\u2060 \u00ad", "\u3164", "\u2800\u2800", "\u0301", "\u202e", " \t\n", "\u0085", ""]
)
def test_a_name_without_a_visible_character_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        NAMES.validate_python(name)


@pytest.mark.parametrize("name", ["Ruth Adler", "李", "é", "e\u0301", "👩\u200d⚕️", "№ 5", "?", "נָעֳמִי"])
def test_a_name_in_any_script_is_taken(name: str) -> None:
    assert NAMES.validate_python(name) == name
