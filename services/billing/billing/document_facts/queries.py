"""Everything that documents and exports need to know of records, loaded at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession
from chassis.errors import DomainError, FieldError, Invalid, NotFound
from contracts.types import Code, RecordId
from pydantic import TypeAdapter
from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, select

from billing.claim_rules.facts import ClaimStatus
from billing.claims.queries import CLAIM
from billing.coverages.queries import COVERAGE
from billing.document_facts.facts import ClaimContext, Insurance, LastClaim, Line, Movement
from billing.document_facts.people import (
    FOR_INSURERS,
    Address,
    Client,
    Facility,
    Keys,
    Known,
    Lack,
    Organization,
    Parties,
    Person,
    Provider,
    lacks,
    parties_of,
)
from billing.ledger.postings import LedgerTransaction, Posting
from billing.parties import queries as parties_queries
from billing.parties.schemas import ORGANIZATION_ID, PartyKind
from billing.payers import queries as payers_queries
from billing.payers.schemas import PayerView
from billing.records.queries import ENTRY, RECORD, RECORD_LINE, TRANSACTION
from billing.replicas import queries as replicas_queries

ORGANIZATION: Final = TypeAdapter(Organization)
FACILITY: Final = TypeAdapter(Facility)
PROVIDER: Final = TypeAdapter(Provider)
CLIENT: Final = TypeAdapter(Client)
PERSON: Final = TypeAdapter(Person)
ADDRESS: Final = TypeAdapter(Address)

NEWER: Final = RECORD.alias()
"""Made once: to make an alias takes longer than the whole statement."""

REQUESTED_FORM: Final = bindparam("records", type_=ARRAY(Uuid, dimensions=1))
LINES: Final = (
    select(RECORD_LINE).where(RECORD_LINE.c.record_id == any_(REQUESTED_FORM)).order_by(RECORD_LINE.c.record_id, RECORD_LINE.c.position)
)
MOVEMENTS: Final = (
    select(TRANSACTION, ENTRY.c.account, ENTRY.c.amount)
    .outerjoin(ENTRY, ENTRY.c.transaction_id == TRANSACTION.c.id)
    .where(TRANSACTION.c.record_id == any_(REQUESTED_FORM))
    .order_by(TRANSACTION.c.id, ENTRY.c.account)
)
PLANS: Final = select(COVERAGE).where(COVERAGE.c.id == any_(bindparam("plans", type_=ARRAY(Uuid, dimensions=1))))
SUCCESSORS: Final = (
    select(RECORD.c.id, NEWER.c.id.label("newer_id"))
    .join(
        NEWER,
        (NEWER.c.session_id == RECORD.c.session_id) & (NEWER.c.client_id == RECORD.c.client_id) & (NEWER.c.replaces_id == RECORD.c.id),
    )
    .where(RECORD.c.id == any_(REQUESTED_FORM))
)
"""What took the place of each record; found among the revisions of its session, which have an index."""
SENT: Final = (
    select(CLAIM.c.record_id, CLAIM.c.control_number, CLAIM.c.frequency, CLAIM.c.payer_reference)
    .where(CLAIM.c.record_id == any_(REQUESTED_FORM), CLAIM.c.status != ClaimStatus.REJECTED)
    .order_by(CLAIM.c.id)
)
"""What was rejected never reached a payer."""

T = TypeVar("T")
Written = Mapping[tuple[str, UUID], dict[str, Any]]


async def find_context(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> ClaimContext:
    """Return a record's claim context; NotFound where there is none."""
    records = await db.rows(select(RECORD).where(RECORD.c.id == record_id))
    if not records:
        raise NotFound.of("record", record_id)
    [context] = await contexts_of(db, records, zone)
    return context


async def contexts_of(db: ReadSession, records: Sequence[Row[*tuple[Any, ...]]], zone: ZoneInfo) -> list[ClaimContext]:
    """Return the claim contexts of these records, rows of ``RECORD``, in their order; days are those of ``zone``."""
    if not records:
        return []
    keys = [record.id for record in records]
    parties = await _parties(db, [Keys(record.client_id, record.therapist_id, record.site_id) for record in records])
    rows = await db.rows(LINES, {"records": keys})
    names = await names_of(db, {record.service_code for record in records} | {line.service_code for line in rows})
    lines = _lines(rows, names)
    movements = await _movements(db, keys, zone)
    plans = await _plans(db, {record.coverage_id for record in records if record.coverage_id})
    last_claim = await _last_claims(db, keys)
    replaced_by = await _successors(db, keys)
    return [
        ClaimContext(
            record_id=record.id,
            session_id=record.session_id,
            client_id=record.client_id,
            therapist_id=record.therapist_id,
            site_id=record.site_id,
            kind=record.kind,
            service_code=record.service_code,
            service_name=names.get(record.service_code, record.service_code),
            service_date=record.service_date,
            billing_date=record.billing_date,
            modality=record.modality,
            client_location=record.client_location,
            therapist_credential=record.therapist_credential,
            status=record.payment_status,
            total=record.total_amount,
            replaces_id=record.replaces_id,
            replaced_by=replaced_by.get(record.id),
            lines=tuple(lines[record.id]),
            movements=tuple(movements[record.id]),
            insurance=plans.get(record.coverage_id) if record.coverage_id else None,
            last_claim=last_claim.get(record.id),
            known=_known(parties, Keys(record.client_id, record.therapist_id, record.site_id), record.diagnoses),
        )
        for record in records
    ]


async def find_known(db: ReadSession, keys: Keys) -> Known:
    """Return whoever stands on a document about these, as far as they are written down."""
    return _known(await _parties(db, [keys]), keys)


