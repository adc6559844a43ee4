"""What people write, as every service takes it: text that PostgreSQL can keep, and the names of clocks."""

from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

PRINTABLE: Final = r"^[^\x00]*$"
"""Any text without NUL, which PostgreSQL does not keep."""
TIME_ZONES: Final = frozenset(available_timezones()) - {"localtime", "Factory"}

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTABLE)]
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
