"""What clients are covered by, and what they are given off: one of each on a day."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Body, Page, View, check_version
from chassis.problems import Problem, conflict, not_found, refused
from chassis.text import Line, Seen
from contracts.types import Amount, ClientId, Day, Flag, Instant, Money, Percent, Version, Whole, new_id
from pydantic import MISSING, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from billing import changes
from billing.coverage import Mode, Policies, Used, remaining
from billing.parties import Person, not_born
from billing.payers import PAYER_ID, WRITTEN
from billing.pricing import ZERO
from billing.resources import MOST_MONEY, Reason
from billing.store import columns
from billing.terms_store import CoverageRow, DiscountRow, PayerRow, policies_of, require_lasting, to_coverage

MOST_SHOWN: Final = 200
ONE_A_DAY: Final = (
    "A client has one coverage on a day, the primary insurer's: a secondary insurer's is not kept, and it is sent no claim. To change the "
    "insurer, end the other coverage first, or begin after it. What a secondary insurer pays is posted from its 835 file, or by hand as a "
    "payment of the insurer."
)
Kept = TypeVar("Kept", CoverageRow, DiscountRow)

CORRECT_FIRST: Final = "Correct or end that one first, or begin after it."
CLIENT_ID: Final = "01890a5d-ac96-7b55-93e6-9f0a1b2c3d56"
PLAN: Final[dict[str, Any]] = {
    "payer_id": PAYER_ID,
    "member_id": "HM-4471-02",
    "plan_name": "Harbor Mutual Silver",
    "group_number": None,
    "relationship": "self",
    "subscriber": None,
    "mode": "in_network",
    "copay": "25.00",
    "coinsurance_percent": "0",
    "deductible_remaining": "0.00",
    "out_of_pocket_remaining": "1800.00",
    "copay_after_deductible": True,
    "as_of": "2026-01-01",
    "authorization_number": None,
    "visits_authorized": None,
    "effective_from": "2026-01-01",
    "effective_to": None,
}

COVERAGE_EXAMPLE: Final[dict[str, Any]] = {
    **PLAN,
    "id": "01890a5d-ac96-7cbb-8f55-061728394a5b",
    "client_id": CLIENT_ID,
    "deductible_left": "0.00",
    "out_of_pocket_left": "1775.00",
    "visits_left": None,
    "version": 1,
    **WRITTEN,
}

Share = Annotated[Money, Field(ge=0, le=MOST_MONEY)]
MemberId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Seen]


class Relationship(StrEnum):
    """Who a client is to whoever holds the plan."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class NewCoverage(Body):
    """A client's plan with a payer."""

    model_config = ConfigDict(json_schema_extra={"examples": [PLAN]})

    payer_id: UUID
    member_id: MemberId
    plan_name: Line
    group_number: MemberId | None = None
    relationship: Relationship = Relationship.SELF
    """The client's, to whoever holds the plan."""
    subscriber: Person | None = None
    """Who holds the plan, where that is not the client."""
    mode: Mode = Mode.IN_NETWORK
    copay: Share = Decimal("0.00")
    """Once a visit."""
    coinsurance_percent: Percent = Decimal(0)
    deductible_remaining: Share = Decimal("0.00")
    """Left at the beginning of ``as_of``; records since then take from it by themselves."""
    out_of_pocket_remaining: Share | None = None
    """The same; None where the plan has no maximum."""
    copay_after_deductible: Flag = True
    """Otherwise a visit with a copay is free of the deductible."""
    as_of: Day
    authorization_number: MemberId | None = None
    visits_authorized: Annotated[Whole, Field(ge=0, le=1000)] | None = None
    """Visits that the payer has authorised from ``as_of`` on; None where none are needed."""
    effective_from: Day
    effective_to: Day | None = None

    @model_validator(mode="after")
    def _lasts(self) -> "NewCoverage":
        if self.effective_to is not None and self.effective_to < self.effective_from:
            message = "effective_to must not lie before effective_from"
            raise ValueError(message)
        if (self.relationship is Relationship.SELF) is not (self.subscriber is None):
            message = "subscriber is who holds the plan: name them exactly where relationship is not self"
            raise ValueError(message)
        return self


