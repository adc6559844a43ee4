"""A workbook (XLSX) that is written a batch of rows at a time and given out as it is written; every cell has its type.

A library makes all but the rows. It would compress the rows after the last one, so these are written here, into an archive that is sent
while it grows.
"""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import IO, Final, cast
from uuid import UUID
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from chassis.files.columns import Cell, Column, Row

MOST_ROWS_OF_A_WORKSHEET: Final = 1_048_576
"""Excel's own limit; what is more goes on on the next worksheet."""
MOST_BYTES_OF_A_WORKSHEET: Final = 1024 * 1024 * 1024
"""Unpacked; an archive with larger parts has a form (ZIP64) that not every spreadsheet reads."""
LONGEST_TEXT: Final = 32_767
"""Excel's own limit for the characters of a cell; what is longer is cut off."""
LONGEST_TAB: Final = 31
"""Excel's own limit, in characters, for the name of a worksheet."""
CHARACTERS: Final = 18
"""The width of a column."""
COMPRESSION: Final = 3
"""Rows are so alike that more takes far longer and saves little."""
SHOWN_AS: Final[dict[type, str]] = {int: "0", Decimal: "#,##0.00", date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss"}
"""What a spreadsheet makes of a number."""
KINDS: Final = (*SHOWN_AS, str)
FIRST_DAY: Final = datetime(1899, 12, 30)  # noqa: DTZ001 (a spreadsheet knows no zones)
FIRST_DAY_NUMBER: Final = FIRST_DAY.toordinal()
DAY: Final = timedelta(days=1)
NO_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""Characters that XML cannot have, and the beginning of what stands for one."""
NOT_AS_IT_IS: Final = re.compile(f"[&<>]|{NO_XML.pattern}")
"""These, and what XML reads otherwise."""


class Workbook:
    """A workbook of which no more than the last rows are in memory."""

    def __init__(self, title: str, columns: Sequence[Column]) -> None:
        """Begin with the names of the columns."""
        self._title = title
        self._names = [column.name for column in columns]
        self._letters = [xl_col_to_name(position) for position in range(len(columns))]
        self._written = _Written()
        self._archive = ZipFile(cast("IO[bytes]", self._written), "w", ZIP_DEFLATED, compresslevel=COMPRESSION)
        self._worksheets = 0
        self._begin()

    def write(self, rows: Iterable[Row]) -> bytes:
        """Write rows and return what can be sent of the file since the last call."""
        self._write(rows, self._styles)
        return self.taken()

    def finish(self, beneath: Iterable[Row]) -> bytes:
        """Write the lines under the last row, in bold, and return the rest of the file."""
        self._write(beneath, self._bold)
        self._end()
        for name in self._frame.namelist():
            if not name.startswith("xl/worksheets/"):
                self._archive.writestr(name, self._frame.read(name))
        self._archive.close()
        return self.taken()

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        return self._written.taken()

    def let_go(self) -> None:
        """Close what is open when the sheet is not wanted any more."""
        self._part.close()
        self._archive.close()

    def _begin(self) -> None:
        self._worksheets += 1
        self._frame = _frame(self._title, self._names, self._worksheets)
        name = f"xl/worksheets/sheet{self._worksheets}.xml"
        # The size of a worksheet is unknown when its rows are written; the element is optional.
        frame = re.sub(r"<dimension[^>]*/>", "", self._frame.read(name).decode())
        before, _, rest = frame.partition('<row r="2"')
        samples, end, after = rest.partition("</sheetData>")
        styles = re.findall(r' s="(\d+)"', samples)
        self._styles = {**dict(zip(KINDS, styles, strict=False)), str: "0"}
        self._bold = dict(zip(KINDS, styles[len(SHOWN_AS) :], strict=True))
        self._after = end + after
        self._part = self._archive.open(name, "w")
        self._size = self._part.write(before.encode())
        self._next = 2

    def _end(self) -> None:
        self._part.write(self._after.encode())
        self._part.close()

    def _write(self, rows: Iterable[Row], styles: dict[type, str]) -> None:
        written: list[bytes] = []
        for row in rows:
            if self._next > MOST_ROWS_OF_A_WORKSHEET or self._size > MOST_BYTES_OF_A_WORKSHEET:
                self._part.write(b"".join(written))
                written.clear()
                self._end()
                self._begin()
            number = self._next
            cells = [_cell(f"{letter}{number}", cell, styles) for letter, cell in zip(self._letters, row, strict=False)]
            written.append(f'<row r="{number}">{"".join(cells)}</row>'.encode())
            self._size += len(written[-1])
            self._next += 1
        self._part.write(b"".join(written))


class _Written:
    """A file for an archive that is taken away while it is written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(part)
        return len(part)

    def flush(self) -> None:
        """Keep everything until it is taken."""

    def taken(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def _frame(title: str, names: Sequence[str], worksheets: int) -> ZipFile:
    """Make a workbook with column names and, in the second row, one cell of each style: as they are, then those in bold."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True})
        styles = [workbook.add_format({"num_format": shown}) for shown in SHOWN_AS.values()]
        styles += [workbook.add_format({"num_format": shown, "bold": True}) for shown in SHOWN_AS.values()]
        for number in range(1, worksheets + 1):
            worksheet = workbook.add_worksheet(_tab(title, "" if number == 1 else f" {number}"))
            worksheet.freeze_panes(1, 0)
            worksheet.set_column(0, len(names) - 1, CHARACTERS)
            for position, name in enumerate(names):
                worksheet.write_string(0, position, name, bold)
            for position, style in enumerate([*styles, bold]):
                worksheet.write_blank(1, position, None, style)
    return ZipFile(file)


def _tab(title: str, end: str) -> str:
    """Name a worksheet; a title that is too long ends with a whole word."""
    length = LONGEST_TAB - len(end)
    return (title if len(title) <= length else re.split(r"[- ](?=[^- ]*$)", title[: length + 1])[0][:length]) + end


def _cell(at: str, cell: Cell, styles: dict[type, str]) -> str:
    match cell:
        case None:
            return ""
        case UUID():
            return f'<c r="{at}" s="{styles[str]}" t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>'
        case str():
            text = _as_xml(cell[:LONGEST_TEXT])
            return f'<c r="{at}" s="{styles[str]}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        case bool():
            return f'<c r="{at}" s="{styles[str]}" t="b"><v>{cell:d}</v></c>'
        case int():
            return f'<c r="{at}" s="{styles[int]}"><v>{cell}</v></c>'
        case Decimal():
            return f'<c r="{at}" s="{styles[Decimal]}"><v>{cell}</v></c>'
        case datetime():
            days = (cell.astimezone(UTC).replace(tzinfo=None) - FIRST_DAY) / DAY
            return f'<c r="{at}" s="{styles[datetime]}"><v>{days}</v></c>'
        case date():
            return f'<c r="{at}" s="{styles[date]}"><v>{cell.toordinal() - FIRST_DAY_NUMBER}</v></c>'


def _as_xml(text: str) -> str:
    """Escape what XML cannot have or reads otherwise; most texts have nothing of it."""
    if NOT_AS_IT_IS.search(text) is None:
        return text
    return escape(NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
