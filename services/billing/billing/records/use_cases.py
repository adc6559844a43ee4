"""Everything that writes records and their ledger: load, decide, record, send."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.errors import Unavailable
from chassis.rows.changes import apply_changes, count_version, require
from contracts.billing import PaymentStatus, PaymentStatusChanged, RecordCreated
from contracts.scheduling import (
    AnnounceCompletedSessions,
    SessionCancelled,
    SessionCompleted,
    SessionFact,
    SessionNoShow,
    SessionRestored,
)
from contracts.types import ClientId, RecordId, SessionId, new_id
from sqlalchemy import text

from billing.changes import use_cases as changes_use_cases
from billing.coverages import queries as coverages_queries
from billing.ledger import bill as ledger_bill
from billing.ledger import settlement, undoing
from billing.ledger.bill import Bill
from billing.ledger.dates import refused_days
from billing.ledger.postings import LedgerTransaction, Payer, Posting, Stamp, Standing
from billing.ledger.undoing import Made
from billing.parties import queries as parties_queries
from billing.quotes import use_cases as quotes_use_cases
from billing.records import history as records_history
from billing.records import queries, tables
from billing.records.schemas import NewVoid, Posted
from billing.records.tables import (
    ONE_RECORD_PER_SESSION,
    LedgerEntryRow,
    LedgerTransactionRow,
    RecordLineRow,
    RecordRow,
    charge_of,
    line_values,
    record_values,
)
from billing.replicas import queries as replicas_queries
from billing.tables import append_rows, arrays_of, inserting

GATHER: Final = text("""
    WITH gone AS (
        DELETE FROM books_change WHERE id IN (SELECT id FROM books_change ORDER BY id LIMIT :at_most) RETURNING what, amount
    ), added AS (
        INSERT INTO books_total AS total (what, amount) SELECT what, SUM(amount) FROM gone GROUP BY what
        ON CONFLICT (what) DO UPDATE SET amount = total.amount + excluded.amount
    )
    SELECT COUNT(*) FROM gone
""")


async def add_bills(tx: Transaction, bills: Sequence[Bill], by: str) -> list[Bill]:
    """Write the bills of sessions that have none yet, with their charges; return those that were written."""
    in_order = sorted(bills, key=lambda bill: bill.session.session_id)
    once = inserting(RecordRow).on_conflict_do_nothing(constraint=ONE_RECORD_PER_SESSION).returning(RecordRow.id)
    made = {row.id for row in await tx.rows(once, arrays_of(RecordRow, [record_values(bill, tx.now) for bill in in_order]))}
    new = [bill for bill in in_order if bill.id in made]
    charges = [(charge_of(bill, Stamp(tx.now, by)), bill.charge) for bill in new]
    await append_rows(tx, RecordLineRow, [line for bill in new for line in line_values(bill)])
    await add_postings(tx, charges)
    return new


async def add_postings(tx: Transaction, postings: Sequence[tuple[LedgerTransaction, Posting]]) -> None:
    """Append to the ledger."""
    await append_rows(tx, LedgerTransactionRow, [vars(about) for about, _ in postings])
    entries = [
        {"transaction_id": about.id, "account": account, "record_id": about.record_id, "posted_at": about.posted_at, "amount": amount}
        for about, posting in postings
        for account, amount in posting.entries.items()
    ]
    await append_rows(tx, LedgerEntryRow, entries)


async def gather_changes(tx: Transaction, at_most: int) -> int:
    """Add what was counted since the last look to the totals; return how many changes that were."""
    [(gathered,)] = await tx.rows(GATHER, {"at_most": at_most})
    return gathered


@dataclass(frozen=True, slots=True)
class StatusChange:
    """The payment status that a posting has given a record, and the record's version with it."""

    record: RecordRow
    status: PaymentStatus
    version: int


UNDONE: Final = "The session's completion, no-show or cancellation was undone."

SCHEDULING: Final = "scheduling"
"""Who took a record back, where a fact of scheduling did."""

BilledTo = tuple[SessionId, ClientId]

Billings = Mapping[BilledTo, Sequence[Made]]
"""The records that were made of sessions, by session and client."""


async def request_completed_sessions(tx: Transaction) -> None:
    """Request every completed session of scheduling while no record was made of one."""
    if not await queries.has_records(tx):
        tx.send(AnnounceCompletedSessions())


