"""Reader of acknowledgements of a claim file, pure: a text becomes verdicts, or everything that keeps it from being read.

A TA1 (X12.5) states whether the envelope of a file could be read, a 999 (005010X231A1) whether its transactions could, a 277CA (005010X214)
which claims are accepted and which are rejected.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from billing.claim_rules.facts import AcknowledgementKind
from billing.x12 import interchange
from billing.x12.interchange import MOST_SHOWN, Finding, Segment, Transaction

MOST_FINDINGS: Final = 50

MOST_VERDICTS: Final = 5_000

REFUSED_FILES: Final = frozenset("RMWX")
"""AK901 and IK501 of what is rejected; A and E are accepted, P is decided by its transactions."""

TAKEN_FILES: Final = frozenset("AEP")

ACTIONS: Final = {"WQ": True, "U": False}
"""STC03: accepted, or rejected."""

STATUS_PLACES: Final = (1, 10, 11)

SUBMITTER, BILLER, PATIENT = "21", "19", "PT"

ENVELOPES: Final = {"A": True, "E": True, "R": False}
"""TA104: accepted, accepted with errors, rejected."""

NO_ERROR: Final = "000"
"""TA105 of an envelope in which nothing is wrong."""

GUIDES: Final = {"999": "005010X231", "277": "005010X214"}

KINDS_IN_ORDER: Final = (AcknowledgementKind.INTERCHANGE, AcknowledgementKind.CLAIMS, AcknowledgementKind.IMPLEMENTATION)
"""A file of several kinds is called by the last of these that it has."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was rejected: a code as the file has it, and the sender's own text."""

    code: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one claim or, without its number, of all claims of a file of claims."""

    batch_number: str | None
    """The claim file: ISA13 for a TA1, GS06 for a 999, BHT03 for a 277CA."""
    control_number: str | None
    """CLM01."""
    is_accepted: bool
    reasons: tuple[Reason, ...] = ()
    payer_reference: str | None = None
    """The payer's own number of the claim (REF*1K)."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that came back, as far as it can be read."""

    kind: AcknowledgementKind | None
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    """Every reason why it cannot be read."""
    digest: str
    """Distinguishes one content from another, whatever the envelope."""


@dataclass(slots=True)
class _Reading:
    findings: list[Finding] = field(default_factory=list[Finding])
    verdicts: list[Verdict] = field(default_factory=list[Verdict])

    def find(self, code: str, segment: Segment, message: str, fix: str = "Ask the clearing house for a corrected file.") -> None:
        self.findings.append(Finding(code, segment.place, message, fix))


def read(text: str) -> File:
    """Return the verdicts of a file, at most 5,000, or none and the findings, at most 50, that keep it from being read; raises nothing."""
    file = interchange.read_acknowledged(text)
    transactions = file.transactions
    reading = _Reading(list(file.findings))
    kinds = set[AcknowledgementKind]()
    for segment in file.acknowledgements:
        kinds.add(AcknowledgementKind.INTERCHANGE)
        _read_ta1(segment, reading)
    for transaction in transactions:
        kind = transaction.header[1]
        if kind not in GUIDES or not transaction.version.startswith(GUIDES[kind]):
            stated = f"{kind or 'file'} by the guide {transaction.version or 'unknown'}"
            message = f"This is a {stated}; a TA1, a 999 or a 277CA (005010X214) is taken."
            fix = "Send an 835 as a remittance; of other files ask the clearing house for TA1, 999 and 277CA."
            reading.find("not-an-acknowledgement", transaction.header, message, fix)
        elif kind == "999":
            kinds.add(AcknowledgementKind.IMPLEMENTATION)
            _read_999(transaction, reading)
        else:
            kinds.add(AcknowledgementKind.CLAIMS)
            _Claims(transaction, reading).read()
    if len(reading.verdicts) > MOST_VERDICTS:
        message = f"{len(reading.verdicts)} answers are more than the {MOST_VERDICTS} that one file may carry."
        reading.find(
            "too-many-answers",
            transactions[0].header if transactions else file.acknowledgements[0],
            message,
            "Ask the clearing house to split the file.",
        )
    stated = "\n".join("\t".join(each.elements) for each in _identifying(file)) or text
    digest = hashlib.sha256(stated.encode()).hexdigest()
    if reading.findings or not kinds:
        return File(None, (), tuple(reading.findings[:MOST_FINDINGS]), digest)
    return File(max(kinds, key=KINDS_IN_ORDER.index), tuple(reading.verdicts), (), digest)


def _identifying(file: interchange.Interchange) -> Iterator[Segment]:
    """Return what a file states, whatever its envelope."""
    yield from file.acknowledgements
    for transaction in file.transactions:
        yield from transaction.segments


def _read_ta1(segment: Segment, reading: _Reading) -> None:
    """Read what became of the envelope of one claim file."""
    if segment[4] not in ENVELOPES or not segment[1]:
        message = f"TA101 is {segment[1][:MOST_SHOWN]!r} and TA104 {segment[4][:MOST_SHOWN]!r}: which file is meant, and A, E or R."
        reading.find("unknown-status", segment, message)
        return
    reasons = (Reason(f"TA1-{segment[5]}"),) if segment[5] not in {"", NO_ERROR} else ()
    reading.verdicts.append(Verdict(segment[1], None, ENVELOPES[segment[4]], reasons))


