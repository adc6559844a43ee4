"""Corrections that concern two records: one takes another's place, and credit of one settles another."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.problems import conflict, refused
from contracts.catalog import ServiceChanged
from contracts.scheduling import ClientLocation, Modality
from contracts.types import Code, RecordId, new_id
from sqlalchemy import select

from billing import domain, flags, ledger, queries, replicas, store, terms_store, use_cases
from billing.domain import Billed, Book, Item, RecordKind, Visit
from billing.flags import Flag, FlagCode
from billing.ledger import Account, Grant, Payer, Posting, PostingKind
from billing.modality import is_telehealth
from billing.pricing import ZERO, Quote
from billing.resources import NewAddOn, NewCredit, NewReplacement, NewVoid, RecordView
from billing.store import LedgerTransaction, Record, RecordLine, Stamp

OWED: Final = frozenset(ledger.RECEIVABLE.values())
DECIDED: Final = frozenset({PostingKind.ADJUSTMENT, PostingKind.TRANSFER})
"""What of an insurer's answer says who bears what."""
WORDS: Final = {PostingKind.ADJUSTMENT: "adjustment", PostingKind.WRITE_OFF: "write-off"}


async def replace_record(record_id: RecordId, body: NewReplacement, by: str, zone: ZoneInfo, tx: Transaction) -> RecordView:
    """Take a record back and make the right one of the same session, priced anew; what was paid goes along."""
    old, _, _ = await use_cases.open_record(record_id, tx)
    history = await store.history_of(tx, record_id)
    covered = ledger.funds(store.by_payer(history)).covered
    if old.kind is not RecordKind.SESSION:
        raise refused("not-a-session", "Only the record of a session is replaced. Void this one, or take something off it.")
    modality, location = _how_they_met(old, body)
    lines = await tx.scalars(select(RecordLine).where(RecordLine.record_id == record_id).order_by(RecordLine.position))
    book = await _book_of(old, lines, body, tx)
    service = _service(book, body.service_code or old.service_code)
    items = (_booked(service, old, body), *_besides(book, old, lines, body.add_ons))
    codes = [item.code for item in items]
    insured = old.insurance_applicable if body.insurance_applicable is None else body.insurance_applicable

    today = tx.now.astimezone(zone).date()
    await use_cases.void(record_id, NewVoid(reason=body.reason), by, today, tx)
    await tx.flush()
    policies = await terms_store.policies_of(tx, [old.client_id], codes, alone=True)
    day = (old.client_id, old.service_date)
    same_day = (await store.days_of(tx, [day])).get(day, domain.NOTHING_ELSE)
    visit = Visit(
        items=items,
        day=old.service_date,
        insured=insured,
        minutes=old.minutes if body.minutes is None else body.minutes,
        terms=policies.terms(old.client_id, codes, old.service_date, old.therapist_credential, insured=insured),
    )
    about = _about(old, service, items[0], insured=insured)
    bill = domain.charged(RecordId(new_id()), about, visit, book, today, same_day)
    bill = replace(
        bill,
        billed_per=old.billed_per,
        modality=modality,
        client_location=location,
        therapist_credential=old.therapist_credential,
        revision=old.revision + 1,
        replaces_id=old.id,
        session_version=old.session_version,
        diagnoses=tuple(old.diagnoses),
    )
    given = ledger.grant_again(_grants(history), bill.standing)
    bill = domain.flagged(bill, [*_absent(old, service.service_code), *_not_kept(given), *_decided(old, history, bill.quote)])
    await store.add_bills(tx, [bill], by)
    tx.send(use_cases.created(bill))
    await _grant(given, bill.id, by, tx)
    return await _carry(old.id, bill.id, covered, by, tx)


def _absent(old: Record, code: Code) -> Sequence[Flag]:
    """Say again that the client did not attend, which only the completion tells."""
    return domain.client_absent(code) if any(flag["code"] == FlagCode.PATIENT_ABSENT for flag in old.flags) else ()


def _grants(history: Sequence[tuple[LedgerTransaction, Posting]]) -> list[Grant]:
    """Return what people gave off or gave up on a record and did not take back; what answers of the insurer did to it has a reference."""
    back = {about.reverses_id for about, _ in history}
    by_hand = [(about, posting) for about, posting in history if about.id not in back and about.reference is None]
    found = [ledger.granted(posting, about.payer, about.reason) for about, posting in by_hand]
    return [grant for grant in found if grant is not None]


