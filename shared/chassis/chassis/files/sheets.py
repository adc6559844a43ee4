"""Sheets that people send: CSV in UTF-8, as a body of its own or as the file of a form; pure, to be read beside the event loop."""

import csv
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice, zip_longest
from typing import Final

from chassis.errors import LISTED_AT_MOST, DomainError, FieldError, Invalid, Malformed
from chassis.files.cells import read_cell
from chassis.files.forms import FORM, file_of

SAVE_AS_UTF_8: Final = "Save it as CSV UTF-8 (in a spreadsheet: Save as, CSV UTF-8) and send it again."
SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""What spreadsheets write instead of commas, by the settings of a country or by choice."""
SAVE_WITH_COMMAS: Final = "Save it with commas (in a spreadsheet: Save as, CSV, with the comma as separator) and send it again."
STRANGE: Final = {
    "\x00": "a NUL character, which no text has,",
    "\ufffd": "the character \ufffd, which a program wrote in place of one that it could not read,",
}
"""Characters that show that a sheet was written or converted wrongly."""
WORKBOOK: Final = "a workbook of a spreadsheet program (such as XLSX)"
NO_TEXT: Final = {b"PK\x03\x04": WORKBOOK, b"\xd0\xcf\x11\xe0": WORKBOOK, b"%PDF-": "a PDF"}
"""How files of other kinds begin that people send in place of a sheet."""
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
"""The byte order marks of UTF-16."""
MOST_SHOWN: Final = 20
"""Characters before what cannot be read, and strange columns, that are repeated to whoever sent the sheet."""
LONGEST_NAME: Final = 40


def text_of(body: bytes, content_type: str) -> str:
    """Return a sheet's text without its byte order mark; Malformed names a file of another kind, or the first line that is not UTF-8.

    Invalid where a form has no file, or several.

    Other encodings are not guessed: almost every byte is some letter of Windows-1252 and of each of its relatives.
    """
    if content_type.partition(";")[0].strip().lower() == FORM:
        body = file_of(body, content_type)
    for beginning, what in NO_TEXT.items():
        if body.startswith(beginning):
            raise Malformed("not-a-sheet", f"The file is {what}, not CSV. {SAVE_AS_UTF_8}")
    if body.startswith(UTF_16):
        raise _not_utf_8(1, "is UTF-16, not UTF-8.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, before = _place(body, error.start)
        raise _not_utf_8(line, f"is not UTF-8: the byte {body[error.start]:02X} after {before!r}.") from error
    for strange, why in STRANGE.items():
        if strange in text:
            line, before = _place(body, body.index(strange.encode()))
            raise _not_utf_8(line, f"has {why} after {before!r}.")
    return text


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet that has cells."""

    line: int
    """Where it begins; a cell may go over several."""
    cells: Mapping[str, str]
    """By column, without the apostrophe that keeps a spreadsheet from running a cell; a short line lacks the last ones."""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a line of a sheet as a whole."""

    line: int
    field: str
    """The column, ``line`` or ``sheet``."""
    code: str
    message: str
    fix: str = ""


def lines_of(text: str, columns: Sequence[str], needed: Collection[str], *, whole: bool = False) -> Iterator[Line | LineProblem]:
    """Yield each line of a sheet that has cells, or what is wrong with it; nothing after problems of the first line or what is no CSV.

    Columns may stand in any order, be written with capitals and spaces, and be left out unless they are needed. Unknown ones, and text
    under no column, are problems: it would be lost. A line may be short unless lines are to be ``whole``.
    """
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        names = [_name(written, columns) for written in next(reader, [])]
        problems = list(islice(_column_problems(names, columns, needed), LISTED_AT_MOST))
        yield from problems
        begin = reader.line_num + 1
        for cells in () if problems else reader:
            if any(cells):
                yield _line_problem(begin, names, cells, whole=whole) or Line(begin, _by_column(names, cells))
            begin = reader.line_num + 1
    except csv.Error as error:
        fix = "Close its quotation marks, shorten its cells, and send the sheet again."
        yield LineProblem(reader.line_num, "sheet", "unreadable", f"Line {reader.line_num} is no CSV: {error}.", fix)


def rows_of(text: str, columns: Sequence[str], needed: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Return each row's line and its cells by column, empty where the line has none; Invalid names what is wrong with which lines."""
    found = lines_of(text, columns, needed)
    for each in found:
        if isinstance(each, LineProblem):
            others = (other for other in found if isinstance(other, LineProblem))
            problems = [each, *islice(others, MOST_SHOWN - 1)]
            sentences = [*(problem.message for problem in problems), *(problem.fix for problem in problems)]
            raise Invalid("bad-sheet", " ".join(dict.fromkeys(sentences)))
        yield each.line, {name: each.cells.get(name, "") for name in columns}


