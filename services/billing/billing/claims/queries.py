"""The read side of claims: batches, their files, and what became of each claim."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVarTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession, named
from chassis.errors import NotFound
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from chassis.runtime.steps import portions
from contracts.billing import PaymentStatus
from contracts.types import ClientId, RecordId
from sqlalchemy import ARRAY, ColumnElement, Date, Row, Select, Text, Uuid, any_, bindparam, exists, func, literal_column, select, tuple_
from sqlalchemy import Table as CoreTable

from billing.claim_rules.code_sets import LATEST_FILING, explain_status
from billing.claim_rules.facts import AcknowledgementKind, ClaimStatus, Frequency
from billing.claims.schemas import (
    WITHDRAW,
    AcknowledgedClaimView,
    AcknowledgementOutcome,
    AcknowledgementView,
    ClaimBatchView,
    ClaimLineView,
    ClaimView,
    FindingView,
    RejectionReasonView,
    StandingClaim,
    UnclaimedRecords,
)
from billing.claims.tables import STATED_DAY, AcknowledgedClaimRow, AcknowledgementRow, ClaimBatchRow, ClaimLineRow, ClaimRow
from billing.ledger.bill import RecordKind
from billing.payers.queries import names_of
from billing.records import queries as records_queries
from billing.records.queries import RECORD, WAITS_TO_BE_CLAIMED
from billing.tables import among

CLAIM: Final = cast("CoreTable", ClaimRow.__table__)
"""Claims, to be joined in what other capabilities read."""

CLAIM_LINE: Final = cast("CoreTable", ClaimLineRow.__table__)
CLAIM_BATCH: Final = cast("CoreTable", ClaimBatchRow.__table__)
ACKNOWLEDGED: Final = cast("CoreTable", AcknowledgedClaimRow.__table__)

OPEN: Final = (ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED)
"""The payer has not answered it."""

OWN: Final = "HF"
DIGITS: Final = 9
"""How a control number begins, and how many digits follow at least."""

MARGIN: Final = timedelta(hours=1)
"""A claim's id is minted this much before or after its time at most."""

SHOWN: Final = select(
    *(column for column in CLAIM.c if column.name in ClaimView.model_fields),
    CLAIM.c.facts["service_date"].astext.cast(Date).label("service_date"),
    CLAIM.c.facts["findings"].label("findings"),
    select(RECORD.c.client_id).where(RECORD.c.id == CLAIM.c.record_id).scalar_subquery().label("client_id"),
)
"""What is shown of a claim; the other facts, as many again as all its columns, stay in the database."""

