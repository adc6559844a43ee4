"""A clearing house that answers claim files: it writes TA1, 999 and 277CA files, and uses nothing of billing's own code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SENDER: Final = "CLEARING01"
RECEIVER: Final = "HARBOR01"


@dataclass(frozen=True)
class Said:
    """The answer of a 277CA to one claim."""

    control_number: str
    accepted: bool = True
    code: str = "A2:20:PR"
    text: str = ""
    payer_reference: str = ""


def rejected(control_number: str, code: str = "A7:164:IL", text: str = "MEMBER ID NOT ON FILE") -> Said:
    """Send a claim back."""
    return Said(control_number, accepted=False, code=code, text=text)


def write_ta1(batch: int, *, status: str = "A", note: str = "000", inside: str = "") -> str:
    """Return whether the envelope of a claim file could be read; ``inside`` is another file, of which the groups come along."""
    segments = [segment for segment in inside.split("~\n") if segment]
    groups = sum(segment.startswith("GS*") for segment in segments)
    return "".join(
        f"{segment}~\n"
        for segment in (
            _isa(),
            f"TA1*{batch:09d}*260304*0900*{status}*{note}",
            *segments[1:-1],
            f"IEA*{groups}*000000012",
        )
    )


def write_999(batch: int, *, accepted: bool = True, errors: Sequence[str] = ()) -> str:
    """Return whether a claim file could be read; errors are segments between AK2 and IK5."""
    inside = [
        f"AK1*HC*{batch}*005010X222A1",
        "AK2*837*0001*005010X222A1",
        *errors,
        "IK5*A" if accepted else "IK5*R*5",
        f"AK9*{'A' if accepted else 'R'}*1*1*{1 if accepted else 0}",
    ]
    return _file("FA", "999", "005010X231A1", inside)


def write_277ca(batch: int, *claims: Said, whole: str = "") -> str:
    """Return which claims of a file are taken; ``whole`` sends the whole file back with this code."""
    status = f"STC*{whole or 'A1:19:PR'}*20260304*{'U' if whole else 'WQ'}*185"
    inside = [
        "BHT*0085*08*277X2140001*20260304*0900*TH",
        "HL*1**20*1",
        "NM1*AY*2*CLEARING HOUSE*****46*CLEARING01",
        "TRN*1*2026030409000001",
        "DTP*050*D8*20260304",
        "DTP*009*D8*20260304",
        f"HL*2*1*21*{1 if claims else 0}",
        "NM1*41*2*HARBOR THERAPY NETWORK*****46*HARBOR01",
        f"TRN*2*{batch}",
        status,
    ]
    if claims:
        inside += ["HL*3*2*19*1", "NM1*85*2*HARBOR THERAPY NETWORK*****XX*1234567893", "TRN*1*0", "STC*A1:19:PR**WQ*185"]
    for number, stated in enumerate(claims, 4):
        inside += [
            f"HL*{number}*3*PT",
            "NM1*QC*1*WEBER*JONAS****MI*HM447102",
            f"TRN*2*{stated.control_number}",
            f"STC*{stated.code}*20260304*{'WQ' if stated.accepted else 'U'}*185{'*' * 8 + stated.text if stated.text else ''}",
            *([f"REF*1K*{stated.payer_reference}"] if stated.payer_reference else []),
            "DTP*472*D8*20260302",
        ]
    return _file("HN", "277", "005010X214", inside)


def _file(group: str, kind: str, guide: str, inside: Sequence[str]) -> str:
    segments = [
        _isa(),
        f"GS*{group}*{SENDER}*{RECEIVER}*20260304*0900*12*X*{guide}",
        f"ST*{kind}*0001*{guide}",
        *inside,
        f"SE*{len(inside) + 2}*0001",
        "GE*1*12",
        "IEA*1*000000012",
    ]
    return "".join(f"{segment}~\n" for segment in segments)


def _isa() -> str:
    return f"ISA*00*{'':10}*00*{'':10}*ZZ*{SENDER:15}*ZZ*{RECEIVER:15}*260304*0900*^*00501*000000012*0*T*:"