async def bill_sessions(sessions: Sequence[SessionCompleted], zone: ZoneInfo, tx: Transaction) -> None:
    """Make exactly one record of each client who attended a completed session, at the price promised when it was booked.

    Raises Unavailable for a word by which billing is decided and which is unknown here; its message becomes a dead letter.
    """
    services = {key for session in sessions for key in (session.service_id, *(done.service_id for done in session.add_ons))}
    book = await replicas_queries.book_of(tx, ids=services)
    if unknown := [word for session in sessions for word in ledger_bill.unknown_words(session, book.find(session.service_id))]:
        detail = f"It is not known here how a session is billed that has {', '.join(unknown)}. Update billing, then replay the message."
        raise Unavailable("unknown-words", detail)
    billed_once = await queries.sessions_billed_once(tx, {(session.session_id, session.version) for session in sessions})
    stated = [
        session.model_copy(update={"client_id": client})
        for session in sessions
        for client in billed_once.get((session.session_id, session.version))
        or ledger_bill.billed_clients(session, book.find(session.service_id))
    ]
    revisions, voided = await _news([(session, session.client_id) for session in stated], tx)
    for change in voided:
        tx.send(payment_status_changed(change))
    sessions = [session for session in stated if (session.session_id, session.client_id, session.version) in revisions]
    if not sessions:
        return
    days = await queries.days_of(tx, {(session.client_id, session.service_date) for session in sessions})
    clients = {session.client_id for session in sessions}
    codes = {code for session in sessions for code in (session.service_code, *(done.service_code for done in session.add_ons))}
    policies = await coverages_queries.policies_of(tx, clients, codes, alone=True)
    today = tx.now.astimezone(zone).date()
    bills = ledger_bill.bill(sessions, today, book, policies, days, lambda: RecordId(new_id()))
    for bill in await _add(bills, revisions, tx):
        tx.send(record_created(bill))


async def restore_sessions(facts: Sequence[SessionRestored], zone: ZoneInfo, tx: Transaction) -> None:
    """Take back what was charged of sessions whose completion, no-show or cancellation was undone, and quote those that are booked again.

    Money that came in stays as credit.
    """
    versions: dict[SessionId, int] = {}
    for fact in facts:
        versions[fact.session_id] = max(fact.version, versions.get(fact.session_id, 0))
    await queries.lock_sessions(tx, versions)
    await tables.note_undone(tx, versions)
    _, voided = await _take_back(versions, lambda made: {key: versions[key[0]] for key in made}, tx)
    for change in voided:
        tx.send(payment_status_changed(change))
    await quotes_use_cases.quote_sessions(facts, zone, tx)


async def _news(
    stated: Sequence[tuple[SessionFact, ClientId]], tx: Transaction
) -> tuple[dict[tuple[SessionId, ClientId, int], Sequence[Made]], list[StatusChange]]:
    """Return which facts need a record that was neither made nor undone, with those before it, and what was voided because they outdate it.

    Facts are distinguished by session, client and version. Of several about one session and client the newest counts.
    """
    newest: dict[tuple[SessionId, ClientId], int] = {}
    for fact, client_id in stated:
        key = (fact.session_id, client_id)
        newest[key] = max(fact.version, newest.get(key, 0))
    sessions = {session_id for session_id, _ in newest}
    await queries.lock_sessions(tx, sessions)
    undone = await queries.undone_of(tx, sessions)

    def news(made: Billings) -> dict[BilledTo, int]:
        return {key: version for key, version in newest.items() if undoing.is_news(version, made.get(key, ()), undone.get(key[0]))}

    made, voided = await _take_back(sessions, news, tx)
    return {(*key, version): made.get(key, ()) for key, version in news(made).items()}, voided


async def _take_back(
    sessions: Collection[SessionId],
    versions: Callable[[Billings], Mapping[BilledTo, int]],
    tx: Transaction,
) -> tuple[Billings, list[StatusChange]]:
    """Void the records that these versions of sessions outdate; return all that were made of the sessions, and what was voided.

    Somebody may be voiding or replacing one of them at the same time. So each is locked before it is looked at again, and the records are
    read again until none is outdated: what took the place of one meanwhile is voided too.
    """
    await queries.lock_records_of(tx, sessions)
    voided: list[StatusChange] = []
    while True:
        made = await queries.made_of(tx, sessions)
        outdated = [one.id for key, version in versions(made).items() for one in undoing.outdated(made.get(key, ()), version)]
        if not outdated:
            return made, voided
        for record_id in sorted(outdated):
            record = await tx.lock(RecordRow, record_id)
            if record is not None and record.payment_status is not PaymentStatus.VOIDED:
                opened, postings, _ = await open_record(record_id, tx)
                voided += await _void(opened, postings, UNDONE, Stamp(tx.now, SCHEDULING), tx)
        await tx.flush()


