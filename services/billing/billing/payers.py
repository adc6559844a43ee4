"""Whoever pays for clients, and what they have agreed to pay: fees with dates, changed one by one or by a sheet."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Body, Page, View, check_version, page, read_cursor
from chassis.plain import sentence_of
from chassis.problems import LISTED_AT_MOST, FieldError, Problem, conflict, invalid, not_found, refused
from chassis.search import foldable, occur
from chassis.sheets import rows_of, text_of, wrong_cells
from chassis.text import Line, Seen
from contracts.forms import TextForm
from contracts.types import Amount, Code, Day, Flag, Instant, Money, Version, new_id
from pydantic import MISSING, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import ColumnElement, func, select, tuple_

from billing import changes, replicas
from billing.coverage import folded
from billing.domain import Book
from billing.in_steps import portions
from billing.parties import Address, PlaceOfService
from billing.resources import MOST_MONEY
from billing.sheet import safe
from billing.store import columns
from billing.terms_store import FeeRow, PayerRow, require_lasting

MOST_LINES: Final = 5_000
CSV: Final = "text/csv"
COLUMNS: Final = ("service_code", "credential", "amount", "effective_from", "effective_to")
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
PAYER_ID: Final = "01890a5d-ac96-7a99-9d33-e4f506172839"
WRITTEN: Final[dict[str, Any]] = {"created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z"}

UNKNOWN_EXAMPLE: Final[dict[str, Any]] = {"line": 4, "service_code": "9O834", "fix": "Did you mean 90834?"}

PayerCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    TextForm(r"^[A-Za-z0-9]{2,80}$", "A payer's code has 2 to 80 letters and digits, such as HM001."),
]
Credential = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), Seen]
FilingCode = Annotated[str, TextForm(r"^[A-Z0-9]{2}$", "A filing code has two capital letters or digits, such as CI.")]
Modifier = Annotated[str, TextForm(r"^[A-Z0-9]{2}$", "A modifier has two capital letters or digits, such as 95.")]
Fee = Annotated[Money, Field(ge=0, le=MOST_MONEY)]


class NewPayer(Body):
    """Somebody who pays for clients."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payer_name": "Harbor Mutual", "payer_code": "HM001"}]})

    payer_name: Line
    payer_code: PayerCode
    """What claims call it; one payer has it."""
    claim_filing_code: FilingCode = "CI"
    """SBR09 of a claim: CI commercial, BL Blue Cross, MB Medicare B, MC Medicaid, HM HMO, and so on."""
    telehealth_place_of_service: PlaceOfService = "10"
    """What this payer wants to see for a session by video or audio: 10 gives 02 where the client was elsewhere; 02 is always 02."""
    telehealth_modifier: Modifier | None = "95"
    """What this payer wants beside the code of a session by video; one by audio has 93."""
    address: Address | None = None
    is_active: Flag = True


class PayerChanges(Body):
    """What to change of a payer; what is absent stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payer_name": "Harbor Mutual Health"}]})

    payer_name: Line | MISSING = MISSING
    claim_filing_code: FilingCode | MISSING = MISSING
    telehealth_place_of_service: PlaceOfService | MISSING = MISSING
    telehealth_modifier: Modifier | MISSING | None = MISSING
    address: Address | MISSING | None = MISSING
    is_active: Flag | MISSING = MISSING


class PayerView(View):
    """Somebody who pays for clients."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": PAYER_ID,
                    "payer_name": "Harbor Mutual",
                    "payer_code": "HM001",
                    "claim_filing_code": "CI",
                    "telehealth_place_of_service": "10",
                    "telehealth_modifier": "95",
                    "address": None,
                    "is_active": True,
                    "version": 1,
                    **WRITTEN,
                }
            ]
        }
    )

    id: UUID
    payer_name: str
    payer_code: str
    claim_filing_code: str
    telehealth_place_of_service: str
    telehealth_modifier: str | None
    address: Address | None
    is_active: bool
    version: Version
    created_at: Instant
    updated_at: Instant


