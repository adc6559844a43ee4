"""Code sets that claims are written in, as far as we send them, and the limits of what a claim may carry; data, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

MOST_LINES: Final = 50
"""A claim has room for so many service lines."""
MOST_DIAGNOSES: Final = 12
MOST_POINTERS: Final = 4
"""A service line points to so many diagnoses."""

PLACES_OF_SERVICE: Final = frozenset(
    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 "  # noqa: SIM905 (words read better in a table)
    "31 32 33 34 41 42 49 50 51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99".split()
)
TELEHEALTH_PLACES: Final = frozenset({"02", "10"})
"""Elsewhere, and in the client's home."""

FILING_CODES: Final = frozenset("11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ".split())  # noqa: SIM905 (as above)
"""SBR09: what kinds of payers there are."""

STATES: Final = frozenset(
    "AL AK AZ AR CA CO CT DC DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD "  # noqa: SIM905 (words read better in a table)
    "TN TX UT VT VA WA WV WI WY AS FM GU MH MP PR VI AA AE AP".split()
)

RELATIONSHIPS: Final[Mapping[str, str]] = MappingProxyType({"spouse": "01", "child": "19", "other": "G8"})
"""PAT01: who a client is to whoever holds the plan; one who holds it themselves needs no such code."""


@dataclass(frozen=True, slots=True)
class FilingLimit:
    """How many days after the service a payer still takes a claim."""

    warn_after: int
    """Many contracts want it by then."""
    refuse_after: int


FILING_LIMITS: Final[Mapping[str, FilingLimit]] = MappingProxyType(
    {"MA": FilingLimit(270, 365), "MB": FilingLimit(270, 365), "MC": FilingLimit(180, 365), "CH": FilingLimit(270, 365)}
)
"""By the kind of payer: Medicare, Medicaid and the military's plan take claims for a year."""
USUAL_FILING_LIMIT: Final = FilingLimit(90, 365)
