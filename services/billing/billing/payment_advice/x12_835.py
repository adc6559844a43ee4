"""The 835 reader, pure: text becomes a remittance, or everything that keeps it from being read.

Source: the guide 005010X221A1; constants and findings name its segments and elements.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from billing.payment_advice.advice import INTEREST, Adjustment, ClaimPayment, ProviderAdjustment, Remittance, ServicePayment
from billing.pricing.amounts import ZERO
from billing.x12 import interchange
from billing.x12.elements import Elements
from billing.x12.interchange import MOST_SHOWN, Finding, Segment, Transaction

GUIDE: Final = "005010X221"
TEST: Final = "T"
"""ISA15 of a test file."""
MOST_CLAIMS: Final = 1_000
MOST_FINDINGS: Final = 50
"""Enough of them to decide what kind of file it is."""
CAS_PLACES: Final = range(2, 20, 3)
PLB_PLACES: Final = range(3, 15, 2)
MOA_REMARKS: Final = range(3, 8)
MIA_REMARKS: Final = (5, 20, 21, 22, 23)
WITHOUT: Final = {
    "BPR": "There is no BPR segment, which has the amount.",
    "TRN": "There is no TRN segment, which has the trace number.",
    "N1PR": "There is no N1*PR segment, which names the payer.",
    "N1PE": "There is no N1*PE segment, which names the payee.",
}
PATIENT: Final = "QC"
MEMBERS: Final = frozenset({PATIENT, "IL"})
"""NM101 of whoever may have the member id: the patient, and the subscriber."""
CLAIM_DAYS: Final = frozenset({"232", "472", "150"})
"""DTM01 of the first day of a claim as a whole."""
SERVICE_DAYS: Final = frozenset({"472", "150"})
"""DTM01 of the day of a service, and of the first of several."""
GROUPS: Final = frozenset({"CO", "OA", "PI", "PR", "CR"})
PAYER_ID: Final = "2U"
"""REF01 of the number by which claims name a payer."""
NEGATIVE_FIX: Final = "Ask the payer for a corrected file: what it is still owed is carried forward (PLB with FB), and BPR02 is 0."
PASSED_OVER: Final = frozenset({"N3", "N4", "PER", "RDM", "LX", "TS2", "TS3", "QTY"})
"""Segments of an 835 that state nothing about who owes what."""


@dataclass(frozen=True, slots=True)
class File:
    """One payment of a file, as far as it can be read."""

    remittance: Remittance | None
    findings: tuple[Finding, ...]
    """Every reason why it cannot be read."""
    digest: str
    """Distinguishes one content from another: the same payment in another envelope is the same content."""
    x12: str
    """The file as it came or, of a file with several payments, the part of this one in the same envelope."""


def read(text: str) -> File:
    """Return the first payment of a file, as ``read_payments`` reads it; raises nothing."""
    return read_payments(text)[0]


def read_payments(text: str) -> tuple[File, ...]:
    """Return one File for each payment (ST*835) of a file, at most 100; one with findings alone where the envelope is broken.

    A payment is read whole or not at all: with any finding its remittance is None. At most 50 findings are kept. Whether amounts balance is
    not checked here (``advice.balance``). Raises nothing, whatever the text.
    """
    transactions, findings = interchange.read(text)
    if len(transactions) == 1:
        return (_payment(transactions[0], text, findings),)
    if findings:
        return (File(None, findings[:MOST_FINDINGS], _digest(text), text),)
    return tuple(_payment(each, each.as_file(), ()) for each in transactions)


def _payment(transaction: Transaction, text: str, findings: tuple[Finding, ...]) -> File:
    elements = Elements(list(findings))
    remittance = _Reading(transaction, elements).remittance()
    found = tuple(elements.findings[:MOST_FINDINGS])
    if found:
        return File(None, found, _digest(text), text)
    stated = ["\t".join(segment.elements) for segment in transaction.segments]
    # A test file is another content than the payment that it resembles, which may follow.
    return File(remittance, (), _digest("\n".join([TEST, *stated] if remittance.is_test else stated)), text)


def _digest(stated: str) -> str:
    return hashlib.sha256(stated.encode()).hexdigest()


@dataclass(slots=True)
class _Line:
    segment: Segment
    adjustments: list[Adjustment] = field(default_factory=list[Adjustment])
    remarks: list[str] = field(default_factory=list[str])
    control_number: str | None = None
    day: date | None = None


@dataclass(slots=True)
class _Claim:
    segment: Segment
    adjustments: list[Adjustment] = field(default_factory=list[Adjustment])
    remarks: list[str] = field(default_factory=list[str])
    lines: list[_Line] = field(default_factory=list[_Line])
    interest: Decimal = ZERO
    patient: Segment | None = None
    member_id: str | None = None
    day: date | None = None


class _Reading:
    """One pass over the segments; what cannot be read is noted, and reading goes on."""

    def __init__(self, file: Transaction, elements: Elements) -> None:
        self._read = elements
        self._file = file
        self._head: dict[str, Segment] = {}
        self._tax_id: str | None = None
        self._payer_ids: list[str] = []
        self._claims: list[_Claim] = []
        self._provider_adjustments: list[ProviderAdjustment] = []
        self._payee_is_named = False

    def remittance(self) -> Remittance:
        header = self._file.header
        if header[1] != "835" or not self._file.version.startswith(GUIDE):
            message = (
                f"This is a {header[1] or 'file'} by the guide {self._file.version or 'unknown'}; a remittance is an 835 by {GUIDE}A1."
            )
            self._read.find("not-an-835", header, message, "Send the payer's 835.")
            return self._whole()
        # Not kept: a cycle would keep the file until the collector stops the event loop for it.
        takers: dict[str, Callable[[Segment], None]] = {
            "BPR": self._head_segment,
            "TRN": self._head_segment,
            "N1": self._party,
            "CLP": self._begin_claim,
            "SVC": self._begin_line,
            "CAS": self._adjust,
            "MIA": self._remark,
            "MOA": self._remark,
            "LQ": self._remark,
            "NM1": self._person,
            "REF": self._reference,
            "DTM": self._date,
            "CUR": self._head_segment,
            "PLB": self._withhold,
            "AMT": self._amount,
        }
        for segment in self._file.segments:
            takers.get(segment.name, self._pass_over)(segment)
        for name, message in WITHOUT.items():
            if name not in self._head:
                self._read.find("missing-segment", header, message)
        if len(self._claims) > MOST_CLAIMS:
            message = f"{len(self._claims)} claims are more than the {MOST_CLAIMS} that one file may carry."
            self._read.find("too-many-claims", header, message, "Ask the clearing house to split the file.")
        return self._whole()

    def _head_segment(self, segment: Segment) -> None:
        self._head[segment.name] = segment

    def _party(self, segment: Segment) -> None:
        self._head[f"N1{segment[1]}"] = segment
        self._payee_is_named = segment[1] == "PE"
        if segment[1] == "PR" and segment[4]:
            self._payer_ids.append(segment[4])

    def _begin_claim(self, segment: Segment) -> None:
        self._claims.append(_Claim(segment))

    def _begin_line(self, segment: Segment) -> None:
        self._inside(segment, lambda claim: claim.lines.append(_Line(segment)))

    def _adjust(self, segment: Segment) -> None:
        self._inside(segment, lambda claim: _last(claim).adjustments.extend(self._adjustments(segment)))

    def _remark(self, segment: Segment) -> None:
        self._inside(segment, lambda claim: _last(claim).remarks.extend(_remarks(segment)))

    def _date(self, segment: Segment) -> None:
        if self._claims and self._claims[-1].lines and segment[1] in SERVICE_DAYS:
            self._claims[-1].lines[-1].day = self._read.day(segment, 2)
        elif self._claims and not self._claims[-1].lines and segment[1] in CLAIM_DAYS:
            # It is only shown: a wrong one keeps nothing from being posted.
            self._claims[-1].day = Elements().day(segment, 2)

    def _person(self, segment: Segment) -> None:
        if self._claims and segment[1] == PATIENT:
            self._claims[-1].patient = segment
        if self._claims and segment[1] in MEMBERS:
            self._claims[-1].member_id = self._claims[-1].member_id or segment[9] or None

    def _withhold(self, segment: Segment) -> None:
        self._provider_adjustments += self._withheld(segment)

    def _pass_over(self, segment: Segment) -> None:
        if segment.name not in PASSED_OVER:
            message = f"{segment.name[:MOST_SHOWN]!r} is no segment of an 835."
            self._read.find(
                "unknown-segment", segment, message, "Check that the file was not changed and is cut as its ISA segment defines."
            )

    def _inside(self, segment: Segment, take: Callable[[_Claim], object]) -> None:
        if self._claims:
            take(self._claims[-1])
        else:
            self._read.find("segment-out-of-place", segment, f"{segment.name} stands before the first claim.")

    def _reference(self, segment: Segment) -> None:
        if self._claims and self._claims[-1].lines and segment[1] == "6R":
            self._claims[-1].lines[-1].control_number = segment[2] or None
        elif not self._claims and self._payee_is_named and segment[1] == "TJ":
            self._tax_id = segment[2] or None
        elif not self._claims and not self._payee_is_named and segment[1] == PAYER_ID and segment[2]:
            self._payer_ids.append(segment[2])

    def _whole(self) -> Remittance:
        nothing = Segment(("",), 0)
        bpr, trn, payer, payee = (self._head.get(name, nothing) for name in ("BPR", "TRN", "N1PR", "N1PE"))
        amount = self._read.money(bpr, 2) if "BPR" in self._head else ZERO
        if amount < 0:
            message = f"BPR02 is {amount:.2f}: what a payer pays or, with D in BPR03, takes from the account is never written as negative."
            self._read.find("negative-payment", bpr, message, NEGATIVE_FIX)
        if "TRN" in self._head and not (trn[2] and trn[3]):
            self._read.find("missing-trace-number", trn, "TRN02 and TRN03 name the payment and who made it; one of them is empty.")
        claims = tuple(self._claim(claim) for claim in self._claims)
        return Remittance(
            payer_name=payer[2],
            payer_identifier=trn[3],
            trace_number=trn[2],
            amount=-amount if bpr[3] == "D" else amount,
            method=bpr[4],
            payment_date=self._read.day(bpr, 16),
            payee_name=payee[2],
            payee_npi=payee[4] if payee[3] == "XX" else None,
            payee_tax_id=payee[4] if payee[3] == "FI" else self._tax_id,
            claims=claims,
            currency=self._head["CUR"][2] or None if "CUR" in self._head else None,
            is_test=self._file.envelope[15] == TEST,
            payer_ids=tuple(dict.fromkeys(self._payer_ids)),
            provider_adjustments=(*self._provider_adjustments, *self._interest_of_claims(claims, -amount if bpr[3] == "D" else amount)),
        )

    def _interest_of_claims(self, claims: Sequence[ClaimPayment], amount: Decimal) -> Iterator[ProviderAdjustment]:
        """Return the claims' interest (AMT*I) as the payment's, where no PLB has it and it is what the payment lacks."""
        interest = sum((claim.interest for claim in self._claims), ZERO)
        withheld = sum((each.amount for each in self._provider_adjustments), ZERO)
        is_reported = any(each.reason == INTEREST for each in self._provider_adjustments)
        if interest and not is_reported and sum((each.paid for each in claims), ZERO) - withheld + interest == amount:
            yield ProviderAdjustment(INTEREST, None, -interest)

    def _amount(self, segment: Segment) -> None:
        if self._claims and segment[1] == "I":
            self._claims[-1].interest += self._read.money(segment, 2)

    def _claim(self, claim: _Claim) -> ClaimPayment:
        clp = claim.segment
        if not (clp[1] and clp[2]):
            self._read.find("missing-element", clp, "CLP01 and CLP02 name the claim and its outcome; one of them is empty.")
        return ClaimPayment(
            control_number=clp[1],
            status=clp[2],
            charge=self._read.money(clp, 3),
            paid=self._read.money(clp, 4),
            patient_responsibility=self._read.money(clp, 5) if clp[5] else None,
            payer_reference=clp[7] or None,
            adjustments=tuple(claim.adjustments),
            lines=tuple(self._line(line) for line in claim.lines),
            remarks=tuple(claim.remarks),
            place=clp.place,
            patient_name=" ".join(filter(None, (claim.patient[4], claim.patient[3]))) or None if claim.patient else None,
            member_id=claim.member_id,
            service_date=claim.day,
        )

    def _line(self, line: _Line) -> ServicePayment:
        svc = line.segment
        _, code, *modifiers = (svc[1] + self._file.component).split(self._file.component)
        _, submitted, *_ = (svc[6] + self._file.component).split(self._file.component)
        if not code:
            self._read.find("missing-element", svc, "SVC01 names no procedure code.")
        return ServicePayment(
            service_code=code,
            modifiers=tuple(each for each in modifiers[:4] if each),
            charge=self._read.money(svc, 2),
            paid=self._read.money(svc, 3),
            units=self._read.number(svc, 5) if svc[5] else Decimal(1),
            service_date=line.day,
            control_number=line.control_number,
            adjustments=tuple(line.adjustments),
            remarks=tuple(line.remarks),
            place=svc.place,
            submitted_code=submitted or None,
        )

    def _adjustments(self, segment: Segment) -> Iterator[Adjustment]:
        if segment[1] not in GROUPS:
            message = f"CAS01 is {segment[1][:MOST_SHOWN]!r}; who bears an adjustment is one of {', '.join(sorted(GROUPS))}."
            self._read.find("unknown-group", segment, message)
        for place in CAS_PLACES:
            if segment[place] or segment[place + 1]:
                yield Adjustment(segment[1], segment[place], self._read.money(segment, place + 1))

    def _withheld(self, segment: Segment) -> Iterator[ProviderAdjustment]:
        for place in PLB_PLACES:
            if segment[place] or segment[place + 1]:
                reason, _, reference = segment[place].partition(self._file.component)
                yield ProviderAdjustment(reason, reference or None, self._read.money(segment, place + 1))


def _last(claim: _Claim) -> _Claim | _Line:
    return claim.lines[-1] if claim.lines else claim


def _remarks(segment: Segment) -> list[str]:
    if segment.name == "LQ":
        return [segment[2]] if segment[1] == "HE" and segment[2] else []
    places = MOA_REMARKS if segment.name == "MOA" else MIA_REMARKS
    return [segment[place] for place in places if segment[place]]
