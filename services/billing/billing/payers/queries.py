"""Payers and fees as they are."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from chassis.bodies.findings import invalid
from chassis.data.database import ReadSession, named
from chassis.files.cells import lines
from chassis.files.columns import Cell
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from chassis.rows.search import foldable, occur
from contracts.types import Code
from pydantic import ValidationError
from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, func, or_, select
from sqlalchemy import Table as CoreTable
from sqlalchemy.orm import InstrumentedAttribute

from billing.payers.schemas import FeeView, NewFee, PayerView
from billing.payers.tables import FeeRow, PayerRow
from billing.pricing.terms import Fee
from billing.replicas import queries as replicas_queries
from billing.tables import columns

COLUMNS: Final = ("service_code", "credential", "amount", "effective_from", "effective_to")


COUNTING: Final = or_(FeeRow.effective_to.is_(None), FeeRow.effective_to >= FeeRow.effective_from)
"""Fees that count on some day; one that was withdrawn ends before it begins."""
BY_NAME: Final = Keyset(PayerRow.payer_name, PayerRow.id)
FEES: Final = Keyset(FeeRow.service_code, FeeRow.effective_from, FeeRow.id)


async def list_payers(db: ReadSession, q: str | None, is_active: bool | None, limit: int, cursor: str | None) -> Page[PayerView]:  # noqa: FBT001
    """Return payers by name."""
    query = BY_NAME.after(select(PayerRow), cursor, limit)
    if q:
        query = query.where(occur(q, foldable(PayerRow.payer_name, PayerRow.payer_code)))
    if is_active is not None:
        query = query.where(PayerRow.is_active == is_active)
    return BY_NAME.page([PayerView.model_validate(row) for row in await db.scalars(query)], limit)


async def find_payer(db: ReadSession, payer_id: UUID) -> PayerView:
    """Return a payer; NotFound where there is none."""
    return PayerView.model_validate(require(await db.find(PayerRow, payer_id), "payer", payer_id))


async def list_fees(db: ReadSession, payer_id: UUID, code: Code | None, day: date | None, limit: int, cursor: str | None) -> Page[FeeView]:
    """Return a payer's fees by code and date, or those in force on a day; NotFound where there is no such payer."""
    await find_payer(db, payer_id)
    query = FEES.after(select(FeeRow).where(FeeRow.payer_id == payer_id), cursor, limit)
    if code is not None:
        query = query.where(FeeRow.service_code == code)
    if day is not None:
        query = query.where(FeeRow.effective_from <= day, (FeeRow.effective_to.is_(None)) | (FeeRow.effective_to >= day))
    return FEES.page(await fee_views(db, await db.scalars(query)), limit)


async def find_fee(db: ReadSession, fee_id: UUID) -> FeeView:
    """Return a fee; NotFound where there is none."""
    [view] = await fee_views(db, [require(await db.find(FeeRow, fee_id), "fee", fee_id)])
    return view


async def export_fees(db: ReadSession, payer_id: UUID) -> str:
    """Write a payer's fees that count on some day as a sheet that can be imported again and that no spreadsheet runs.

    NotFound where there is no such payer.
    """
    await find_payer(db, payer_id)
    counting = select(FeeRow).where(FeeRow.payer_id == payer_id, COUNTING)
    rows = await db.scalars(counting.order_by(FeeRow.service_code, FeeRow.effective_from))
    return lines([COLUMNS, *map(cells_of, rows)])


def fee_of(code: Code, credential: str | None, amount: Decimal, since: date, until: date | None) -> NewFee:
    """Read a fee that is only imagined, as one that is written would be read; Invalid where that would be refused."""
    try:
        return NewFee(service_code=code, credential=credential, amount=amount, effective_from=since, effective_to=until)
    except ValidationError as error:
        raise invalid([{**found, "loc": ("query", *found["loc"])} for found in error.errors()]) from error


async def fee_views(db: ReadSession, rows: Sequence[FeeRow]) -> list[FeeView]:
    """Show fees, each with whether the catalog has its service."""
    unknown = await replicas_queries.unknown_codes(db, {row.service_code for row in rows})
    return [FeeView.model_validate({**columns(row), "in_catalog": row.service_code not in unknown}) for row in rows]


def cells_of(row: FeeRow | NewFee) -> tuple[Cell, ...]:
    """Return a fee as a line of a sheet."""
    amount: Decimal = row.amount
    return row.service_code, row.credential, f"{amount:.2f}", row.effective_from, row.effective_to


def to_fee(row: FeeRow) -> Fee:
    """Read a fee from its row."""
    return Fee(
        payer_id=row.payer_id,
        service_code=row.service_code,
        credential=row.credential,
        amount=row.amount,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
    )


PAYER: Final = cast("CoreTable", PayerRow.__table__)
REQUESTED_FORM: Final = PAYER.c.id == any_(bindparam("payers", type_=ARRAY(Uuid, dimensions=1)))
PAYERS: Final = select(PAYER).where(REQUESTED_FORM)
NAMES: Final = select(PAYER.c.id, PAYER.c.payer_name).where(REQUESTED_FORM)
"""Built once, because that takes longer than to run it, and of the table's columns, because objects take as long again."""


async def names_of(db: ReadSession, payers: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of these payers, of those that there are."""
    return {row.id: row.payer_name for row in await db.rows(NAMES, {"payers": list(payers)})}


async def payers_of(db: ReadSession, payers: Collection[UUID]) -> dict[UUID, PayerView]:
    """Return these payers, of those that there are."""
    return {payer["id"]: PayerView.model_validate(payer) for payer in named(await db.rows(PAYERS, {"payers": list(payers)}))}


async def fees_of(db: ReadSession, payers: Collection[UUID], codes: Collection[Code]) -> dict[tuple[UUID, Code], tuple[Fee, ...]]:
    """Return what these payers have agreed to pay for these codes, on any day."""
    fees: defaultdict[tuple[UUID, Code], list[Fee]] = defaultdict(list)
    for row in await db.scalars(select(FeeRow).where(FeeRow.payer_id.in_(payers), FeeRow.service_code.in_(codes))):
        fees[row.payer_id, row.service_code].append(to_fee(row))
    return {key: tuple(found) for key, found in fees.items()}


async def payers_like(db: ReadSession, ids: Collection[str], name: str) -> list[PayerView]:
    """Return the payers whose code is one of these ids or whose name is this one: all in lower case, letters and digits alone."""
    wanted = select(PayerRow).where(or_(_plain(PayerRow.payer_code).in_(ids), _plain(PayerRow.payer_name) == name))
    return [PayerView.model_validate(row) for row in await db.scalars(wanted.order_by(PayerRow.id))]


def _plain(written: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return the letters and digits of a column in lower case."""
    return func.regexp_replace(func.lower(written), "[^[:alnum:]]", "", "g")
