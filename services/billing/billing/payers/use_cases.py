"""Whoever pays for clients, and what they have agreed to pay: fees with dates, changed one by one or by a sheet."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from chassis.bodies.findings import sentence_of
from chassis.data.database import ReadSession, Transaction
from chassis.errors import LISTED_AT_MOST, Conflict, FieldError, Invalid
from chassis.files.sheets import rows_of, text_of, wrong_cells
from chassis.rows.changes import apply_changes, check_version, require
from chassis.runtime.steps import portions
from contracts.types import Code, new_id
from pydantic import ValidationError
from sqlalchemy import ColumnElement, func, select

from billing.changes import use_cases as changes_use_cases
from billing.parties.schemas import Address
from billing.payers.queries import COLUMNS, COUNTING, cells_of, fee_views
from billing.payers.schemas import (
    CSV,
    MOST_LINES,
    FeeChanges,
    FeesImported,
    FeeView,
    NewFee,
    NewPayer,
    PayerChanges,
    PayerView,
    UnknownCode,
)
from billing.payers.tables import FeeRow, PayerRow
from billing.pricing.terms import ends_too_early, folded
from billing.pricing.visit import Book
from billing.replicas import queries as replicas_queries
from billing.tables import alone_with, columns

NEEDED: Final = frozenset({"service_code", "amount", "effective_from"})

AMOUNT: Final = re.compile(r"\$? ?(?P<whole>\d{1,7}|\d{1,3}(?:,\d{3})+(?=\.))(?P<cents>\.\d\d)?", re.ASCII)
"""What can mean one amount only: a comma is a thousands separator where cents follow."""

DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

FORMS: Final = {
    "amount": (AMOUNT, "amount, such as 152.00"),
    "effective_from": (DAY, "day, such as 2026-01-01"),
    "effective_to": (DAY, "day, such as 2026-12-31"),
}
"""How the cells of a column are written, and what one is called that is not."""

NEEDED_CELL: Final = "This cell must not be empty."

LONGEST_CELL: Final = 20


@dataclass(frozen=True, slots=True)
class FeeSheet:
    """The fees of a sheet, each with its line, and what is wrong with the other lines."""

    fees: Sequence[tuple[int, NewFee]]
    wrong: Sequence[FieldError]


async def add_payer(body: NewPayer, by: str, tx: Transaction) -> PayerView:
    """Add a payer; Conflict where its code is taken, also in capital or small letters."""
    code = body.payer_code.upper()
    await alone_with(tx, f"payer {code}")
    if taken := await tx.scalars(select(PayerRow).where(func.upper(PayerRow.payer_code) == code).limit(1)):
        [other] = taken
        detail = (
            f"{other.payer_code} is the code of {other.payer_name} already; capital and small letters make no other code. Use that payer."
        )
        raise Conflict("payer-code-taken", detail, payer_id=other.id)
    row = PayerRow(id=new_id(), version=1, created_at=tx.now, updated_at=tx.now, **_written(body))
    tx.add(row)
    changes_use_cases.keep(tx, by, "payer", row.id, after=columns(row))
    return PayerView.model_validate(row)


async def change_payer(payer_id: UUID, body: PayerChanges, expected: int | None, by: str, tx: Transaction) -> PayerView:
    """Change a payer; NotFound where there is none, Stale on an older version."""
    row = require(await tx.lock(PayerRow, payer_id), "payer", payer_id)
    check_version(row.version, expected)
    before = columns(row)
    apply_changes(row, _written(body), tx.now)
    changes_use_cases.keep(tx, by, "payer", row.id, before=before, after=columns(row))
    return PayerView.model_validate(row)


async def add_fee(payer_id: UUID, body: NewFee, by: str, tx: Transaction) -> FeeView:
    """Add a fee; an open one that began before ends the day before, and any other overlap is a Conflict; NotFound without that payer."""
    await _lock_payer(payer_id, tx)
    if await _add_fees(payer_id, [body], by, tx):
        raise Conflict("fees-overlap", _overlap(body))
    added = select(FeeRow).where(*_same(payer_id, body), FeeRow.effective_from == body.effective_from, COUNTING)
    [view] = await fee_views(tx, await tx.scalars(added))
    return view


async def change_fee(fee_id: UUID, body: FeeChanges, expected: int | None, by: str, tx: Transaction) -> FeeView:
    """Correct or end a fee; amounts of records that are made stay.

    NotFound where there is none, Stale on an older version, Conflict where it overlaps another.
    """
    found = require(await tx.find(FeeRow, fee_id), "fee", fee_id)
    await _lock_payer(found.payer_id, tx)
    row = require(await tx.lock(FeeRow, fee_id), "fee", fee_id)
    check_version(row.version, expected)
    before = columns(row)
    apply_changes(row, {name: getattr(body, name) for name in body.model_fields_set}, tx.now)
    if refusal := ends_too_early("fee", row.effective_from, row.effective_to):
        raise refusal
    if row.effective_to is None or row.effective_to >= row.effective_from:
        fee = NewFee.model_validate({name: getattr(row, name) for name in NewFee.model_fields}, strict=False)
        others = await tx.scalars(select(FeeRow).where(*_same(row.payer_id, fee), FeeRow.id != fee_id))
        if any(_overlaps(other, fee) for other in others):
            raise Conflict("fees-overlap", _overlap(fee))
    await tx.flush()
    changes_use_cases.keep(tx, by, "fee", row.payer_id, before=before, after=columns(row))
    [view] = await fee_views(tx, [row])
    return view


async def import_fees(payer_id: UUID, sheet: FeeSheet, by: str, tx: Transaction) -> FeesImported:
    """Add every fee of a sheet that is not there already, or none, and report what is wrong with which line; name unknown codes.

    NotFound without that payer, Invalid lists every wrong cell.
    """
    await _lock_payer(payer_id, tx)
    wrong = list(sheet.wrong)
    lines = {id(fee): line for line, fee in sheet.fees}
    there = {cells_of(row) for row in await tx.scalars(select(FeeRow).where(FeeRow.payer_id == payer_id))}
    added = [fee for _, fee in sheet.fees if cells_of(fee) not in there]
    if not wrong:
        refused_ones = await _add_fees(payer_id, added, by, tx)
        wrong = [_wrong(lines[id(fee)], "effective_from", _overlap(fee)) for fee in refused_ones]
    if wrong:
        unknown = ", ".join(f"{each.service_code} (line {each.line})" for each in await _unknown(tx, sheet.fees))
        beside = f" No service of the catalog has {unknown}; such a fee would be imported, but prices nothing." if unknown else ""
        detail = f"{wrong_cells(len(wrong))}{beside}"
        raise Invalid("bad-sheet", detail, wrong)
    return FeesImported(added=len(added), unchanged=len(sheet.fees) - len(added), unknown_codes=await _unknown(tx, sheet.fees))


async def _unknown(db: ReadSession, fees: Sequence[tuple[int, NewFee]]) -> list[UnknownCode]:
    """Name lines whose codes no service of the catalog has; none while billing has no service at all."""
    unknown = await replicas_queries.unknown_codes(db, {fee.service_code for _, fee in fees})
    found = [(line, fee.service_code) for line, fee in fees if fee.service_code in unknown][:LISTED_AT_MOST]
    book = await replicas_queries.whole_book(db) if found else Book()
    return [UnknownCode(line=line, service_code=code, fix=_instead(book.codes_like(code))) for line, code in found]


def _instead(alike: Sequence[Code]) -> str:
    return f"Did you mean {' or '.join(alike)}?" if alike else "Add the service to the catalog, or the fee prices nothing."


async def _lock_payer(payer_id: UUID, tx: Transaction) -> None:
    """Let nobody else write fees of a payer; records of its clients refer to it meanwhile."""
    require(await tx.scalar(select(PayerRow.id).where(PayerRow.id == payer_id).with_for_update(key_share=True)), "payer", payer_id)


async def _add_fees(payer_id: UUID, fees: Sequence[NewFee], by: str, tx: Transaction) -> list[NewFee]:
    """Add fees, the earliest first; one without a last day ends an open one before it. Return those that overlap others and are not added.

    One with a last day ends none: after that day none would be in force.
    """
    there: defaultdict[tuple[Code, str | None], list[FeeRow]] = defaultdict(list)
    codes = {fee.service_code for fee in fees}
    for row in await tx.scalars(select(FeeRow).where(FeeRow.payer_id == payer_id, FeeRow.service_code.in_(codes))):
        there[row.service_code, folded(row.credential)].append(row)
    overlapping: list[NewFee] = []
    for some in portions(sorted(fees, key=lambda each: each.effective_from)):
        ended: list[tuple[dict[str, Any], FeeRow]] = []
        added: dict[UUID, FeeRow] = {}
        for fee in some:
            same = there[fee.service_code, folded(fee.credential)]
            for row in same:
                if fee.effective_to is None and row.effective_to is None and row.effective_from < fee.effective_from:
                    last_day = fee.effective_from - timedelta(days=1)
                    if row.id in added:
                        row.effective_to = last_day
                    else:
                        ended.append((columns(row), row))
                        apply_changes(row, {"effective_to": last_day}, tx.now)
            if any(_overlaps(row, fee) for row in same):
                overlapping.append(fee)
            else:
                row = FeeRow(id=new_id(), payer_id=payer_id, created_at=tx.now, **dict(fee))
                added[row.id] = row
                same.append(row)
        if not overlapping:
            await _write(ended, tuple(added.values()), by, tx)
    return overlapping


async def _write(ended: Sequence[tuple[dict[str, Any], FeeRow]], added: Sequence[FeeRow], by: str, tx: Transaction) -> None:
    """Write fees that end before those that begin, as the constraint on their days wants it, and keep who changed what."""
    for before, row in ended:
        changes_use_cases.keep(tx, by, "fee", row.payer_id, before=before, after=columns(row))
    await tx.flush()
    for row in added:
        tx.add(row)
        changes_use_cases.keep(tx, by, "fee", row.payer_id, after=columns(row))
    await tx.flush()


def _same(payer_id: UUID, fee: NewFee) -> tuple[ColumnElement[bool], ...]:
    of_credential = func.lower(FeeRow.credential).is_not_distinct_from(func.lower(fee.credential))
    return FeeRow.payer_id == payer_id, FeeRow.service_code == fee.service_code, of_credential


def _overlaps(row: FeeRow, fee: NewFee) -> bool:
    if row.effective_to is not None and row.effective_to < row.effective_from:
        return False  # it counts on no day
    begins_before_its_end = row.effective_to is None or fee.effective_from <= row.effective_to
    return begins_before_its_end and (fee.effective_to is None or row.effective_from <= fee.effective_to)


def _overlap(fee: NewFee) -> str:
    ends_none = "" if fee.effective_to is None else " Only a fee without a last day ends an open one on the day before it begins."
    return f"{fee.service_code} has a fee already in that time. Correct or end that one first, or begin after it.{ends_none}"


def _written(body: NewPayer | PayerChanges) -> dict[str, Any]:
    """Return what was written, by column; an address is kept as JSON."""
    stated = {name: getattr(body, name) for name in (body.model_fields_set if isinstance(body, PayerChanges) else NewPayer.model_fields)}
    return {name: value.model_dump() if isinstance(value, Address) else value for name, value in stated.items()}


def read_sheet(body: bytes) -> FeeSheet:
    """Read a sheet's fees; refuse what is no sheet in UTF-8 with these columns; Invalid lists what is wrong."""
    fees: list[tuple[int, NewFee]] = []
    wrong: list[FieldError] = []
    for number, (line, cells) in enumerate(rows_of(text_of(body, CSV), COLUMNS, NEEDED), 1):
        if number > MOST_LINES:
            raise Invalid("too-many-lines", f"A sheet has at most {MOST_LINES} lines. Import the rest separately.")
        written = {name: value for name, value in cells.items() if value}
        try:
            fees.append((line, NewFee.model_validate(written | {"amount": _amount(cells["amount"])}, strict=False)))
        except ValidationError as error:
            wrong += [_wrong_cell(line, cells, found) for found in error.errors()]
    return FeeSheet(fees, wrong)


def _amount(cell: str) -> str:
    """Read an amount as spreadsheets write it: with a dollar sign, commas between thousands, or without cents; others stay as they are."""
    found = AMOUNT.fullmatch(cell)
    return f"{found['whole'].replace(',', '')}{found['cents'] or '.00'}" if found else cell


def _wrong_cell(line: int, cells: Mapping[str, str], found: Mapping[str, Any]) -> FieldError:
    """Return what is wrong with a cell, as text for whoever wrote the sheet."""
    if not found["loc"]:
        return _wrong(line, "effective_to", f"{cells['effective_to']} lies before the first day, {cells['effective_from']}.")
    field = str(found["loc"][0])
    cell = cells.get(field, "")
    if not cell:
        return _wrong(line, field, NEEDED_CELL)
    form, example = FORMS.get(field, (None, ""))
    is_readable = form is None or form.fullmatch(cell) is not None
    return _wrong(line, field, sentence_of(found) if is_readable else f"{cell[:LONGEST_CELL]!r} is no {example}.")


def _wrong(line: int, field: str, message: str) -> FieldError:
    return FieldError(field=f"line {line}: {field}", code="bad-cell", message=message)
