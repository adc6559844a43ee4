"""Insurers' answers come in: each is posted as a whole, or parked as a whole with every reason."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.errors import Conflict, DomainError, FieldError, Invalid
from chassis.files.threads import in_thread
from chassis.rows.changes import require
from chassis.runtime.steps import in_steps, let_go, portions
from contracts.types import new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, select

from billing import tables
from billing.changes import use_cases as changes_use_cases
from billing.claim_rules.facts import ClaimStatus
from billing.claims import use_cases as claims_use_cases
from billing.ledger.postings import Stamp
from billing.parties.queries import find_parties
from billing.parties.schemas import ORGANIZATION_ID, OrganizationView
from billing.payment_advice import advice, x12_835
from billing.payment_advice.advice import Remittance, RemittanceStatus
from billing.payment_advice.x12_835 import MOST_FINDINGS, File
from billing.records import history
from billing.records import queries as records_queries
from billing.records import use_cases as records_use_cases
from billing.records.use_cases import StatusChange, follow_the_ledger, keep_posting, payment_status_changed
from billing.remittances import answers, queries
from billing.remittances.answers import Case, beyond_claims
from billing.remittances.coordination import FIRST
from billing.remittances.decision import Outcome
from billing.remittances.queries import REMITTANCE
from billing.remittances.schemas import Discard, PostParked, Received, ReceivedView, RemittanceSummary, RemittanceView
from billing.remittances.tables import PUT_BACK, TAKE_BACK, RemittanceClaimRow, RemittanceRow
from billing.x12.interchange import Finding
from billing.x12.schemas import unusable

if TYPE_CHECKING:
    from billing.claims.tables import ClaimRow

PARKED: Final = "remittance-parked"
PAYMENT_FIELDS: Final = ("payer_identifier", "trace_number", "payer_name", "amount", "method", "payment_date")
COMPARE: Final = "Compare the two with the payer. What this one adds has to come as a payment of its own, under another trace number."
AS_IT_IS: Final = PostParked()
BECOMES: Final = {Outcome.PAID: ClaimStatus.PAID, Outcome.DENIED: ClaimStatus.DENIED, Outcome.REVERSED: ClaimStatus.REVERSED}


async def receive(read: Sequence[File], by: str, zone: ZoneInfo, tx: Transaction) -> Received:
    """Post each payment of a file, or park it with every reason; one that came before is answered as it stands.

    Conflict for a file of one payment that was discarded before, or posted with other content.
    """
    files = {file.digest: file for file in read}
    for key in sorted({_payment(file) for file in files.values()}):
        await tables.alone_with(tx, key)
    # The records of all payments are locked at once and in order, so that two files never wait for each other.
    numbers = {answer.control_number for file in files.values() if file.remittance for answer in file.remittance.claims}
    await queries.lock_records(tx, numbers)
    received = [await _receive(file, by, zone, tx, alone=len(files) == 1) for file in files.values()]
    async for change in in_steps([change for _, _, changes in received for change in changes]):
        tx.send(payment_status_changed(change))
    first, *others = [await queries.find_remittance(tx, key, zone) for key, _, _ in received]
    summaries = [RemittanceSummary.model_validate(dict(other)) for other in others]
    return Received(remittance=ReceivedView(**dict(first), others=summaries), is_new=any(is_new for _, is_new, _ in received))


async def _receive(file: File, by: str, zone: ZoneInfo, tx: Transaction, *, alone: bool) -> tuple[UUID, bool, list[StatusChange]]:
    """Post or park one payment; return its id, whether it is new, and the new statuses of records."""
    row = await lock_same(tx, file.digest)
    is_new = row is None
    posted: DomainError | None = None
    if file.remittance and (row is None or row.status == RemittanceStatus.PARKED):
        posted = await _posted_with_other_content(file.remittance, tx)
        if posted and alone:
            raise posted
    if row is None:
        row = await add_remittance(file, by, tx)
    if posted:
        _park(row, [Finding("trace-number-posted", "TRN02", posted.detail, COMPARE)])
        return row.id, is_new, []
    if row.status == RemittanceStatus.DISCARDED and alone:
        detail = f"It was discarded by {row.discarded_by}: {row.discard_reason} Post it from its page if it counts after all."
        raise Conflict("remittance-discarded", detail, remittance_id=row.id, discarded_at=row.discarded_at)
    changes = await _post(row, file, AS_IT_IS, by, zone, tx) if row.status == RemittanceStatus.PARKED else []
    return row.id, is_new, changes


async def post_parked(remittance_id: UUID, body: PostParked, by: str, zone: ZoneInfo, tx: Transaction) -> RemittanceView:
    """Post a parked or discarded remittance as somebody has decided.

    NotFound where there is none. Conflict where it, or the same payment with other content, is posted already. Invalid lists the choices
    that do not fit the file, or every reason that still stands in its way.
    """
    file = await in_thread(x12_835.read, await queries.read_x12(tx, remittance_id))
    await tables.alone_with(tx, _payment(file))
    row = await lock_remittance(tx, remittance_id)
    if row.status == RemittanceStatus.POSTED:
        detail = f"It was posted by {row.posted_by} already; its page shows what became of each claim."
        raise Conflict("remittance-posted", detail, posted_at=row.posted_at)
    if file.remittance is not None:
        if posted := await _posted_with_other_content(file.remittance, tx):
            raise posted
        await _refuse_wrong_choices(file.remittance, body, tx)
    async for change in in_steps(await _post(row, file, body, by, zone, tx)):
        tx.send(payment_status_changed(change))
    view = await queries.find_remittance(tx, row.id, zone)
    if view.status is not RemittanceStatus.POSTED:
        raise parked(view)
    return view


async def discard(remittance_id: UUID, body: Discard, by: str, zone: ZoneInfo, tx: Transaction) -> RemittanceView:
    """Take a parked remittance out of the list; it may be posted later; NotFound without it, Conflict where it is not parked."""
    row = await lock_remittance(tx, remittance_id)
    if row.status == RemittanceStatus.POSTED:
        detail = f"It was posted by {row.posted_by}; what is in the ledger is corrected by a reversal of the payer or by hand."
        raise Conflict("remittance-posted", detail, posted_at=row.posted_at)
    if row.status == RemittanceStatus.DISCARDED:
        detail = f"It was discarded by {row.discarded_by} already: {row.discard_reason}"
        raise Conflict("remittance-discarded", detail, discarded_at=row.discarded_at)
    _discard(row, body.reason, by, tx)
    changes_use_cases.keep(tx, by, "remittance", row.id, before={"status": "parked"}, after={"status": row.status, "reason": body.reason})
    await tx.flush()
    return await queries.find_remittance(tx, row.id, zone)


def parked(view: RemittanceView) -> DomainError:
    """Build the answer to a remittance that is kept, but of which nothing was posted."""
    begin = "The file is parked and nothing was posted."
    return unusable(PARKED, begin, view.problems, remittance_id=view.id, trace_number=view.trace_number)


async def _post(row: RemittanceRow, file: File, chosen: PostParked, by: str, zone: ZoneInfo, tx: Transaction) -> list[StatusChange]:
    """Load, decide, record: all of it, or none of it and why; return the new statuses of records."""
    read = file.remittance
    if read is None:
        _park(row, file.findings)
        return []
    stamp = Stamp(tx.now, by, read.payment_date, read.payment_date)
    cases = await queries.load(read, chosen, tx)
    [organization] = (await find_parties(tx, OrganizationView, [ORGANIZATION_ID])).values() or [None]
    objections = advice.objections_to_day(read, tx.now.astimezone(zone).date())
    problems = [
        *advice.objections_to_payment(read),
        *await in_thread(advice.balance, read),
        *objections,
        *_payee_problems(read, organization),
    ]
    async for found in in_steps(answers.decide(row.id, cases, read, chosen, stamp, balanced=not problems)):
        problems += found
    _park(row, problems[:MOST_FINDINGS])
    changes = [] if problems else await _record(row, read, cases, stamp, tx)
    await keep_answers(row, cases, tx)
    await let_go(cases)
    return changes


async def _record(row: RemittanceRow, read: Remittance, cases: Sequence[Case], stamp: Stamp, tx: Transaction) -> list[StatusChange]:
    """Append to the ledger, and let records, claims and earlier answers follow; return the new statuses of records."""
    postings = [posted for case in cases for posted in case.posted] + beyond_claims(row.id, read, stamp)
    changed = {key: record for case in cases for key, record in case.touched.items()}
    async for record in in_steps(changed.values()):
        settled = history.settle(record.history, stamp)
        record.history += settled
        postings += settled
    for some in portions(postings):
        await records_use_cases.add_postings(tx, some)
        for about, posting in some:
            keep_posting(tx, about, posting)
        await tx.flush()
    changes: list[StatusChange] = []
    for some in portions(changed.values()):
        async for record in in_steps(some):
            changes += follow_the_ledger(record.record, record.postings, tx)
        await tx.flush()
    for some in portions(cases):
        taken_back = [case.takes_back.place for case in some if case.takes_back]
        if taken_back:
            await tx.execute(TAKE_BACK, {"places": taken_back, "by": row.id})
        for case in some:
            if case.claim is not None and case.outcome is not Outcome.LEFT_OUT:
                _follow_the_answer(case.claim, case, tx)
        await tx.flush()
    mark_posted(row, stamp.posted_by, tx)
    facts = {"status": row.status, "trace_number": row.trace_number, "amount": row.amount}
    changes_use_cases.keep(tx, stamp.posted_by, "remittance", row.id, after=facts)
    return changes


def _follow_the_answer(claim: "ClaimRow", case: Case, tx: Transaction) -> None:
    """Record on a claim what became of it; a later insurer's number is not that of the payer that was billed."""
    status = _status_after(case)
    if case.outcome is Outcome.REVERSED and case.withdrawal is not None:
        # The payer names the claim that it takes back, not the void itself.
        claims_use_cases.end_withdrawal(case.withdrawal, status, tx)
    claims_use_cases.follow_answer(claim, status, case.answer.payer_reference if case.sequence == FIRST else None, tx)


