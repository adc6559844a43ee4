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
from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, select, true

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
from billing.payers.queries import PAYER
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

INSURANCE: Final = {
    "payer_id": PAYER.c.id,
    "payer_name": PAYER.c.payer_name,
    "payer_code": PAYER.c.payer_code,
    "claim_filing_code": PAYER.c.claim_filing_code,
    "payer_address": PAYER.c.address,
    "telehealth_place_of_service": PAYER.c.telehealth_place_of_service,
    "telehealth_modifier": PAYER.c.telehealth_modifier,
    "member_id": COVERAGE.c.member_id,
    "group_number": COVERAGE.c.group_number,
    "plan_name": COVERAGE.c.plan_name,
    "relationship": COVERAGE.c.relationship,
    "subscriber": COVERAGE.c.subscriber,
    "mode": COVERAGE.c.mode,
    "authorization_number": COVERAGE.c.authorization_number,
}
"""What is kept of each field of an ``Insurance``."""
SENT: Final = (
    select(CLAIM.c.control_number, CLAIM.c.frequency, CLAIM.c.payer_reference)
    .where(CLAIM.c.record_id == RECORD.c.id, CLAIM.c.status != ClaimStatus.REJECTED)
    .order_by(CLAIM.c.id.desc())
    .limit(1)
    .lateral()
)
"""The last claim of a record; what was rejected never reached a payer."""
SUCCESSOR: Final = (
    select(NEWER.c.id)
    .where(NEWER.c.session_id == RECORD.c.session_id, NEWER.c.client_id == RECORD.c.client_id, NEWER.c.replaces_id == RECORD.c.id)
    .limit(1)
    .scalar_subquery()
)
"""What took the place of a record; found among the revisions of its session, which have an index."""
RECORDS: Final = (
    select(
        RECORD,
        replicas_queries.name_of(RECORD.c.service_code).label("service_name"),
        SUCCESSOR.label("replaced_by"),
        *(SENT.c[name].label(f"sent_{name}") for name in SENT.c.keys()),  # noqa: SIM118 (columns are iterated over, not names)
        *(column.label(f"plan_{name}") for name, column in INSURANCE.items()),
    )
    .outerjoin(COVERAGE, COVERAGE.c.id == RECORD.c.coverage_id)
    .outerjoin(PAYER, PAYER.c.id == COVERAGE.c.payer_id)
    .outerjoin(SENT, true())
)
"""Records, each with its plan, its last claim and what took its place."""
ONE: Final = RECORDS.where(RECORD.c.id == bindparam("record", type_=Uuid))

REQUESTED_FORM: Final = bindparam("records", type_=ARRAY(Uuid, dimensions=1))
LINES: Final = (
    select(RECORD_LINE, replicas_queries.name_of(RECORD_LINE.c.service_code).label("service_name"))
    .where(RECORD_LINE.c.record_id == any_(REQUESTED_FORM))
    .order_by(RECORD_LINE.c.record_id, RECORD_LINE.c.position)
)
MOVEMENTS: Final = (
    select(TRANSACTION, ENTRY.c.account, ENTRY.c.amount)
    .outerjoin(ENTRY, ENTRY.c.transaction_id == TRANSACTION.c.id)
    .where(TRANSACTION.c.record_id == any_(REQUESTED_FORM))
    .order_by(TRANSACTION.c.id, ENTRY.c.account)
)

T = TypeVar("T")
Written = Mapping[tuple[str, UUID], dict[str, Any]]


async def find_context(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> ClaimContext:
    """Return a record's claim context; NotFound where there is none."""
    records = await db.rows(ONE, {"record": record_id})
    if not records:
        raise NotFound.of("record", record_id)
    [context] = await contexts_of(db, records, zone)
    return context


async def contexts_of(db: ReadSession, records: Sequence[Row[*tuple[Any, ...]]], zone: ZoneInfo) -> list[ClaimContext]:
    """Return the claim contexts of these records, rows of ``RECORDS``, in their order; days are those of ``zone``."""
    if not records:
        return []
    keys = [record.id for record in records]
    parties = await _parties(db, [Keys(record.client_id, record.therapist_id, record.site_id) for record in records])
    lines = _lines(await db.rows(LINES, {"records": keys}))
    movements = await _movements(db, keys, zone)
    return [
        ClaimContext(
            record_id=record.id,
            session_id=record.session_id,
            client_id=record.client_id,
            therapist_id=record.therapist_id,
            site_id=record.site_id,
            kind=record.kind,
            service_code=record.service_code,
            service_name=record.service_name or record.service_code,
            service_date=record.service_date,
            billing_date=record.billing_date,
            modality=record.modality,
            client_location=record.client_location,
            therapist_credential=record.therapist_credential,
            status=record.payment_status,
            total=record.total_amount,
            replaces_id=record.replaces_id,
            replaced_by=record.replaced_by,
            lines=tuple(lines[record.id]),
            movements=tuple(movements[record.id]),
            insurance=_insurance(record),
            last_claim=_last_claim(record),
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
    """Return everybody who stands on a document to an insurer; Invalid names all that is missing."""
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


def _lines(rows: Sequence[Row[*tuple[Any, ...]]]) -> Mapping[RecordId, list[Line]]:
    found: defaultdict[RecordId, list[Line]] = defaultdict(list)
    for row in rows:
        line = Line(
            position=row.position,
            code=row.service_code,
            name=row.service_name or row.service_code,
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


def _insurance(record: Row[*tuple[Any, ...]]) -> Insurance | None:
    if record.coverage_id is None:
        return None
    plan = {name: getattr(record, f"plan_{name}") for name in INSURANCE}
    for name, adapter in (("payer_address", ADDRESS), ("subscriber", PERSON)):
        plan[name] = None if plan[name] is None else adapter.validate_python(plan[name])
    return Insurance(coverage_id=record.coverage_id, **plan)


def _last_claim(record: Row[*tuple[Any, ...]]) -> LastClaim | None:
    if record.sent_control_number is None:
        return None
    return LastClaim(
        control_number=record.sent_control_number, frequency=record.sent_frequency, payer_reference=record.sent_payer_reference
    )
