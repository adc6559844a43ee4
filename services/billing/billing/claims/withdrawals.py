"""Claims that still stand with a payer although nothing is billed to that payer any more: they have to be withdrawn (frequency 8)."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import View
from contracts.billing import PaymentStatus
from contracts.types import RecordId
from pydantic import ConfigDict
from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, bindparam, exists, select
from sqlalchemy.orm import aliased

from billing import use_cases
from billing.claims.facts import Frequency
from billing.claims.resources import CLAIM_ID, REFUSED_ID
from billing.claims.store import ClaimRow, ClaimStatus
from billing.domain import RecordKind
from billing.resources import RECORD_EXAMPLE, NewVoid, RecordView
from billing.store import Record

STANDING: Final = (ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED, ClaimStatus.PAID)
"""The payer has it or has paid it; what was rejected, denied or reversed asks for nothing."""
WITHDRAW: Final = "Withdraw it with frequency 8 under the payer's own number: POST /claims, or Withdraw under Claims, To be withdrawn."
STANDING_EXAMPLE: Final[dict[str, Any]] = {
    "claim_id": CLAIM_ID,
    "record_id": REFUSED_ID,
    "control_number": "HF000000108",
    "status": "submitted",
    "fix": WITHDRAW,
}


class StandingClaim(View):
    """A claim that the payer still has although its record was taken back."""

    claim_id: UUID
    record_id: RecordId
    """The record that was claimed: the voided one, or one that it had replaced."""
    control_number: str
    status: ClaimStatus
    fix: str


class VoidedView(RecordView):
    """A record that was taken back, and the claims that still ask for it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**RECORD_EXAMPLE, "payment_status": "voided", "claims_to_withdraw": [STANDING_EXAMPLE]}]}
    )

    claims_to_withdraw: list[StandingClaim]
    """Each stands with its payer until it is withdrawn; GET /claims?to_be_withdrawn=true lists all such claims."""


async def void(record_id: RecordId, body: NewVoid, by: str, today: date, tx: Transaction) -> VoidedView:
    """Take a record back, and say which claims still stand for it."""
    view = await use_cases.void(record_id, body, by, today, tx)
    await tx.flush()
    billed = Record.session_id == view.session_id, Record.client_id == view.client_id
    wanted = select(ClaimRow).join(Record, Record.id == ClaimRow.record_id).where(*billed, to_be_withdrawn()).order_by(ClaimRow.id)
    return VoidedView(**dict(view), claims_to_withdraw=[_standing(claim) for claim in await tx.scalars(wanted)])


async def of_these(db: ReadSession, claims: Sequence[UUID]) -> Collection[UUID]:
    """Return which of these claims have to be withdrawn."""
    return {row.id for row in await db.rows(_among(), {"claims": claims})} if claims else ()


@cache
def _among() -> Select[UUID]:
    return select(ClaimRow.id).where(ClaimRow.id == any_(bindparam("claims", type_=ARRAY(Uuid, dimensions=1))), to_be_withdrawn())


@cache
def to_be_withdrawn() -> ColumnElement[bool]:
    """Whether a claim stands for a voided record, and no other record of the session and client is billed to the same payer.

    Where one is, its claim replaces this one (frequency 7).
    """
    voided, counting = aliased(Record), aliased(Record)
    billed_anew = exists().where(
        counting.session_id == voided.session_id,
        counting.client_id == voided.client_id,
        counting.payment_status != PaymentStatus.VOIDED,
        counting.kind == RecordKind.SESSION,
        counting.insurance_covered,
        counting.payer_id == ClaimRow.payer_id,
    )
    taken_back = exists().where(voided.id == ClaimRow.record_id, voided.payment_status == PaymentStatus.VOIDED, ~billed_anew)
    return ClaimRow.status.in_(STANDING) & (ClaimRow.frequency != Frequency.VOID) & taken_back


def _standing(claim: ClaimRow) -> StandingClaim:
    return StandingClaim(
        claim_id=claim.id, record_id=claim.record_id, control_number=claim.control_number, status=ClaimStatus(claim.status), fix=WITHDRAW
    )
