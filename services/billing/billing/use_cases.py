"""Everything that writes to billing: load, decide, record."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.problems import conflict, not_found, refused
from contracts.billing import PaymentStatus, PaymentStatusChanged, RecordCreated
from contracts.catalog import AnnounceServices, ServiceChanged
from contracts.rooms import AnnounceRooms, SiteChanged
from contracts.scheduling import (
    AnnounceCancellationPolicy,
    AnnounceCompletedSessions,
    PromisedFact,
    SessionCancelled,
    SessionCompleted,
    SessionFact,
    SessionNoShow,
    SessionRestored,
)
from contracts.types import ClientId, RecordId, SessionId, new_id

from billing import changes, domain, ledger, party_store, pricing, queries, replicas, store, terms_store, undoing
from billing.domain import Bill, Item, Visit
from billing.ledger import Payer, PaymentMethod, Posting, Standing
from billing.posting_dates import check_days
from billing.resources import NewAdjustment, NewPayment, NewRefund, NewVoid, NewWriteOff, Posted, RecordView
from billing.store import LedgerTransaction, Record, Stamp
from billing.undoing import Made

UNDONE: Final = "The session's completion, no-show or cancellation was undone."
SCHEDULING: Final = "scheduling"
"""Who took a record back, where a fact of scheduling did."""

BilledTo = tuple[SessionId, ClientId]
Billings = Mapping[BilledTo, Sequence[Made]]
"""The records that were made of sessions, by session and client."""


async def ask_for_what_was_said_before(tx: Transaction) -> None:
    """Ask catalog for every service, rooms for every site, and scheduling for every completed session while none is billed."""
    tx.send(AnnounceServices())
    tx.send(AnnounceRooms())
    tx.send(AnnounceCancellationPolicy())
    if not await store.has_records(tx):
        tx.send(AnnounceCompletedSessions())


async def hear_services(messages: Sequence[ServiceChanged], tx: Transaction) -> None:
    """Keep the newest version of each service."""
    await replicas.put_services(tx, messages)


async def hear_sites(messages: Sequence[SiteChanged], tx: Transaction) -> None:
    """Keep on which calendar each site lives."""
    await replicas.put_sites(tx, messages)


async def bill_sessions(sessions: Sequence[SessionCompleted], zone: ZoneInfo, tx: Transaction) -> None:
    """Make exactly one record of each client who attended a completed session, at the price promised when it was booked."""
    services = {key for session in sessions for key in (session.service_id, *(done.service_id for done in session.add_ons))}
    book = await replicas.book_of(tx, ids=services)
    billed_once = await store.sessions_billed_once(tx, {(session.session_id, session.version) for session in sessions})
    said = [
        session.model_copy(update={"client_id": client})
        for session in sessions
        for client in billed_once.get((session.session_id, session.version))
        or domain.billed_clients(session, book.find(session.service_id))
    ]
    revisions = await _news([(session, session.client_id) for session in said], tx)
    sessions = [session for session in said if (session.session_id, session.client_id, session.version) in revisions]
    if not sessions:
        return
    days = await store.days_of(tx, {(session.client_id, session.service_date) for session in sessions})
    clients = {session.client_id for session in sessions}
    codes = {code for session in sessions for code in (session.service_code, *(done.service_code for done in session.add_ons))}
    policies = await terms_store.policies_of(tx, clients, codes, alone=True)
    today = tx.now.astimezone(zone).date()
    await _add(domain.bill(sessions, today, book, policies, days, lambda: RecordId(new_id())), revisions, tx)


async def void_undone(facts: Sequence[SessionRestored], tx: Transaction) -> None:
    """Take back what was charged of sessions whose completion, no-show or cancellation was undone; money that came in stays as credit."""
    versions: dict[SessionId, int] = {}
    for fact in facts:
        versions[fact.session_id] = max(fact.version, versions.get(fact.session_id, 0))
    await store.lock_sessions(tx, versions)
    await store.note_undone(tx, versions)
    await _take_back(versions, lambda made: {key: versions[key[0]] for key in made}, tx)


async def _news(said: Sequence[tuple[SessionFact, ClientId]], tx: Transaction) -> dict[tuple[SessionId, ClientId, int], Sequence[Made]]:
    """Return which facts ask for a record that was neither made nor undone, with those before it; what they outdate is taken back.

    Facts are told apart by session, client and version. Of several about one session and client the newest counts.
    """
    newest: dict[tuple[SessionId, ClientId], int] = {}
    for fact, client_id in said:
        key = (fact.session_id, client_id)
        newest[key] = max(fact.version, newest.get(key, 0))
    sessions = {session_id for session_id, _ in newest}
    await store.lock_sessions(tx, sessions)
    undone = await store.undone_of(tx, sessions)

    def news(made: Billings) -> dict[BilledTo, int]:
        return {key: version for key, version in newest.items() if undoing.is_news(version, made.get(key, ()), undone.get(key[0]))}

    made = await _take_back(sessions, news, tx)
    return {(*key, version): made.get(key, ()) for key, version in news(made).items()}


async def _take_back(
    sessions: Collection[SessionId],
    versions: Callable[[Billings], Mapping[BilledTo, int]],
    tx: Transaction,
) -> Billings:
    """Void the records that these versions of sessions outdate; return all that were made of the sessions.

    Somebody may be voiding or replacing one of them at the same time. So each is locked before it is looked at again, and the records are
    read again until none is outdated: what took the place of one meanwhile is voided too.
    """
    await store.lock_records_of(tx, sessions)
    while True:
        made = await store.made_of(tx, sessions)
        outdated = [one.id for key, version in versions(made).items() for one in undoing.outdated(made.get(key, ()), version)]
        if not outdated:
            return made
        for record_id in sorted(outdated):
            record = await tx.lock(Record, record_id)
            if record is not None and record.payment_status is not PaymentStatus.VOIDED:
                opened, postings, _ = await open_record(record_id, tx)
                await _void(opened, postings, UNDONE, Stamp(tx.now, SCHEDULING), tx)
        await tx.flush()


async def _add(bills: Sequence[Bill], before: Mapping[tuple[SessionId, ClientId, int], Sequence[Made]], tx: Transaction) -> None:
    """Write bills, each as the next revision of its session and client in the place of the latest one, and announce their records.

    They have the diagnoses of the record before, if it had any, and otherwise those that their clients have now.
    """
    if not bills:
        return
    diagnoses = await party_store.diagnoses_of(tx, {bill.session.client_id for bill in bills})
    kept = await store.diagnoses_of(tx, {latest for made in before.values() if (latest := undoing.latest(made))})
    numbered = []
    for bill in bills:
        about = bill.session
        made = before[about.session_id, about.client_id, bill.session_version or 0]
        latest = undoing.latest(made)
        known = (kept.get(latest) if latest else None) or diagnoses.get(about.client_id, ())
        numbered.append(replace(bill, revision=undoing.next_revision(made), replaces_id=latest, diagnoses=known))
    for bill in await store.add_bills(tx, numbered, SCHEDULING):
        tx.send(created(bill))


async def quote_sessions(facts: Sequence[PromisedFact], zone: ZoneInfo, tx: Transaction) -> None:
    """Keep what each client was quoted when the session was booked or moved, by the function that will make the record."""
    priced = [fact for fact in facts if fact.rate_per_unit is not None]
    book = await replicas.book_of(tx, ids={fact.service_id for fact in priced})
    clients = {client for fact in priced for client in domain.billed_clients(fact, book.find(fact.service_id))}
    policies = await terms_store.policies_of(tx, clients, {fact.service_code for fact in priced})
    zones = await replicas.zones_of(tx, {fact.site_id for fact in priced})
    quotes = []
    for fact in priced:
        day = fact.starts_at.astimezone(zones.get(fact.site_id, zone)).date()
        for client in domain.billed_clients(fact, book.find(fact.service_id)):
            terms = policies.terms(client, [fact.service_code], day, fact.therapist_credential, insured=fact.insurance_applicable)
            item = Item(fact.service_code, book.find(fact.service_id), fact.rate_per_unit or pricing.ZERO)
            visit = Visit(items=(item,), day=day, insured=fact.insurance_applicable, terms=terms)
            quotes.append((fact, client, day, domain.price(visit, book)))
    await store.add_quotes(tx, quotes)


async def charge_missed(facts: Sequence[SessionCancelled | SessionNoShow], zone: ZoneInfo, tx: Transaction) -> None:
    """Charge what the catalog asks for a session that was cancelled too late or missed, if anything; its quote is void."""
    zones = await replicas.zones_of(tx, {fact.site_id for fact in facts})
    days = {fact.session_id: fact.starts_at.astimezone(zones.get(fact.site_id, zone)).date() for fact in facts}
    everybody = [(fact, client) for fact in facts for client in fact.client_ids or (fact.client_id,)]
    await store.void_quotes(tx, [(fact, client, days[fact.session_id]) for fact, client in everybody])
    late = [fact for fact in facts if not fact.fee_waived and (isinstance(fact, SessionNoShow) or fact.late)]
    book = await replicas.book_of(tx, ids={fact.service_id for fact in late}, codes=[domain.LATE_FEE, domain.NO_SHOW_FEE])
    owed = [(fact, client) for fact in late for client in domain.billed_clients(fact, book.find(fact.service_id))]
    revisions = await _news(owed, tx)
    today = tx.now.astimezone(zone).date()
    there = {fact.session_id: tx.now.astimezone(zones.get(fact.site_id, zone)).date() for fact in late}
    bills: list[Bill] = []
    for fact in late:
        fee = book.find_code(domain.NO_SHOW_FEE if isinstance(fact, SessionNoShow) else domain.LATE_FEE)
        if fee is None or not fee.is_active:
            continue
        owing = [client for each, client in owed if each is fact and (fact.session_id, client, fact.version) in revisions]
        # A fee is of the day on which it is incurred: that of the cancellation, which comes before the session's.
        day = min(days[fact.session_id], there[fact.session_id])
        charged = (domain.missed(fact, client, day, today, fee, RecordId(new_id())) for client in owing)
        bills += [bill for bill in charged if bill is not None]
    await _add(bills, revisions, tx)


def unassigned(remittance_id: UUID, amount: Decimal, trace_number: str, reason: str, stamp: Stamp) -> tuple[LedgerTransaction, Posting]:
    """Book the money of a claim that is left out on the payer's account or, negative, take it from there."""
    posting = ledger.unassigned(amount)
    about = LedgerTransaction(
        id=new_id(),
        record_id=None,
        kind=posting.kind,
        payer=Payer.INSURER,
        method=PaymentMethod.ERA,
        reference=trace_number,
        reason=reason,
        remittance_id=remittance_id,
        **asdict(stamp),
    )
    return about, posting


