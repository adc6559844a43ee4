"""Routes of checking and submitting claims."""

from datetime import datetime
from http import HTTPStatus

from chassis.http.conventions import Once, Reading, User
from chassis.http.problems import documented
from fastapi import APIRouter

from billing.claims.api import CurrentClaimSettings
from billing.submissions import use_cases
from billing.submissions.schemas import ClaimCheck, ClaimCheckView, NewClaimBatchView, NewClaims

router = APIRouter(prefix="/claims", tags=["claims"])


@router.post("/check", operation_id="check_claims", summary="What speaks against claiming records")
async def check_claims(body: ClaimCheck, db: Reading, claim_settings: CurrentClaimSettings) -> ClaimCheckView:
    """Return everything that an insurer would send these records back for; nothing is written."""
    return await use_cases.check(db, body, datetime.now(claim_settings.zone))


@router.post("", operation_id="submit_claims", summary="Claim records", status_code=HTTPStatus.CREATED, responses=documented(404, 409))
async def submit_claims(body: NewClaims, once: Once, by: User, claim_settings: CurrentClaimSettings) -> NewClaimBatchView:
    """Claim records in one 837P file, whatever payers and clients they are about; an error in any of them claims none (422).

    A record whose claim was sent is claimed again only with frequency 7, in the place of that claim, or 8, to take it back; both name
    the payer's own number of it. A claim that was rejected never reached the payer and is sent again as what it was.
    """
    return await once(lambda tx: use_cases.submit(body, by, claim_settings, tx), NewClaimBatchView)
