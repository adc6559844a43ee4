"""Everything that papers and exports need to know of records, loaded at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC
from http import HTTPStatus
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession
from chassis.problems import FieldError, Problem, not_found
from contracts.types import Code, RecordId
from pydantic import TypeAdapter
from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select
from sqlalchemy.orm import aliased

from billing.claims.store import ClaimRow, ClaimStatus
from billing.ledger import Posting
from billing.papers.facts import Asked, Dossier, Insurance, Line, Movement
from billing.papers.parties import (
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
from billing.parties import ORGANIZATION_ID
from billing.party_store import PartyKind, PartyRow
from billing.replicas import ServiceReplica
from billing.store import LedgerEntry, LedgerTransaction, Record, RecordLine
from billing.terms_store import CoverageRow, PayerRow

ORGANIZATION: Final = TypeAdapter(Organization)
FACILITY: Final = TypeAdapter(Facility)
PROVIDER: Final = TypeAdapter(Provider)
CLIENT: Final = TypeAdapter(Client)
PERSON: Final = TypeAdapter(Person)
ADDRESS: Final = TypeAdapter(Address)

NEWER: Final = aliased(Record)
"""Made once: to make an alias takes longer than the whole statement."""

PARTIES: Final = select(PartyRow.kind, PartyRow.id, PartyRow.facts).where(
    PartyRow.kind == any_(bindparam("kinds", type_=ARRAY(Text, dimensions=1))),
    PartyRow.id == any_(bindparam("ids", type_=ARRAY(Uuid, dimensions=1))),
)
"""Parties of these kinds with these ids, which no two of them share."""
ASKED_FOR: Final = bindparam("records", type_=ARRAY(Uuid, dimensions=1))
NAMES: Final = select(ServiceReplica.service_code, ServiceReplica.said["service_name"].astext.label("name")).where(
    ServiceReplica.service_code == any_(bindparam("codes", type_=ARRAY(Text, dimensions=1)))
)
LINES: Final = select(RecordLine).where(RecordLine.record_id == any_(ASKED_FOR)).order_by(RecordLine.record_id, RecordLine.position)
MOVEMENTS: Final = (
    select(LedgerTransaction, LedgerEntry.account, LedgerEntry.amount)
    .outerjoin(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
    .where(LedgerTransaction.record_id == any_(ASKED_FOR))
    .order_by(LedgerTransaction.id, LedgerEntry.account)
)
PLANS: Final = (
    select(CoverageRow, PayerRow)
    .join(PayerRow, PayerRow.id == CoverageRow.payer_id)
    .where(CoverageRow.id == any_(bindparam("plans", type_=ARRAY(Uuid, dimensions=1))))
)
SUCCESSORS: Final = (
    select(Record.id, NEWER.id.label("newer_id"))
    .join(NEWER, (NEWER.session_id == Record.session_id) & (NEWER.client_id == Record.client_id) & (NEWER.replaces_id == Record.id))
    .where(Record.id == any_(ASKED_FOR))
)
"""What took the place of each record; found among the revisions of its session, which have an index."""
SENT: Final = (
    select(ClaimRow.record_id, ClaimRow.control_number, ClaimRow.frequency, ClaimRow.payer_reference)
    .where(ClaimRow.record_id == any_(ASKED_FOR), ClaimRow.status != ClaimStatus.REJECTED)
    .order_by(ClaimRow.id)
)
"""What was rejected never reached a payer."""

T = TypeVar("T")
Written = Mapping[tuple[str, UUID], dict[str, Any]]


async def find_dossier(db: ReadSession, record_id: RecordId, zone: ZoneInfo) -> Dossier:
    """Return what there is to know of a record, or 404."""
    record = await db.find(Record, record_id)
    if record is None:
        raise not_found("record", record_id)
    [dossier] = await dossiers_of(db, [record], zone)
    return dossier


async def dossiers_of(db: ReadSession, records: Sequence[Record], zone: ZoneInfo) -> list[Dossier]:
    """Return what there is to know of these records, in their order; days are those of ``zone``."""
    if not records:
        return []
    keys = [record.id for record in records]
    parties = await _parties(db, [Keys(record.client_id, record.therapist_id, record.site_id) for record in records])
    rows = await db.rows(LINES, {"records": keys})
    names = await names_of(db, {record.service_code for record in records} | {line.service_code for (line,) in rows})
    lines = _lines([line for (line,) in rows], names)
    movements = await _movements(db, keys, zone)
    plans = await _plans(db, {record.coverage_id for record in records if record.coverage_id})
    asked = await _asked(db, keys)
    replaced_by = await _successors(db, keys)
    return [
        Dossier(
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
            asked=asked.get(record.id),
            known=_known(parties, Keys(record.client_id, record.therapist_id, record.site_id), record.diagnoses),
        )
        for record in records
    ]


async def find_known(db: ReadSession, keys: Keys) -> Known:
    """Return whoever stands on a paper about these, as far as they are written down."""
    return _known(await _parties(db, [keys]), keys)


def incomplete(found: Sequence[Lack]) -> Problem:
    """Build the answer to a paper that lacks facts: all of them, and where to write them."""
    errors = [FieldError(field=lack.need, code="not-written-down", message=lack.message, fix=lack.fix) for lack in found]
    detail = " ".join(f"{lack.message} {lack.fix}." for lack in found)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "paper-incomplete", detail, errors)


def parties_for_insurers(dossier: Dossier) -> Parties:
    """Return everybody who stands on a paper to an insurer, or refuse it with all that is missing."""
    parties = parties_of(dossier.known)
    if parties is None:
        raise incomplete(lacks(dossier.known, dossier.keys, FOR_INSURERS))
    return parties


async def names_of(db: ReadSession, codes: Collection[Code]) -> dict[Code, str]:
    """Return the clinic's own short names of these codes, as far as catalog told them."""
    return {code: name for code, name in await db.rows(NAMES, {"codes": list(codes)}) if name}


