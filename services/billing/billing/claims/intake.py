"""What comes back for claims that were sent: each claim is accepted or rejected, and a rejected one may be sent again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final
from uuid import UUID

from chassis.database import Transaction
from contracts.billing import PaymentStatus
from contracts.types import new_id
from sqlalchemy import or_, select

from billing import changes, ledger, store
from billing.claims import acknowledgements
from billing.claims import queries as claim_queries
from billing.claims.acknowledgements import Reason, Verdict
from billing.claims.facts import Frequency
from billing.claims.notes import Note, post_notes
from billing.claims.resources import AcknowledgementOutcome, ReceivedAcknowledgement
from billing.claims.store import AcknowledgedClaimRow, AcknowledgementRow, ClaimBatchRow, ClaimRow, ClaimStatus
from billing.claims.uploads import unusable
from billing.store import Record, Stamp

LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One claim, and what a file says of it."""

    named: str
    claim: ClaimRow | None
    verdict: Verdict


async def receive(file: acknowledgements.File, text: str, by: str, tx: Transaction) -> ReceivedAcknowledgement:
    """Let claims follow a TA1, 999 or 277CA; one that came before changes nothing, one that cannot be read is refused with every reason."""
    if file.kind is None:
        raise unusable("acknowledgement-unreadable", "Nothing was read from the file.", file.findings)
    await store.alone_with(tx, file.digest)
    known = await tx.scalar(select(AcknowledgementRow.id).where(AcknowledgementRow.digest == file.digest))
    if known is not None:
        return ReceivedAcknowledgement(acknowledgement=await claim_queries.find_acknowledgement(tx, known), is_new=False)
    row = AcknowledgementRow(id=new_id(), kind=file.kind, digest=file.digest, x12=text, received_at=tx.now, received_by=by)
    tx.add(row)
    await tx.flush()
    cases = await _load(file.verdicts, tx)
    outcomes = decide_all(cases, file.kind)
    for position, (case, outcome) in enumerate(zip(cases, outcomes, strict=True), 1):
        tx.add(
            AcknowledgedClaimRow(
                acknowledgement_id=row.id,
                position=position,
                claim_id=case.claim.id if case.claim else None,
                named=case.named,
                outcome=outcome,
                reasons=[asdict(reason) for reason in case.verdict.reasons],
            )
        )
    await _record([(case, outcome) for case, outcome in zip(cases, outcomes, strict=True) if case.claim is not None], by, tx)
    await tx.flush()
    changes.keep(tx, by, "acknowledgement", row.id, after={"kind": row.kind, "claims": len(cases)})
    return ReceivedAcknowledgement(acknowledgement=await claim_queries.find_acknowledgement(tx, row.id), is_new=True)


def decide_all(cases: Sequence[Case], kind: acknowledgements.AcknowledgementKind) -> list[AcknowledgementOutcome]:
    """Decide what a file does to each claim, the latest first: what a rejected one had replaced stands again, and may be rejected too."""
    known = {case.claim.id: case.claim for case in cases if case.claim}
    statuses: dict[UUID, str] = {key: claim.status for key, claim in known.items()}
    outcomes: dict[UUID, AcknowledgementOutcome] = {}
    verdicts = {case.claim.id: case.verdict for case in cases if case.claim}
    for key in sorted(known, reverse=True):
        claim = known[key]
        outcomes[key] = decide(statuses[key], verdicts[key], kind)
        former = known.get(claim.replaces_id) if claim.replaces_id else None
        if outcomes[key] is AcknowledgementOutcome.REJECTED and former and statuses[former.id] == ClaimStatus.REPLACED:
            statuses[former.id] = former.status_before or ClaimStatus.SUBMITTED
    return [outcomes[case.claim.id] if case.claim else AcknowledgementOutcome.UNKNOWN for case in cases]


def decide(status: str, verdict: Verdict, kind: acknowledgements.AcknowledgementKind) -> AcknowledgementOutcome:
    """Decide what a verdict does to a claim of this status; what a payer has answered or another claim replaced stays as it is."""
    if not verdict.is_accepted and status in {ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED}:
        return AcknowledgementOutcome.REJECTED
    # A TA1 or 999 says that the file could be read, and nothing of its claims.
    if verdict.is_accepted and status == ClaimStatus.SUBMITTED and kind is acknowledgements.AcknowledgementKind.CLAIMS:
        return AcknowledgementOutcome.ACCEPTED
    return AcknowledgementOutcome.NOTED


