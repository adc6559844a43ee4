"""Claims are sent, answered by the payer's gateway with a TA1, 999 or 277CA, and named where their record is taken back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from chassis.data.database import Transaction
from contracts.billing import PaymentStatus
from contracts.types import RecordId, new_id
from sqlalchemy import func, or_, select

from billing import tables
from billing.changes import use_cases as changes_use_cases
from billing.claim_rules import facts
from billing.claim_rules.facts import Claim, ClaimStatus, Frequency
from billing.claims import acknowledgement
from billing.claims.acknowledgement import Reason, Verdict
from billing.claims.queries import find_acknowledgement, find_batch, left_standing, standing_view
from billing.claims.schemas import AcknowledgementOutcome, ClaimBatchView, ReceivedAcknowledgement, VoidedView
from billing.claims.tables import CONTROL_NUMBERS, AcknowledgedClaimRow, AcknowledgementRow, ClaimBatchRow, ClaimLineRow, ClaimRow
from billing.ledger import postings as ledger_postings
from billing.ledger.postings import LedgerTransaction, Payer, Posting, Stamp
from billing.records import history
from billing.records import queries as records_queries
from billing.records import use_cases as records_use_cases
from billing.records.queries import RECORD
from billing.records.schemas import NewVoid
from billing.x12.schemas import unusable

if TYPE_CHECKING:
    from billing.records.tables import RecordRow

LONGEST_REASON: Final = 200

UNDECIDED: Final = frozenset({ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED})


async def void(record_id: RecordId, body: NewVoid, by: str, today: date, tx: Transaction) -> VoidedView:
    """Take a record back, and return which claims still stand for it."""
    record, postings, _ = await records_use_cases.open_record(record_id, tx)
    for change in await records_use_cases.void(record, postings, body, by, today, tx):
        tx.send(records_use_cases.payment_status_changed(change))
    view = await records_queries.show(tx, record)
    await tx.flush()
    billed = RECORD.c.session_id == view.session_id, RECORD.c.client_id == view.client_id
    wanted = select(ClaimRow).join(RECORD, RECORD.c.id == ClaimRow.record_id).where(*billed, left_standing()).order_by(ClaimRow.id)
    return VoidedView(**dict(view), claims_to_withdraw=[standing_view(claim) for claim in await tx.scalars(wanted)])


@dataclass(frozen=True, slots=True)
class Sent:
    """A claim that is sent, its locked record, and the claim in whose place it stands."""

    record: "RecordRow"
    former: ClaimRow | None
    claim: Claim


async def draw_numbers(tx: Transaction, count: int) -> list[int]:
    """Draw numbers of a file and of its claims; each is drawn once."""
    drawn = select(func.nextval(CONTROL_NUMBERS.name)).select_from(func.generate_series(1, count))
    return [row[0] for row in await tx.rows(drawn)]


async def add_batch(
    control_number: int, x12: str, sent: Sequence[Sent], by: str, tx: Transaction
) -> tuple[ClaimBatchView, list[records_use_cases.StatusChange]]:
    """Write a file's claims down and note them in the ledger; they stand in the place of those before them.

    The use case publishes the new statuses of their records, which are returned too.
    """
    batch = ClaimBatchRow(id=new_id(), control_number=control_number, x12=x12, created_at=tx.now, created_by=by)
    tx.add(batch)
    await tx.flush()
    rows = [_row(batch, each) for each in sent]
    for each, row in zip(sent, rows, strict=True):
        tx.add(row)
        if each.former is not None:
            if each.former.status != ClaimStatus.REPLACED:
                each.former.status_before = each.former.status
            each.former.status, each.former.updated_at = ClaimStatus.REPLACED, tx.now
    await tx.flush()
    for row, each in zip(rows, sent, strict=True):
        for position, line in enumerate(each.claim.lines, 1):
            tx.add(ClaimLineRow(claim_id=row.id, position=position, **_line(line.model_dump())))
    await tx.flush()
    notes = [_Note(each.record, each.claim.control_number) for each in sent if each.claim.frequency is not Frequency.VOID]
    changes = await _post_notes(ledger_postings.claimed(), notes, Stamp(tx.now, by), tx)
    return await find_batch(tx, batch.id), changes


def _line(stated: dict[str, Any]) -> dict[str, Any]:
    return stated | {"modifiers": list(stated["modifiers"])}


def _row(batch: ClaimBatchRow, sent: Sent) -> ClaimRow:
    claim = sent.claim
    return ClaimRow(
        id=new_id(),
        batch_id=batch.id,
        record_id=claim.record_id,
        coverage_id=claim.plan.id,
        payer_id=claim.payer.id,
        control_number=claim.control_number,
        frequency=claim.frequency.value,
        replaces_id=sent.former.id if sent.former else None,
        payer_reference=claim.payer_reference,
        total_amount=claim.total_amount,
        status=ClaimStatus.SUBMITTED,
        facts=claim.model_dump(mode="json"),
        created_at=batch.created_at,
        updated_at=batch.created_at,
    )


@dataclass(frozen=True, slots=True)
class Case:
    """One claim, and what a file states of it."""

    named: str
    claim: ClaimRow | None
    verdict: Verdict


async def receive(file: acknowledgement.File, text: str, by: str, tx: Transaction) -> ReceivedAcknowledgement:
    """Let claims follow a TA1, 999 or 277CA; one that came before changes nothing, one that cannot be read is refused with every reason."""
    if file.kind is None:
        raise unusable("acknowledgement-unreadable", "Nothing was read from the file.", file.findings)
    await tables.alone_with(tx, file.digest)
    known = await tx.scalar(select(AcknowledgementRow.id).where(AcknowledgementRow.digest == file.digest))
    if known is not None:
        return ReceivedAcknowledgement(acknowledgement=await find_acknowledgement(tx, known), is_new=False)
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
    named = [(case, outcome) for case, outcome in zip(cases, outcomes, strict=True) if case.claim is not None]
    for change in await _follow(named, by, tx):
        tx.send(records_use_cases.payment_status_changed(change))
    await tx.flush()
    changes_use_cases.keep(tx, by, "acknowledgement", row.id, after={"kind": row.kind, "claims": len(cases)})
    return ReceivedAcknowledgement(acknowledgement=await find_acknowledgement(tx, row.id), is_new=True)


def decide_all(cases: Sequence[Case], kind: facts.AcknowledgementKind) -> list[AcknowledgementOutcome]:
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


def decide(status: str, verdict: Verdict, kind: facts.AcknowledgementKind) -> AcknowledgementOutcome:
    """Decide what a verdict does to a claim of this status; what a payer has answered or another claim replaced stays as it is."""
    if not verdict.is_accepted and status in {ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED}:
        return AcknowledgementOutcome.REJECTED
    # A TA1 or 999 states that the file could be read, and nothing of its claims.
    if verdict.is_accepted and status == ClaimStatus.SUBMITTED and kind is facts.AcknowledgementKind.CLAIMS:
        return AcknowledgementOutcome.ACCEPTED
    return AcknowledgementOutcome.NOTED


async def _load(verdicts: Sequence[Verdict], tx: Transaction) -> list[Case]:
    """Lock the claims that are named, their records first as when they were claimed; a claim's outcome counts before its file's."""
    numbers = {verdict.control_number for verdict in verdicts if verdict.control_number}
    files = {verdict.batch_number for verdict in verdicts if verdict.batch_number and not verdict.control_number}
    batches = {int(number) for number in files if number.isascii() and number.isdigit() and len(number) <= len(str(2**62))}
    wanted = (
        select(ClaimRow.id, ClaimRow.record_id, ClaimBatchRow.control_number)
        .join(ClaimBatchRow, ClaimBatchRow.id == ClaimRow.batch_id)
        .where(or_(tables.among(ClaimRow.control_number, numbers), tables.among(ClaimBatchRow.control_number, batches)))
    )
    found = await tx.rows(wanted)
    await records_queries.lock_revisions(tx, {row.record_id for row in found})
    locked = select(ClaimRow).where(tables.among(ClaimRow.id, [row.id for row in found])).order_by(ClaimRow.id).with_for_update()
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
    stated = set(of_claims)
    of_files: list[Case] = []
    for verdict in verdicts:
        if verdict.control_number:
            continue
        of_file = by_file.get(_file_number(verdict), [])
        of_files += [Case(claim.control_number, claim, verdict) for claim in of_file if claim.control_number not in stated]
        stated |= {claim.control_number for claim in of_file}
        if not of_file:
            of_files.append(Case(f"file {verdict.batch_number or 'without a number'}", None, verdict))
    return own + of_files


def _of_one_claim(verdicts: Sequence[Verdict]) -> Verdict:
    """Return what a file states of a claim that it may name several times: a rejection counts before an acceptance."""
    rejections = [verdict for verdict in verdicts if not verdict.is_accepted]
    given = rejections or verdicts
    reasons = tuple(dict.fromkeys(reason for verdict in given for reason in verdict.reasons))
    reference = next((verdict.payer_reference for verdict in reversed(given) if verdict.payer_reference), None)
    return replace(given[-1], reasons=reasons, payer_reference=reference)


def _file_number(verdict: Verdict) -> str:
    return (verdict.batch_number or "").lstrip("0")


async def _follow(decided: Sequence[tuple[Case, AcknowledgementOutcome]], by: str, tx: Transaction) -> list[records_use_cases.StatusChange]:
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
    # A void claimed nothing, so nothing is to be claimed anew.
    requested = [(claim, verdict) for claim, verdict in rejected if claim.frequency != Frequency.VOID]
    records = await records_queries.find_records(tx, {claim.record_id for claim, _ in requested})
    standing = {record.id: record for record in records if record.payment_status is not PaymentStatus.VOIDED}
    notes = [
        _Note(standing[claim.record_id], claim.control_number, _reason(verdict.reasons))
        for claim, verdict in requested
        if claim.record_id in standing
    ]
    return await _post_notes(ledger_postings.rejected(), notes, Stamp(tx.now, by), tx)


def _reason(reasons: Sequence[Reason]) -> str | None:
    return ", ".join(dict.fromkeys(reason.code for reason in reasons))[:LONGEST_REASON] or None


def follow_answer(claim: ClaimRow, status: ClaimStatus, payer_reference: str | None, tx: Transaction) -> None:
    """Record on a locked claim what its payer answered, and by which number the payer calls it."""
    claim.updated_at = tx.now
    claim.payer_reference = payer_reference or claim.payer_reference
    if claim.status == ClaimStatus.REPLACED:
        claim.status_before = status
    else:
        claim.status = status


def end_withdrawal(claim: ClaimRow, status: ClaimStatus, tx: Transaction) -> None:
    """Let a locked claim that took another one back state what its payer answered about that, unless it was answered before."""
    if claim.status in UNDECIDED:
        claim.status, claim.updated_at = status, tx.now


@dataclass(frozen=True, slots=True)
class _Note:
    """What is noted of one claim."""

    record: "RecordRow"
    """Locked."""
    control_number: str
    reason: str | None = None


async def _post_notes(posting: Posting, notes: Sequence[_Note], stamp: Stamp, tx: Transaction) -> list[records_use_cases.StatusChange]:
    """Append a posting that moves nothing for each claim to the ledger of its record, and let the record's status follow."""
    histories = await records_queries.histories_of(tx, {note.record.id for note in notes})
    records = {note.record.id: note.record for note in notes}
    postings: list[tuple[LedgerTransaction, Posting]] = []
    changes: list[records_use_cases.StatusChange] = []
    for record_id, record in records.items():
        posted = [(_about(note, posting, stamp), posting) for note in notes if note.record.id == record_id]
        posted += history.settle([*histories[record_id], *posted], stamp)
        for each in posted:
            records_use_cases.keep_posting(tx, *each)
        postings += posted
        changes += records_use_cases.follow_the_ledger(record, [stated for _, stated in (*histories[record_id], *posted)], tx)
    await records_use_cases.add_postings(tx, postings)
    return changes


def _about(note: _Note, posting: Posting, stamp: Stamp) -> LedgerTransaction:
    return LedgerTransaction(
        id=new_id(),
        record_id=note.record.id,
        kind=posting.kind,
        payer=Payer.INSURER,
        reference=note.control_number,
        reason=note.reason,
        **asdict(stamp),
    )
