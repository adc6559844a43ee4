"""Sheets of diagnosis codes: CSV with a code, its description, and the days on which it is valid."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final

from chassis.errors import LISTED_AT_MOST, FieldError, Invalid
from chassis.files.sheets import rows_of, text_of, wrong_cells

COLUMNS: Final = ("code", "description", "valid_from", "valid_until")
NEEDED: Final = frozenset({"code", "description"})
MOST_ROWS: Final = 150_000
"""ICD-10-CM has some 75,000 codes that may be claimed."""
LONGEST_DESCRIPTION: Final = 400
CODE: Final = re.compile(r"([A-Z]\d[0-9A-Z])\.?([0-9A-Z]{1,4})?", re.ASCII)
DAY: Final = re.compile(r"(19|20|21)\d\d-\d\d-\d\d", re.ASCII)


@dataclass(slots=True)
class CodeSheet:
    """What a sheet states, column by column, in the order of codes and days."""

    codes: list[str] = field(default_factory=list[str])
    descriptions: list[str] = field(default_factory=list[str])
    valid_from: list[date | None] = field(default_factory=list[date | None])
    """None for a code that is valid from the day on from which the sheet is complete, or since before."""
    valid_until: list[date | None] = field(default_factory=list[date | None])

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    code: str
    description: str
    valid_from: date | None
    valid_until: date | None


class _Wrong:
    """Collects what is wrong, as many as an answer lists, and counts the others."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []
        self.count = 0

    def add(self, line: int, column: str, message: str) -> None:
        self.count += 1
        if len(self.errors) < LISTED_AT_MOST:
            self.errors.append(FieldError(field=f"line {line}: {column}", code="bad-cell", message=message))


def read_sheet(body: bytes, content_type: str, complete_from: date | None) -> CodeSheet:
    """Read a sheet that was sent as CSV or as the file of a form; refuse it with everything that is wrong; Invalid lists it."""
    wrong = _Wrong()
    rows = sorted(_rows(text_of(body, content_type), complete_from, wrong), key=lambda row: (row.code, row.valid_from or date.min))
    if not rows and not wrong.count:
        raise Invalid("bad-sheet", "The sheet has no rows. Each row is a code with its description and the days on which it is valid.")
    _check_periods(rows, wrong)
    if wrong.count:
        omitted = wrong.count - len(wrong.errors)
        raise Invalid("bad-sheet", wrong_cells(wrong.count), wrong.errors, errors_omitted=omitted)
    return CodeSheet(
        [row.code for row in rows], [row.description for row in rows], [row.valid_from for row in rows], [row.valid_until for row in rows]
    )


def _rows(text: str, complete_from: date | None, wrong: _Wrong) -> Iterator[_Row]:
    for number, (line, cells) in enumerate(rows_of(text, COLUMNS, NEEDED), 1):
        if number > MOST_ROWS:
            raise Invalid("too-many-lines", f"A sheet has at most {MOST_ROWS} rows. Import the rest separately.")
        row = _row(line, cells, complete_from, wrong)
        if row is not None:
            yield row


def _row(line: int, texts: Mapping[str, str], complete_from: date | None, wrong: _Wrong) -> _Row | None:
    before = wrong.count
    written = CODE.fullmatch(texts["code"].upper())
    if written is None:
        wrong.add(line, "code", f"{texts['code'][:20]!r} is no ICD-10-CM code, such as F41.1.")
    description = texts["description"]
    if not description or len(description) > LONGEST_DESCRIPTION:
        wrong.add(line, "description", f"Describe the code in 1 to {LONGEST_DESCRIPTION} characters.")
    valid_from, valid_until = (_day(line, name, texts[name], wrong) for name in ("valid_from", "valid_until"))
    if not texts["valid_from"] and complete_from is None:
        wrong.add(line, "valid_from", "Write the first day on which the code is valid, such as 2015-10-01.")
    begin = valid_from or complete_from
    if begin is not None and valid_until is not None and valid_until < begin:
        wrong.add(line, "valid_until", f"{valid_until} lies before {begin}, from which on the code is valid.")
    if written is None or wrong.count > before:
        return None
    category, rest = written.groups()
    return _Row(line, f"{category}.{rest}" if rest else category, description, valid_from, valid_until)


def _day(line: int, column: str, text: str, wrong: _Wrong) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        wrong.add(line, column, f"{text[:20]!r} is no day, such as 2026-10-01.")
        return None


def _check_periods(rows: list[_Row], wrong: _Wrong) -> None:
    for before, row in pairwise(rows):
        if before.code != row.code:
            continue
        if before.valid_from is None or row.valid_from is None:
            wrong.add(row.line, "valid_from", f"{row.code} is on line {before.line} too. Write valid_from on both lines.")
        elif before.valid_until is None or before.valid_until >= row.valid_from:
            wrong.add(row.line, "valid_from", f"{row.code} is valid at that time by line {before.line} already. End that period before.")
