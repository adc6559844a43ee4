"""Loads everything that claims for some records are made of, as plain values."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from chassis.data.database import ReadSession, named
from contracts.billing import PaymentStatus
from contracts.catalog import ServiceChanged
from contracts.types import RecordId
from sqlalchemy import Row, func, select

from billing.claim_rules.facts import (
    Claim,
    ClaimFacts,
    ClaimStatus,
    ClientFacts,
    FacilityFacts,
    Finding,
    FormerClaim,
    Frequency,
    LineFacts,
    OrganizationFacts,
    PayerFacts,
    PlanFacts,
    ProviderFacts,
    Withdrawal,
    sum_of,
)
from billing.claims.queries import sent_for
from billing.claims.schemas import Claimed
from billing.coverages.queries import COVERAGE
from billing.diagnosis_codes.queries import unusable_of
from billing.diagnosis_codes.validity import Unusable
from billing.ledger.postings import Account, Payer
from billing.parties.queries import find_parties
from billing.parties.schemas import ORGANIZATION_ID, ClientProfileView, FacilityView, OrganizationView, ProviderView
from billing.payers.queries import payers_of
from billing.payers.schemas import PayerView
from billing.pricing.amounts import ZERO, Line, code_flags
from billing.pricing.flags import FlagCode
from billing.pricing.modality import is_telehealth, modifier, place_of_service
from billing.records.queries import ENTRY, RECORD, RECORD_LINE, TRANSACTION, days_of, find_records, lock_revisions
from billing.replicas.queries import book_of
from billing.tables import columns

if TYPE_CHECKING:
    from billing.claims.tables import ClaimRow
    from billing.records.tables import RecordRow

AS_CLAIMED: Final = (
    *("facility", "provider", "client", "payer", "plan", "place_of_service", "telehealth"),
    *("lines", "total_amount", "patient_paid"),
)
"""What a void repeats of the claim that it takes back."""
OF_THE_DAY: Final = frozenset({FlagCode.ADD_ON_WITHOUT_PRIMARY, FlagCode.SAME_DAY_CONFLICT, FlagCode.UNITS_EXCEED_MAX})
"""What is judged anew for a claim: other records of the day may be made, voided or replaced after a record was flagged."""


@dataclass(frozen=True, slots=True)
class Case:
    """A record that is to be claimed, with the rows that change when it is."""

    record: "RecordRow"
    former: "ClaimRow | None"
    """The latest claim for the same service, unless that one took it back."""
    facts: ClaimFacts


@dataclass(slots=True)
class _Loaded:
    """What was loaded, by key."""

    records: dict[RecordId, "RecordRow"]
    claims: dict[RecordId, "ClaimRow"]
    lines: defaultdict[RecordId, list[Row[*tuple[Any, ...]]]] = field(default_factory=lambda: defaultdict(list))
    plans: dict[UUID, PlanFacts] = field(default_factory=dict[UUID, PlanFacts])
    payers: dict[UUID, PayerView] = field(default_factory=dict[UUID, PayerView])
    organization: OrganizationFacts | None = None
    facilities: Mapping[UUID, FacilityView] = field(default_factory=dict[UUID, FacilityView])
    providers: Mapping[UUID, ProviderView] = field(default_factory=dict[UUID, ProviderView])
    clients: Mapping[UUID, ClientProfileView] = field(default_factory=dict[UUID, ClientProfileView])
    unusable: Mapping[tuple[str, date], Unusable] = field(default_factory=dict[tuple[str, date], Unusable])
    """Diagnoses that the list of codes does not have on the records' dates of service."""
    paid: dict[RecordId, Decimal] = field(default_factory=dict[RecordId, Decimal])
    """By clients, so far."""
    of_the_day: Mapping[RecordId, tuple[Finding, ...]] = field(default_factory=dict[RecordId, tuple[Finding, ...]])
    """What speaks against the codes of records with what is billed on their days by now."""


async def load_cases(db: ReadSession, requested: Claimed, now: datetime, *, alone: bool = False) -> dict[RecordId, Case]:
    """Return the cases of those records that exist, in the requested order; ``now`` is in the network's time zone.

    ``alone``, nobody else claims them meanwhile.
    """
    loaded = await _load(db, requested.record_ids, alone=alone)
    cases: dict[RecordId, Case] = {}
    for record_id in requested.record_ids:
        if record := loaded.records.get(record_id):
            latest = _latest_claim(record, loaded)
            facts = _facts(record, latest, loaded, requested, now)
            cases[record_id] = Case(record, _standing(latest), facts)
    return cases