def _by_column(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: read_cell(cell) for name, cell in zip(names, cells, strict=False) if name}


def _line_problem(line: int, names: Sequence[str], cells: Sequence[str], *, whole: bool) -> LineProblem | None:
    lost = next((cell for name, cell in zip_longest(names, cells, fillvalue="") if cell.strip() and not name), None)
    if lost is not None:
        message = f"Line {line} has {lost[:LONGEST_NAME]!r} under no column."
        return LineProblem(line, "line", "wrong-length", message, "Write a cell that has a comma in quotation marks.")
    if whole and len(cells) != len(names):
        return LineProblem(line, "line", "wrong-length", f"Line {line} has {len(cells)} cells under {len(names)} columns.")
    return None


def _column_problems(names: Sequence[str], columns: Sequence[str], needed: Collection[str]) -> Iterator[LineProblem]:
    if separator := _other_separator(names, columns):
        message = f"The sheet separates its columns by {separator}, not by commas."
        yield LineProblem(1, "sheet", "other-separator", message, SAVE_WITH_COMMAS)
        return
    fix = f"The columns are {', '.join(columns)}."
    for name in columns:
        if name in needed and name not in names:
            yield LineProblem(1, name, "missing-column", f"The first line has no column {name}.", fix)
    for name, times in Counter(filter(None, names)).items():
        if name not in columns:
            yield LineProblem(1, name, "unknown-column", f"There is no column {name[:LONGEST_NAME]!r}.", fix)
        elif times > 1:
            yield LineProblem(1, name, "repeated-column", f"The column {name} is there {times} times.", fix)


def _name(written: str, columns: Sequence[str]) -> str:
    """Return the column that a heading such as ``Service Code`` names, otherwise the heading as it is written."""
    name = "_".join(written.lower().split())
    return name if name in columns else written.strip()


def _other_separator(names: Sequence[str], columns: Sequence[str]) -> str | None:
    """Name what separates the columns of the first line where that is no comma."""
    [only, *others] = names or [""]
    if others:
        return None
    parts = {words: {_name(each, columns) for each in only.split(mark)} for mark, words in SEPARATORS.items() if mark in only}
    return next((words for words, found in parts.items() if found & {*columns}), None)


def wrong_cells(count: int) -> str:
    """Return how many cells of a sheet are wrong, and that nothing of it was imported."""
    cells = "1 cell is wrong" if count == 1 else f"{count} cells are wrong"
    return f"{cells}, so nothing was imported. Correct {'it' if count == 1 else 'them'} and send the sheet again."


def _place(body: bytes, position: int) -> tuple[int, str]:
    """Return the line of a byte, and what stands before it there."""
    lines = (body[:position] + b".").splitlines()
    return len(lines), lines[-1][:-1][-MOST_SHOWN:].decode("utf-8", "ignore")


def _not_utf_8(line: int, what: str) -> DomainError:
    """Report once which line cannot be read: the error names it as its field."""
    error = FieldError(field=f"line {line}", code="not-utf-8", message=f"This line {what}", fix=SAVE_AS_UTF_8)
    return Malformed("not-utf-8", f"Line {line} {what} {SAVE_AS_UTF_8}", [error])