LINES: Final = (
    select(CLAIM_LINE.c.claim_id, *(column for column in CLAIM_LINE.c if column.name in ClaimLineView.model_fields))
    .where(CLAIM_LINE.c.claim_id == any_(bindparam("claims", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(CLAIM_LINE.c.claim_id, CLAIM_LINE.c.position)
)

REJECTIONS: Final = (
    select(ACKNOWLEDGED.c.claim_id, ACKNOWLEDGED.c.reasons)
    .where(
        ACKNOWLEDGED.c.claim_id == any_(bindparam("claims", type_=ARRAY(Uuid, dimensions=1))),
        ACKNOWLEDGED.c.outcome == AcknowledgementOutcome.REJECTED,
    )
    .order_by(ACKNOWLEDGED.c.acknowledgement_id)
)

BATCH: Final = select(*(column for column in CLAIM_BATCH.c if column.name in ClaimBatchView.model_fields))
"""A batch without its file."""

Ts = TypeVarTuple("Ts")


async def list_claims(
    db: ReadSession,
    *,
    status: ClaimStatus | None,
    payer_id: UUID | None,
    record_id: RecordId | None,
    revisions: bool,
    to_be_withdrawn: bool,
    total_amount: Decimal | None,
    control_number: str | None,
    clients: Collection[ClientId] | None,
    service_date: date | None,
    is_open: bool | None,
    since: date | None,
    until: date | None,
    zone: ZoneInfo,
    limit: int,
    cursor: str | None,
) -> Page[ClaimView]:
    """Return claims, the latest first; the days are those on which they were made."""
    wanted = LATEST.after(SHOWN, cursor, limit)
    if status is not None:
        wanted = wanted.where(CLAIM.c.status == status)
    if payer_id is not None:
        wanted = wanted.where(CLAIM.c.payer_id == payer_id)
    if record_id is not None:
        wanted = wanted.where(CLAIM.c.record_id.in_(_revisions_of(record_id)) if revisions else CLAIM.c.record_id == record_id)
    if to_be_withdrawn:
        wanted = wanted.where(left_standing())
    if total_amount is not None:
        wanted = wanted.where(CLAIM.c.total_amount == total_amount)
    wanted = wanted.where(*_known_of(control_number, clients, service_date, is_open=is_open))
    if since is not None:
        begin = datetime.combine(since, time.min, zone)
        wanted = wanted.where(CLAIM.c.created_at >= begin, CLAIM.c.id >= _first_id(begin - MARGIN))
    if until is not None:
        end = datetime.combine(until + timedelta(days=1), time.min, zone)
        wanted = wanted.where(CLAIM.c.created_at < end, CLAIM.c.id < _first_id(end + MARGIN))
    return LATEST.page(await _views(db, await db.rows(wanted)), limit)


def _first_id(moment: datetime) -> UUID:
    """Return the smallest id that is minted at a moment: an id begins with its milliseconds, and the list is in the order of ids."""
    return UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)


def written_number(number: int) -> str:
    """Return a claim's control number (CLM01) as its file has it."""
    return f"{OWN}{number:0{DIGITS}d}"


def _in_full(control_number: str) -> str:
    digits = control_number.strip().upper().removeprefix(OWN)
    return written_number(int(digits)) if digits.isdecimal() else control_number


def _known_of(
    control_number: str | None, clients: Collection[ClientId] | None, service_date: date | None, *, is_open: bool | None
) -> Iterator[ColumnElement[bool]]:
    """Select by what somebody knows of a claim who has not its id."""
    if control_number is not None:
        yield CLAIM.c.control_number == _in_full(control_number)
    if clients:
        yield _of_records(RECORD.c.client_id.in_(clients))
    if service_date is not None:
        yield literal_column(STATED_DAY, Text) == service_date.isoformat()
    if is_open is not None:
        yield CLAIM.c.status.in_(OPEN) if is_open else CLAIM.c.status.not_in(OPEN)


def _of_records(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a claim is of these records; they are found first, since to walk the claims in order may pass nearly all of them."""
    return CLAIM.c.record_id == any_(func.array(select(RECORD.c.id).where(which).scalar_subquery(), type_=ARRAY(Uuid, dimensions=1)))


def _revisions_of(record_id: RecordId) -> Select[RecordId]:
    billed = select(RECORD.c.session_id, RECORD.c.client_id).where(RECORD.c.id == record_id)
    return select(RECORD.c.id).where(tuple_(RECORD.c.session_id, RECORD.c.client_id).in_(billed))


LATEST: Final = Keyset(CLAIM.c.id, descending=True)
SUMS: Final = select(func.count(), func.coalesce(func.sum(RECORD.c.total_amount), 0))
OLDEST: Final = Keyset(RECORD.c.service_date, RECORD.c.id, of="unclaimed records")


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Which records that wait to be claimed are listed; what is None limits nothing."""

    late: bool | None = None
    """Those that no payer takes any more, or only the others."""
    payer_id: UUID | None = None
    client_id: ClientId | None = None


async def list_unclaimed(db: ReadSession, today: date, limit: int, cursor: str | None, which: Unclaimed) -> UnclaimedRecords:
    """Return records that wait to be claimed, the oldest date of service first, with the totals of all of them.

    A record waits while its latest claim that was not rejected, if there is one, is a void (frequency 8), and money is owed on it or the
    client has paid all of it as their part by the plan. The latter waits as long as a payer takes the claim.
    """
    taken = {"taken_from": today - LATEST_FILING}
    wanted = OLDEST.after(_unclaimed(records_queries.SHOWN, which), cursor, limit)
    found = OLDEST.page(await records_queries.shown(db, await db.rows(wanted, taken)), limit)
    [(count, total_amount)] = await db.rows(_unclaimed(SUMS, which), taken)
    return UnclaimedRecords(items=found.items, next_cursor=found.next_cursor, count=count, total_amount=total_amount)


def _unclaimed(statement: Select[*Ts], which: Unclaimed) -> Select[*Ts]:
    is_taken = RECORD.c.service_date >= bindparam("taken_from", type_=Date)
    statement = statement.where(WAITS_TO_BE_CLAIMED, (RECORD.c.payment_status != PaymentStatus.PAID) | is_taken)
    if which.payer_id is not None:
        statement = statement.where(RECORD.c.payer_id == which.payer_id)
    if which.client_id is not None:
        statement = statement.where(RECORD.c.client_id == which.client_id)
    return statement if which.late is None else statement.where(~is_taken if which.late else is_taken)


async def find_batch(db: ReadSession, batch_id: UUID) -> ClaimBatchView:
    """Return a batch with its claims in the order in which they were made; NotFound where there is none."""
    batches = await db.rows(BATCH.where(CLAIM_BATCH.c.id == batch_id))
    if not batches:
        raise NotFound.of("batch", batch_id)
    claims = await db.rows(SHOWN.where(CLAIM.c.batch_id == batch_id).order_by(CLAIM.c.id))
    return ClaimBatchView.of({**batches[0]._asdict(), "claims": await _views(db, claims)})


async def find_file(db: ReadSession, batch_id: UUID) -> tuple[int, str]:
    """Return a batch's number and its file as it was written; NotFound where there is none."""
    batch = require(await db.find(ClaimBatchRow, batch_id), "batch", batch_id)
    return batch.control_number, batch.x12


def rejection_reasons(stated: Sequence[dict[str, Any]]) -> list[RejectionReasonView]:
    """Explain the status codes of a rejection, in their order."""
    return [RejectionReasonView(code=each["code"], meaning=explain_status(each["code"]), text=each["text"]) for each in stated]


async def _rejections_of(db: ReadSession, claims: Collection[UUID]) -> dict[UUID, list[RejectionReasonView]]:
    """Return why claims were rejected, by the latest file that did."""
    rows = await db.rows(REJECTIONS, {"claims": claims}) if claims else ()
    return {row.claim_id: rejection_reasons(row.reasons) for row in rows}


async def claimed_anew(db: ReadSession, claims: Collection[UUID]) -> set[UUID]:
    """Return which of these claims have a later one of the same session and client that was not rejected, or are paid by another one."""
    return {row.id for row in await db.rows(_claimed_anew(), {"claims": claims})} if claims else set()


@cache
def _claimed_anew() -> Select[UUID]:
    """Select those of the claims that are claimed anew; built once, because that takes longer than to run it."""
    claimed, other, billed, again = CLAIM.alias(), CLAIM.alias(), RECORD.alias(), RECORD.alias()
    one, two = claimed.c, other.c
    is_paid = (two.record_id == one.record_id) & (one.frequency == Frequency.ORIGINAL) & (two.status == ClaimStatus.PAID)
    return (
        select(one.id)
        .join(billed, billed.c.id == one.record_id)
        .join(again, (again.c.session_id == billed.c.session_id) & (again.c.client_id == billed.c.client_id))
        .join(other, (two.record_id == again.c.id) & (two.id != one.id))
        .where(one.id == any_(bindparam("claims", type_=ARRAY(Uuid, dimensions=1))), two.status != ClaimStatus.REJECTED)
        .where((two.id > one.id) | is_paid)
    )


async def _views(db: ReadSession, claims: Sequence[Row[*tuple[Any, ...]]]) -> list[ClaimView]:
    """Show claims, rows of ``SHOWN``, with their lines and with what became of them."""
    lines = await _lines_of(db, [claim.id for claim in claims])
    rejections = await _rejections_of(db, [claim.id for claim in claims if claim.status == ClaimStatus.REJECTED])
    to_withdraw = await of_these(db, [claim.id for claim in claims])
    anew = await claimed_anew(db, [claim.id for claim in claims if claim.status == ClaimStatus.REJECTED])
    names = await names_of(db, {claim.payer_id for claim in claims})
    views = []
    for claim in named(claims):
        stated: dict[str, Any] = {
            "payer_name": names[claim["payer_id"]],
            "frequency": Frequency(claim["frequency"]),
            "status": ClaimStatus(claim["status"]),
            "findings": [FindingView.model_validate(finding) for finding in claim["findings"] or ()],
            "lines": lines[claim["id"]],
            "rejections": rejections.get(claim["id"], []),
            "to_be_withdrawn": claim["id"] in to_withdraw,
            "claimed_anew": claim["id"] in anew,
        }
        views.append(ClaimView.of(claim | stated))
    return views


async def _lines_of(db: ReadSession, claims: Collection[UUID]) -> dict[UUID, list[ClaimLineView]]:
    lines: dict[UUID, list[ClaimLineView]] = {claim: [] for claim in claims}
    for line in named(await db.rows(LINES, {"claims": list(lines)})) if lines else ():
        lines[line["claim_id"]].append(ClaimLineView.of(line))
    return lines


STANDING: Final = (ClaimStatus.SUBMITTED, ClaimStatus.ACCEPTED, ClaimStatus.PAID)
"""The payer has it or has paid it; what was rejected, denied or reversed claims nothing."""


async def of_these(db: ReadSession, claims: Sequence[UUID]) -> Collection[UUID]:
    """Return which of these claims have to be withdrawn."""
    return {row.id for row in await db.rows(_among(), {"claims": claims})} if claims else ()


@cache
def _among() -> Select[UUID]:
    return select(CLAIM.c.id).where(CLAIM.c.id == any_(bindparam("claims", type_=ARRAY(Uuid, dimensions=1))), left_standing())


@cache
def left_standing() -> ColumnElement[bool]:
    """Whether a claim stands for a voided record, and no other record of the session and client is billed to the same payer.

    Where one is, its claim replaces this one (frequency 7).
    """
    voided, counting = RECORD.alias(), RECORD.alias()
    billed_anew = exists().where(
        counting.c.session_id == voided.c.session_id,
        counting.c.client_id == voided.c.client_id,
        counting.c.payment_status != PaymentStatus.VOIDED,
        counting.c.kind == RecordKind.SESSION,
        counting.c.insurance_covered,
        counting.c.payer_id == CLAIM.c.payer_id,
    )
    taken_back = exists().where(voided.c.id == CLAIM.c.record_id, voided.c.payment_status == PaymentStatus.VOIDED, ~billed_anew)
    return CLAIM.c.status.in_(STANDING) & (CLAIM.c.frequency != Frequency.VOID) & taken_back


async def sent_for(db: ReadSession, records: Collection[RecordId], *, alone: bool = False) -> dict[RecordId, ClaimRow]:
    """Return the latest claim of each of these records that has one which was not rejected; ``alone``, nobody else writes to it meanwhile.

    What was rejected never reached a payer: it is neither replaced nor taken back, and does not stand in the way of another claim.
    """
    claimed = select(ClaimRow).where(ClaimRow.record_id.in_(records), ClaimRow.status != ClaimStatus.REJECTED).order_by(ClaimRow.id)
    return {claim.record_id: claim for claim in await db.scalars(claimed.with_for_update() if alone else claimed)}


async def claims_of(db: ReadSession, records: Collection[RecordId]) -> dict[RecordId, list[ClaimRow]]:
    """Return the claims of locked records, the latest first."""
    found: dict[RecordId, list[ClaimRow]] = {}
    for some in portions(records):
        for claim in await db.scalars(select(ClaimRow).where(among(ClaimRow.record_id, some)).order_by(ClaimRow.id.desc())):
            found.setdefault(claim.record_id, []).append(claim)
    return found


def standing_view(claim: ClaimRow) -> StandingClaim:
    """Return what the answer to a void has of a claim that still stands."""
    return StandingClaim(
        claim_id=claim.id, record_id=claim.record_id, control_number=claim.control_number, status=ClaimStatus(claim.status), fix=WITHDRAW
    )


async def find_acknowledgement(db: ReadSession, acknowledgement_id: UUID) -> AcknowledgementView:
    """Return a TA1, 999 or 277CA claim by claim; NotFound where there is none."""
    row = require(await db.find(AcknowledgementRow, acknowledgement_id), "acknowledgement", acknowledgement_id)
    wanted = (
        select(AcknowledgedClaimRow, ClaimRow.record_id, ClaimRow.batch_id)
        .outerjoin(ClaimRow, ClaimRow.id == AcknowledgedClaimRow.claim_id)
        .where(AcknowledgedClaimRow.acknowledgement_id == acknowledgement_id)
        .order_by(AcknowledgedClaimRow.position)
    )
    claims = [
        AcknowledgedClaimView(
            named=stated.named,
            claim_id=stated.claim_id,
            record_id=record_id,
            batch_id=batch_id,
            outcome=AcknowledgementOutcome(stated.outcome),
            reasons=rejection_reasons(stated.reasons),
        )
        for stated, record_id, batch_id in await db.rows(wanted)
    ]
    return AcknowledgementView(
        id=row.id, kind=AcknowledgementKind(row.kind), received_at=row.received_at, received_by=row.received_by, claims=claims
    )


async def read_acknowledgement(db: ReadSession, acknowledgement_id: UUID) -> str:
    """Return such a file as it came; NotFound where there is none."""
    return require(
        await db.scalar(select(AcknowledgementRow.x12).where(AcknowledgementRow.id == acknowledgement_id)),
        "acknowledgement",
        acknowledgement_id,
    )