def incomplete(found: Sequence[Lack]) -> DomainError:
    """Build the answer to a document that lacks facts: all of them, and where to write them."""
    errors = [FieldError(field=lack.need, code="not-written-down", message=lack.message, fix=lack.fix) for lack in found]
    detail = " ".join(f"{lack.message} {lack.fix}." for lack in found)
    return Invalid("paper-incomplete", detail, errors)


def parties_for_insurers(context: ClaimContext) -> Parties:
    """Return everybody who stands on a document to an insurer, or refuse it with all that is missing."""
    parties = parties_of(context.known)
    if parties is None:
        raise incomplete(lacks(context.known, context.keys, FOR_INSURERS))
    return parties


async def names_of(db: ReadSession, codes: Collection[Code]) -> dict[Code, str]:
    """Return the clinic's own short names of these codes, as far as catalog published them."""
    return await replicas_queries.names_of(db, codes)


async def _parties(db: ReadSession, keys: Collection[Keys]) -> Written:
    wanted: set[tuple[str, UUID | None]] = {(PartyKind.ORGANIZATION, ORGANIZATION_ID)}
    for each in keys:
        wanted |= {(PartyKind.CLIENT, each.client_id), (PartyKind.PROVIDER, each.therapist_id), (PartyKind.FACILITY, each.site_id)}
    ids = {key for _, key in wanted if key}
    return await parties_queries.facts_of(db, {kind for kind, _ in wanted}, ids)


def _known(written: Written, keys: Keys, diagnoses: Sequence[str] = ()) -> Known:
    def find(kind: PartyKind, key: UUID | None, adapter: TypeAdapter[T]) -> T | None:
        facts = written.get((kind, key)) if key is not None else None
        return None if facts is None else adapter.validate_python(facts)

    return Known(
        organization=find(PartyKind.ORGANIZATION, ORGANIZATION_ID, ORGANIZATION),
        facility=find(PartyKind.FACILITY, keys.site_id, FACILITY),
        provider=find(PartyKind.PROVIDER, keys.therapist_id, PROVIDER),
        client=find(PartyKind.CLIENT, keys.client_id, CLIENT),
        diagnoses=tuple(diagnoses),
    )


def _lines(rows: Sequence[Row[*tuple[Any, ...]]], names: Mapping[Code, str]) -> Mapping[RecordId, list[Line]]:
    found: defaultdict[RecordId, list[Line]] = defaultdict(list)
    for row in rows:
        line = Line(
            position=row.position,
            code=row.service_code,
            name=names.get(row.service_code, row.service_code),
            units=row.units,
            rate=row.rate_per_unit,
            charge=row.amount,
            claimable=row.claimable,
        )
        found[row.record_id].append(line)
    return found


async def _movements(db: ReadSession, keys: Sequence[RecordId], zone: ZoneInfo) -> Mapping[RecordId, list[Movement]]:
    found: defaultdict[RecordId, list[Movement]] = defaultdict(list)
    for _, rows in groupby(await db.rows(MOVEMENTS, {"records": keys}), attrgetter("id")):
        entries = tuple(rows)
        about = entries[0]
        posting = Posting(about.kind, {entry.account: entry.amount for entry in entries if entry.account})
        found[about.record_id].append(movement(about, posting, zone))
    return found


def movement(about: LedgerTransaction | Row[*tuple[Any, ...]], posting: Posting, zone: ZoneInfo) -> Movement:
    """Return what happened to a record's money once, and on which day of ``zone``."""
    return Movement(
        id=about.id,
        at=about.posted_at.astimezone(UTC),
        day=about.posted_at.astimezone(zone).date(),
        received=about.received_date or about.posted_at.astimezone(zone).date(),
        posting=posting,
        payer=about.payer,
        method=about.method,
        reference=about.reference,
        reverses_id=about.reverses_id,
    )


async def _plans(db: ReadSession, keys: Collection[UUID]) -> dict[UUID, Insurance]:
    if not keys:
        return {}
    plans = await db.rows(PLANS, {"plans": list(keys)})
    payers = await payers_queries.payers_of(db, {plan.payer_id for plan in plans})
    return {plan.id: _insurance(plan, payers[plan.payer_id]) for plan in plans}


def _insurance(plan: Row[*tuple[Any, ...]], payer: PayerView) -> Insurance:
    return Insurance(
        coverage_id=plan.id,
        payer_id=payer.id,
        payer_name=payer.payer_name,
        payer_code=payer.payer_code,
        claim_filing_code=payer.claim_filing_code,
        payer_address=None if payer.address is None else ADDRESS.validate_python(payer.address.model_dump()),
        telehealth_place_of_service=payer.telehealth_place_of_service,
        telehealth_modifier=payer.telehealth_modifier,
        member_id=plan.member_id,
        group_number=plan.group_number,
        plan_name=plan.plan_name,
        relationship=plan.relationship,
        subscriber=None if plan.subscriber is None else PERSON.validate_python(plan.subscriber),
        mode=plan.mode,
        authorization_number=plan.authorization_number,
    )


async def _successors(db: ReadSession, keys: Sequence[RecordId]) -> dict[RecordId, RecordId]:
    return {row.id: row.newer_id for row in await db.rows(SUCCESSORS, {"records": keys})}


async def _last_claims(db: ReadSession, keys: Sequence[RecordId]) -> dict[RecordId, LastClaim]:
    return {
        row.record_id: LastClaim(control_number=row.control_number, frequency=row.frequency, payer_reference=row.payer_reference)
        for row in await db.rows(SENT, {"records": keys})
    }
