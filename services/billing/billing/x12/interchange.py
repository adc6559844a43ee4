"""X12 interchanges, pure: text becomes segments, and an envelope whose counts and numbers do not hold is found out.

Source: X12.5 (interchange control structures) and X12.6 (application control structure), version 005010.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

ISA_LENGTH: Final = 106
ISA_ELEMENTS: Final = 16
ELEMENT_AT: Final = 3
COMPONENT_AT: Final = 104
TERMINATOR_AT: Final = 105
"""Where an ISA segment, which has a fixed length, states how the rest of the file is cut."""
BYTE_ORDER_MARK: Final = "\ufeff"
BREAKS: Final = "\r\n"
SIGN_FOR_NUL: Final = "\u2400"
"""What stands in a kept file for each NUL that it came with."""
MOST_SHOWN: Final = 40
"""As many characters of a strange segment are repeated to whoever sent it."""
ENVELOPE: Final = ("ISA", "GS", "ST", "SE", "GE", "IEA")
ACKNOWLEDGES: Final = "TA1"
NESTED: Final = re.compile(r"ISA( TA1)*( GS( ST SE)+ GE)+ IEA")
ACKNOWLEDGED: Final = re.compile(r"ISA( TA1)+ IEA|" + NESTED.pattern)
"""As above, or nothing but acknowledgements of other interchanges (TA1)."""
TRAILERS: Final = {"IEA": ("ISA", 13, "GE"), "GE": ("GS", 6, "SE"), "SE": ("ST", 2, None)}
"""A trailer repeats the number of its header and counts what it closes: pairs of one kind or, of SE, segments."""
HEADERS: Final = frozenset(header for header, _, _ in TRAILERS.values())
MOST_TRANSACTIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that keeps a file or a part of it from being used, and what would help."""

    code: str
    place: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment and where it stands in the file, counted from 1."""

    elements: tuple[str, ...]
    number: int

    @property
    def name(self) -> str:
        """Its identifier, such as CLP."""
        return self.elements[0]

    @property
    def place(self) -> str:
        """Its number and name, as a finding names it."""
        return f"segment {self.number} ({self.name[:MOST_SHOWN]})"

    def __getitem__(self, position: int) -> str:
        """Return an element by its number, empty where the segment ends before."""
        return self.elements[position].strip() if position < len(self.elements) else ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What lies between one ST and its SE, both excluded, and the envelope that it came in."""

    header: Segment
    """The ST segment."""
    trailer: Segment
    """The SE segment."""
    segments: tuple[Segment, ...]
    group: Segment
    """The GS segment."""
    envelope: Segment
    """The ISA segment."""
    delimiters: tuple[str, str, str]
    """What separates elements and the parts of one element, and what ends a segment."""

    @property
    def version(self) -> str:
        """GS08: by which guide it was written."""
        return self.group[8]

    @property
    def component(self) -> str:
        """What separates the parts of one element."""
        return self.delimiters[1]

    def as_file(self) -> str:
        """Write it as a file of its own, in the envelope that it came in."""
        element, _, terminator = self.delimiters
        inside = (self.envelope, self.group, self.header, *self.segments, self.trailer)
        written = [element.join(segment.elements) for segment in inside]
        written += [element.join(("GE", "1", self.group[6])), element.join(("IEA", "1", self.envelope[13]))]
        return "".join(f"{each}{terminator}" for each in written)


@dataclass(frozen=True, slots=True)
class Interchange:
    """What a file consists of: nothing when it has no such shape."""

    transactions: tuple[Transaction, ...] = ()
    acknowledgements: tuple[Segment, ...] = ()
    """The TA1 segments, each of which states what became of another interchange."""
    findings: tuple[Finding, ...] = ()
    """Everything that is wrong with its envelope."""


def read(text: str) -> tuple[tuple[Transaction, ...], tuple[Finding, ...]]:
    """Return the transactions of a file, at most 100, and the findings about its envelope; no transaction where it is no interchange."""
    found = _read(text, NESTED)
    return found.transactions, found.findings


def read_acknowledged(text: str) -> Interchange:
    """Return a file's transactions, its TA1 segments and the findings about its envelope; it may have only one of the first two."""
    return _read(text, ACKNOWLEDGED)