class NewFee(Body):
    """What a payer has agreed to pay for a code, per unit."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"service_code": "90837", "amount": "152.00", "effective_from": "2026-01-01"}]}
    )

    service_code: Code
    credential: Credential | None = None
    """Only for therapists with this credential; the fee for all of them when absent."""
    amount: Fee
    effective_from: Day
    effective_to: Day | None = None
    """The last day; open when absent."""

    @model_validator(mode="after")
    def _lasts(self) -> "NewFee":
        if self.effective_to is not None and self.effective_to < self.effective_from:
            message = "effective_to must not lie before effective_from"
            raise ValueError(message)
        return self


class FeeChanges(Body):
    """What to correct of a fee; what is absent stays. A fee with another code, credential or first day is a new one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "152.00"}, {"effective_to": "2026-06-30"}]})

    amount: Fee | MISSING = MISSING
    effective_to: Day | MISSING | None = MISSING


class FeeView(View):
    """What a payer has agreed to pay for a code, per unit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01890a5d-ac96-7baa-8e44-f50617283940",
                    "payer_id": PAYER_ID,
                    "service_code": "90837",
                    "credential": None,
                    "amount": "152.00",
                    "effective_from": "2026-01-01",
                    "effective_to": None,
                    "in_catalog": True,
                    "version": 1,
                    "created_at": "2026-03-01T12:00:00Z",
                }
            ]
        }
    )

    id: UUID
    payer_id: UUID
    service_code: Code
    credential: str | None
    amount: Amount
    effective_from: Day
    effective_to: Day | None
    in_catalog: bool
    """Whether the catalog has a service with this code, as far as billing knows yet; without one the fee prices nothing."""
    version: Version
    created_at: Instant


class UnknownCode(View):
    """A line of a sheet whose code the catalog does not have, as far as billing knows yet; its fee is added and prices nothing so far."""

    line: int
    service_code: Code
    fix: str


class FeesImported(View):
    """What became of a sheet of fees."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"added": 12, "unchanged": 30, "unknown_codes": [UNKNOWN_EXAMPLE]}]})

    added: int
    unchanged: int
    """Lines that say what is on file already."""
    unknown_codes: Annotated[list[UnknownCode], Field(max_length=LISTED_AT_MOST)]
    """The first 100 of them; they are added all the same, because a service may be on its way from the catalog."""


@dataclass(frozen=True, slots=True)
class FeeSheet:
    """The fees of a sheet, each with its line, and what is wrong with the other lines."""

    fees: Sequence[tuple[int, NewFee]]
    wrong: Sequence[FieldError]


async def add_payer(body: NewPayer, by: str, tx: Transaction) -> PayerView:
    """Add a payer."""
    if taken := await tx.scalar(select(PayerRow.id).where(PayerRow.payer_code == body.payer_code)):
        raise conflict("payer-code-taken", f"{body.payer_code} is another payer already. Use that one.", payer_id=taken)
    row = PayerRow(id=new_id(), version=1, created_at=tx.now, updated_at=tx.now, **_written(body))
    tx.add(row)
    changes.keep(tx, by, "payer", row.id, after=columns(row))
    return PayerView.model_validate(row)


async def change_payer(payer_id: UUID, body: PayerChanges, expected: int | None, by: str, tx: Transaction) -> PayerView:
    """Change a payer."""
    row = await tx.lock(PayerRow, payer_id)
    if row is None:
        raise not_found("payer", payer_id)
    check_version(row.version, expected)
    before = columns(row)
    for name, value in _written(body).items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = tx.now
    changes.keep(tx, by, "payer", row.id, before=before, after=columns(row))
    return PayerView.model_validate(row)


async def list_payers(db: ReadSession, q: str | None, is_active: bool | None, limit: int, cursor: str | None) -> Page[PayerView]:  # noqa: FBT001
    """Return payers by name."""
    query = select(PayerRow).order_by(PayerRow.payer_name, PayerRow.id).limit(limit + 1)
    if q:
        query = query.where(occur(q, foldable(PayerRow.payer_name, PayerRow.payer_code)))
    if is_active is not None:
        query = query.where(PayerRow.is_active == is_active)
    if cursor:
        query = query.where(tuple_(PayerRow.payer_name, PayerRow.id) > tuple(read_cursor(cursor, str, UUID)))
    return page([PayerView.model_validate(row) for row in await db.scalars(query)], limit, lambda payer: (payer.payer_name, payer.id))


async def find_payer(db: ReadSession, payer_id: UUID) -> PayerView:
    """Return a payer."""
    row = await db.find(PayerRow, payer_id)
    if row is None:
        raise not_found("payer", payer_id)
    return PayerView.model_validate(row)