def _not_kept(given: Sequence[tuple[Grant, Posting | None]]) -> Iterator[Flag]:
    for grant, posting in given:
        kept = -sum((amount for account, amount in posting.entries.items() if account in OWED), ZERO) if posting else ZERO
        if kept < grant.amount:
            yield flags.grant_reduced(WORDS[grant.kind], grant.reason, grant.amount, kept)


def _decided(old: Record, history: Sequence[tuple[LedgerTransaction, Posting]], quote: Quote) -> Iterator[Flag]:
    """Say that the insurer's answer is not kept, where it had moved something between contract, client and insurer."""
    answered = [posting for about, posting in history if about.payer is Payer.INSURER and posting.kind in DECIDED]
    at = ledger.balances(answered)
    to_client, off = at.get(Account.PATIENT_AR, ZERO), at.get(Account.CONTRACTUAL_ADJ, ZERO)
    if to_client or off:
        client, insurer = old.patient_amount + to_client, old.insurance_amount - to_client - off
        yield flags.decision_not_kept(client, insurer, quote.patient, quote.insurer)


async def _grant(given: Sequence[tuple[Grant, Posting | None]], record_id: RecordId, by: str, tx: Transaction) -> None:
    """Give off on a new record what was given off on the one before."""
    for grant, posting in given:
        if posting is None:
            continue
        record, postings, _ = await use_cases.load_record(record_id, tx)
        payer = grant.payer if grant.kind is PostingKind.WRITE_OFF else None
        about = LedgerTransaction(
            id=new_id(), record_id=record_id, kind=grant.kind, payer=payer, reason=grant.reason, **asdict(Stamp(tx.now, by))
        )
        use_cases.keep(tx, about, posting)
        await use_cases.post(record, [*postings, posting], about, tx)


async def move_credit(record_id: RecordId, body: NewCredit, by: str, today: date, tx: Transaction) -> RecordView:
    """Let credit of a record settle what another record of the same client is owed for."""
    if record_id == body.to_record_id:
        return await _settle_here(record_id, body, by, today, tx)
    await store.lock_revisions(tx, [record_id, body.to_record_id])
    giver, history = await use_cases.load_history(record_id, tx)
    credit = ledger.funds(store.by_payer(history)).credit
    taker, _, owed = await use_cases.open_record(body.to_record_id, tx)
    if giver.client_id != taker.client_id:
        raise conflict("other-client", "Both records must be of one client. Hand the money back instead, and take it again.")
    owes = owed.owed_by_insurer if body.payer is Payer.INSURER else owed.owed_by_client
    most = min(credit[body.payer], owes)
    if body.amount > most:
        detail = f"At most {most:.2f} can be moved: the {body.payer} has {credit[body.payer]:.2f} of credit and owes {owes:.2f} there."
        other = use_cases.of_another(credit, body.payer)
        raise refused("credit-exceeds-balance", f"{detail}{other}", field="amount", at_most=f"{most:.2f}", **use_cases.told_credit(credit))
    stamp = use_cases.stamp_of(body, giver, by, today, tx)
    await _move(giver.id, taker.id, {body.payer: body.amount}, stamp, tx)
    return (await queries.views(tx, [giver]))[0]


async def _settle_here(record_id: RecordId, body: NewCredit, by: str, today: date, tx: Transaction) -> RecordView:
    """Let credit settle its own record, which every posting does by itself; only a record that is older than that may have some left.

    It is settled wholly, as with any posting, so the amount is refused where it is not what the payer's credit settles.
    """
    record, postings, _ = await use_cases.open_record(record_id, tx)
    stamp = use_cases.stamp_of(body, record, by, today, tx)
    owed = ledger.settle(store.by_payer(await store.history_of(tx, record_id)))
    amounts = {payer: posting.entries[Account.UNAPPLIED_CREDIT] for payer, posting in owed if posting.entries[Account.UNAPPLIED_CREDIT] > 0}
    if not amounts:
        detail = "Credit settles what the same payer owes on its own record by itself, and nothing is left to settle. Name another record."
        raise refused("same-record", detail, field="to_record_id")
    if amounts.get(body.payer) != body.amount:
        possible = ", ".join(f"{amount:.2f} of the {payer}" for payer, amount in amounts.items())
        detail = f"The credit that settles what its own payer owes on this record is {possible}. Name that amount and that payer."
        raise refused("credit-settles-another-amount", detail, field="amount", **use_cases.told_credit(amounts))
    settled = await use_cases.settle(record, postings, stamp, tx)
    use_cases.follow_the_ledger(record, [*postings, *settled], tx)
    return (await queries.views(tx, [record]))[0]


