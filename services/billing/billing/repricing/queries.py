"""Records that follow a coverage, a fee or a discount."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession, Transaction
from contracts.billing import PaymentStatus
from contracts.types import ClientId, RecordId
from sqlalchemy import ColumnElement, Select, Uuid, cast, func, literal, null, select

from billing.coverages import queries as coverages_queries
from billing.coverages.queries import COVERAGE
from billing.ledger.bill import RecordKind
from billing.ledger.postings import Payer, PostingKind
from billing.payers.schemas import FeeView
from billing.records.queries import RECORD, RECORD_LINE, TRANSACTION
from billing.repricing.schemas import CoverageChanged, FollowingView
from billing.repricing.tables import RepricingRow

ANSWERED: Final = (PostingKind.PAYMENT, PostingKind.ADJUSTMENT, PostingKind.TRANSFER, PostingKind.DENIAL, PostingKind.WRITE_OFF)
"""Postings by which an insurer's part is settled or decided; a record that has one of them keeps its price."""


async def followed(changed: CoverageChanged, today: date, db: ReadSession) -> CoverageChanged:
    """Return the answer to a change once its records were priced anew: what stands in their place, and what is left of the plan."""
    requested = [each.record_id for each in changed.following]
    old, new = RECORD.alias(), RECORD.alias()
    pairs = (
        select(old.c.id, new.c.id)
        .join(new, (new.c.session_id == old.c.session_id) & (new.c.replaces_id == old.c.id))
        .where(old.c.id.in_(requested))
    )
    taken = {row[0]: row[1] for row in await db.rows(pairs)}
    view = await coverages_queries.find_coverage(db, changed.id, today)  # the records in place of others have taken from the plan anew
    following = [FollowingView(record_id=each, replaced_by=taken.get(each)) for each in requested]
    return CoverageChanged(**dict(view), following=following, claimed=changed.claimed)


async def waiting(tx: Transaction, limit: int, without: Collection[UUID]) -> Sequence[UUID]:
    """Lock and return coverages whose records wait to be priced anew, and which nobody is at."""
    due = select(RepricingRow.coverage_id).where(RepricingRow.coverage_id.not_in(without)).order_by(RepricingRow.changed_at)
    return await tx.scalars(due.limit(limit).with_for_update(skip_locked=True))


async def otherwise_priced(coverage_id: UUID, limit: int, after: RecordId | None, tx: Transaction) -> Sequence[RecordId]:
    """Return records that were not claimed and may have another price by a coverage now, in the order of their ids.

    Those that were made for another payer than the coverage has now; insured ones of the days of the coverage that were made without it;
    and those that were made with it, also on days that are not its days any more, unless an insurer has answered.

    What is left of a plan is known from ``as_of`` on: before that day,
    only records follow whose price does not depend on it.
    """
    of_another_payer = (RECORD.c.coverage_id == COVERAGE.c.id) & (RECORD.c.payer_id != COVERAGE.c.payer_id)
    within = (RECORD.c.service_date >= COVERAGE.c.effective_from) & (
        RECORD.c.service_date <= func.coalesce(COVERAGE.c.effective_to, RECORD.c.service_date)
    )
    is_known = (RECORD.c.service_date >= COVERAGE.c.as_of) | (
        (COVERAGE.c.deductible_remaining == 0) & COVERAGE.c.out_of_pocket_remaining.is_(None) & (RECORD.c.deductible_amount == 0)
    )
    made_with_another = RECORD.c.coverage_id.is_distinct_from(COVERAGE.c.id)
    insured = RECORD.c.insurance_applicable & (RECORD.c.kind == RecordKind.SESSION) & ~_answered()
    no_longer = insured & ~within & (RECORD.c.coverage_id == COVERAGE.c.id)
    wanted = (
        select(RECORD.c.id)
        .join(COVERAGE, COVERAGE.c.client_id == RECORD.c.client_id)
        .where(COVERAGE.c.id == coverage_id, ~RECORD.c.is_claimed, RECORD.c.payment_status != PaymentStatus.VOIDED)
        .where(of_another_payer | no_longer | (insured & within & (made_with_another | is_known)))
        .order_by(RECORD.c.id)
        .limit(limit)
    )
    return await tx.scalars(wanted if after is None else wanted.where(RECORD.c.id > after))


def coverages_with_fee(fee: FeeView, began: date, ended: date | None, by: str, now: datetime) -> Select[*tuple[Any, ...]]:
    """Select, as rows that wait to be priced anew, the coverages of records of these days that were made with a fee and may change."""
    has_code = select(RECORD_LINE.c.record_id).where(RECORD_LINE.c.record_id == RECORD.c.id, RECORD_LINE.c.service_code == fee.service_code)
    made = _open_of(began, ended).where(RECORD.c.payer_id == fee.payer_id, RECORD.c.coverage_id.is_not(None), has_code.exists())
    return made.with_only_columns(
        RECORD.c.coverage_id, cast(null(), Uuid), literal(by), literal(now), maintain_column_froms=True
    ).distinct()


async def discounted(tx: Transaction, client_id: ClientId, since: date, limit: int, after: RecordId | None) -> Sequence[RecordId]:
    """Return records of a client from a day on that were made with a discount and may change, in the order of their ids."""
    made = _open_of(since, None).where(RECORD.c.client_id == client_id, RECORD.c.other_adjustment > 0)
    return await tx.scalars((made if after is None else made.where(RECORD.c.id > after)).order_by(RECORD.c.id).limit(limit))


def _open_of(begins: date, ends: date | None) -> Select[RecordId]:
    """Select records of sessions of these days that may be priced anew: not claimed, not voided, not answered by an insurer."""
    within = RECORD.c.service_date >= begins if ends is None else RECORD.c.service_date.between(begins, ends)
    wanted = select(RECORD.c.id).where(within, ~RECORD.c.is_claimed, RECORD.c.payment_status != PaymentStatus.VOIDED)
    return wanted.where(RECORD.c.kind == RecordKind.SESSION, ~_answered())


def _answered() -> ColumnElement[bool]:
    """Whether an insurer has paid or decided something of a record."""
    by_insurer = (TRANSACTION.c.payer == Payer.INSURER) & TRANSACTION.c.kind.in_(ANSWERED)
    return select(TRANSACTION.c.id).where(TRANSACTION.c.record_id == RECORD.c.id, by_insurer).exists()
