"""The catalog as a spreadsheet: read from CSV with every bad line named, written as CSV that no spreadsheet runs as formulas."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chassis.bodies.findings import code_of, sentence_of
from chassis.files.cells import lines, written_cell
from chassis.files.columns import Cell
from chassis.files.sheets import Line, LineProblem, lines_of
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
    rows: list[SheetRow] = []
    errors: list[LineError] = []
    for found in lines_of(text, COLUMNS, NEEDED, whole=True):
        if found.line > MOST_LINES + 1:
            message = f"A sheet has at most {MOST_LINES} lines. Import the rest separately."
            errors.append(_wrong(found.line, "sheet", "too-many-lines", message))
            break
        if isinstance(found, LineProblem):
            errors.append(_wrong(found.line, found.field, found.code, f"{found.message} {found.fix}".rstrip()))
            continue
        try:
            rows.append(_row(found))
        except ValidationError as refusal:
            errors += [_wrong(found.line, str(each["loc"][0]), code_of(each), sentence_of(each)) for each in refusal.errors()]
    return rows, [*errors, *_repeated(rows)]


def write(services: Iterable[Mapping[str, Any]]) -> str:
    """Write services as a sheet that ``read`` takes back unchanged."""
    return lines([COLUMNS, *([_cell(service[column]) for column in COLUMNS] for service in services)])


def write_cell(value: Cell | Sequence[str]) -> str:
    """Write a value as the sheet has it."""
    return written_cell(_cell(value))


def _cell(value: Cell | Sequence[str]) -> Cell:
    return " ".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _row(found: Line) -> SheetRow:
    values = {column: _value(column, cell) for column, cell in found.cells.items() if cell or column not in NEEDED}
    return SheetRow(found.line, NewService.model_validate(values))


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