class CoverageChanges(Body):
    """What to change of a coverage; what is absent stays. New remaining amounts come with the day on which they were learnt.

    Those about which nothing is said then are stated as of that day too: less what visits took until then.

    Payer, plan, member id, group, relationship and subscriber are corrected where they were entered wrong. A change of plan is a new
    coverage instead.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"deductible_remaining": "120.00", "as_of": "2026-04-01"}, {"member_id": "HM-4471-03", "group_number": "G-77"}]
        }
    )

    payer_id: UUID | MISSING = MISSING
    plan_name: Line | MISSING = MISSING
    member_id: MemberId | MISSING = MISSING
    group_number: MemberId | MISSING | None = MISSING
    relationship: Relationship | MISSING = MISSING
    """``self`` takes the subscriber away; any other needs one."""
    subscriber: Person | MISSING | None = MISSING
    copay: Share | MISSING = MISSING
    coinsurance_percent: Percent | MISSING = MISSING
    deductible_remaining: Share | MISSING = MISSING
    out_of_pocket_remaining: Share | MISSING | None = MISSING
    copay_after_deductible: Flag | MISSING = MISSING
    as_of: Day | MISSING = MISSING
    authorization_number: MemberId | MISSING | None = MISSING
    visits_authorized: Annotated[Whole, Field(ge=0, le=1000)] | MISSING | None = MISSING
    effective_to: Day | MISSING | None = MISSING


class CoverageView(View):
    """A client's plan with a payer, and what is left of it by now."""

    model_config = ConfigDict(json_schema_extra={"examples": [COVERAGE_EXAMPLE]})

    id: UUID
    client_id: ClientId
    payer_id: UUID
    member_id: str
    plan_name: str
    group_number: str | None
    relationship: Relationship
    subscriber: Person | None
    mode: Mode
    copay: Amount
    coinsurance_percent: Decimal
    deductible_remaining: Amount
    out_of_pocket_remaining: Amount | None
    copay_after_deductible: bool
    as_of: Day
    authorization_number: str | None
    visits_authorized: int | None
    effective_from: Day
    effective_to: Day | None
    deductible_left: Amount
    """In today's benefit year, which is the calendar year: less what records since ``as_of`` took in it, by the insurer's answers."""
    out_of_pocket_left: Amount | None
    visits_left: int | None
    version: Version
    created_at: Instant
    updated_at: Instant


class NewDiscount(Body):
    """What a client is given off what they owe outside insurance: a sliding scale, for example."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"percent": "30", "reason": "sliding scale, household income", "effective_from": "2026-01-01"}]}
    )

    percent: Annotated[Percent, Field(gt=Decimal(0))]
    reason: Reason
    effective_from: Day
    effective_to: Day | None = None


class DiscountChanges(Body):
    """What to correct of a discount; what is absent stays. A discount with another first day is a new one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"effective_to": "2026-06-30"}]})

    percent: Annotated[Percent, Field(gt=Decimal(0))] | MISSING = MISSING
    reason: Reason | MISSING = MISSING
    effective_to: Day | MISSING | None = MISSING