def _status_after(case: Case) -> ClaimStatus:
    standing = case.record.answers if case.record else []
    paid = any(each.outcome is Outcome.PAID for each in standing)
    if case.outcome is Outcome.CREDITED:
        return ClaimStatus.PAID if case.answer.paid else ClaimStatus.DENIED
    if case.outcome is Outcome.DENIED and paid:
        return ClaimStatus.PAID
    if case.outcome is Outcome.REVERSED and case.sequence > FIRST and standing:
        return ClaimStatus.PAID if paid else ClaimStatus.DENIED
    return BECOMES[case.outcome]


def _payee_problems(read: Remittance, organization: OrganizationView | None) -> Iterator[Finding]:
    if organization is None:
        return
    for what, named, own in (("NPI", read.payee_npi, organization.npi), ("tax id", read.payee_tax_id, organization.tax_id)):
        if named is not None and named != own:
            message = f"It pays {read.payee_name} with {what} {named}, not this organization, whose {what} is {own}."
            fix = "Send it to whom it pays, or correct the organization (PUT /organization)."
            yield Finding("other-payee", f"payee {what}", message, fix)


def _payment(file: File) -> str:
    """Name a payment: by who made it and its trace number, or by the file where that cannot be read."""
    return f"{file.remittance.payer_identifier} {file.remittance.trace_number}" if file.remittance else file.digest


