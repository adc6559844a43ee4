"""The catalog as a spreadsheet: read from CSV with every bad line named, written as CSV that no spreadsheet runs as formulas."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Any, Final

from chassis.bodies.findings import code_of, sentence_of
from chassis.errors import LISTED_AT_MOST
from chassis.files.cells import lines, read_cell, written_cell
from chassis.files.columns import Cell
from chassis.files.sheets import SAVE_WITH_COMMAS, other_separator
from pydantic import ValidationError

from catalog.schemas import LineError, NewService

COLUMNS: Final = (
    "service_code", "service_name", "service_type", "standard_duration", "base_rate", "effective_from", "billing_category", "kind",
    "claimable", "min_minutes", "max_minutes", "max_units_per_day", "components", "requires_primary", "excludes_same_day", "billed_per",
    "min_clients", "is_active", "description",
)  # fmt: skip
"""The order in which they are written; a sheet that is read may have them in any order."""
NEEDED: Final = frozenset({"service_code", "service_name", "service_type", "standard_duration", "base_rate"})
WHOLE_NUMBERS: Final = frozenset({"standard_duration", "min_minutes", "max_minutes", "max_units_per_day", "min_clients"})
CODE_LISTS: Final = frozenset({"components", "requires_primary", "excludes_same_day"})
FLAGS: Final = {"true": True, "false": False}

MOST_LINES: Final = 5_000


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A service as a line of the sheet describes it; fields whose column is absent are unset."""

    line: int
    service: NewService


ReadSheet = tuple[list[SheetRow], list[LineError]]
"""The lines that can be read, and what is wrong with the others."""


def read(text: str) -> ReadSheet:
    """Read every line of a sheet, and everything that is wrong with any."""
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[SheetRow] = []
    try:
        columns = [name.strip() for name in next(reader, [])]
        errors = list(islice(_check_columns(columns), LISTED_AT_MOST))
        if errors:
            return [], errors
        line = reader.line_num + 1
        for cells in reader:
            if any(cells):
                found = _read_line(line, columns, cells)
                rows.extend([found] if isinstance(found, SheetRow) else ())
                errors.extend([] if isinstance(found, SheetRow) else found)
            line = reader.line_num + 1
            if line > MOST_LINES + 1:
                errors.append(
                    _wrong(line, "sheet", "too-many-lines", f"A sheet has at most {MOST_LINES} lines. Import the rest separately.")
                )
                break
    except csv.Error as error:
        return rows, [_wrong(reader.line_num, "sheet", "unreadable", f"This is not CSV: {error}.")]
    return rows, [*errors, *_repeated(rows)]


def write(services: Iterable[Mapping[str, Any]]) -> str:
    """Write services as a sheet that ``read`` takes back unchanged."""
    return lines([COLUMNS, *([_cell(service[column]) for column in COLUMNS] for service in services)])


def write_cell(value: Cell | Sequence[str]) -> str:
    """Write a value as the sheet has it."""
    return written_cell(_cell(value))


def _cell(value: Cell | Sequence[str]) -> Cell:
    return " ".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _check_columns(columns: Sequence[str]) -> Iterator[LineError]:
    if separator := other_separator(columns, COLUMNS):
        yield _wrong(1, "sheet", "other-separator", f"The sheet separates its columns by {separator}, not by commas. {SAVE_WITH_COMMAS}")
        return
    for name in sorted(NEEDED - set(columns)):
        yield _wrong(1, name, "missing-column", f"The first line names the columns; {name} is missing.")
    for name, times in Counter(columns).items():
        if name not in COLUMNS:
            yield _wrong(1, name, "unknown-column", f"There is no column {name!r}. The columns are {', '.join(COLUMNS)}.")
        elif times > 1:
            yield _wrong(1, name, "repeated-column", f"The column {name} is there {times} times.")


def _read_line(line: int, columns: Sequence[str], cells: Sequence[str]) -> SheetRow | list[LineError]:
    if len(cells) != len(columns):
        return [_wrong(line, "line", "wrong-length", f"There are {len(cells)} cells under {len(columns)} columns.")]
    values = {
        column: _value(column, read_cell(cell)) for column, cell in zip(columns, cells, strict=True) if cell.strip() or column not in NEEDED
    }
    try:
        return SheetRow(line, NewService.model_validate(values))
    except ValidationError as refusal:
        return [_wrong(line, str(found["loc"][0]), code_of(found), sentence_of(found)) for found in refusal.errors()]


def _value(column: str, cell: str) -> object:
    if not cell:
        return NewService.model_fields[column].get_default()
    if column in WHOLE_NUMBERS:
        return int(cell) if re.fullmatch(r"[0-9]{1,9}", cell) else cell
    if column in CODE_LISTS:
        return cell.split()
    if column == "is_active":
        return FLAGS.get(cell.lower(), cell)
    return cell


def _repeated(rows: Sequence[SheetRow]) -> Iterator[LineError]:
    first: dict[str, int] = {}
    for row in rows:
        if (earlier := first.setdefault(row.service.service_code, row.line)) != row.line:
            yield _wrong(row.line, "service_code", "repeated-code", f"{row.service.service_code} is on line {earlier} already.")


def _wrong(line: int, field: str, code: str, message: str) -> LineError:
    return LineError(line=line, field=field, code=code, message=message)
