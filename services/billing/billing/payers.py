"""Whoever pays for clients, and what they have agreed to pay: fees with dates, changed one by one or by a sheet."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Body, Page, View, check_version, page, read_cursor
from chassis.plain import sentence_of
from chassis.problems import FieldError, Problem, conflict, invalid, not_found, refused
from chassis.search import foldable, occur
from chassis.text import Line, Seen
from contracts.forms import TextForm
from contracts.types import Amount, Code, Day, Flag, Instant, Money, Version, new_id
from pydantic import MISSING, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError

from billing import changes
from billing.parties import Address, PlaceOfService
from billing.resources import MOST_MONEY
from billing.sheet import safe
from billing.store import columns
from billing.terms_store import FeeRow, PayerRow

MOST_LINES: Final = 5_000
SheetLine = tuple[int, dict[str, str]]
"""A line's number and its cells by column."""
COLUMNS: Final = ("service_code", "credential", "amount", "effective_from", "effective_to")
PAYER_ID: Final = "01890a5d-ac96-7a99-9d33-e4f506172839"
WRITTEN: Final[dict[str, Any]] = {"created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z"}

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
    created_at: Instant


class FeesImported(View):
    """What became of a sheet of fees."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"added": 12}]})

    added: int


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
    found = [FeeView.model_validate(row) for row in await db.scalars(query)]
    return page(found, limit, lambda fee: (fee.service_code, fee.effective_from, fee.id))


async def add_fee(payer_id: UUID, body: NewFee, by: str, tx: Transaction) -> FeeView:
    """Add a fee; an open one that began before ends the day before, and any other overlap is refused."""
    await _lock_payer(payer_id, tx)
    return FeeView.model_validate(await _add_fee(payer_id, body, by, tx))


async def import_fees(payer_id: UUID, lines: Sequence[SheetLine], by: str, tx: Transaction) -> FeesImported:
    """Add every fee of a sheet, or none and say what is wrong with which line."""
    await _lock_payer(payer_id, tx)
    wrong: list[FieldError] = []
    fees: list[tuple[int, NewFee]] = []
    for line, cells in lines:
        try:
            fees.append((line, NewFee.model_validate({name: value for name, value in cells.items() if value}, strict=False)))
        except ValidationError as error:
            wrong += [_wrong(line, str(found["loc"][0]) if found["loc"] else "", sentence_of(found)) for found in error.errors()]
    for line, fee in sorted(fees, key=lambda each: each[1].effective_from) if not wrong else ():
        try:
            await _add_fee(payer_id, fee, by, tx)
        except Problem as problem:
            wrong.append(_wrong(line, "effective_from", problem.detail or "overlaps"))
    if wrong:
        detail = f"{len(wrong)} cells are wrong, so nothing was imported. Correct them and send the sheet again."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-sheet", detail, wrong)
    return FeesImported(added=len(fees))


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
    if await tx.lock(PayerRow, payer_id) is None:
        raise not_found("payer", payer_id)


async def _add_fee(payer_id: UUID, body: NewFee, by: str, tx: Transaction) -> FeeRow:
    same = FeeRow.payer_id == payer_id, FeeRow.service_code == body.service_code, FeeRow.credential.is_not_distinct_from(body.credential)
    before = select(FeeRow).where(*same, FeeRow.effective_to.is_(None), FeeRow.effective_from < body.effective_from)
    for open_fee in await tx.scalars(before):
        was = columns(open_fee)
        open_fee.effective_to = body.effective_from - timedelta(days=1)
        changes.keep(tx, by, "fee", payer_id, before=was, after=columns(open_fee))
    await tx.flush()
    row = FeeRow(id=new_id(), payer_id=payer_id, created_at=tx.now, **dict(body))
    try:
        async with tx.savepoint():
            tx.add(row)
            await tx.flush()
    except IntegrityError as error:
        detail = f"{body.service_code} has a fee already in that time. End that one first, or begin behind it."
        raise conflict("fees-overlap", detail) from error
    changes.keep(tx, by, "fee", payer_id, after=columns(row))
    return row


def _written(body: NewPayer | PayerChanges) -> dict[str, Any]:
    """Return what was written, by column; an address is kept as JSON."""
    said = {name: getattr(body, name) for name in (body.model_fields_set if isinstance(body, PayerChanges) else NewPayer.model_fields)}
    return {name: value.model_dump() if isinstance(value, Address) else value for name, value in said.items()}


def read_sheet(body: bytes) -> Sequence[SheetLine]:
    """Read a sheet's lines, each with its number and its cells by column."""
    text = body.decode("utf-8", "replace")
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if missing := {"service_code", "amount", "effective_from"} - set(reader.fieldnames or ()):
        raise refused("bad-sheet", f"The sheet lacks the columns {', '.join(sorted(missing))}. Its columns are {', '.join(COLUMNS)}.")
    lines = [(reader.line_num, {name: (cells.get(name) or "").strip().lstrip("'") for name in COLUMNS}) for cells in reader]
    if len(lines) > MOST_LINES:
        raise refused("too-many-lines", f"A sheet has at most {MOST_LINES} lines. Import the rest separately.")
    return lines


def _cells(row: FeeRow) -> tuple[object, ...]:
    amount: Decimal = row.amount
    return row.service_code, row.credential, f"{amount:.2f}", row.effective_from, row.effective_to


def _wrong(line: int, field: str, message: str) -> FieldError:
    return FieldError(field=f"line {line}: {field}", code="bad-cell", message=message)