async def take_payment(record_id: RecordId, body: NewPayment, by: str, today: date, tx: Transaction) -> RecordView:
    """Book money that came in for a record."""
    record, postings, standing = await open_record(record_id, tx)
    stamp = stamp_of(body, record, by, today, tx)
    posting = ledger.payment(body.amount, body.payer, standing)
    about = LedgerTransaction(
        id=new_id(),
        record_id=record_id,
        kind=posting.kind,
        payer=body.payer,
        method=body.method,
        reference=body.reference,
        **asdict(stamp),
    )
    keep(tx, about, posting)
    return await post(record, [*postings, posting], about, tx)


async def adjust(record_id: RecordId, body: NewAdjustment, by: str, today: date, tx: Transaction) -> RecordView:
    """Take something off what the client owes."""
    record, postings, standing = await open_record(record_id, tx)
    stamp = stamp_of(body, record, by, today, tx)
    if body.amount > standing.owed_by_client:
        detail = f"The client owes {standing.owed_by_client:.2f} of this record; at most that can be taken off."
        raise refused("adjustment-exceeds-balance", detail, field="amount", owed_by_client=f"{standing.owed_by_client:.2f}")
    posting = ledger.adjustment(body.amount)
    about = LedgerTransaction(id=new_id(), record_id=record_id, kind=posting.kind, reason=body.reason, **asdict(stamp))
    keep(tx, about, posting)
    return await post(record, [*postings, posting], about, tx)


