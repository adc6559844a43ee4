"""What a service, a package or the messages have gained since the last release stands in a changelog, under a version of its own."""

import json
import re
from typing import Any, Final

import pytest
from compatibility import released

PROSE: Final = ("description", "summary", "title", "example", "examples")
SCHEMA: Final = {"type", "anyOf", "$ref"}
VERSION: Final = re.compile(r"^## (\d+)\.(\d+)\.(\d+)\n\n(- )?", re.MULTILINE)


@pytest.mark.parametrize("part", released.PARTS)
def test_what_differs_from_the_last_release_has_a_version_with_entries_in_the_changelog(part: str) -> None:
    before, described = released.last(part)
    is_stated = newest(changelog(part)) > numbers(before)
    expected = f"{part} is not what {before} was: raise its version, and state in its changelog what it gained"
    assert is_stated or not differs(described, released.present(part)), expected


@pytest.mark.parametrize("after", [{"a": {"b": 1, "c": 2}}, {"a": {}}, {"a": {"b": 2}}])
def test_a_field_that_came_went_or_changed_is_a_difference(after: dict[str, Any]) -> None:
    assert differs({"a": {"b": 1}}, after)


def test_other_words_and_another_example_are_no_difference_but_a_field_of_such_a_name_is() -> None:
    assert not differs({"description": "One.", "type": "object"}, {"description": "Two.", "type": "object", "example": [1]})
    assert differs({"properties": {}}, {"properties": {"description": {"type": "string"}}})


def test_a_version_without_an_entry_states_nothing() -> None:
    assert newest("## 1.1.0\n\n## 1.0.0\n\n- First.\n") == (1, 0, 0)


def differs(before: object, after: object) -> bool:
    """Whether two descriptions differ in more than their words and examples."""
    return json.dumps(bare(before), sort_keys=True) != json.dumps(bare(after), sort_keys=True)


def bare(described: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Return a description without what only explains it; a field that has such a name is a schema, and stays."""
    if isinstance(described, list):
        return [bare(each) for each in described]
    if not isinstance(described, dict):
        return described
    return {key: bare(value) for key, value in described.items() if key not in PROSE or (isinstance(value, dict) and SCHEMA & value.keys())}


def changelog(part: str) -> str:
    """Return the changelog of a part."""
    return (released.folder_of(part) / "CHANGELOG.md").read_text()


def newest(text: str) -> tuple[int, ...]:
    """Return the newest version of a changelog that has an entry."""
    return max(tuple(map(int, match.groups()[:3])) for match in VERSION.finditer(text) if match[4])


def numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers, which are compared in order."""
    return tuple(map(int, version.split(".")))