def _read_999(transaction: Transaction, reading: _Reading) -> None:
    """Read what a 999 states of the groups of one interchange."""
    group: Segment | None = None
    general: list[Reason] = []
    of_claims: dict[str, list[Reason]] = {}
    about: str | None = None
    is_refused = False
    for segment in transaction.segments:
        match segment.name:
            case "AK1":
                group, about, is_refused = segment, None, False
                general.clear()
                of_claims.clear()
            case "IK3":
                about = None
                general.append(Reason(f"IK3-{segment[4]}", f"segment {segment[1]}, number {segment[2]} of the file"))
            case "CTX" if segment[1].startswith("CLM01") and general:
                about = segment[1].partition(transaction.component)[2] or segment[2]
                of_claims.setdefault(about, []).append(general.pop())
            case "IK4":
                place = segment[1].split(transaction.component)[0]
                bad = f", which is {segment[4][:MOST_SHOWN]!r}" if segment[4] else ""
                reasons = of_claims[about] if about else general
                reasons.append(Reason(f"IK4-{segment[3]}", f"element {place}{bad}"))
            case "IK5" if segment[1] in REFUSED_FILES:
                is_refused = True
                general += [Reason(f"IK5-{segment[place]}") for place in range(2, 7) if segment[place]]
            case "AK9":
                if group is None or segment[1] not in REFUSED_FILES | TAKEN_FILES:
                    reading.find("unknown-status", segment, f"AK901 is {segment[1][:MOST_SHOWN]!r}, or no AK1 stands before it.")
                    continue
                accepted = segment[1] not in REFUSED_FILES and not is_refused
                codes = [Reason(f"AK9-{segment[place]}") for place in range(5, 10) if segment[place]]
                reading.verdicts.append(Verdict(group[2], None, accepted, (*general, *codes)))
                reading.verdicts += [
                    Verdict(group[2], number, accepted, tuple(reasons)) for number, reasons in of_claims.items() if not accepted
                ]
                group = None
            case _:
                pass
    if not reading.verdicts:
        reading.find("missing-segment", transaction.header, "There is no AK9 segment, which has the outcome of the file.")


@dataclass(slots=True)
class _Level:
    """One hierarchical level of a 277CA that has a status."""

    level: str
    number: str | None = None
    accepted: list[bool] = field(default_factory=list[bool])
    reasons: list[Reason] = field(default_factory=list[Reason])
    payer_reference: str | None = None


class _Claims:
    """One pass over the segments of a 277CA."""

    def __init__(self, transaction: Transaction, reading: _Reading) -> None:
        self._transaction = transaction
        self._reading = reading
        self._batch: str | None = None
        self._at: _Level | None = None
        self._levels: list[tuple[_Level, Segment]] = []

    def read(self) -> None:
        """Add the verdicts of the transaction."""
        takers: dict[str, Callable[[Segment], None]] = {"HL": self._begin, "TRN": self._name, "STC": self._status, "REF": self._refer}
        for segment in self._transaction.segments:
            if taker := takers.get(segment.name):
                taker(segment)
        if not self._levels:
            self._reading.find("missing-segment", self._transaction.header, "There is no HL segment, which names whom the file is about.")
        self._reading.verdicts += self._verdicts()

    def _begin(self, segment: Segment) -> None:
        self._at = _Level(segment[3])
        self._levels.append((self._at, segment))

    def _name(self, segment: Segment) -> None:
        if self._at is not None and segment[1] == "2":
            self._at.number = segment[2] or None
            if self._at.level == SUBMITTER:
                self._batch = self._at.number

    def _status(self, segment: Segment) -> None:
        if self._at is None or segment[3] not in ACTIONS:
            message = f"STC03 is {segment[3][:MOST_SHOWN]!r}; WQ takes a claim, U sends it back."
            self._reading.find("unknown-status", segment, message)
            return
        self._at.accepted.append(ACTIONS[segment[3]])
        if not ACTIONS[segment[3]]:
            text = segment[12] or None
            codes = [segment[place].replace(self._transaction.component, ":") for place in STATUS_PLACES if segment[place]]
            self._at.reasons += [Reason(code, text) for code in codes]

    def _refer(self, segment: Segment) -> None:
        if self._at is not None and self._at.level == PATIENT and segment[1] == "1K":
            self._at.payer_reference = segment[2] or None

    def _verdicts(self) -> Iterator[Verdict]:
        for at, segment in self._levels:
            if at.level == PATIENT and not (at.number and at.accepted):
                message = "A claim has no TRN*2 with its number, or no STC with its status."
                self._reading.find("missing-element", segment, message)
            elif at.level == PATIENT:
                yield Verdict(self._batch, at.number, all(at.accepted), tuple(at.reasons), at.payer_reference)
            elif at.level in {SUBMITTER, BILLER} and not all(at.accepted):
                yield Verdict(self._batch, None, is_accepted=False, reasons=tuple(at.reasons))
