"""X12 interchanges as text, pure: elements that have no delimiter, segments, and the envelopes that count them.

Source: X12.5 and X12.6, version 005010; the character sets are the basic and extended ones of the guides' appendix B.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase, digits
from types import MappingProxyType
from typing import Final
from unicodedata import combining, normalize

ELEMENT: Final = "*"
COMPONENT: Final = ":"
REPETITION: Final = "^"
SEGMENT: Final = "~"
NEWLINE: Final = "\n"
"""Behind each segment, for human eyes; readers skip it."""
INTERCHANGE_VERSION: Final = "00501"
ID_WIDTH: Final = 15
LARGEST_CONTROL_NUMBER: Final = 999_999_999

IN_NAMES: Final = frozenset(ascii_uppercase + digits + " !\"&'()+,-./;?=")
"""X12's basic characters, without our delimiters."""
IN_IDENTIFIERS: Final = IN_NAMES | frozenset(ascii_lowercase + "%@[]_{}\\|<>#$")
LATIN: Final = MappingProxyType(
    str.maketrans({
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i", "‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-",  # noqa: RUF001 (they are meant)
    })
)  # fmt: skip
"""What decomposition does not turn into Latin letters and plain signs."""


class UnsendableError(ValueError):
    """An element that X12 cannot carry: a bug, for scrubbing finds it first."""


Element = str | tuple[str, ...]
"""A tuple is a composite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who sends a file to whom, when, and under which number."""

    sender: str
    receiver: str
    control_number: int
    written_at: datetime
    usage: str
    """T for a test, P for production."""


def plain(text: str) -> str:
    """Return a name in capitals, with Latin letters for those with marks and one space between words."""
    decomposed = normalize("NFKD", text.translate(LATIN))
    return " ".join("".join(letter for letter in decomposed if not combining(letter)).upper().split())


def name(text: str, most: int) -> str:
    """Return a name as ``plain`` writes it, cut to ``most`` characters."""
    return plain(text)[:most].rstrip()


def unsendable_in_name(text: str) -> str:
    """Return the characters of a text that are not in X12's basic character set, each once; empty where all are."""
    return "".join(dict.fromkeys(letter for letter in plain(text) if letter not in IN_NAMES))


def unsendable_in_identifier(text: str) -> str:
    """Return the characters of a text that are not in X12's extended character set or are delimiters, each once; empty where all are."""
    return "".join(dict.fromkeys(letter for letter in text if letter not in IN_IDENTIFIERS))


def number(amount: Decimal) -> str:
    """Return an amount as X12 type R: with a point, without zeros at the end of its decimals."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def segment(label: str, *elements: Element) -> str:
    """Return a segment without terminator and without empty elements at its end; UnsendableError for an element with a delimiter."""
    written = [label, *(_element(element) for element in elements)]
    while not written[-1]:
        written.pop()
    return ELEMENT.join(written)


def interchange(envelope: Envelope, group: str, transaction: str, version: str, body: Sequence[str]) -> str:
    """Return an interchange of one group with one transaction: ISA, GS, ST, ``body``, SE, GE, IEA, each segment on a line of its own.

    ``group`` is GS01, ``transaction`` ST01, ``version`` the guide (GS08). UnsendableError where the control number has over nine digits or
    an id has characters that X12 cannot carry.
    """
    if not 0 < envelope.control_number <= LARGEST_CONTROL_NUMBER:
        message = f"an interchange cannot have the number {envelope.control_number}"
        raise UnsendableError(message)
    at, inner = envelope.written_at, "0001"
    control = str(envelope.control_number)
    written = [
        _isa(envelope),
        segment("GS", group, envelope.sender, envelope.receiver, f"{at:%Y%m%d}", f"{at:%H%M}", control, "X", version),
        segment("ST", transaction, inner, version),
        *body,
        segment("SE", str(len(body) + 2), inner),
        segment("GE", "1", control),
        segment("IEA", "1", f"{envelope.control_number:09d}"),
    ]
    return "".join(f"{each}{SEGMENT}{NEWLINE}" for each in written)


def _isa(envelope: Envelope) -> str:
    """Write the one segment whose elements have fixed widths and which states what the delimiters are."""
    at = envelope.written_at
    sender, receiver = (_element(who).ljust(ID_WIDTH) for who in (envelope.sender, envelope.receiver))
    stated = ("ISA", "00", " " * 10, "00", " " * 10, "ZZ", sender, "ZZ", receiver, f"{at:%y%m%d}", f"{at:%H%M}", REPETITION,
            INTERCHANGE_VERSION, f"{envelope.control_number:09d}", "0", envelope.usage, COMPONENT)  # fmt: skip
    return ELEMENT.join(stated)


def _element(element: Element) -> str:
    if isinstance(element, tuple):
        return COMPONENT.join(_element(part) for part in element).rstrip(COMPONENT)
    if unsendable_in_identifier(element) or element != element.strip():
        message = "an element holds a character that X12 cannot carry"
        raise UnsendableError(message)
    return element
