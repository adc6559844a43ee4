"""What people write, as every service takes it: text that PostgreSQL can keep, and the names of clocks."""

import unicodedata
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

from chassis.bodies.rules import broken

PRINTABLE: Final = r"^[^\x00]*$"
"""Any text without NUL, which PostgreSQL does not keep."""
TIME_ZONES: Final = frozenset(available_timezones()) - {"localtime", "Factory"}

INVISIBLE_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers that Unicode counts among letters and symbols, though nothing of them is seen."""

INVISIBLE: Final = "Cf"
"""The Unicode category of characters that only direct how others are shown: zero-width ones, directions of writing, joiners."""
SHOWN_FORMATS: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Arabic and Syriac signs that Unicode counts among them, though they are seen."""
JOINERS: Final = frozenset("\u200c\u200d\u180e")
"""What decides, between two letters of some scripts, which form they have; between two emoji, that they are one."""
JOINED_SCRIPTS: Final = ((0x0600, 0x109F), (0x1780, 0x18AF), (0x1900, 0x1CFF), (0xA800, 0xABFF), (0x11000, 0x11FFF))
"""The blocks whose spelling needs joiners: Arabic and Syriac, the scripts of South and South-East Asia, Mongolian."""
EMOJI_MODIFIERS: Final = frozenset("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


def tidied(text: str) -> str:
    """Return a name in one spelling: composed (NFC), without invisible characters other than joiners where a script needs them."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text)
    kept = ""
    for place, each in enumerate(composed):
        is_shown = unicodedata.category(each) != INVISIBLE or each in SHOWN_FORMATS
        if is_shown or (each in JOINERS and _are_joined(kept[-1:], composed[place + 1 : place + 2])):
            kept += each
    return kept


def _are_joined(before: str, after: str) -> bool:
    """Whether a joiner between two characters is a part of how they are written."""
    if not before or not after:
        return False
    of_script = all(any(first <= ord(each) <= last for first, last in JOINED_SCRIPTS) for each in (before, after))
    of_emoji = (unicodedata.category(before) == "So" or before in EMOJI_MODIFIERS) and unicodedata.category(after) == "So"
    return of_script or of_emoji


def _tidied(value: object) -> object:
    return tidied(value) if isinstance(value, str) else value


Tidy: Final = BeforeValidator(_tidied)
"""For a text by which something is found and shown among others; what is left is checked."""


def _shows_something(text: str) -> str:
    """Refuse a text that has only separators, controls, zero-width characters and marks without a letter under them."""
    if not any(unicodedata.category(each)[0] in "LNPS" and each not in INVISIBLE_LETTERS for each in text):
        raise broken("nothing-to-see", "Write at least one character that can be seen.")
    return text


Seen: Final = AfterValidator(_shows_something)
"""For a text that people must be able to read: it has at least one visible character."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTABLE), Seen, Tidy]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=PRINTABLE)]


def _known_zone(name: str) -> str:
    if name not in TIME_ZONES:
        raise broken("unknown-time-zone", f"{name!r} is not an IANA time zone, such as America/New_York.")
    return name


TimeZone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_known_zone),
    WithJsonSchema({"type": "string", "maxLength": 64, "examples": ["America/New_York"]}),
]
"""The IANA name of a clock."""
