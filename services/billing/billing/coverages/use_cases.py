"""Adds and changes coverages and discounts: one of each on a day."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Transaction
from chassis.errors import Conflict, Invalid
from chassis.rows.changes import apply_changes, check_version, require
from contracts.types import ClientId, new_id
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from billing.changes import use_cases as changes_use_cases
from billing.coverages.queries import coverage_views, policies_of
from billing.coverages.schemas import (
    CORRECT_FIRST,
    CoverageChanges,
    CoverageView,
    DiscountChanges,
    DiscountView,
    Kept,
    NewCoverage,
    NewDiscount,
    Relationship,
)
from billing.coverages.tables import CoverageRow, DiscountRow
from billing.parties.schemas import Person, not_born
from billing.payers.queries import names_of
from billing.pricing.amounts import ZERO
from billing.pricing.terms import Used, ends_too_early
from billing.tables import columns

ONE_A_DAY: Final = (
    "A client has one coverage on a day, the primary insurer's: a secondary insurer's is not kept, and it is sent no claim. To change the "
    "insurer, end the other coverage first, or begin after it. What a secondary insurer pays is posted from its 835 file, or by hand as a "
    "payment of the insurer."
)


async def add_coverage(client_id: ClientId, body: NewCoverage, by: str, today: date, tx: Transaction) -> CoverageView:
    """Cover a client; one without a last day ends an open one the day before, and any other overlap is a Conflict.

    Invalid names every wrong field.
    """
    if not await names_of(tx, [body.payer_id]):
        raise Invalid("unknown-payer", "There is no such payer. Add the payer first.", field="payer_id")
    _require_born(body.subscriber, today)
    await _end_open(CoverageRow, "coverage", client_id, body, by, tx)
    stated = dict(body) | {"subscriber": body.subscriber.model_dump(mode="json") if body.subscriber else None}
    row = CoverageRow(id=new_id(), client_id=client_id, version=1, created_at=tx.now, updated_at=tx.now, **stated)
    await _once(tx, row, "coverages-overlap", f"The client is covered already in that time. {ONE_A_DAY}")
    changes_use_cases.keep(tx, by, "coverage", client_id, after=columns(row))
    [view] = await coverage_views([row], today, tx)
    return view


async def change_coverage(
    coverage_id: UUID, body: CoverageChanges, expected: int | None, by: str, today: date, tx: Transaction
) -> CoverageView:
    """Change or correct a coverage; amounts of records that are made stay.

    NotFound where there is none, Stale on an older version, Conflict where it would overlap another, Invalid names every wrong field.
    """
    row = require(await tx.lock(CoverageRow, coverage_id), "coverage", coverage_id)
    check_version(row.version, expected)
    values = {name: getattr(body, name) for name in body.model_fields_set}
    await _check_identity(row, values, today, tx)
    before = columns(row)
    if {"deductible_remaining", "out_of_pocket_remaining", "visits_authorized"} & values.keys() and "as_of" not in values:
        raise Invalid("as-of-missing", "Remaining amounts are as of a day. Set as_of too.", field="as_of")
    if refusal := ends_too_early("coverage", row.effective_from, values.get("effective_to")):
        raise refusal
    as_of = values.get("as_of", row.as_of)
    used = None if as_of == row.as_of else await _used(row, as_of, tx)
    apply_changes(row, values, tx.now)
    await _once(tx, row, "coverages-overlap", f"The client is covered otherwise in that time. {ONE_A_DAY}")
    if used is not None:
        _restate(row, used, await _used(row, as_of, tx), values)
        await tx.flush()
    changes_use_cases.keep(tx, by, "coverage", row.client_id, before=before, after=columns(row))
    [view] = await coverage_views([row], today, tx)
    return view


async def _used(row: CoverageRow, day: date, tx: Transaction) -> Used:
    return (await policies_of(tx, {row.client_id}, [])).used_by(row.id, day)


def _restate(row: CoverageRow, before: Used, after: Used, stated: Collection[str]) -> None:
    """State what is left as of another day, where nothing new was stated of it: less what records took between the two days."""
    if "deductible_remaining" not in stated:
        row.deductible_remaining = max(row.deductible_remaining - (before.deductible - after.deductible), ZERO)
    if "out_of_pocket_remaining" not in stated and row.out_of_pocket_remaining is not None:
        row.out_of_pocket_remaining = max(row.out_of_pocket_remaining - (before.out_of_pocket - after.out_of_pocket), ZERO)
    if "visits_authorized" not in stated and row.visits_authorized is not None:
        row.visits_authorized = max(row.visits_authorized - (before.visits - after.visits), 0)


async def _check_identity(row: CoverageRow, values: dict[str, Any], today: date, tx: Transaction) -> None:
    """Refuse an unknown payer and a subscriber that contradicts the relationship; write the subscriber as it is stored."""
    if "payer_id" in values and not await names_of(tx, [values["payer_id"]]):
        raise Invalid("unknown-payer", "There is no such payer. Add the payer first.", field="payer_id")
    if values.get("relationship") == Relationship.SELF:
        values.setdefault("subscriber", None)
    if values.get("subscriber") is not None:
        _require_born(values["subscriber"], today)
        values["subscriber"] = values["subscriber"].model_dump(mode="json")
    is_self = values.get("relationship", row.relationship) == Relationship.SELF
    if is_self is not (values.get("subscriber", row.subscriber) is None):
        detail = "subscriber is who holds the plan: name them exactly where relationship is not self."
        raise Invalid("subscriber-contradicts", detail, field="subscriber")


def _require_born(subscriber: Person | None, today: date) -> None:
    wrong = list(not_born(subscriber, today, "subscriber.birth_date")) if subscriber else []
    if wrong:
        raise Invalid(wrong[0].code, wrong[0].message, wrong)


async def add_discount(client_id: ClientId, body: NewDiscount, by: str, tx: Transaction) -> DiscountView:
    """Give a client something off; one without a last day ends an open one the day before, and any other overlap is a Conflict."""
    await _end_open(DiscountRow, "discount", client_id, body, by, tx)
    row = DiscountRow(id=new_id(), client_id=client_id, created_at=tx.now, **dict(body))
    await _once(tx, row, "discounts-overlap", f"The client has a discount already in that time. {CORRECT_FIRST}")
    changes_use_cases.keep(tx, by, "discount", client_id, after=columns(row))
    return DiscountView.model_validate(row)


async def change_discount(discount_id: UUID, body: DiscountChanges, expected: int | None, by: str, tx: Transaction) -> DiscountView:
    """Correct or end a discount; amounts of records that are made stay.

    NotFound where there is none, Stale on an older version, Conflict where it would overlap another, Invalid where it ends too early.
    """
    row = require(await tx.lock(DiscountRow, discount_id), "discount", discount_id)
    check_version(row.version, expected)
    before = columns(row)
    apply_changes(row, {name: getattr(body, name) for name in body.model_fields_set}, tx.now)
    if refusal := ends_too_early("discount", row.effective_from, row.effective_to):
        raise refusal
    await _once(tx, row, "discounts-overlap", f"The client has another discount in that time. {CORRECT_FIRST}")
    changes_use_cases.keep(tx, by, "discount", row.client_id, before=before, after=columns(row))
    return DiscountView.model_validate(row)


async def _end_open(kind: type[Kept], what: str, client_id: ClientId, begun: NewCoverage | NewDiscount, by: str, tx: Transaction) -> None:
    """End what is open the day before another begins; one that has a last day ends none: none would be in force after it."""
    first_day = begun.effective_from
    rows = select(kind).where(kind.client_id == client_id, kind.effective_to.is_(None), kind.effective_from < first_day)
    ended = await tx.scalars(rows.with_for_update())
    if ended and begun.effective_to is not None:
        detail = (
            f"The client has a {what} without a last day from {ended[0].effective_from} on, and none would be in force after "
            f"{begun.effective_to}. Leave the last day out, or end that {what} first and add it again from the day after."
        )
        raise Conflict(f"{what}s-overlap", detail)
    for row in ended:
        was = columns(row)
        apply_changes(row, {"effective_to": first_day - timedelta(days=1)}, tx.now)
        changes_use_cases.keep(tx, by, what, client_id, before=was, after=columns(row))
    await tx.flush()


async def _once(tx: Transaction, row: CoverageRow | DiscountRow, slug: str, detail: str) -> None:
    try:
        async with tx.savepoint():
            tx.add(row)
            await tx.flush()
    except IntegrityError as error:
        raise Conflict(slug, detail) from error
