"""What staff should know about a price, as data: nothing here changes an amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from contracts.types import Code


class Severity(StrEnum):
    """How much a flag matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    """It cannot go to insurance like this."""


class FlagCode(StrEnum):
    """Every flag that a price may carry."""

    COMPOSITE_NOT_CLAIMABLE = "COMPOSITE_NOT_CLAIMABLE"
    NOT_CLAIMABLE = "NOT_CLAIMABLE"
    ESTIMATE_NO_CONTRACT_RATE = "ESTIMATE_NO_CONTRACT_RATE"
    NO_COVERAGE = "NO_COVERAGE"
    PATIENT_ABSENT = "PATIENT_ABSENT"
    MINUTES_CODE_MISMATCH = "MINUTES_CODE_MISMATCH"
    ADD_ON_WITHOUT_PRIMARY = "ADD_ON_WITHOUT_PRIMARY"
    SAME_DAY_CONFLICT = "SAME_DAY_CONFLICT"
    UNITS_EXCEED_MAX = "UNITS_EXCEED_MAX"
    AUTHORIZATION_REQUIRED = "AUTHORIZATION_REQUIRED"
    OUT_OF_NETWORK = "OUT_OF_NETWORK"
    SERVICE_UNKNOWN = "SERVICE_UNKNOWN"
    SERVICE_INACTIVE = "SERVICE_INACTIVE"
    GRANT_REDUCED = "GRANT_REDUCED"
    DECISION_NOT_KEPT = "DECISION_NOT_KEPT"


@dataclass(frozen=True, slots=True)
class Flag:
    """One remark, and what would be better."""

    code: FlagCode
    severity: Severity
    message: str
    suggestion: str


def composite_not_claimable(code: Code, instead: Code) -> Flag:
    """Warn that an extended session is no claim: its codes are time bands of one another."""
    return Flag(
        FlagCode.COMPOSITE_NOT_CLAIMABLE,
        Severity.ERROR,
        f"{code} is a private session: insurers do not pay its codes together for one session. The client owes all of it.",
        f"Book {instead} to use insurance, or keep {code} as self-pay.",
    )


def not_claimable(code: Code) -> Flag:
    """Flag that insurance takes no part in a fee or private service."""
    return Flag(
        FlagCode.NOT_CLAIMABLE,
        Severity.INFO,
        f"{code} is never claimed from insurance; the client owes it.",
        "Tell the client before the booking.",
    )


def no_contract_rate(code: Code) -> Flag:
    """Flag that the insurer's part is a guess."""
    return Flag(
        FlagCode.ESTIMATE_NO_CONTRACT_RATE,
        Severity.WARNING,
        f"No contracted fee is on file for {code}, so this is an estimate from the full charge.",
        "Check the client's coverage and the payer's fee schedule before relying on it.",
    )


def no_coverage() -> Flag:
    """Flag that a session is for insurance and the client has none on file."""
    return Flag(
        FlagCode.NO_COVERAGE,
        Severity.WARNING,
        "No coverage is on file for the client on this day, so the client owes the full charge.",
        "Enter the client's coverage; a record that was made before and is not claimed is then priced by it.",
    )


def patient_absent(code: Code, instead: Code | None) -> Flag:
    """Flag that a session is billed to a client who did not attend it; ``instead`` is the code for that."""
    return Flag(
        FlagCode.PATIENT_ABSENT,
        Severity.ERROR,
        f"The client for whom the session is booked did not attend, and {code} is for sessions that the client attends.",
        (f"Replace the record with {instead}" if instead else "Replace the record with a code for sessions without the client")
        + ", or undo the completion if the attendance is entered wrongly.",
    )


def authorization_required(payer: str, visits: int) -> Flag:
    """Flag that the payer has authorised no further visit."""
    return Flag(
        FlagCode.AUTHORIZATION_REQUIRED,
        Severity.ERROR,
        f"{payer} has authorised {visits} visit(s), and all of them are used.",
        "Ask the payer for another authorisation before the visit, or the claim will be denied.",
    )


def out_of_network(payer: str) -> Flag:
    """Flag that the client pays first and claims it back."""
    return Flag(
        FlagCode.OUT_OF_NETWORK,
        Severity.INFO,
        f"{payer} is out of network: the client pays all of it.",
        "Give the client a superbill to claim it back.",
    )


def minutes_mismatch(code: Code, minutes: int, band: str, instead: Code | None) -> Flag:
    """Flag that the documented minutes belong to another code; a human decides, never we."""
    suggestion = f"Check the times; {minutes} minutes are {instead}." if instead else "Check the times; no code of this kind covers them."
    return Flag(FlagCode.MINUTES_CODE_MISMATCH, Severity.WARNING, f"{code} covers {band}, but the session took {minutes}.", suggestion)


def add_on_without_primary(code: Code, primaries: Sequence[Code]) -> Flag:
    """Flag that an add-on stands alone."""
    return Flag(
        FlagCode.ADD_ON_WITHOUT_PRIMARY,
        Severity.ERROR,
        f"{code} is an add-on and needs a primary service for the same client on the same day.",
        f"Bill it with one of {', '.join(primaries)}." if primaries else "Bill it with a primary service.",
    )


def same_day_conflict(code: Code, others: Sequence[Code]) -> Flag:
    """Flag that two codes exclude each other on one day."""
    return Flag(
        FlagCode.SAME_DAY_CONFLICT,
        Severity.ERROR,
        f"{code} is not billed on the same day as {', '.join(others)}.",
        f"Keep either {code} or {others[0]} on this day.",
    )


def units_exceed_max(code: Code, units: int, most: int) -> Flag:
    """Flag that a day has more units than the code allows."""
    return Flag(
        FlagCode.UNITS_EXCEED_MAX,
        Severity.WARNING,
        f"{code} is billed at most {most} time(s) a day for one client; this makes {units}.",
        f"Bill {most} unit(s), or document why more were needed.",
    )


def service_unknown(code: Code) -> Flag:
    """Flag that the record was made from the session alone."""
    return Flag(
        FlagCode.SERVICE_UNKNOWN,
        Severity.WARNING,
        f"The catalog had not sent billing {code} when this was priced; only the booked price was known.",
        "Check the record's lines and codes.",
    )


def grant_reduced(what: str, reason: str | None, before: Decimal, now: Decimal) -> Flag:
    """Flag that what was given off on the record before does not fit wholly on the one in its place."""
    named = f"{what} of {before:.2f}" + (f" ({reason})" if reason else "")
    kept = f"Only {now:.2f} of the {named}" if now else f"The {named}"
    was = "was kept" if now else "was not kept"
    return Flag(
        FlagCode.GRANT_REDUCED,
        Severity.WARNING,
        f"{kept} {was} when this record took the place of another: no more is owed on it.",
        "Check what the client and the insurer owe.",
    )


def decision_not_kept(client: Decimal, insurer: Decimal, client_now: Decimal, insurer_now: Decimal) -> Flag:
    """Flag that who owes what is priced anew although the insurer had answered the record before."""
    return Flag(
        FlagCode.DECISION_NOT_KEPT,
        Severity.WARNING,
        f"The insurer's answer for the record before left {client:.2f} to the client and {insurer:.2f} to the insurer. It was not kept:"
        f" this record is priced from the coverage, {client_now:.2f} and {insurer_now:.2f}.",
        "Send the corrected claim; the insurer's new answer decides.",
    )


def service_inactive(code: Code) -> Flag:
    """Flag that a service can no longer be booked."""
    return Flag(FlagCode.SERVICE_INACTIVE, Severity.WARNING, f"{code} is no longer offered.", "Choose an active service for a new booking.")