async def _add(bills: Sequence[Bill], before: Mapping[tuple[SessionId, ClientId, int], Sequence[Made]], tx: Transaction) -> list[Bill]:
    """Write bills, each as the next revision of its session and client in the place of the latest one; return those that were written.

    They have the diagnoses of the record before, if it had any, and otherwise those that their clients have now.
    """
    if not bills:
        return []
    diagnoses = await parties_queries.diagnoses_of(tx, {bill.session.client_id for bill in bills})
    kept = await queries.diagnoses_of(tx, {latest for made in before.values() if (latest := undoing.latest(made))})
    numbered = []
    for bill in bills:
        about = bill.session
        made = before[about.session_id, about.client_id, bill.session_version or 0]
        latest = undoing.latest(made)
        known = (kept.get(latest) if latest else None) or diagnoses.get(about.client_id, ())
        numbered.append(replace(bill, revision=undoing.next_revision(made), replaces_id=latest, diagnoses=known))
    return await add_bills(tx, numbered, SCHEDULING)


async def charge_missed(facts: Sequence[SessionCancelled | SessionNoShow], zone: ZoneInfo, tx: Transaction) -> None:
    """Charge what the catalog sets for a session that was cancelled too late or missed, if anything; its quote is void."""
    zones = await replicas_queries.zones_of(tx, {fact.site_id for fact in facts})
    days = {fact.session_id: fact.starts_at.astimezone(zones.get(fact.site_id, zone)).date() for fact in facts}
    everybody = [(fact, client) for fact in facts for client in fact.client_ids or (fact.client_id,)]
    await quotes_use_cases.void_quotes(tx, [(fact, client, days[fact.session_id]) for fact, client in everybody])
    late = [fact for fact in facts if not fact.fee_waived and (isinstance(fact, SessionNoShow) or fact.late)]
    book = await replicas_queries.book_of(tx, ids={fact.service_id for fact in late}, codes=[ledger_bill.LATE_FEE, ledger_bill.NO_SHOW_FEE])
    owed = [(fact, client) for fact in late for client in ledger_bill.billed_clients(fact, book.find(fact.service_id))]
    revisions, voided = await _news(owed, tx)
    for change in voided:
        tx.send(payment_status_changed(change))
    today = tx.now.astimezone(zone).date()
    there = {fact.session_id: tx.now.astimezone(zones.get(fact.site_id, zone)).date() for fact in late}
    bills: list[Bill] = []
    for fact in late:
        fee = book.find_code(ledger_bill.NO_SHOW_FEE if isinstance(fact, SessionNoShow) else ledger_bill.LATE_FEE)
        if fee is None or not fee.is_active:
            continue
        owing = [client for each, client in owed if each is fact and (fact.session_id, client, fact.version) in revisions]
        # A fee is of the day on which it is incurred: that of the cancellation, which comes before the session's.
        day = min(days[fact.session_id], there[fact.session_id])
        charged = (ledger_bill.missed(fact, client, day, today, fee, RecordId(new_id())) for client in owing)
        bills += [bill for bill in charged if bill is not None]
    for bill in await _add(bills, revisions, tx):
        tx.send(record_created(bill))


def of_another(credit: Mapping[Payer, Decimal], payer: Payer) -> str:
    """Add to refused credit that some is there which is not this payer's."""
    others = {name: amount for name, amount in credit.items() if name is not payer and amount}
    return "".join(f" Another ${amount:.2f} is the {name}'s: name that payer." for name, amount in others.items())


def credit_values(credit: Mapping[Payer, Decimal]) -> dict[str, str]:
    """Name whose credit a record has, for a refusal of more."""
    return {f"{payer}_credit": f"{amount:.2f}" for payer, amount in credit.items()}


async def void(record: RecordRow, postings: Sequence[Posting], body: NewVoid, by: str, today: date, tx: Transaction) -> list[StatusChange]:
    """Take an open record back; money that came in for it becomes unapplied credit. Conflict where more was refunded than came in."""
    return await _void(record, postings, body.reason, stamp_of(body, record, by, today, tx), tx)


async def _void(record: RecordRow, postings: Sequence[Posting], reason: str, stamp: Stamp, tx: Transaction) -> list[StatusChange]:
    if beyond := settlement.refunded_beyond(postings):
        raise records_history.refunded_beyond(beyond)
    posting = settlement.void(postings)
    about = LedgerTransaction(id=new_id(), record_id=record.id, kind=posting.kind, reason=reason, **asdict(stamp))
    keep_posting(tx, about, posting)
    return await post(record, [*postings, posting], about, tx)


def stamp_of(body: Posted, record: RecordRow, by: str, today: date, tx: Transaction) -> Stamp:
    """Return who posts something by hand to a record and its days, which may be refused."""
    if refusal := refused_days(body, record.service_date, today):
        raise refusal
    return Stamp(tx.now, by, body.received_date, body.deposit_date)


