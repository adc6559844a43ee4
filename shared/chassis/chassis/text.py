"""What people write, as every service takes it: text that PostgreSQL can keep, and the names of clocks."""

import unicodedata
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

PRINTABLE: Final = r"^[^\x00]*$"
"""Any text without NUL, which PostgreSQL does not keep."""
TIME_ZONES: Final = frozenset(available_timezones()) - {"localtime", "Factory"}

INVISIBLE_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers that Unicode counts among letters and symbols, though nothing of them is seen."""


def _shows_something(text: str) -> str:
    """Refuse a text that has only separators, controls, zero-width characters and marks without a letter under them."""
    if not any(unicodedata.category(each)[0] in "LNPS" and each not in INVISIBLE_LETTERS for each in text):
        message = "write at least one character that can be seen"
        raise ValueError(message)
    return text


Seen: Final = AfterValidator(_shows_something)
"""For a text that people must be able to read: it has at least one visible character."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTABLE), Seen]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=PRINTABLE)]


def _known_zone(name: str) -> str:
    if name not in TIME_ZONES:
        message = f"{name!r} is not an IANA time zone, such as America/New_York"
        raise ValueError(message)
    return name


TimeZone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_known_zone),
    WithJsonSchema({"type": "string", "maxLength": 64, "examples": ["America/New_York"]}),
]
"""The IANA name of a clock."""