def _read(text: str, shape: re.Pattern[str]) -> Interchange:
    text = text.removeprefix(BYTE_ORDER_MARK).strip()
    if problem := _nul_problem(text) or _isa_problem(text):
        return Interchange(findings=(problem,))
    delimiters = text[ELEMENT_AT], text[COMPONENT_AT], text[TERMINATOR_AT]
    element, _, terminator = delimiters
    # A terminator may itself be a line break; any other one may be followed by line breaks, which mean nothing.
    pieces = [piece.strip(BREAKS) for piece in text.split(terminator)]
    segments = [Segment(tuple(piece.split(element)), number) for number, piece in enumerate(pieces, 1) if piece.strip()]
    if problem := _order_problem(segments, shape):
        return Interchange(findings=(problem,))
    acknowledgements = tuple(segment for segment in segments if segment.name == ACKNOWLEDGES)
    return Interchange(tuple(_transactions(segments, delimiters)), acknowledgements, tuple(_envelope_findings(segments)))


def _transactions(segments: Sequence[Segment], delimiters: tuple[str, str, str]) -> Iterator[Transaction]:
    envelope = group = segments[0]
    begin = 0
    for place, segment in enumerate(segments):
        if segment.name == "GS":
            group = segment
        elif segment.name == "ST":
            begin = place
        elif segment.name == "SE":
            yield Transaction(segments[begin], segment, tuple(segments[begin + 1 : place]), group, envelope, delimiters)


def _nul_problem(text: str) -> Finding | None:
    if SIGN_FOR_NUL not in text:
        return None
    message = "The file has NUL characters, as a file in UTF-16 has; X12 is plain text in one byte a character, or UTF-8."
    return Finding("nul-characters", "file", message, "Send the file as the payer or the clearing house made it.")


def _isa_problem(text: str) -> Finding | None:
    isa = text[:ISA_LENGTH]
    delimiters = {isa[place : place + 1] for place in (ELEMENT_AT, COMPONENT_AT, TERMINATOR_AT)}
    wrong = (
        not isa.startswith("ISA")
        or len(isa) < ISA_LENGTH
        or len(delimiters) < len((ELEMENT_AT, COMPONENT_AT, TERMINATOR_AT))
        or any(delimiter.isalnum() or delimiter == " " for delimiter in delimiters)
        or isa[:TERMINATOR_AT].count(isa[ELEMENT_AT]) != ISA_ELEMENTS
    )
    if not wrong:
        return None
    message = f"The file does not begin with an ISA segment of {ISA_LENGTH} characters, which defines how the rest is cut."
    return Finding("not-x12", "segment 1", message, "Send the 835 file as the payer or the clearing house made it.")


def _order_problem(segments: Sequence[Segment], shape: re.Pattern[str]) -> Finding | None:
    last = segments[-1]
    if last.name != "IEA":
        message = (
            f"The file ends with {last.name[:MOST_SHOWN]!r} and not with IEA: it was cut off, or its segments are not cut as ISA defines."
        )
        return Finding("truncated", last.place, message, "Download the file again, whole and unchanged.")
    order = [segment.name for segment in segments if segment.name in {*ENVELOPE, ACKNOWLEDGES}]
    if not shape.fullmatch(" ".join(order)):
        message = f"Its envelope must be {' '.join(ENVELOPE)}, the inner pairs once or more; it is {' '.join(order[:MOST_SHOWN])}."
        return Finding("broken-envelope", "envelope", message, "Download the file again, whole and unchanged.")
    if order.count("ST") > MOST_TRANSACTIONS:
        message = f"The file has {order.count('ST')} transactions; at most {MOST_TRANSACTIONS} are taken at once."
        return Finding("too-many-transactions", "envelope", message, "Ask the clearing house to split the file.")
    return None


def _envelope_findings(segments: Sequence[Segment]) -> Iterator[Finding]:
    """Compare each trailer with its header and with what lies between them."""
    open_: dict[str, Segment] = {}
    counts = dict.fromkeys(TRAILERS, 0)
    for segment in segments:
        if segment.name in HEADERS:
            open_[segment.name] = segment
        elif pair := TRAILERS.get(segment.name):
            header, header_at, inner = pair
            its = open_[header]
            count = counts[inner] if inner else segment.number - its.number + 1
            counts[segment.name] += 1
            if inner:
                counts[inner] = 0
            if segment[2] != its[header_at]:
                message = f"{segment.name}02 is {segment[2]!r}, but {header}{header_at:02} is {its[header_at]!r}."
                yield Finding("wrong-control-number", segment.place, message, "Ask the payer for a file whose control numbers agree.")
            if not segment[1].isdecimal() or segment[1].lstrip("0") != str(count or ""):
                message = f"{segment.name}01 counts {segment[1]!r}, but there are {count}: something was lost or added on the way."
                yield Finding("wrong-count", segment.place, message, "Download the file again, or ask the payer for it.")
