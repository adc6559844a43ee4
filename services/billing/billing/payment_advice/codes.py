"""What the codes of remittances mean, as Holdfast's own short texts; whatever is not here is shown as its code.

Sources: claim adjustment reason codes (external code list 139), remittance advice remark codes (411), claim status (CLP02) and provider
adjustment codes (PLB03-1) of the guide 005010X221A1.
"""

from typing import Final

GROUPS: Final = {
    "CO": "borne by the clinic under its contract",
    "PR": "owed by the client",
    "PI": "held back by the insurer",
    "OA": "for another reason",
    "CR": "corrects an earlier answer",
}
STATUSES: Final = {
    "1": "answered as first insurer",
    "2": "answered as second insurer",
    "3": "answered as third insurer",
    "4": "denied",
    "19": "answered as first insurer and passed on",
    "20": "answered as second insurer and passed on",
    "21": "answered as third insurer and passed on",
    "22": "reversal of an earlier answer",
    "23": "not this insurer's claim, passed on",
    "25": "an estimate, nothing is paid",
}
REASONS: Final = {
    "1": "deductible",
    "2": "coinsurance",
    "3": "copay",
    "4": "modifier missing or not fitting the code",
    "11": "diagnosis does not fit the service",
    "16": "claim is incomplete or has an error",
    "18": "claimed twice",
    "22": "another insurer may have to pay first",
    "26": "before the coverage began",
    "27": "after the coverage ended",
    "29": "claimed too late",
    "31": "member not found",
    "45": "above the agreed fee",
    "50": "not found medically necessary",
    "96": "not covered",
    "97": "contained in another service",
    "109": "another payer's claim",
    "119": "benefit used up",
    "197": "not authorised beforehand",
    "204": "not in the client's plan",
    "253": "federal sequestration",
}
REMARKS: Final = {
    "M15": "separately billed services were joined",
    "MA01": "the decision can be appealed",
    "MA04": "the first insurer's answer is needed",
    "MA130": "claim cannot be processed as it is; send a new one",
    "N30": "client not eligible for this service",
    "N130": "see the plan's rules about this service",
    "N362": "more units or days than allowed",
    "N657": "bill with the fitting code",
}
PROVIDER_REASONS: Final = {
    "50": "late filing",
    "72": "refund taken in",
    "90": "early payment",
    "CS": "adjustment",
    "FB": "carried over from or to another payment",
    "IR": "withheld for the tax office",
    "J1": "does not count in this payment",
    "L6": "interest",
    "WO": "overpayment recovery",
}
CONTRACTUAL: Final = frozenset({"24", "42", "44", "45", "59", "94", "102", "103", "104", "105", "131", "144", "161", "172", "237", "253"})
"""Reasons for which a contract or a law takes off a charge for good. Any other that the client does not bear is a denial, for a human."""


def explain(code: str) -> str | None:
    """Return what an adjustment such as CO-45 or a remark such as MA01 means; None where there is no text for it."""
    group, _, reason = code.partition("-")
    if not reason:
        return REMARKS.get(code)
    return f"{REASONS[reason]} ({GROUPS[group]})" if reason in REASONS and group in GROUPS else None