async def list_fees(db: ReadSession, payer_id: UUID, code: Code | None, day: date | None, limit: int, cursor: str | None) -> Page[FeeView]:
    """Return a payer's fees by code and date, or those in force on a day."""
    await find_payer(db, payer_id)
    position = (FeeRow.service_code, FeeRow.effective_from, FeeRow.id)
    query = select(FeeRow).where(FeeRow.payer_id == payer_id).order_by(*position).limit(limit + 1)
    if code is not None:
        query = query.where(FeeRow.service_code == code)
    if day is not None:
        query = query.where(FeeRow.effective_from <= day, (FeeRow.effective_to.is_(None)) | (FeeRow.effective_to >= day))
    if cursor:
        query = query.where(tuple_(*position) > tuple(read_cursor(cursor, str, date, UUID)))
    found = await _views(db, await db.scalars(query))
    return page(found, limit, lambda fee: (fee.service_code, fee.effective_from, fee.id))


async def add_fee(payer_id: UUID, body: NewFee, by: str, tx: Transaction) -> FeeView:
    """Add a fee; an open one that began before ends the day before, and any other overlap is refused."""
    await _lock_payer(payer_id, tx)
    if await _add_fees(payer_id, [body], by, tx):
        raise conflict("fees-overlap", _overlap(body))
    added = select(FeeRow).where(*_same(payer_id, body), FeeRow.effective_from == body.effective_from)
    [view] = await _views(tx, await tx.scalars(added))
    return view


async def change_fee(fee_id: UUID, body: FeeChanges, expected: int | None, by: str, tx: Transaction) -> FeeView:
    """Correct or end a fee; amounts of records that are made stay."""
    found = await tx.find(FeeRow, fee_id)
    if found is None:
        raise not_found("fee", fee_id)
    await _lock_payer(found.payer_id, tx)
    row = await tx.lock(FeeRow, fee_id)
    if row is None:
        raise not_found("fee", fee_id)
    check_version(row.version, expected)
    before = columns(row)
    for name in body.model_fields_set:
        setattr(row, name, getattr(body, name))
    require_lasting("fee", row.effective_from, row.effective_to)
    if row.effective_to is None or row.effective_to >= row.effective_from:
        fee = NewFee.model_validate({name: getattr(row, name) for name in NewFee.model_fields}, strict=False)
        others = await tx.scalars(select(FeeRow).where(*_same(row.payer_id, fee), FeeRow.id != fee_id))
        if any(_overlaps(other, fee) for other in others):
            raise conflict("fees-overlap", _overlap(fee))
    row.version += 1
    await tx.flush()
    changes.keep(tx, by, "fee", row.payer_id, before=before, after=columns(row))
    [view] = await _views(tx, [row])
    return view


async def import_fees(payer_id: UUID, sheet: FeeSheet, by: str, tx: Transaction) -> FeesImported:
    """Add every fee of a sheet that is not there already, or none and say what is wrong with which line; name unknown codes."""
    await _lock_payer(payer_id, tx)
    wrong = list(sheet.wrong)
    lines = {id(fee): line for line, fee in sheet.fees}
    there = {_cells(row) for row in await tx.scalars(select(FeeRow).where(FeeRow.payer_id == payer_id))}
    added = [fee for _, fee in sheet.fees if _cells(fee) not in there]
    if not wrong:
        refused_ones = await _add_fees(payer_id, added, by, tx)
        wrong = [_wrong(lines[id(fee)], "effective_from", _overlap(fee)) for fee in refused_ones]
    if wrong:
        unknown = ", ".join(f"{each.service_code} (line {each.line})" for each in await _unknown(tx, sheet.fees))
        beside = f" No service of the catalog has {unknown}; such a fee would be imported, but prices nothing." if unknown else ""
        detail = f"{wrong_cells(len(wrong))}{beside}"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-sheet", detail, wrong)
    return FeesImported(added=len(added), unchanged=len(sheet.fees) - len(added), unknown_codes=await _unknown(tx, sheet.fees))


