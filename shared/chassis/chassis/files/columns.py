"""A table that is written as a sheet: its columns, their kinds and its rows; pure."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

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


AS_THEY_ARE: Final = (str, int)
"""Cells that JSON has too; a flag is an int."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called in JSON, CSV and XLSX alike, and what its cells are."""

    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose rows are read while they are written."""

    name: str
    """The file's, without its ending."""
    columns: Sequence[Column]
    batches: Batches
    beneath: Callable[[], Iterable[Row]] = tuple
    """The lines under the last row, read when all rows are written."""


def plain(cell: Cell) -> str | int | bool | None:
    """Write a cell as JSON has it: amounts with two decimals, instants in UTC."""
    if cell is None or isinstance(cell, AS_THEY_ARE):
        return cell
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(cell)