class DiscountView(View):
    """What a client is given off what they owe outside insurance."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01890a5d-ac96-7dcc-9066-1728394a5b6c",
                    "client_id": CLIENT_ID,
                    "percent": "30",
                    "reason": "sliding scale, household income",
                    "effective_from": "2026-01-01",
                    "effective_to": None,
                    "version": 1,
                }
            ]
        }
    )

    id: UUID
    client_id: ClientId
    percent: Decimal
    reason: str
    effective_from: Day
    effective_to: Day | None
    version: Version


async def add_coverage(client_id: ClientId, body: NewCoverage, by: str, today: date, tx: Transaction) -> CoverageView:
    """Cover a client; one without a last day ends an open one the day before, and any other overlap is refused."""
    payer = await tx.find(PayerRow, body.payer_id)
    if payer is None:
        raise refused("unknown-payer", "There is no such payer. Add the payer first.", field="payer_id")
    _require_born(body.subscriber, today)
    for open_one in await _end_open(CoverageRow, "coverage", client_id, body, by, tx):
        open_one.updated_at = tx.now
    said = dict(body) | {"subscriber": body.subscriber.model_dump(mode="json") if body.subscriber else None}
    row = CoverageRow(id=new_id(), client_id=client_id, version=1, created_at=tx.now, updated_at=tx.now, **said)
    await _once(tx, row, "coverages-overlap", f"The client is covered already in that time. {ONE_A_DAY}")
    changes.keep(tx, by, "coverage", client_id, after=columns(row))
    [view] = await _views([row], today, tx)
    return view


async def change_coverage(
    coverage_id: UUID, body: CoverageChanges, expected: int | None, by: str, today: date, tx: Transaction
) -> CoverageView:
    """Change or correct a coverage; amounts of records that are made stay."""
    row = await tx.lock(CoverageRow, coverage_id)
    if row is None:
        raise not_found("coverage", coverage_id)
    check_version(row.version, expected)
    values = {name: getattr(body, name) for name in body.model_fields_set}
    await _check_identity(row, values, today, tx)
    before = columns(row)
    if {"deductible_remaining", "out_of_pocket_remaining", "visits_authorized"} & values.keys() and "as_of" not in values:
        raise refused("as-of-missing", "Remaining amounts are as of a day. Set as_of too.", field="as_of")
    require_lasting("coverage", row.effective_from, values.get("effective_to"))
    as_of = values.get("as_of", row.as_of)
    used = None if as_of == row.as_of else await _used(row, as_of, tx)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = tx.now
    await _once(tx, row, "coverages-overlap", f"The client is covered otherwise in that time. {ONE_A_DAY}")
    if used is not None:
        _restate(row, used, await _used(row, as_of, tx), values)
        await tx.flush()
    changes.keep(tx, by, "coverage", row.client_id, before=before, after=columns(row))
    [view] = await _views([row], today, tx)
    return view


async def _used(row: CoverageRow, day: date, tx: Transaction) -> Used:
    return (await policies_of(tx, {row.client_id}, [])).used_by(row.id, day)


def _restate(row: CoverageRow, before: Used, after: Used, said: Collection[str]) -> None:
    """State what is left as of another day, where nothing new was said of it: less what records took between the two days."""
    if "deductible_remaining" not in said:
        row.deductible_remaining = max(row.deductible_remaining - (before.deductible - after.deductible), ZERO)
    if "out_of_pocket_remaining" not in said and row.out_of_pocket_remaining is not None:
        row.out_of_pocket_remaining = max(row.out_of_pocket_remaining - (before.out_of_pocket - after.out_of_pocket), ZERO)
    if "visits_authorized" not in said and row.visits_authorized is not None:
        row.visits_authorized = max(row.visits_authorized - (before.visits - after.visits), 0)


async def _check_identity(row: CoverageRow, values: dict[str, Any], today: date, tx: Transaction) -> None:
    """Refuse an unknown payer and a subscriber that contradicts the relationship; write the subscriber as it is stored."""
    if "payer_id" in values and await tx.find(PayerRow, values["payer_id"]) is None:
        raise refused("unknown-payer", "There is no such payer. Add the payer first.", field="payer_id")
    if values.get("relationship") == Relationship.SELF:
        values.setdefault("subscriber", None)
    if values.get("subscriber") is not None:
        _require_born(values["subscriber"], today)
        values["subscriber"] = values["subscriber"].model_dump(mode="json")
    is_self = values.get("relationship", row.relationship) == Relationship.SELF
    if is_self is not (values.get("subscriber", row.subscriber) is None):
        detail = "subscriber is who holds the plan: name them exactly where relationship is not self."
        raise refused("subscriber-contradicts", detail, field="subscriber")


def _require_born(subscriber: Person | None, today: date) -> None:
    wrong = list(not_born(subscriber, today, "subscriber.birth_date")) if subscriber else []
    if wrong:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, wrong[0].code, wrong[0].message, wrong)


async def find_coverage(db: ReadSession, coverage_id: UUID, today: date) -> CoverageView:
    """Return a coverage, or 404."""
    row = await db.find(CoverageRow, coverage_id)
    if row is None:
        raise not_found("coverage", coverage_id)
    [view] = await _views([row], today, db)
    return view


async def list_coverages(db: ReadSession, client_id: ClientId, today: date) -> Page[CoverageView]:
    """Return what a client is and was covered by, the latest first."""
    query = select(CoverageRow).where(CoverageRow.client_id == client_id).order_by(CoverageRow.effective_from.desc()).limit(MOST_SHOWN)
    return Page(items=await _views(await db.scalars(query), today, db))


async def add_discount(client_id: ClientId, body: NewDiscount, by: str, tx: Transaction) -> DiscountView:
    """Give a client something off; one without a last day ends an open one the day before, and any other overlap is refused."""
    await _end_open(DiscountRow, "discount", client_id, body, by, tx)
    row = DiscountRow(id=new_id(), client_id=client_id, created_at=tx.now, **dict(body))
    await _once(tx, row, "discounts-overlap", f"The client has a discount already in that time. {CORRECT_FIRST}")
    changes.keep(tx, by, "discount", client_id, after=columns(row))
    return DiscountView.model_validate(row)


async def change_discount(discount_id: UUID, body: DiscountChanges, expected: int | None, by: str, tx: Transaction) -> DiscountView:
    """Correct or end a discount; amounts of records that are made stay."""
    row = await tx.lock(DiscountRow, discount_id)
    if row is None:
        raise not_found("discount", discount_id)
    check_version(row.version, expected)
    before = columns(row)
    for name in body.model_fields_set:
        setattr(row, name, getattr(body, name))
    require_lasting("discount", row.effective_from, row.effective_to)
    row.version += 1
    await _once(tx, row, "discounts-overlap", f"The client has another discount in that time. {CORRECT_FIRST}")
    changes.keep(tx, by, "discount", row.client_id, before=before, after=columns(row))
    return DiscountView.model_validate(row)


async def list_discounts(db: ReadSession, client_id: ClientId) -> Page[DiscountView]:
    """Return what a client is and was given off, the latest first."""
    query = select(DiscountRow).where(DiscountRow.client_id == client_id).order_by(DiscountRow.effective_from.desc()).limit(MOST_SHOWN)
    return Page(items=[DiscountView.model_validate(row) for row in await db.scalars(query)])


async def _end_open(
    kind: type[Kept], what: str, client_id: ClientId, begun: NewCoverage | NewDiscount, by: str, tx: Transaction
) -> Sequence[Kept]:
    """End what is open the day before another begins, and return it; one that has a last day ends none: none would be in force after it."""
    first_day = begun.effective_from
    rows = select(kind).where(kind.client_id == client_id, kind.effective_to.is_(None), kind.effective_from < first_day)
    ended = await tx.scalars(rows.with_for_update())
    if ended and begun.effective_to is not None:
        detail = (
            f"The client has a {what} without a last day from {ended[0].effective_from} on, and none would be in force after "
            f"{begun.effective_to}. Leave the last day out, or end that {what} first and add it again from the day after."
        )
        raise conflict(f"{what}s-overlap", detail)
    for row in ended:
        was = columns(row)
        row.effective_to = first_day - timedelta(days=1)
        row.version += 1
        changes.keep(tx, by, what, client_id, before=was, after=columns(row))
    await tx.flush()
    return ended


async def _once(tx: Transaction, row: CoverageRow | DiscountRow, slug: str, detail: str) -> None:
    try:
        async with tx.savepoint():
            tx.add(row)
            await tx.flush()
    except IntegrityError as error:
        raise conflict(slug, detail) from error


async def _views(rows: Sequence[CoverageRow], today: date, db: ReadSession) -> list[CoverageView]:
    """Show coverages with what is left in the benefit year of today, or in the first or last one of a coverage not in force today."""
    policies = await policies_of(db, {row.client_id for row in rows}, []) if rows else None
    return [_view(row, today, policies) for row in rows] if policies else []


def _view(row: CoverageRow, today: date, policies: Policies) -> CoverageView:
    day = max(min(today, row.effective_to or today), row.effective_from, row.as_of)
    used = policies.used_by(row.id, day)
    left = remaining(to_coverage(row, "").plan, used)
    facts = {name: getattr(row, name) for name in CoverageView.model_fields if hasattr(row, name)}
    visits = None if row.visits_authorized is None else max(row.visits_authorized - used.visits, 0)
    return CoverageView(
        **facts, deductible_left=left.deductible_remaining, out_of_pocket_left=left.out_of_pocket_remaining, visits_left=visits
    )