async def _load(db: ReadSession, record_ids: Collection[RecordId], *, alone: bool) -> _Loaded:
    if alone:
        await lock_revisions(db, record_ids)
    family = await _family(db, record_ids)
    records = {record.id: record for record in await find_records(db, family, alone=alone)}
    claims = await sent_for(db, family, alone=alone)
    loaded = _Loaded(records, claims)
    mine = [records[key] for key in record_ids if key in records]
    for line in await db.rows(select(RECORD_LINE).where(RECORD_LINE.c.record_id.in_(record_ids)).order_by(RECORD_LINE.c.position)):
        loaded.lines[line.record_id].append(line)
    loaded.paid = await _paid_by_clients(db, record_ids)
    for plan in named(await db.rows(select(COVERAGE).where(COVERAGE.c.id.in_({record.coverage_id for record in mine})))):
        loaded.plans[plan["id"]] = PlanFacts.model_validate(plan)
    loaded.payers = await payers_of(db, {record.payer_id for record in mine if record.payer_id})
    organization = (await find_parties(db, OrganizationView, [ORGANIZATION_ID])).get(ORGANIZATION_ID)
    loaded.organization = OrganizationFacts.model_validate(organization) if organization else None
    loaded.facilities = await find_parties(db, FacilityView, {record.site_id for record in mine})
    loaded.providers = await find_parties(db, ProviderView, {record.therapist_id for record in mine})
    loaded.clients = await find_parties(db, ClientProfileView, {record.client_id for record in mine})
    loaded.of_the_day = await _of_the_day(db, mine, loaded)
    loaded.unusable = await unusable_of(db, {(code, record.service_date) for record in mine for code in record.diagnoses})
    return loaded


async def _of_the_day(db: ReadSession, records: Sequence["RecordRow"], loaded: _Loaded) -> dict[RecordId, tuple[Finding, ...]]:
    """Return what speaks against the codes of each record with what its client is billed for on the same day by now.

    Of records that exclude each other, or are too many, the one that was made last is flagged; here only whether that still holds.
    """
    codes = {line.service_code for lines in loaded.lines.values() for line in lines}
    book = await book_of(db, codes=codes)
    days = await days_of(db, {(record.client_id, record.service_date) for record in records})
    found: dict[RecordId, tuple[Finding, ...]] = {}
    for record in records:
        lines = [_coded(line, book.find_code(line.service_code)) for line in loaded.lines[record.id] if line.claimable]
        day = Counter(days.get((record.client_id, record.service_date), {}))
        if record.payment_status is not PaymentStatus.VOIDED:
            for line in lines:
                day[line.code] -= line.units
        judged = {FlagCode.ADD_ON_WITHOUT_PRIMARY, *(flag["code"] for flag in record.flags)}
        found[record.id] = tuple(Finding.model_validate(asdict(flag)) for flag in code_flags(lines, +day) if flag.code in judged)
    return found


def _coded(line: Row[*tuple[Any, ...]], service: ServiceChanged | None) -> Line:
    if service is None:
        return Line(code=line.service_code, rate=line.rate_per_unit, units=line.units)
    return Line(
        code=line.service_code,
        rate=line.rate_per_unit,
        units=line.units,
        kind=service.kind,
        requires_primary=service.requires_primary,
        excludes_same_day=service.excludes_same_day,
        max_units_per_day=service.max_units_per_day,
    )


async def _paid_by_clients(db: ReadSession, record_ids: Collection[RecordId]) -> dict[RecordId, Decimal]:
    paid = (
        select(ENTRY.c.record_id, func.sum(ENTRY.c.amount))
        .join(TRANSACTION, TRANSACTION.c.id == ENTRY.c.transaction_id)
        .where(ENTRY.c.record_id.in_(record_ids), ENTRY.c.account == Account.CASH)
        .where(TRANSACTION.c.payer.is_distinct_from(Payer.INSURER))
    )
    return {record_id: amount for record_id, amount in await db.rows(paid.group_by(ENTRY.c.record_id)) if record_id}


async def _family(db: ReadSession, record_ids: Collection[RecordId]) -> set[RecordId]:
    """Return the records and all those that they took the place of."""
    family = select(RECORD.c.id, RECORD.c.replaces_id).where(RECORD.c.id.in_(record_ids)).cte("family", recursive=True)
    older = select(RECORD.c.id, RECORD.c.replaces_id).join(family, RECORD.c.id == family.c.replaces_id)
    return {row[0] for row in await db.rows(select(family.union(older).c.id))}


def _latest_claim(record: "RecordRow", loaded: _Loaded) -> "ClaimRow | None":
    """Return the latest claim of a record or, where it has none, of the one that it took the place of."""
    at: RecordRow | None = record
    while at is not None and at.id not in loaded.claims:
        at = loaded.records.get(at.replaces_id) if at.replaces_id else None
    return loaded.claims[at.id] if at else None