async def _load(verdicts: Sequence[Verdict], tx: Transaction) -> list[Case]:
    """Lock the claims that are named, their records first as when they were claimed; what is said of a claim counts before its file."""
    numbers = {verdict.control_number for verdict in verdicts if verdict.control_number}
    files = {verdict.batch_number for verdict in verdicts if verdict.batch_number and not verdict.control_number}
    batches = {int(number) for number in files if number.isascii() and number.isdigit() and len(number) <= len(str(2**62))}
    wanted = (
        select(ClaimRow.id, ClaimRow.record_id, ClaimBatchRow.control_number)
        .join(ClaimBatchRow, ClaimBatchRow.id == ClaimRow.batch_id)
        .where(or_(store.among(ClaimRow.control_number, numbers), store.among(ClaimBatchRow.control_number, batches)))
    )
    found = await tx.rows(wanted)
    await store.lock_revisions(tx, {row.record_id for row in found})
    locked = select(ClaimRow).where(store.among(ClaimRow.id, [row.id for row in found])).order_by(ClaimRow.id).with_for_update()
    claims = {claim.id: claim for claim in await tx.scalars(locked)}
    by_number = {claim.control_number: claim for claim in claims.values()}
    by_file: dict[str, list[ClaimRow]] = {}
    for row in found:
        by_file.setdefault(str(row.control_number), []).append(claims[row.id])
    of_claims: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.control_number:
            of_claims.setdefault(verdict.control_number, []).append(verdict)
    own = [Case(number, by_number.get(number), _of_one_claim(given)) for number, given in of_claims.items()]
    said = set(of_claims)
    of_files: list[Case] = []
    for verdict in verdicts:
        if verdict.control_number:
            continue
        of_file = by_file.get(_file_number(verdict), [])
        of_files += [Case(claim.control_number, claim, verdict) for claim in of_file if claim.control_number not in said]
        said |= {claim.control_number for claim in of_file}
        if not of_file:
            of_files.append(Case(f"file {verdict.batch_number or 'without a number'}", None, verdict))
    return own + of_files


def _of_one_claim(verdicts: Sequence[Verdict]) -> Verdict:
    """Return what a file says of a claim that it may name several times: a rejection counts before an acceptance."""
    rejections = [verdict for verdict in verdicts if not verdict.is_accepted]
    given = rejections or verdicts
    reasons = tuple(dict.fromkeys(reason for verdict in given for reason in verdict.reasons))
    reference = next((verdict.payer_reference for verdict in reversed(given) if verdict.payer_reference), None)
    return replace(given[-1], reasons=reasons, payer_reference=reference)


def _file_number(verdict: Verdict) -> str:
    return (verdict.batch_number or "").lstrip("0")


async def _record(decided: Sequence[tuple[Case, AcknowledgementOutcome]], by: str, tx: Transaction) -> None:
    rejected: list[tuple[ClaimRow, Verdict]] = []
    for case, outcome in decided:
        claim = case.claim
        if claim is None:
            continue
        claim.updated_at = tx.now
        if outcome is AcknowledgementOutcome.ACCEPTED:
            claim.status = ClaimStatus.ACCEPTED
        if case.verdict.is_accepted and case.verdict.payer_reference and claim.status == ClaimStatus.ACCEPTED:
            claim.payer_reference = case.verdict.payer_reference
        if outcome is AcknowledgementOutcome.REJECTED:
            claim.status = ClaimStatus.REJECTED
            rejected.append((claim, case.verdict))
    await tx.flush()
    for claim, _ in rejected:
        former = await tx.lock(ClaimRow, claim.replaces_id) if claim.replaces_id else None
        if former is not None and former.status == ClaimStatus.REPLACED:
            former.status, former.updated_at = former.status_before or ClaimStatus.SUBMITTED, tx.now
    # A void asked for nothing, so nothing is to be asked for anew.
    asked = [(claim, verdict) for claim, verdict in rejected if claim.frequency != Frequency.VOID]
    wanted = select(Record).where(store.among(Record.id, {claim.record_id for claim, _ in asked})).order_by(Record.id)
    standing = {record.id: record for record in await tx.scalars(wanted) if record.payment_status is not PaymentStatus.VOIDED}
    notes = [
        Note(standing[claim.record_id], claim.control_number, _reason(verdict.reasons))
        for claim, verdict in asked
        if claim.record_id in standing
    ]
    await post_notes(ledger.rejected(), notes, Stamp(tx.now, by), tx)


def _reason(reasons: Sequence[Reason]) -> str | None:
    return ", ".join(dict.fromkeys(reason.code for reason in reasons))[:LONGEST_REASON] or None