async def write_off(record_id: RecordId, body: NewWriteOff, by: str, today: date, tx: Transaction) -> RecordView:
    """Give up what somebody owes."""
    record, postings, standing = await open_record(record_id, tx)
    stamp = stamp_of(body, record, by, today, tx)
    owed = standing.owed_by_insurer if body.payer is Payer.INSURER else standing.owed_by_client
    if body.amount > owed:
        detail = f"The {body.payer} owes {owed:.2f} of this record; at most that can be written off."
        raise refused("write-off-exceeds-balance", detail, field="amount", owed=f"{owed:.2f}")
    posting = ledger.write_off(body.amount, body.payer)
    about = LedgerTransaction(
        id=new_id(),
        record_id=record_id,
        kind=posting.kind,
        payer=body.payer,
        reason=body.reason,
        **asdict(stamp),
    )
    keep(tx, about, posting)
    return await post(record, [*postings, posting], about, tx)


async def refund(record_id: RecordId, body: NewRefund, by: str, today: date, tx: Transaction) -> RecordView:
    """Hand back money that came in and settles nothing; also of a record that was taken back."""
    record, history = await load_history(record_id, tx)
    stamp = stamp_of(body, record, by, today, tx)
    credit = ledger.funds(store.by_payer(history)).credit
    if body.amount > credit[body.payer]:
        detail = f"The {body.payer} has {credit[body.payer]:.2f} of unapplied credit on this record; at most that can be refunded to them."
        raise refused("refund-exceeds-credit", f"{detail}{of_another(credit, body.payer)}", field="amount", **told_credit(credit))
    posting = ledger.refund(body.amount)
    about = LedgerTransaction(
        id=new_id(),
        record_id=record_id,
        kind=posting.kind,
        payer=body.payer,
        method=body.method,
        reference=body.reference,
        reason=body.reason,
        **asdict(stamp),
    )
    keep(tx, about, posting)
    return await post(record, [*(told for _, told in history), posting], about, tx)