def _standing(latest: "ClaimRow | None") -> "ClaimRow | None":
    """Return the latest claim, unless it is a void."""
    return None if latest is None or latest.frequency == Frequency.VOID else latest


def _facts(record: "RecordRow", latest: "ClaimRow | None", loaded: _Loaded, requested: Claimed, now: datetime) -> ClaimFacts:
    frequency, former = requested.frequency, _standing(latest)
    if frequency is Frequency.ORIGINAL and former is not None and former.record_id != record.id:
        frequency = Frequency.REPLACEMENT
    facts = _as_it_stands(record, loaded).model_copy(
        update={
            "frequency": frequency,
            "requested_on": now.date(),
            "former": _named(former) if former else None,
            "withdrawal": _withdrawal(latest, now.tzinfo) if latest and not former else None,
            "payer_reference": requested.payer_references.get(record.id) or _answered_as(former),
        }
    )
    if frequency is Frequency.VOID and former is not None:
        return _as_it_was_claimed(facts, Claim.model_validate(former.facts))
    return facts


def _named(claim: "ClaimRow") -> FormerClaim:
    return FormerClaim.model_validate(columns(claim) | {"is_replaced": claim.status == ClaimStatus.REPLACED})


def _withdrawal(void: "ClaimRow", zone: tzinfo | None) -> Withdrawal:
    return Withdrawal(control_number=void.control_number, withdrawn_on=void.created_at.astimezone(zone).date())


def _answered_as(former: "ClaimRow | None") -> str | None:
    """Return the payer's number of a claim that it has accepted or answered; a replacement that it has not yet holds its former's."""
    if former is None or former.status == ClaimStatus.SUBMITTED:
        return None
    is_formers = former.status == ClaimStatus.ACCEPTED and former.payer_reference == former.facts["payer_reference"]
    return None if is_formers else former.payer_reference


def _as_it_was_claimed(facts: ClaimFacts, claim: Claim) -> ClaimFacts:
    """Give a void the content of the claim that it takes back."""
    return facts.model_copy(update={name: getattr(claim, name) for name in AS_CLAIMED} | {"left_out": ()})


def _as_it_stands(record: "RecordRow", loaded: _Loaded) -> ClaimFacts:
    payer = loaded.payers.get(record.payer_id) if record.payer_id else None
    facility = loaded.facilities.get(record.site_id)
    marked = modifier(record.modality, payer.telehealth_modifier) if payer else modifier(record.modality)
    modifiers = (marked,) if marked else ()
    lines = loaded.lines[record.id]
    left_out = _line_facts([line for line in lines if not line.claimable], ())
    total = record.total_amount - sum_of(left_out)
    provider, client = loaded.providers.get(record.therapist_id), loaded.clients.get(record.client_id)
    return ClaimFacts(
        record_id=record.id,
        frequency=Frequency.ORIGINAL,
        requested_on=record.billing_date,
        kind=record.kind,
        payment_status=record.payment_status,
        is_all_the_clients=record.insurance_covered and record.insurance_amount == 0,
        insurance_applicable=record.insurance_applicable,
        telehealth=is_telehealth(record.modality),
        telehealth_modifier=marked,
        service_date=record.service_date,
        flags=(
            *(Finding.model_validate(flag) for flag in record.flags if flag["code"] not in OF_THE_DAY),
            *loaded.of_the_day.get(record.id, ()),
        ),
        organization=loaded.organization,
        facility=FacilityFacts.model_validate(facility) if facility else None,
        provider=ProviderFacts.model_validate(provider) if provider else None,
        client=ClientFacts.model_validate(client).model_copy(update={"diagnoses": tuple(record.diagnoses)}) if client else None,
        invalid_diagnoses=tuple(found.sentence for code in record.diagnoses if (found := loaded.unusable.get((code, record.service_date)))),
        payer=PayerFacts.model_validate(payer.model_dump()) if payer else None,
        plan=loaded.plans.get(record.coverage_id) if record.coverage_id else None,
        place_of_service=place_of_service(
            record.modality,
            record.client_location,
            facility.place_of_service if facility else None,
            payer.telehealth_place_of_service if payer else None,
        ),
        lines=_line_facts([line for line in lines if line.claimable], modifiers),
        left_out=tuple(line.service_code for line in left_out),
        total_amount=total,
        patient_paid=min(max(loaded.paid.get(record.id, ZERO), ZERO), total),
    )


def _line_facts(lines: Sequence[Row[*tuple[Any, ...]]], modifiers: tuple[str, ...]) -> tuple[LineFacts, ...]:
    return tuple(LineFacts(service_code=line.service_code, modifiers=modifiers, units=line.units, amount=line.amount) for line in lines)
