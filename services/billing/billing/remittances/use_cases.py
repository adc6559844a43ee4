"""Insurers' answers come in: each is posted as a whole, or parked as a whole with every reason."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.apart import apart
from chassis.database import Transaction
from chassis.problems import FieldError, Problem, conflict, not_found
from contracts.types import new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import select

from billing import changes, store
from billing.claims.interchange import Finding
from billing.claims.store import ClaimRow, ClaimStatus
from billing.claims.uploads import unusable
from billing.in_steps import in_steps, let_go, portions
from billing.parties import ORGANIZATION_ID, OrganizationView, find_parties
from billing.remittances import cases as remittance_cases
from billing.remittances import queries as remittance_queries
from billing.remittances import remittance, x12_835
from billing.remittances import store as remittance_store
from billing.remittances.cases import Case
from billing.remittances.coordination import FIRST
from billing.remittances.posting import Outcome
from billing.remittances.remittance import Remittance
from billing.remittances.store import RemittanceClaimRow, RemittanceRow, RemittanceStatus
from billing.remittances.views import Discard, PostParked, Received, ReceivedView, RemittanceSummary, RemittanceView
from billing.remittances.x12_835 import MOST_FINDINGS, File
from billing.store import Record, Stamp
from billing.use_cases import follow_the_ledger, keep

PARKED: Final = "remittance-parked"
COMPARE: Final = "Compare the two with the payer. What this one adds has to come as a payment of its own, under another trace number."
AS_IT_IS: Final = PostParked()
ASKED: Final = frozenset({ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED})
BECOMES: Final = {Outcome.PAID: ClaimStatus.PAID, Outcome.DENIED: ClaimStatus.DENIED, Outcome.REVERSED: ClaimStatus.REVERSED}
SAID_OF_A_PAYMENT: Final = ("payer_identifier", "trace_number", "payer_name", "amount", "method", "payment_date")


async def receive(read: Sequence[File], by: str, zone: ZoneInfo, tx: Transaction) -> Received:
    """Post each payment of a file, or park it with every reason; one that came before is answered as it stands."""
    files = {file.digest: file for file in read}
    for key in sorted({_payment(file) for file in files.values()}):
        await store.alone_with(tx, key)
    # The records of all payments are locked at once and in order, so that two files never wait for each other.
    numbers = {answer.control_number for file in files.values() if file.remittance for answer in file.remittance.claims}
    await remittance_store.lock_records(tx, numbers)
    received = [await _receive(file, by, zone, tx, alone=len(files) == 1) for file in files.values()]
    first, *others = [await remittance_queries.find_remittance(tx, key, zone) for key, _ in received]
    summaries = [RemittanceSummary.model_validate(dict(other)) for other in others]
    return Received(remittance=ReceivedView(**dict(first), others=summaries), is_new=any(is_new for _, is_new in received))


async def _receive(file: File, by: str, zone: ZoneInfo, tx: Transaction, *, alone: bool) -> tuple[UUID, bool]:
    """Post or park one payment; return its id and whether it is new."""
    [row] = await tx.scalars(select(RemittanceRow).where(RemittanceRow.digest == file.digest).with_for_update()) or [None]
    is_new = row is None
    posted: Problem | None = None
    if file.remittance and (row is None or row.status == RemittanceStatus.PARKED):
        posted = await _posted_with_other_content(file.remittance, tx)
        if posted and alone:
            raise posted
    if row is None:
        row = _row(file, by, tx)
        tx.add(row)
        await tx.flush()
    if posted:
        row.problems = [asdict(Finding("trace-number-posted", "TRN02", posted.detail, COMPARE))]
        return row.id, is_new
    if row.status == RemittanceStatus.DISCARDED and alone:
        detail = f"It was discarded by {row.discarded_by}: {row.discard_reason} Post it from its page if it counts after all."
        raise conflict("remittance-discarded", detail, remittance_id=row.id, discarded_at=row.discarded_at)
    if row.status == RemittanceStatus.PARKED:
        await _post(row, file, AS_IT_IS, by, zone, tx)
    return row.id, is_new


async def post_parked(remittance_id: UUID, body: PostParked, by: str, zone: ZoneInfo, tx: Transaction) -> RemittanceView:
    """Post a parked remittance as somebody has decided; refused, with every reason, while something else stands in its way."""
    file = await apart(x12_835.read, await remittance_queries.read_x12(tx, remittance_id))
    await store.alone_with(tx, _payment(file))
    row = await tx.lock(RemittanceRow, remittance_id)
    if row is None:
        raise not_found("remittance", remittance_id)
    if row.status == RemittanceStatus.POSTED:
        detail = f"It was posted by {row.posted_by} already; GET it to see what became of each claim."
        raise conflict("remittance-posted", detail, posted_at=row.posted_at)
    if file.remittance is not None:
        if posted := await _posted_with_other_content(file.remittance, tx):
            raise posted
        await _refuse_wrong_choices(file.remittance, body, tx)
    await _post(row, file, body, by, zone, tx)
    view = await remittance_queries.find_remittance(tx, row.id, zone)
    if view.status is not RemittanceStatus.POSTED:
        raise parked(view)
    return view


async def discard(remittance_id: UUID, body: Discard, by: str, zone: ZoneInfo, tx: Transaction) -> RemittanceView:
    """Take a parked remittance out of the list, for a reason; it is kept, and may still be posted."""
    row = await tx.lock(RemittanceRow, remittance_id)
    if row is None:
        raise not_found("remittance", remittance_id)
    if row.status == RemittanceStatus.POSTED:
        detail = f"It was posted by {row.posted_by}; what is in the ledger is corrected by a reversal of the payer or by hand."
        raise conflict("remittance-posted", detail, posted_at=row.posted_at)
    if row.status == RemittanceStatus.DISCARDED:
        detail = f"It was discarded by {row.discarded_by} already: {row.discard_reason}"
        raise conflict("remittance-discarded", detail, discarded_at=row.discarded_at)
    row.status, row.discarded_at, row.discarded_by, row.discard_reason = RemittanceStatus.DISCARDED, tx.now, by, body.reason
    changes.keep(tx, by, "remittance", row.id, before={"status": "parked"}, after={"status": row.status, "reason": body.reason})
    await tx.flush()
    return await remittance_queries.find_remittance(tx, row.id, zone)


def parked(view: RemittanceView) -> Problem:
    """Build the answer to a remittance that is kept, but of which nothing was posted."""
    begin = "The file is parked and nothing was posted."
    return unusable(PARKED, begin, view.problems, remittance_id=view.id, trace_number=view.trace_number)


async def _post(row: RemittanceRow, file: File, chosen: PostParked, by: str, zone: ZoneInfo, tx: Transaction) -> None:
    """Load, decide, record: all of it, or none of it and why."""
    read = file.remittance
    if read is None:
        row.problems = [asdict(finding) for finding in file.findings]
        return
    stamp = Stamp(tx.now, by, read.payment_date, read.payment_date)
    cases = await remittance_cases.load(read, chosen, tx)
    [organization] = (await find_parties(tx, OrganizationView, [ORGANIZATION_ID])).values() or [None]
    objections = remittance.objections_to_day(read, tx.now.astimezone(zone).date())
    problems = [
        *remittance.objections_to_payment(read),
        *await apart(remittance.balance, read),
        *objections,
        *_payee_problems(read, organization),
    ]
    problems += await remittance_cases.decide(row.id, cases, read, chosen, stamp, balanced=not problems)
    row.problems = [asdict(problem) for problem in problems[:MOST_FINDINGS]]
    if not problems:
        await _record(row, read, cases, stamp, tx)
    await remittance_store.forget_answers(tx, row.id)
    for some in portions(tuple(enumerate(cases, 1))):
        for position, case in some:
            tx.add(_answer(row, position, case))
        await tx.flush()
    await let_go(cases)


async def _record(row: RemittanceRow, read: Remittance, cases: Sequence[Case], stamp: Stamp, tx: Transaction) -> None:
    """Append to the ledger, and let records, claims and earlier answers follow."""
    postings = [posted for case in cases for posted in case.posted] + remittance_cases.beyond_claims(row.id, read, stamp)
    changed = {key: record for case in cases for key, record in case.touched.items()}
    async for record in in_steps(changed.values()):
        settled = store.settle(record.history, stamp)
        record.history += settled
        postings += settled
    for some in portions(postings):
        await store.add_postings(tx, some)
        for about, posting in some:
            keep(tx, about, posting)
        await tx.flush()
    for some in portions(changed.values()):
        async for record in in_steps(some):
            follow_the_ledger(record.record, record.postings, tx)
        await tx.flush()
    for some in portions(cases):
        for case in some:
            if case.takes_back is not None:
                case.takes_back.reversed_by = row.id
            if case.claim is not None and case.outcome is not Outcome.LEFT_OUT:
                _follow_the_answer(case.claim, case, tx)
        await tx.flush()
    row.status, row.posted_at, row.posted_by = RemittanceStatus.POSTED, tx.now, stamp.posted_by
    facts = {"status": row.status, "trace_number": row.trace_number, "amount": row.amount}
    changes.keep(tx, stamp.posted_by, "remittance", row.id, after=facts)


def _follow_the_answer(claim: ClaimRow, case: Case, tx: Transaction) -> None:
    """Let a claim say what became of it; a later insurer's number is not that of the payer who was asked."""
    claim.updated_at = tx.now
    if case.sequence == FIRST:
        claim.payer_reference = case.answer.payer_reference or claim.payer_reference
    status = _status_after(case)
    if case.outcome is Outcome.REVERSED and case.withdrawal is not None and case.withdrawal.status in ASKED:
        # The payer names the claim that it takes back, not the one that asked it to.
        case.withdrawal.status, case.withdrawal.updated_at = status, tx.now
    if claim.status == ClaimStatus.REPLACED:
        claim.status_before = status
    else:
        claim.status = status


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