def of_another(credit: Mapping[Payer, Decimal], payer: Payer) -> str:
    """Say of refused credit that some is there which is not this payer's."""
    others = {name: amount for name, amount in credit.items() if name is not payer and amount}
    return "".join(f" Another {amount:.2f} is the {name}'s: name that payer." for name, amount in others.items())


def told_credit(credit: Mapping[Payer, Decimal]) -> dict[str, str]:
    """Name whose credit a record has, for those who ask for more."""
    return {f"{payer}_credit": f"{amount:.2f}" for payer, amount in credit.items()}


async def void(record_id: RecordId, body: NewVoid, by: str, today: date, tx: Transaction) -> RecordView:
    """Take a record back; money that came in for it becomes unapplied credit."""
    record, postings, _ = await open_record(record_id, tx)
    return await _void(record, postings, body.reason, stamp_of(body, record, by, today, tx), tx)


async def _void(record: Record, postings: Sequence[Posting], reason: str, stamp: Stamp, tx: Transaction) -> RecordView:
    posting = ledger.void(postings)
    about = LedgerTransaction(id=new_id(), record_id=record.id, kind=posting.kind, reason=reason, **asdict(stamp))
    keep(tx, about, posting)
    return await post(record, [*postings, posting], about, tx)


def stamp_of(body: Posted, record: Record, by: str, today: date, tx: Transaction) -> Stamp:
    """Return who posts something by hand to a record and its days, which may be refused."""
    check_days(body, record.service_date, today)
    return Stamp(tx.now, by, body.received_date, body.deposit_date)


