"""Messages carry opaque ids, codes, times and amounts; nothing by which a stranger could identify a person."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from contracts.message import Message
from contracts.published import messages, schema

ABOUT_PEOPLE: Final = re.compile(
    r"(full|first|last|given|family|middle|client|therapist|patient|person|member|subscriber|holder)_?name"
    r"|mail|phone|fax|contact|notes?\b|comment|remark|member|policy|diagnos|icd|symptom|birth|dob|gender|sex|ssn|npi|licen[cs]e"
)
ABOUT_THINGS: Final = {
    "service_name", "billing_category", "description", "site_name", "time_zone", "address", "room_number", "room_name", "reasons",
    "therapist_credential",
}  # fmt: skip
"""The only texts that messages carry; all are about services, sites and rooms, or a degree that contracts pay by and many people
have. A new one must be argued for."""


def fields(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (described, *described.get("$defs", {}).values()):
        yield from part.get("properties", {}).items()


def is_free_text(field: dict[str, Any]) -> bool:
    choices = field.get("anyOf", [field.get("items", field)])
    return any(choice.get("type") == "string" and not {"format", "pattern", "enum", "const"} & choice.keys() for choice in choices)


@pytest.mark.parametrize("message", messages(), ids=lambda message: message.type)
def test_no_field_is_about_a_person(message: type[Message]) -> None:
    for name, field in fields(schema(message)):
        assert not ABOUT_PEOPLE.search(name), name
        assert not is_free_text(field) or name in ABOUT_THINGS, name