async def _posted_with_other_content(read: Remittance, tx: Transaction) -> Problem | None:
    same = RemittanceRow.payer_identifier == read.payer_identifier, RemittanceRow.trace_number == read.trace_number
    posted = await tx.scalar(select(RemittanceRow.id).where(*same, RemittanceRow.status == RemittanceStatus.POSTED))
    if not posted:
        return None
    detail = f"Payment {read.trace_number} of {read.payer_name} was posted already, with other content. {COMPARE}"
    return conflict("trace-number-posted", detail, remittance_id=posted)


async def _refuse_wrong_choices(read: Remittance, body: PostParked, tx: Transaction) -> None:
    numbers = {answer.control_number for answer in read.claims}
    known = await remittance_store.records_of(tx, body.match.keys())
    records = set(await tx.scalars(select(Record.id).where(store.among(Record.id, body.match.values()))))
    said = [
        *(("leave_out", number) for number in body.leave_out),
        *(("accept", number) for number in body.accept),
        *((f"match.{number}", number) for number in body.match),
    ]
    wrong = [
        FieldError(field=place, code="not-in-file", message=f"The remittance answers no claim {number}.")
        for place, number in said
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
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "wrong-choices", "; ".join(each.message for each in wrong), wrong)


def _row(file: File, by: str, tx: Transaction) -> RemittanceRow:
    read = file.remittance
    return RemittanceRow(
        id=new_id(),
        status=RemittanceStatus.PARKED,
        digest=file.digest,
        **{name: getattr(read, name, None) for name in SAID_OF_A_PAYMENT},
        payer_ids=list(read.payer_ids) if read else [],
        provider_adjustments=to_jsonable_python(read.provider_adjustments) if read else [],
        problems=[],
        x12=file.x12,
        received_at=tx.now,
        received_by=by,
    )


def _answer(row: RemittanceRow, position: int, case: Case) -> RemittanceClaimRow:
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
