"""Claims: records become one file that asks payers for their part; what speaks against one is said before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, Transaction
from chassis.problems import Problem, conflict
from contracts.types import RecordId, new_id
from sqlalchemy import func, select

from billing import ledger
from billing.claims import queries as claim_queries
from billing.claims import x12_837p
from billing.claims.cases import Case, load_cases
from billing.claims.facts import Claim, ClaimFacts, Finding, Frequency, OrganizationFacts, made_of
from billing.claims.notes import Note, post_notes
from billing.claims.resources import (
    CheckedView,
    ClaimCheck,
    ClaimCheckView,
    Claimed,
    FindingError,
    FindingView,
    LeftOutView,
    NewClaimBatchView,
    NewClaims,
)
from billing.claims.scrub import refuses, scrub
from billing.claims.store import CONTROL_NUMBERS, ClaimBatchRow, ClaimLineRow, ClaimRow, ClaimStatus
from billing.claims.x12 import Envelope
from billing.flags import Severity
from billing.store import Stamp

UNKNOWN: Final = Finding(
    code="RECORD_UNKNOWN",
    severity=Severity.ERROR,
    message="There is no such record.",
    suggestion="GET /records lists those that there are.",
)


@dataclass(frozen=True, slots=True)
class Office:
    """How this network sends claims."""

    zone: ZoneInfo
    usage: str
    """T for tests, P for production."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A record, with what speaks against its claim."""

    record_id: RecordId
    case: Case | None
    """None where there is no such record."""
    findings: tuple[Finding, ...]


async def check(db: ReadSession, body: ClaimCheck, today: date) -> ClaimCheckView:
    """Say everything that speaks against claims for these records."""
    return ClaimCheckView(items=[_checked(one, body) for one in await _judge(db, body, today)])


async def submit(body: NewClaims, by: str, office: Office, tx: Transaction) -> NewClaimBatchView:
    """Claim records in one file, or none of them and say everything that speaks against it."""
    judged = await _judge(tx, body, tx.now.astimezone(office.zone).date(), alone=True)
    await _refuse_to_send_again(body, tx)
    refused = [one for one in judged if refuses(one.findings)]
    cases = [(one.case, one.findings) for one in judged if one.case is not None and not refuses(one.findings)]
    if not cases or (refused and not body.leave_out_refused):
        raise _refusal(judged, refused)
    batch_number, *numbers = await _draw_numbers(tx, len(cases) + 1)
    claims = [made_of(case.facts, f"HF{number:09d}", found) for (case, found), number in zip(cases, numbers, strict=True)]
    submitter = claims[0].organization
    text = x12_837p.write(_envelope(submitter, batch_number, office, tx.now), submitter, claims)
    batch = ClaimBatchRow(id=new_id(), control_number=batch_number, x12=text, created_at=tx.now, created_by=by)
    tx.add(batch)
    await tx.flush()
    await _record(tx, batch, [(case, claim) for (case, _), claim in zip(cases, claims, strict=True)])
    view = await claim_queries.find_batch(tx, batch.id)
    left_out = [LeftOutView(record_id=one.record_id, findings=_views(one.findings)) for one in refused]
    return NewClaimBatchView(**dict(view), left_out=left_out)


async def _refuse_to_send_again(body: NewClaims, tx: Transaction) -> None:
    """Refuse to repeat claims that are not rejected, or instead of which their records were claimed since; the records are locked."""
    if not body.sent_again:
        return
    found = await tx.rows(select(ClaimRow.id, ClaimRow.control_number, ClaimRow.status).where(ClaimRow.id.in_(body.sent_again)))
    rejected = {row.id: row.control_number for row in found if row.status == ClaimStatus.REJECTED}
    others = [str(key) for key in body.sent_again if key not in rejected]
    if others:
        detail = f"Only a rejected claim is sent again; {', '.join(others)} is none. A claim that the payer has is replaced (frequency 7)."
        raise conflict("not-rejected", detail)
    anew = await claim_queries.claimed_anew(tx, list(rejected))
    if anew:
        numbers = ", ".join(sorted(rejected[key] for key in anew))
        detail = (
            f"The session of claim {numbers} was claimed anew since, so it is not sent again. GET /claims?record_id= has the latest claim."
        )
        raise conflict("claimed-anew", detail)


async def _judge(db: ReadSession, asked: Claimed, today: date, *, alone: bool = False) -> list[_Judged]:
    cases = await load_cases(db, asked, today, alone=alone)
    judged = []
    for record_id in dict.fromkeys(asked.record_ids):
        case = cases.get(record_id)
        judged.append(_Judged(record_id, case, scrub(case.facts) if case else (UNKNOWN,)))
    return judged


async def _draw_numbers(tx: Transaction, count: int) -> list[int]:
    drawn = select(func.nextval(CONTROL_NUMBERS.name)).select_from(func.generate_series(1, count))
    return [row[0] for row in await tx.rows(drawn)]


async def _record(tx: Transaction, batch: ClaimBatchRow, claimed: Sequence[tuple[Case, Claim]]) -> None:
    """Write claims down, tell the ledger, and let them stand in the place of those before them."""
    rows = [_row(batch, case, claim) for case, claim in claimed]
    for (case, _), row in zip(claimed, rows, strict=True):
        tx.add(row)
        if case.former is not None:
            if case.former.status != ClaimStatus.REPLACED:
                case.former.status_before = case.former.status
            case.former.status, case.former.updated_at = ClaimStatus.REPLACED, tx.now
    await tx.flush()
    for row, (_, claim) in zip(rows, claimed, strict=True):
        for position, line in enumerate(claim.lines, 1):
            tx.add(ClaimLineRow(claim_id=row.id, position=position, **_line(line.model_dump())))
    await tx.flush()
    asking = [Note(case.record, claim.control_number) for case, claim in claimed if claim.frequency is not Frequency.VOID]
    await post_notes(ledger.claimed(), asking, Stamp(tx.now, batch.created_by), tx)


def _line(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"modifiers": list(said["modifiers"])}


def _row(batch: ClaimBatchRow, case: Case, claim: Claim) -> ClaimRow:
    return ClaimRow(
        id=new_id(),
        batch_id=batch.id,
        record_id=claim.record_id,
        coverage_id=claim.plan.id,
        payer_id=claim.payer.id,
        control_number=claim.control_number,
        frequency=claim.frequency.value,
        replaces_id=case.former.id if case.former else None,
        payer_reference=claim.payer_reference,
        total_amount=claim.total_amount,
        status=ClaimStatus.SUBMITTED,
        facts=claim.model_dump(mode="json"),
        created_at=batch.created_at,
        updated_at=batch.created_at,
    )


def _envelope(submitter: OrganizationFacts, number: int, office: Office, now: datetime) -> Envelope:
    return Envelope(
        sender=submitter.submitter_id,
        receiver=submitter.receiver_id,
        control_number=number,
        written_at=now.astimezone(office.zone),
        usage=office.usage,
    )


def _checked(one: _Judged, asked: Claimed) -> CheckedView:
    facts: ClaimFacts | None = one.case.facts if one.case else None
    return CheckedView(
        record_id=one.record_id,
        claimable=not refuses(one.findings),
        frequency=facts.frequency if facts else asked.frequency,
        total_amount=facts.total_amount if facts else None,
        findings=_views(one.findings),
    )


def _views(findings: Sequence[Finding]) -> list[FindingView]:
    return [FindingView.model_validate(finding) for finding in findings]


def _refusal(judged: Sequence[_Judged], refused: Sequence[_Judged]) -> Problem:
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
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "claim-refused", detail, errors)
