"""Cells of CSV: text that a spreadsheet would run gets an apostrophe, which is taken off again where it is read; pure."""

import csv
import re
from collections.abc import Iterable
from io import StringIO
from typing import Final

from chassis.files.columns import Cell, plain

FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
"""The beginning of text that a spreadsheet would run, and of text that was kept from it by an apostrophe."""


def lines(rows: Iterable[Iterable[Cell]]) -> str:
    """Write rows as CSV."""
    written = StringIO(newline="")
    csv.writer(written).writerows([written_cell(cell) for cell in row] for row in rows)
    return written.getvalue()


def written_cell(cell: Cell) -> str:
    """Write a cell so that no spreadsheet runs it; numbers and days as JSON has them, what is absent as an empty cell."""
    if isinstance(cell, str):
        return f"'{cell}" if FORMULA.match(cell) else cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else str(plain(cell))


def read_cell(written: str) -> str:
    """Return the text that was written as this cell, without spaces around it."""
    text = written.strip()
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