async def _carry(old: RecordId, new: RecordId, covered: Decimal, by: str, tx: Transaction) -> RecordView:
    """Move all that was paid for the record that was taken back, each payer's money as theirs.

    The insurer's money settles of the client's part as much as it had ``covered`` before.
    """
    credit = ledger.funds(store.by_payer(await store.history_of(tx, old))).credit
    amounts = {payer: credit[payer] for payer in (Payer.INSURER, Payer.CLIENT) if credit[payer]}
    await _move(old, new, amounts, Stamp(tx.now, by), tx, covered)
    record, _, _ = await use_cases.load_record(new, tx)
    return (await queries.views(tx, [record]))[0]


async def _move(
    giver: RecordId, taker: RecordId, amounts: dict[Payer, Decimal], stamp: Stamp, tx: Transaction, covers: Decimal = ZERO
) -> None:
    for payer, amount in amounts.items():
        given_by, given, _ = await use_cases.load_record(giver, tx)
        taken_by, taken, standing = await use_cases.load_record(taker, tx)
        out, into = ledger.credit(amount, payer, standing, covers)
        told = store.credit_between(giver, taker, payer, stamp), store.credit_between(taker, giver, payer, stamp)
        for about, posting in zip(told, (out, into), strict=True):
            use_cases.keep(tx, about, posting)
        await use_cases.post(given_by, [*given, out], told[0], tx)
        await use_cases.post(taken_by, [*taken, into], told[1], tx)


def _how_they_met(old: Record, body: NewReplacement) -> tuple[Modality, ClientLocation | None]:
    """Return the modality and where the client was: as corrected, otherwise as they were."""
    modality = body.modality or old.modality
    if body.modality is None and body.telehealth is not None and body.telehealth != is_telehealth(old.modality):
        modality = Modality.VIDEO if body.telehealth else Modality.IN_PERSON
    if is_telehealth(modality):
        return modality, body.client_location or old.client_location
    if body.client_location is not None:
        detail = "The client's location belongs to a session by video or audio. Leave it out, or give the modality as video or audio."
        raise refused("location-in-person", detail, field="client_location")
    return modality, None


async def _book_of(old: Record, lines: Sequence[RecordLine], body: NewReplacement, tx: Transaction) -> Book:
    codes = {old.service_code, body.service_code or old.service_code, *(line.service_code for line in lines)}
    return await replicas.book_of(tx, ids=[old.service_id], codes=codes | {add_on.service_code for add_on in body.add_ons or ()})


def _service(book: Book, code: Code) -> ServiceChanged:
    service = book.find_code(code)
    if service is None:
        raise refused("service-unknown", f"There is no service with the code {code}.", field="service_code")
    return service


def _booked(service: ServiceChanged, old: Record, body: NewReplacement) -> Item:
    promised = old.rate_per_unit if service.service_code == old.service_code else _rate(service, old.service_date)
    return Item(service.service_code, service, promised if body.rate_per_unit is None else body.rate_per_unit)


def _besides(book: Book, old: Record, lines: Sequence[RecordLine], wanted: Sequence[NewAddOn] | None) -> list[Item]:
    """Return what was done besides: as it was, at the rates of then, or as it is said now."""
    rates = {line.service_code: line.rate_per_unit for line in lines}
    if wanted is None:
        booked = book.find(old.service_id)
        parts = max(len(booked.components), 1) if booked else 1
        return [Item(line.service_code, book.find_code(line.service_code), line.rate_per_unit, line.units) for line in lines[parts:]]
    services = [(_service(book, add_on.service_code), add_on.units) for add_on in wanted]
    return [
        Item(service.service_code, service, rates.get(service.service_code) or _rate(service, old.service_date), units)
        for service, units in services
    ]


def _rate(service: ServiceChanged, day: date) -> Decimal:
    rate = domain.rate_on(service.rates, day)
    if rate is None:
        raise refused("no-rate-on-date", f"{service.service_code} has no rate on {day}. Set rate_per_unit.", field="rate_per_unit")
    return rate.amount


def _about(old: Record, service: ServiceChanged, booked: Item, *, insured: bool) -> Billed:
    return Billed(
        session_id=old.session_id,
        client_id=old.client_id,
        therapist_id=old.therapist_id,
        site_id=old.site_id,
        service_id=service.id,
        service_code=service.service_code,
        rate_per_unit=booked.rate,
        insurance_applicable=insured,
        service_date=old.service_date,
    )