def keep_posting(tx: Transaction, about: LedgerTransaction, posting: Posting) -> None:
    """Keep in the log of changes who posted what to a record, or to a remittance beyond its claims."""
    stated = {
        name: getattr(about, name) for name in ("payer", "method", "reference", "reason", "received_date", "deposit_date", "reverses_id")
    }
    entries = {account.value: f"{amount:.2f}" for account, amount in posting.entries.items()}
    key = about.record_id or about.remittance_id
    if key is not None and about.posted_by is not None:
        changes_use_cases.keep(tx, about.posted_by, about.kind, key, after=stated | entries)


async def open_record(record_id: RecordId, tx: Transaction) -> tuple[RecordRow, list[Posting], Standing]:
    """Lock a record and read where its money is; NotFound where there is none, Conflict where it is voided and so closed for good."""
    record, postings, standing = await load_record(record_id, tx)
    if standing.status is PaymentStatus.VOIDED:
        raise records_history.record_voided()
    return record, postings, standing


async def load_record(record_id: RecordId, tx: Transaction) -> tuple[RecordRow, list[Posting], Standing]:
    """Lock a record and read where its money is; NotFound where there is none."""
    record, history = await load_history(record_id, tx)
    postings = [posting for _, posting in history]
    return record, postings, settlement.read(postings)


async def load_history(record_id: RecordId, tx: Transaction) -> tuple[RecordRow, list[tuple[LedgerTransaction, Posting]]]:
    """Lock a record and read all that happened to its money; NotFound where there is none."""
    await queries.lock_revisions(tx, [record_id])
    record = require(await tx.lock(RecordRow, record_id), "record", record_id)
    return record, await queries.history_of(tx, record_id)


async def post(record: RecordRow, postings: Sequence[Posting], about: LedgerTransaction, tx: Transaction) -> list[StatusChange]:
    """Append the last of the postings, let credit settle what its payer owes, and record where its money is now.

    The use case publishes what is returned: the new status, where there is one.
    """
    await add_postings(tx, [(about, postings[-1])])
    stamp = Stamp(about.posted_at, about.posted_by or "", about.received_date, about.deposit_date)
    settled = await settle(record, postings, stamp, tx)
    return follow_the_ledger(record, [*postings, *settled], tx)


async def settle(record: RecordRow, postings: Sequence[Posting], stamp: Stamp, tx: Transaction) -> list[Posting]:
    """Let each payer's credit settle what the same payer owes on a locked record; return what is posted for it."""
    standing = settlement.read(postings)
    if not standing.unapplied_credit or standing.status is PaymentStatus.VOIDED:
        return []
    settled = records_history.settle(await queries.history_of(tx, record.id), stamp)
    for about, posting in settled:
        keep_posting(tx, about, posting)
    await add_postings(tx, settled)
    return [posting for _, posting in settled]


def give_diagnoses(record: RecordRow, codes: Sequence[str], by: str, tx: Transaction) -> None:
    """Give a locked record its diagnoses, and keep who did."""
    before = {"diagnoses": record.diagnoses}
    apply_changes(record, {"diagnoses": list(codes)}, _moved_at(record, tx))
    changes_use_cases.keep(tx, by, "record_diagnoses", record.id, before=before, after={"diagnoses": record.diagnoses})


def follow_the_ledger(record: RecordRow, postings: Sequence[Posting], tx: Transaction) -> list[StatusChange]:
    """Record on a locked record where its money is after all its postings; return its new status, where there is one."""
    standing = settlement.read(postings)
    before, record.payment_status = record.payment_status, standing.status
    record.balance, record.unapplied_credit = standing.balance, standing.unapplied_credit
    count_version(record, _moved_at(record, tx))
    return [] if record.payment_status is before else [StatusChange(record, record.payment_status, record.version)]


def _moved_at(record: RecordRow, tx: Transaction) -> datetime:
    """Return when a record is written, never before a posting: reports as of a day look for what moved since."""
    return max(record.updated_at, tx.now)


def record_created(bill: Bill) -> RecordCreated:
    """Return the fact that a record was made."""
    return RecordCreated(
        record_id=bill.id,
        session_id=bill.session.session_id,
        client_id=bill.session.client_id,
        service_code=bill.session.service_code,
        total_amount=bill.quote.charge,
        patient_amount=bill.quote.patient,
        insurance_amount=bill.quote.insurer,
        payment_status=bill.standing.status,
        version=1,
        site_id=bill.session.site_id,
    )


def payment_status_changed(change: StatusChange) -> PaymentStatusChanged:
    """Return the fact that a record has another payment status."""
    record = change.record
    return PaymentStatusChanged(
        record_id=record.id,
        session_id=record.session_id,
        client_id=record.client_id,
        service_code=record.service_code,
        total_amount=record.total_amount,
        patient_amount=record.patient_amount,
        insurance_amount=record.insurance_amount,
        payment_status=change.status,
        version=change.version,
        site_id=record.site_id,
    )