async def _parties(db: ReadSession, keys: Collection[Keys]) -> Written:
    wanted: set[tuple[str, UUID | None]] = {(PartyKind.ORGANIZATION, ORGANIZATION_ID)}
    for each in keys:
        wanted |= {(PartyKind.CLIENT, each.client_id), (PartyKind.PROVIDER, each.therapist_id), (PartyKind.FACILITY, each.site_id)}
    ids = {key for _, key in wanted if key}
    rows = await db.rows(PARTIES, {"kinds": list({kind for kind, _ in wanted}), "ids": list(ids)})
    return {(row.kind, row.id): row.facts for row in rows}


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


def _lines(rows: Sequence[RecordLine], names: Mapping[Code, str]) -> Mapping[RecordId, list[Line]]:
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
    for about, entries in groupby(await db.rows(MOVEMENTS, {"records": keys}), itemgetter(0)):
        posting = Posting(about.kind, {account: amount for _, account, amount in entries if account})
        found[about.record_id].append(movement(about, posting, zone))
    return found


def movement(about: LedgerTransaction, posting: Posting, zone: ZoneInfo) -> Movement:
    """Say what happened to a record's money once, and on which day of ``zone``."""
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
    return {plan.id: _insurance(plan, payer) for plan, payer in await db.rows(PLANS, {"plans": list(keys)})}


def _insurance(plan: CoverageRow, payer: PayerRow) -> Insurance:
    return Insurance(
        coverage_id=plan.id,
        payer_id=payer.id,
        payer_name=payer.payer_name,
        payer_code=payer.payer_code,
        claim_filing_code=payer.claim_filing_code,
        payer_address=None if payer.address is None else ADDRESS.validate_python(payer.address),
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


async def _asked(db: ReadSession, keys: Sequence[RecordId]) -> dict[RecordId, Asked]:
    return {
        row.record_id: Asked(control_number=row.control_number, frequency=row.frequency, payer_reference=row.payer_reference)
        for row in await db.rows(SENT, {"records": keys})
    }
