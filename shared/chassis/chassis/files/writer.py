"""Sheets: a table defined once, written as CSV or XLSX a batch of rows at a time, however many there are.

No cell is ever a formula: in CSV, text that a spreadsheet would run gets an apostrophe; in XLSX every cell has its type.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from typing import Final

from chassis.files.columns import Cell, Row, Sheet, plain
from chassis.files.threads import in_turn
from chassis.files.workbook import Workbook

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

INCOMPLETE: Final = "This file is incomplete: the service could not read the rest. Export it again."


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
    """Write a sheet as CSV; one that breaks off has a note in its last line, since some proxies end it as if it were whole."""
    yield lines([[column.name for column in sheet.columns]])
    try:
        async for batch in sheet.batches:
            yield await in_turn(lines, batch)
    except Exception:
        yield lines([[INCOMPLETE]])
        raise
    yield lines(sheet.beneath())


async def to_xlsx(sheet: Sheet) -> AsyncIterator[bytes]:
    """Write a sheet as XLSX; one that breaks off has no end and cannot be opened."""
    workbook = Workbook(sheet.name, sheet.columns)
    try:
        yield workbook.taken()
        async for batch in sheet.batches:
            yield await in_turn(workbook.write, batch)
        yield await in_turn(workbook.finish, sheet.beneath())
    finally:
        workbook.let_go()


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(plain(cell))