async def _posted_with_other_content(read: Remittance, tx: Transaction) -> DomainError | None:
    same = REMITTANCE.c.payer_identifier == read.payer_identifier, REMITTANCE.c.trace_number == read.trace_number
    posted = await tx.scalar(select(REMITTANCE.c.id).where(*same, REMITTANCE.c.status == RemittanceStatus.POSTED))
    if not posted:
        return None
    detail = f"Payment {read.trace_number} of {read.payer_name} was posted already, with other content. {COMPARE}"
    return Conflict("trace-number-posted", detail, remittance_id=posted)


async def _refuse_wrong_choices(read: Remittance, body: PostParked, tx: Transaction) -> None:
    numbers = {answer.control_number for answer in read.claims}
    known = await queries.records_of(tx, body.match.keys())
    records = await records_queries.known_records(tx, body.match.values())
    stated = [
        *(("leave_out", number) for number in body.leave_out),
        *(("accept", number) for number in body.accept),
        *((f"match.{number}", number) for number in body.match),
    ]
    wrong = [
        FieldError(field=place, code="not-in-file", message=f"The remittance answers no claim {number}.")
        for place, number in stated
        if number not in numbers
    ]
    wrong += [
        FieldError(field="accept", code="left-out-too", message=f"Claim {number} is either accepted or left out.")
        for number in sorted({*body.accept} & {*body.leave_out})
    ]
    for number, record_id in body.match.items():
        place = f"match.{number}"
        if number in body.leave_out:
            wrong.append(FieldError(field=place, code="left-out-too", message=f"Claim {number} is either matched or left out."))
        if number in known:
            message = f"Claim {number} belongs to record {known[number]}; only an unknown one can be matched."
            wrong.append(FieldError(field=place, code="known-already", message=message))
        if record_id not in records:
            wrong.append(FieldError(field=place, code="unknown-record", message=f"There is no record {record_id}."))
    if wrong:
        raise Invalid("wrong-choices", "; ".join(each.message for each in wrong), wrong)