def keep(tx: Transaction, about: LedgerTransaction, posting: Posting) -> None:
    """Keep in the log of changes who posted what to a record, or to a remittance beyond its claims."""
    told = {
        name: getattr(about, name) for name in ("payer", "method", "reference", "reason", "received_date", "deposit_date", "reverses_id")
    }
    entries = {account.value: f"{amount:.2f}" for account, amount in posting.entries.items()}
    key = about.record_id or about.remittance_id
    if key is not None and about.posted_by is not None:
        changes.keep(tx, about.posted_by, about.kind, key, after=told | entries)


async def open_record(record_id: RecordId, tx: Transaction) -> tuple[Record, list[Posting], Standing]:
    """Lock a record and read where its money is; a voided one is closed for good."""
    record, postings, standing = await load_record(record_id, tx)
    if standing.status is PaymentStatus.VOIDED:
        detail = "This record is voided, and nothing can be posted to it any more. GET its ledger to see when and why."
        raise conflict("record-voided", detail, payment_status=standing.status)
    return record, postings, standing


async def load_record(record_id: RecordId, tx: Transaction) -> tuple[Record, list[Posting], Standing]:
    """Lock a record and read where its money is."""
    record, history = await load_history(record_id, tx)
    postings = [posting for _, posting in history]
    return record, postings, ledger.read(postings)


async def load_history(record_id: RecordId, tx: Transaction) -> tuple[Record, list[tuple[LedgerTransaction, Posting]]]:
    """Lock a record and read all that happened to its money."""
    await store.lock_revisions(tx, [record_id])
    record = await tx.lock(Record, record_id)
    if record is None:
        raise not_found("record", record_id)
    return record, await store.history_of(tx, record_id)


async def post(record: Record, postings: Sequence[Posting], about: LedgerTransaction, tx: Transaction) -> RecordView:
    """Append the last of the postings, let credit settle what its payer owes, and let the record say where its money is now."""
    await store.add_postings(tx, [(about, postings[-1])])
    stamp = Stamp(about.posted_at, about.posted_by or "", about.received_date, about.deposit_date)
    settled = await settle(record, postings, stamp, tx)
    follow_the_ledger(record, [*postings, *settled], tx)
    [view] = await queries.views(tx, [record])
    return view


async def settle(record: Record, postings: Sequence[Posting], stamp: Stamp, tx: Transaction) -> list[Posting]:
    """Let each payer's credit settle what the same payer owes on a locked record; return what is posted for it."""
    standing = ledger.read(postings)
    if not standing.unapplied_credit or standing.status is PaymentStatus.VOIDED:
        return []
    settled = store.settle(await store.history_of(tx, record.id), stamp)
    for about, posting in settled:
        keep(tx, about, posting)
    await store.add_postings(tx, settled)
    return [posting for _, posting in settled]


def follow_the_ledger(record: Record, postings: Sequence[Posting], tx: Transaction) -> None:
    """Let a locked record say where its money is after all its postings, and announce a new status."""
    standing = ledger.read(postings)
    before, record.payment_status = record.payment_status, standing.status
    record.balance, record.unapplied_credit = standing.balance, standing.unapplied_credit
    record.version += 1
    record.updated_at = max(record.updated_at, tx.now)  # never before a posting: reports as of a day look for what moved since
    if record.payment_status is not before:
        tx.send(_status_changed(record))


def created(bill: Bill) -> RecordCreated:
    """Say that a record was made."""
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


def _status_changed(record: Record) -> PaymentStatusChanged:
    return PaymentStatusChanged(
        record_id=record.id,
        session_id=record.session_id,
        client_id=record.client_id,
        service_code=record.service_code,
        total_amount=record.total_amount,
        patient_amount=record.patient_amount,
        insurance_amount=record.insurance_amount,
        payment_status=record.payment_status,
        version=record.version,
        site_id=record.site_id,
    )