async def _unknown(db: ReadSession, fees: Sequence[tuple[int, NewFee]]) -> list[UnknownCode]:
    """Name lines whose codes no service of the catalog has; none while billing knows no service at all."""
    unknown = await replicas.unknown_codes(db, {fee.service_code for _, fee in fees})
    found = [(line, fee.service_code) for line, fee in fees if fee.service_code in unknown][:LISTED_AT_MOST]
    book = await replicas.whole_book(db) if found else Book()
    return [UnknownCode(line=line, service_code=code, fix=_instead(book.codes_like(code))) for line, code in found]


def _instead(alike: Sequence[Code]) -> str:
    return f"Did you mean {' or '.join(alike)}?" if alike else "Add the service to the catalog, or the fee prices nothing."


async def export_fees(db: ReadSession, payer_id: UUID) -> str:
    """Write a payer's fees as a sheet that can be imported again and that no spreadsheet runs."""
    await find_payer(db, payer_id)
    rows = await db.scalars(select(FeeRow).where(FeeRow.payer_id == payer_id).order_by(FeeRow.service_code, FeeRow.effective_from))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in _cells(row)] for row in rows)
    return written.getvalue()


def fee_of(code: Code, credential: str | None, amount: Decimal, since: date, until: date | None) -> NewFee:
    """Read a fee that is only imagined, as one that is written would be read."""
    try:
        return NewFee(service_code=code, credential=credential, amount=amount, effective_from=since, effective_to=until)
    except ValidationError as error:
        raise invalid([{**found, "loc": ("query", *found["loc"])} for found in error.errors()]) from error


async def _lock_payer(payer_id: UUID, tx: Transaction) -> None:
    """Let nobody else write fees of a payer; records of its clients refer to it meanwhile."""
    if not await tx.scalars(select(PayerRow.id).where(PayerRow.id == payer_id).with_for_update(key_share=True)):
        raise not_found("payer", payer_id)


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
                    if row.id not in added:
                        ended.append((columns(row), row))
                        row.version += 1
                    row.effective_to = fee.effective_from - timedelta(days=1)
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
        changes.keep(tx, by, "fee", row.payer_id, before=before, after=columns(row))
    await tx.flush()
    for row in added:
        tx.add(row)
        changes.keep(tx, by, "fee", row.payer_id, after=columns(row))
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


async def _views(db: ReadSession, rows: Sequence[FeeRow]) -> list[FeeView]:
    """Show fees, each with whether the catalog has its service."""
    unknown = await replicas.unknown_codes(db, {row.service_code for row in rows})
    return [FeeView.model_validate({**columns(row), "in_catalog": row.service_code not in unknown}) for row in rows]


def _written(body: NewPayer | PayerChanges) -> dict[str, Any]:
    """Return what was written, by column; an address is kept as JSON."""
    said = {name: getattr(body, name) for name in (body.model_fields_set if isinstance(body, PayerChanges) else NewPayer.model_fields)}
    return {name: value.model_dump() if isinstance(value, Address) else value for name, value in said.items()}


def read_sheet(body: bytes) -> FeeSheet:
    """Read a sheet's fees; refuse what is no sheet in UTF-8 with these columns."""
    fees: list[tuple[int, NewFee]] = []
    wrong: list[FieldError] = []
    for number, (line, cells) in enumerate(rows_of(text_of(body, CSV), COLUMNS, NEEDED), 1):
        if number > MOST_LINES:
            raise refused("too-many-lines", f"A sheet has at most {MOST_LINES} lines. Import the rest separately.")
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
    """Say what is wrong with a cell, in words for whoever wrote the sheet."""
    if not found["loc"]:
        return _wrong(line, "effective_to", f"{cells['effective_to']} lies before the first day, {cells['effective_from']}.")
    field = str(found["loc"][0])
    cell = cells.get(field, "")
    if not cell:
        return _wrong(line, field, NEEDED_CELL)
    form, example = FORMS.get(field, (None, ""))
    is_readable = form is None or form.fullmatch(cell) is not None
    return _wrong(line, field, sentence_of(found) if is_readable else f"{cell[:LONGEST_CELL]!r} is no {example}.")


def _cells(row: FeeRow | NewFee) -> tuple[object, ...]:
    amount: Decimal = row.amount
    return row.service_code, row.credential, f"{amount:.2f}", row.effective_from, row.effective_to


def _wrong(line: int, field: str, message: str) -> FieldError:
    return FieldError(field=f"line {line}: {field}", code="bad-cell", message=message)
