"""Sheets: a table defined once, written as CSV or XLSX a batch of rows at a time, however many there are.

No cell is ever a formula: in CSV, text that a spreadsheet would run gets an apostrophe; in XLSX every cell has its type.
"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from chassis.large_files import in_turn
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS_OF_A_WORKSHEET: Final = 1_048_576
"""Excel's own limit; what is more goes on on the next worksheet."""
CHUNK_BYTES: Final = 64 * 1024
CHARACTERS: Final = 18
"""The width of a column."""

Cell = str | int | Decimal | date | datetime | UUID | bool | None
Row = Sequence[Cell]
Batches = AsyncIterator[Sequence[Row]]


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    ID = "id"
    WHOLE = "whole"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    FLAG = "flag"


SHOWN_AS: Final[dict[type, str]] = {int: "0", Decimal: "#,##0.00", date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss"}
"""What a spreadsheet makes of a number."""

AS_THEY_ARE: Final = (str, int)
"""Cells that JSON has too; a flag is an int."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called in JSON, CSV and XLSX alike, and what its cells are."""

    name: str
    kind: Kind = Kind.TEXT


INCOMPLETE: Final = "This file is incomplete: the service could not read the rest. Export it again."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose rows are read while they are written."""

    name: str
    """The file's, without its ending."""
    columns: Sequence[Column]
    batches: Batches
    beneath: Callable[[], Iterable[Row]] = tuple
    """The lines under the last row, asked for when all rows are written."""


def plain(cell: Cell) -> str | int | bool | None:
    """Write a cell as JSON has it: amounts with two decimals, instants in UTC."""
    if cell is None or isinstance(cell, AS_THEY_ARE):
        return cell
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(cell)


def safe(cell: object) -> str:
    """Write text so that no spreadsheet takes it for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def lines(rows: Iterable[Row]) -> bytes:
    """Write rows as CSV."""
    written = io.StringIO()
    csv.writer(written).writerows([_text(cell) for cell in row] for row in rows)
    return written.getvalue().encode()


async def to_csv(sheet: Sheet) -> AsyncIterator[bytes]:
    """Write a sheet as CSV; one that breaks off says so in its last line, since some proxies end it as if it were whole."""
    yield lines([[column.name for column in sheet.columns]])
    try:
        async for batch in sheet.batches:
            yield await in_turn(lines, batch)
    except Exception:
        yield lines([[INCOMPLETE]])
        raise
    yield lines(sheet.beneath())


async def to_xlsx(sheet: Sheet) -> AsyncIterator[bytes]:
    """Write a sheet as XLSX: into a temporary file, which is sent and forgotten."""
    with TemporaryDirectory(prefix="holdfast-sheet-") as folder:
        book = _Book(Path(folder), sheet.name, sheet.columns)
        try:
            async for batch in sheet.batches:
                await in_turn(book.write, batch)
            await in_turn(book.finish, sheet.beneath())
        finally:
            book.let_go()
        with book.path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(plain(cell))


class _Book:
    """A workbook that keeps one row in memory and the others in its folder."""

    def __init__(self, folder: Path, title: str, columns: Sequence[Column]) -> None:
        self.path = folder / "sheet.xlsx"
        self._workbook = Workbook(str(self.path), {"constant_memory": True, "tmpdir": str(folder)})
        self._title = title
        self._names = [column.name for column in columns]
        self._bold = self._workbook.add_format({"bold": True})
        self._formats = {kind: self._workbook.add_format({"num_format": shown}) for kind, shown in SHOWN_AS.items()}
        self._totals = {kind: self._workbook.add_format({"num_format": shown, "bold": True}) for kind, shown in SHOWN_AS.items()}
        self._worksheet = self._begin()

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._write(row, self._formats, None)

    def finish(self, beneath: Iterable[Row]) -> None:
        for row in beneath:
            self._write(row, self._totals, self._bold)
        self._workbook.close()

    def let_go(self) -> None:
        """Close what is open when the sheet is not wanted any more."""
        for worksheet in self._workbook.worksheets():
            if worksheet.row_data_fh is not None:
                worksheet.row_data_fh.close()

    def _begin(self) -> Worksheet:
        number = len(self._workbook.worksheets()) + 1
        worksheet = self._workbook.add_worksheet(self._title[:24] if number == 1 else f"{self._title[:24]} {number}")
        worksheet.freeze_panes(1, 0)
        worksheet.set_column(0, len(self._names) - 1, CHARACTERS)
        for position, name in enumerate(self._names):
            worksheet.write_string(0, position, name, self._bold)
        self._next = 1
        return worksheet

    def _write(self, row: Row, formats: dict[type, Format], otherwise: Format | None) -> None:
        if self._next == MOST_ROWS_OF_A_WORKSHEET:
            self._worksheet = self._begin()
        for position, cell in enumerate(row):
            shown = formats.get(type(cell), otherwise)
            if isinstance(cell, bool):
                self._worksheet.write_boolean(self._next, position, cell, otherwise)
            elif isinstance(cell, int | Decimal):
                self._worksheet.write_number(self._next, position, cell, shown)  # type: ignore[bad-argument-type] (decimals are written as they are)
            elif isinstance(cell, datetime):
                self._worksheet.write_datetime(self._next, position, cell.astimezone(UTC).replace(tzinfo=None), shown)
            elif isinstance(cell, date):
                self._worksheet.write_datetime(self._next, position, cell, shown)  # type: ignore[bad-argument-type] (days as well)
            elif cell is not None:
                self._worksheet.write_string(self._next, position, str(cell), otherwise)
        self._next += 1
