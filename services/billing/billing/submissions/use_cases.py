"""Records are checked, and those against which nothing speaks become claims of one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chassis.data.database import ReadSession, Transaction
from chassis.errors import Conflict, DomainError, Invalid, NotFound
from contracts.types import RecordId
from sqlalchemy import select

from billing.claim_rules import x12_837p
from billing.claim_rules.facts import ClaimFacts, ClaimStatus, Finding, OrganizationFacts, made_of
from billing.claim_rules.scrub import refuses, scrub
from billing.claims import queries as claims_queries
from billing.claims.queries import CLAIM, written_number
from billing.claims.schemas import Claimed, ClaimSettings, FindingView
from billing.claims.use_cases import Sent, add_batch, draw_numbers
from billing.pricing.flags import Severity
from billing.records.use_cases import payment_status_changed
from billing.submissions.queries import Case, load_cases
from billing.submissions.schemas import CheckedView, ClaimCheck, ClaimCheckView, FindingError, LeftOutView, NewClaimBatchView, NewClaims
from billing.x12.writer import Envelope

UNKNOWN: Final = Finding(
    code="RECORD_UNKNOWN",
    severity=Severity.ERROR,
    message="There is no such record.",
    suggestion="GET /records lists those that there are.",
)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A record, with what speaks against its claim."""

    record_id: RecordId
    case: Case | None
    """None where there is no such record."""
    findings: tuple[Finding, ...]


async def check(db: ReadSession, body: ClaimCheck, now: datetime) -> ClaimCheckView:
    """Return everything that speaks against claims for these records; ``now`` is in the network's time zone."""
    return ClaimCheckView(items=[_checked(one, body) for one in await _judge(db, body, now)])


async def submit(body: NewClaims, by: str, claim_settings: ClaimSettings, tx: Transaction) -> NewClaimBatchView:
    """Claim records in one file, or none of them; Invalid has everything that speaks against it.

    Of the claims that are sent again, NotFound for an unknown one, and Conflict for one that is not rejected or was claimed anew since.
    """
    judged = await _judge(tx, body, tx.now.astimezone(claim_settings.zone), alone=True)
    await _refuse_to_send_again(body, tx)
    refused = [one for one in judged if refuses(one.findings)]
    cases = [(one.case, one.findings) for one in judged if one.case is not None and not refuses(one.findings)]
    if not cases or (refused and not body.leave_out_refused):
        raise _refusal(judged, refused)
    batch_number, *numbers = await draw_numbers(tx, len(cases) + 1)
    claims = [made_of(case.facts, written_number(number), found) for (case, found), number in zip(cases, numbers, strict=True)]
    submitter = claims[0].organization
    text = x12_837p.write(_envelope(submitter, batch_number, claim_settings, tx.now), submitter, claims)
    sent = [Sent(case.record, case.former, claim) for (case, _), claim in zip(cases, claims, strict=True)]
    view, changes = await add_batch(batch_number, text, sent, by, tx)
    for change in changes:
        tx.send(payment_status_changed(change))
    left_out = [LeftOutView(record_id=one.record_id, findings=_views(one.findings)) for one in refused]
    return NewClaimBatchView(**dict(view), left_out=left_out)


async def _refuse_to_send_again(body: NewClaims, tx: Transaction) -> None:
    """Refuse to repeat claims that are not rejected, or instead of which their records were claimed since; the records are locked."""
    if not body.sent_again:
        return
    found = await tx.rows(select(CLAIM.c.id, CLAIM.c.control_number, CLAIM.c.status).where(CLAIM.c.id.in_(body.sent_again)))
    if unknown := sorted({*map(str, body.sent_again)} - {str(row.id) for row in found}):
        raise NotFound.of("claim", ", ".join(unknown))
    rejected = {row.id: row.control_number for row in found if row.status == ClaimStatus.REJECTED}
    others = [str(key) for key in body.sent_again if key not in rejected]
    if others:
        detail = f"Only a rejected claim is sent again; {', '.join(others)} is none. A claim that the payer has is replaced (frequency 7)."
        raise Conflict("not-rejected", detail)
    anew = await claims_queries.claimed_anew(tx, list(rejected))
    if anew:
        numbers = ", ".join(sorted(rejected[key] for key in anew))
        detail = (
            f"The session of claim {numbers} was claimed anew since, so it is not sent again. GET /claims?record_id= has the latest claim."
        )
        raise Conflict("claimed-anew", detail)


async def _judge(db: ReadSession, requested: Claimed, now: datetime, *, alone: bool = False) -> list[_Judged]:
    cases = await load_cases(db, requested, now, alone=alone)
    judged = []
    for record_id in dict.fromkeys(requested.record_ids):
        case = cases.get(record_id)
        judged.append(_Judged(record_id, case, scrub(case.facts) if case else (UNKNOWN,)))
    return judged


def _envelope(submitter: OrganizationFacts, number: int, claim_settings: ClaimSettings, now: datetime) -> Envelope:
    return Envelope(
        sender=submitter.submitter_id,
        receiver=submitter.receiver_id,
        control_number=number,
        written_at=now.astimezone(claim_settings.zone),
        usage=claim_settings.usage,
    )


def _checked(one: _Judged, requested: Claimed) -> CheckedView:
    facts: ClaimFacts | None = one.case.facts if one.case else None
    return CheckedView(
        record_id=one.record_id,
        claimable=not refuses(one.findings),
        frequency=facts.frequency if facts else requested.frequency,
        total_amount=facts.total_amount if facts else None,
        findings=_views(one.findings),
    )


def _views(findings: Sequence[Finding]) -> list[FindingView]:
    return [FindingView.model_validate(finding) for finding in findings]


def _refusal(judged: Sequence[_Judged], refused: Sequence[_Judged]) -> DomainError:
    errors = [
        FindingError(
            field=f"records.{one.record_id}",
            code=finding.code,
            message=finding.message,
            fix=finding.suggestion,
            severity=finding.severity,
        )
        for one in judged
        for finding in one.findings
    ]
    detail = (
        f"{len(refused)} of {len(judged)} records cannot be claimed like this, so none was. "
        "Correct the errors, or set leave_out_refused to claim the others."
    )
    return Invalid("claim-refused", detail, errors)
