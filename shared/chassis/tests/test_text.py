"""A name has at least one character that a reader can see."""

import pytest
from chassis.rows.search import words
from chassis.text import Line
from pydantic import TypeAdapter, ValidationError

NAMES = TypeAdapter[str](Line)


@pytest.mark.parametrize(
    "name", ["\u200b", "\u200b\u200d\ufeff", "\u2060 \u00ad", "\u3164", "\u2800\u2800", "\u0301", "\u202e", " \t\n", "\u0085", ""]
)
def test_a_name_without_a_visible_character_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        NAMES.validate_python(name)


@pytest.mark.parametrize("name", ["Ruth Adler", "李", "é", "👩\u200d⚕️", "№ 5", "?", "נָעֳמִי"])
def test_a_name_in_any_script_is_taken(name: str) -> None:
    assert NAMES.validate_python(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zero\u200bWidth \ufeffZed", "ZeroWidth Zed"),
        ("\u202eevil\u202c \u2067Name\u2069\u200f", "evil Name"),
        ("Soft\u00adley", "Softley"),
        ("e\u0301", "é"),
        ("Ann\u200dLee\u200c", "AnnLee"),
        ("\u200d👩", "👩"),
        ("می\u200cروم", "می\u200cروم"),
        ("श\u094d\u200dयाम", "श\u094d\u200dयाम"),
        ("👩🏽\u200d⚕️", "👩🏽\u200d⚕️"),
    ],
)
def test_a_name_is_kept_composed_and_without_invisible_characters_that_its_script_does_not_need(typed: str, kept: str) -> None:
    assert NAMES.validate_python(typed) == kept


def test_a_name_pasted_with_invisible_characters_is_searched_as_it_is_kept() -> None:
    assert words("Zero\u200bWidth \u202eZed") == [{"zerowidth"}, {"zed"}]
    assert words("می\u200cروم") == [{"می\u200cروم"}]