async def lock_remittance(tx: Transaction, remittance_id: UUID) -> RemittanceRow:
    """Return a remittance that nobody else writes to meanwhile; NotFound where there is none."""
    return require(await tx.lock(RemittanceRow, remittance_id), "remittance", remittance_id)


async def lock_same(tx: Transaction, digest: str) -> RemittanceRow | None:
    """Return the remittance of a file with this content that came before, if there is one; nobody else writes to it meanwhile."""
    [row] = await tx.scalars(select(RemittanceRow).where(RemittanceRow.digest == digest).with_for_update()) or [None]
    return row


async def add_remittance(file: File, by: str, tx: Transaction) -> RemittanceRow:
    """Keep a file as it came; it is parked until it is posted."""
    read = file.remittance
    row = RemittanceRow(
        id=new_id(),
        status=RemittanceStatus.PARKED,
        digest=file.digest,
        **{name: getattr(read, name, None) for name in PAYMENT_FIELDS},
        payer_ids=list(read.payer_ids) if read else [],
        provider_adjustments=to_jsonable_python(read.provider_adjustments) if read else [],
        problems=[],
        x12=file.x12,
        received_at=tx.now,
        received_by=by,
    )
    tx.add(row)
    await tx.flush()
    return row


def _park(row: RemittanceRow, problems: Sequence[Finding]) -> None:
    """Note on a locked remittance what keeps it from being posted; nothing where it is posted."""
    row.problems = [asdict(problem) for problem in problems]


def _discard(row: RemittanceRow, reason: str, by: str, tx: Transaction) -> None:
    """Take a locked remittance out of the list, for a reason."""
    row.status, row.discarded_at, row.discarded_by, row.discard_reason = RemittanceStatus.DISCARDED, tx.now, by, reason


def mark_posted(row: RemittanceRow, by: str, tx: Transaction) -> None:
    """Record on a locked remittance that it is in the ledger, by whom and when."""
    row.status, row.posted_at, row.posted_by = RemittanceStatus.POSTED, tx.now, by


async def keep_answers(row: RemittanceRow, cases: Sequence[Case], tx: Transaction) -> None:
    """Keep each answer of a remittance and what it did, in the place of what was kept when it was tried before."""
    gone = delete(RemittanceClaimRow).where(RemittanceClaimRow.remittance_id == row.id)
    # None of them was read; to look for them among all rows that were would keep the event loop.
    await tx.execute(gone.execution_options(synchronize_session=False))
    for some in portions(tuple(enumerate(cases, 1))):
        for position, case in some:
            tx.add(_kept(row, position, case))
        await tx.flush()


def _kept(row: RemittanceRow, position: int, case: Case) -> RemittanceClaimRow:
    is_posted = row.status == RemittanceStatus.POSTED
    return RemittanceClaimRow(
        remittance_id=row.id,
        position=position,
        control_number=case.answer.control_number,
        claim_id=case.claim.id if case.claim else None,
        record_id=case.record.record.id if case.record else None,
        outcome=case.outcome if is_posted or case.outcome is Outcome.UNMATCHED else Outcome.WAITING,
        said=to_jsonable_python(case.answer),
        transaction_ids=[about.id for about, _ in case.posted] if is_posted else [],
        sequence=case.sequence,
    )


async def lock_answer(tx: Transaction, remittance_id: UUID, position: int) -> RemittanceClaimRow:
    """Return one answer of a remittance that nobody else writes to meanwhile."""
    this = RemittanceClaimRow.remittance_id == remittance_id, RemittanceClaimRow.position == position
    [claim] = await tx.scalars(select(RemittanceClaimRow).where(*this).with_for_update())
    return claim


def hold(claim: RemittanceClaimRow, transaction_id: UUID) -> None:
    """Note the posting that holds the money of a claim that was left out on the payer's account."""
    claim.transaction_ids = [transaction_id]


def assign(claim: RemittanceClaimRow, transaction_id: UUID) -> None:
    """Note the posting to a record by which the money of a claim that was left out was assigned."""
    claim.outcome, claim.assigned_as = Outcome.ASSIGNED, transaction_id


async def unassign(tx: Transaction, transaction_id: UUID) -> UUID | None:
    """Let the money of a claim that was left out be on the payer's account again, whose assignment is reversed; return its remittance."""
    [found] = await tx.rows(PUT_BACK, {"transaction_id": transaction_id}) or [None]
    return found.remittance_id if found else None
