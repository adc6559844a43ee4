"""Code sets of claims, as far as they are sent, and the limits of what a claim may carry; data and their texts.

Sources: the guides 005010X222A1 (837P), 005010X231A1 (999) and 005010X214 (277CA); CMS's place of service codes; X12's claim status codes
(external code lists 507 and 508). Texts are Holdfast's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

MOST_LINES: Final = 50
"""Service lines of a claim (loop 2400, LX)."""
MOST_DIAGNOSES: Final = 12
"""Diagnoses of a claim (HI01 to HI12)."""
MOST_POINTERS: Final = 4
"""Diagnoses that a service line points to (SV107-1 to SV107-4)."""

PLACES_OF_SERVICE: Final = frozenset(
    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 "  # noqa: SIM905 (a table is easier to read)
    "31 32 33 34 41 42 49 50 51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99".split()
)
"""CLM05-1: CMS's place of service codes."""

FILING_CODES: Final = frozenset("11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ".split())  # noqa: SIM905 (as above)
"""SBR09: what kinds of payers there are."""

STATES: Final = frozenset(
    "AL AK AZ AR CA CO CT DC DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD "  # noqa: SIM905 (a table is easier to read)
    "TN TX UT VT VA WA WV WI WY AS FM GU MH MP PR VI AA AE AP".split()
)
"""N402: the postal service's codes of states, territories and military addresses."""

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
"""By the kind of payer (SBR09): a year for Medicare (42 CFR 424.44), Medicaid (42 CFR 447.45) and TRICARE (32 CFR 199.7)."""
USUAL_FILING_LIMIT: Final = FilingLimit(90, 365)
LATEST_FILING: Final = timedelta(days=max(limit.refuse_after for limit in (*FILING_LIMITS.values(), USUAL_FILING_LIMIT)))
"""How long after a service any payer takes its claim."""

STATUS_CATEGORIES: Final[Mapping[str, str]] = MappingProxyType({
    "A0": "forwarded to another",
    "A1": "received",
    "A2": "accepted for a decision",
    "A3": "sent back as not processable",
    "A4": "claim not found",
    "A5": "claim was split",
    "A6": "sent back, something is missing",
    "A7": "sent back, something is invalid",
    "A8": "sent back, two statements do not fit together",
})  # fmt: skip
"""STC01-1 of a 277CA, as Holdfast's own short texts."""
CLAIM_STATUSES: Final[Mapping[str, str]] = MappingProxyType({
    "21": "missing or invalid information",
    "33": "subscriber not found",
    "97": "client not covered by the payer",
    "116": "sent to the wrong payer",
    "125": "name",
    "126": "address",
    "128": "tax id",
    "145": "taxonomy code",
    "153": "id number",
    "158": "birth date",
    "164": "member id",
    "187": "date of service",
    "249": "place of service",
    "254": "main diagnosis",
    "255": "diagnosis",
    "453": "modifier",
    "454": "procedure code",
    "481": "form of the claim",
    "500": "postal code",
    "562": "NPI",
})  # fmt: skip
"""STC01-2, as above; whatever is not here is shown as its code."""
ENTITIES: Final[Mapping[str, str]] = MappingProxyType({
    "40": "receiver", "41": "submitter", "77": "place of service", "82": "therapist", "85": "organization",
    "IL": "subscriber", "PR": "payer", "QC": "client",
})  # fmt: skip
"""STC01-3: whom a status is about."""
FILE_ERRORS: Final[Mapping[str, str]] = MappingProxyType({
    "IK3-1": "unknown segment",
    "IK3-2": "segment not expected here",
    "IK3-3": "required segment missing",
    "IK3-5": "segment too often",
    "IK3-7": "segments in the wrong order",
    "IK3-8": "segment with wrong elements",
    "IK4-1": "required element missing",
    "IK4-2": "element required beside another one",
    "IK4-4": "element too short",
    "IK4-5": "element too long",
    "IK4-6": "invalid character",
    "IK4-7": "invalid code",
    "IK4-8": "invalid date",
    "IK4-10": "elements that exclude each other",
    "IK5-5": "one or more segments in error",
})  # fmt: skip
"""Codes of a 999, as above."""


ENVELOPE_ERRORS: Final[Mapping[str, str]] = MappingProxyType({
    "TA1-001": "numbers at the begin and end of the file differ",
    "TA1-002": "version of the standard not taken",
    "TA1-003": "version of the controls not taken",
    "TA1-004": "invalid segment terminator",
    "TA1-005": "invalid kind of sender id",
    "TA1-006": "invalid sender id",
    "TA1-007": "invalid kind of receiver id",
    "TA1-008": "invalid receiver id",
    "TA1-009": "receiver id unknown",
    "TA1-010": "invalid kind of authorization",
    "TA1-011": "invalid authorization",
    "TA1-012": "invalid kind of security information",
    "TA1-013": "invalid security information",
    "TA1-014": "invalid date of the file",
    "TA1-015": "invalid time of the file",
    "TA1-016": "invalid repetition separator",
    "TA1-017": "invalid version of the file",
    "TA1-018": "invalid number of the file",
    "TA1-019": "invalid request for an acknowledgement",
    "TA1-020": "invalid test indicator",
    "TA1-021": "invalid number of groups",
    "TA1-022": "invalid structure of the envelope",
    "TA1-023": "the file ends too early",
    "TA1-024": "invalid content of the file",
    "TA1-025": "the same number as an earlier file",
    "TA1-026": "invalid element separator",
    "TA1-027": "invalid component separator",
    "TA1-028": "invalid date of a delivery request",
    "TA1-029": "invalid time of a delivery request",
    "TA1-030": "invalid code of a delivery request",
    "TA1-031": "invalid grade of service",
})  # fmt: skip
"""TA105, as above."""


def explain_status(code: str) -> str | None:
    """Return the text of a code of a TA1 (TA1-025), 999 (IK4-7) or 277CA (A7:164:IL, as STC01 with colons); None where there is none."""
    category, _, rest = code.partition(":")
    if not rest:
        return FILE_ERRORS.get(code) or ENVELOPE_ERRORS.get(code) or STATUS_CATEGORIES.get(code)
    status, _, entity = rest.partition(":")
    stated = [STATUS_CATEGORIES.get(category), CLAIM_STATUSES.get(status), ENTITIES.get(entity)]
    return ": ".join(each for each in stated if each) or None
