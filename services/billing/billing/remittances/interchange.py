"""X12 interchanges, pure: text becomes segments, and an envelope whose counts and numbers do not hold is found out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

ISA_LENGTH: Final = 106
ISA_ELEMENTS: Final = 16
ELEMENT_AT: Final = 3
COMPONENT_AT: Final = 104
TERMINATOR_AT: Final = 105
"""Where an ISA segment, which has a fixed length, says how the rest of the file is cut."""
BYTE_ORDER_MARK: Final = "\ufeff"
BREAKS: Final = "\r\n"
MOST_SHOWN: Final = 40
"""As many characters of a strange segment are repeated to whoever sent it."""
ENVELOPE: Final = ("ISA", "GS", "ST", "SE", "GE", "IEA")
CONTROL_NUMBERS: Final = (("IEA", 2, "ISA", 13), ("GE", 2, "GS", 6), ("SE", 2, "ST", 2))
"""A trailer repeats the number of its header."""


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
        """What kind of segment it is."""
        return self.elements[0]

    @property
    def place(self) -> str:
        """How a finding calls it."""
        return f"segment {self.number} ({self.name[:MOST_SHOWN]})"

    def __getitem__(self, position: int) -> str:
        """Return an element by its number, empty where the segment ends before."""
        return self.elements[position].strip() if position < len(self.elements) else ""


@dataclass(frozen=True, slots=True)
class Interchange:
    """What lies between the one ST and the one SE of a file, both excluded."""

    header: Segment
    """The ST segment."""
    version: str
    """GS08: by which guide the file was written."""
    segments: tuple[Segment, ...]
    component: str
    """What separates the parts of one element."""


def read(text: str) -> tuple[Interchange | None, tuple[Finding, ...]]:
    """Cut a file into segments; None when it has no such shape, and everything that is wrong with its envelope."""
    text = text.removeprefix(BYTE_ORDER_MARK).strip()
    if problem := _isa_problem(text):
        return None, (problem,)
    element, component, terminator = text[ELEMENT_AT], text[COMPONENT_AT], text[TERMINATOR_AT]
    # A terminator may itself be a line break; any other one may be followed by line breaks, which mean nothing.
    pieces = [piece.strip(BREAKS) for piece in text.split(terminator)]
    segments = [Segment(tuple(piece.split(element)), number) for number, piece in enumerate(pieces, 1) if piece.strip()]
    findings = tuple(_envelope_findings(segments))
    if any(finding.code in {"truncated", "not-one-payment"} for finding in findings):
        return None, findings
    at = {segment.name: position for position, segment in enumerate(segments) if segment.name in ENVELOPE}
    inside = tuple(segments[at["ST"] + 1 : at["SE"]])
    return Interchange(segments[at["ST"]], segments[at["GS"]][8], inside, component), findings


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
    message = f"The file does not begin with an ISA segment of {ISA_LENGTH} characters, which says how the rest is cut."
    return Finding("not-x12", "segment 1", message, "Send the 835 file as the payer or the clearing house made it.")


def _envelope_findings(segments: Sequence[Segment]) -> Iterator[Finding]:
    found = {name: [segment for segment in segments if segment.name == name] for name in ENVELOPE}
    if segments[-1].name != "IEA":
        last = segments[-1]
        message = (
            f"The file ends with {last.name[:MOST_SHOWN]!r} and not with IEA: it was cut off, or its segments are not cut as ISA says."
        )
        yield Finding("truncated", last.place, message, "Download the file again, whole and unchanged.")
        return
    repeated = [f"{len(found[name])} {name}" for name in ENVELOPE if len(found[name]) != 1]
    order = [segment.name for segment in segments if segment.name in ENVELOPE]
    if repeated or order != list(ENVELOPE):
        message = f"A file carries one payment, in one envelope of {', '.join(ENVELOPE)} in this order; this one has {', '.join(order)}."
        yield Finding("not-one-payment", "envelope", message, "Send each payment, from its ST to its SE, in a file of its own.")
        return
    for trailer, trailer_at, header, header_at in CONTROL_NUMBERS:
        mine, its = found[trailer][0], found[header][0]
        if mine[trailer_at] != its[header_at]:
            message = f"{trailer}{trailer_at:02} is {mine[trailer_at]!r}, but {header}{header_at:02} is {its[header_at]!r}."
            yield Finding("wrong-control-number", mine.place, message, "Ask the payer for a file whose control numbers agree.")
    counts = {"SE": found["SE"][0].number - found["ST"][0].number + 1, "GE": 1, "IEA": 1}
    for name, count in counts.items():
        said = found[name][0][1]
        if said.lstrip("0") != str(count):
            message = f"{name}01 counts {said!r}, but there are {count}: the file was changed on its way."
            yield Finding("wrong-count", found[name][0].place, message, "Download the file again, or ask the payer for it.")
