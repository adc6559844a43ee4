"""What keeps an answer from being posted by itself, and what would work; pure."""

from datetime import date
from decimal import Decimal

from billing.payment_advice.advice import ClaimPayment
from billing.remittances.coordination import ORDINALS
from billing.x12.interchange import Finding

BY_A_PERSON = (
    "Post the remittance without this claim (leave_out), then assign its money to a record from the remittance's page (assign); until then "
    "it is on the payer's account."
)

LATER_FIRST = "Post the file that takes the later insurer's answer back, then send this file again; or leave the claim out (leave_out)."


def nothing_to_reverse(answer: ClaimPayment) -> Finding:
    """Return the finding for a reversal of what was never posted, or is taken back already."""
    message = "No posted answer stands that it could take back: a remittance has posted none, or each is taken back already."
    return finding("nothing-to-reverse", answer, message)


def money_is_gone(answer: ClaimPayment, lacking: Decimal) -> Finding:
    """Return the finding for a reversal of money that the record does not have any more."""
    message = f"Of the money that is reversed, {lacking:.2f} were refunded, moved or taken back already."
    return finding("credit-is-gone", answer, message)


def later_answer_stands(answer: ClaimPayment, later: int) -> Finding:
    """Return the finding for a reversal of an answer on which that of a later insurer rests."""
    message = f"An answer is taken back on which that of the {ORDINALS[later]} insurer rests, which is posted and stands."
    return finding("later-answer-stands", answer, message, LATER_FIRST)


def which_reversed(answer: ClaimPayment) -> Finding:
    """Return the finding for a reversal that fits answers of several insurers."""
    return finding("reversal-ambiguous", answer, "An answer is taken back, and several insurers' answers here are such.")


def paid_before_service(answer: ClaimPayment, paid_on: date, service_date: date) -> Finding:
    """Return the finding for a payment that is dated before the service that it pays."""
    message = (
        f"The payment is dated {paid_on}, before the service, which was on {service_date}; it would be in the daily close of {paid_on}."
    )
    return finding("paid-before-service", answer, message, DAYS_COMPARED)


def finding(code: str, answer: ClaimPayment, message: str, fix: str = BY_A_PERSON) -> Finding:
    """Return what keeps the answer to a claim from being posted."""
    return Finding(code, f"claims.{answer.control_number}", message, fix)


IN_ORDER = "Post the answer of the insurer before it, then send this file again; or leave the claim out (leave_out)."

COMPARED = "Compare the two; then post it as it is (accept), or without this claim (leave_out)."

DAYS_COMPARED = (
    "Compare both days with the bank's statement. If the payment came on that day, post it as it is (accept); if its date is wrong, ask "
    "the payer for a corrected file. Or post the file without this claim (leave_out)."
)

POSTED_MANUALLY = (
    "If it is the same money, reverse the posting by hand in the record's ledger, then post this file. If it is another payment, post it "
    "as it is (accept). Or post the file without this claim (leave_out)."
)
