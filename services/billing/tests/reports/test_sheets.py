"""A table is the same as JSON, CSV and XLSX: requested by Accept or by a link, never a formula, every number a number."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from back_office import Clinic, Json
from billing.reports.api import Format, choose
from chassis.errors import DomainError
from chassis.files import workbook
from chassis.files.columns import Column, Row, Sheet
from chassis.files.writer import INCOMPLETE, to_csv, to_xlsx
from httpx import Response
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def requested(clinic: Clinic, name: str, accept: str = "*/*", **params: Any) -> Response:
    """Ask for a report of today."""
    answer = await clinic.billing.get(f"/reports/{name}", params=params, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    return answer


async def eventful_day(clinic: Clinic) -> Json:
    """Take something off for a reason that a spreadsheet would run, and hand money back."""
    record = await clinic.bill("90837")
    await clinic.post(record, "adjustments", amount="20.00", reason='=HYPERLINK("http://evil")')
    await clinic.pay(record, "185.00")
    return await clinic.post(record, "refunds", amount="20.00", method="cash", reason="paid too much")


async def test_csv_runs_no_formula_and_keeps_negative_amounts_numbers(clinic: Clinic) -> None:
    await eventful_day(clinic)
    answer = await requested(clinic, "adjustments", "text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="adjustments-')
    [row, total] = csv.DictReader(io.StringIO(answer.text))
    assert (row["reason"], row["amount"]) == ('\'=HYPERLINK("http://evil")', "20.00")
    assert (total["kind"], total["amount"]) == ("total", "20.00")
    close = list(csv.reader(io.StringIO((await requested(clinic, "daily-close", "text/csv")).text)))
    [refund] = [row for row in close if "refund" in row]
    assert refund[close[0].index("received")] == "-20.00"
    assert ["closing_receivables", "0.00"] in [row[:2] for row in close]


async def test_xlsx_has_the_cells_of_the_json_each_of_its_type(clinic: Clinic) -> None:
    await eventful_day(clinic)
    shown = (await requested(clinic, "daily-close")).json()
    for answer in (await requested(clinic, "daily-close", XLSX), await requested(clinic, "daily-close", format="xlsx")):
        assert answer.headers["content-type"] == XLSX
        worksheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        header, *rows = worksheet.iter_rows(values_only=True)
        assert list(header) == [column["name"] for column in shown["columns"]]
        for row, expected in zip(rows, shown["rows"], strict=False):
            for column, cell in zip(shown["columns"], row, strict=True):
                match column["kind"]:
                    case "money":
                        assert (type(cell) in {int, float}, f"{cell:.2f}") == (True, expected[column["name"]])
                    case "date":
                        assert isinstance(cell, datetime)
                        assert cell.date() == date.fromisoformat(expected[column["name"]])
                    case _:
                        assert cell == expected[column["name"]]
        assert rows[len(shown["rows"])][0] == "total"
    taken_off = load_workbook(io.BytesIO((await requested(clinic, "adjustments", format="xlsx")).content)).worksheets[0]
    [cell] = [cell for cell in taken_off[2] if str(cell.value).startswith("=HYPERLINK")]
    assert cell.data_type == "s", "text, not a formula"


async def test_a_link_names_the_form_and_goes_before_accept(clinic: Clinic) -> None:
    answer = await requested(clinic, "revenue", "application/json", format="csv")
    assert answer.headers["content-type"].startswith("text/csv")
    refused = await clinic.billing.get("/reports/revenue", headers={"Accept": "image/png"})
    assert (refused.status_code, refused.json()["type"]) == (406, "/problems/not-acceptable")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", Format.JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", Format.JSON),
        ("text/*", Format.CSV),
        ("application/json;q=0.2, text/csv;q=0.9", Format.CSV),
        (f"text/csv;q=0.5, {XLSX}", Format.XLSX),
        ("application/json;q=0, */*", Format.CSV),
        ("text/csv, */*", Format.CSV),
        ("application/json, text/csv", Format.JSON),
    ],
)
def test_what_is_accepted_most_readily_is_sent(accept: str, form: Format) -> None:
    assert choose(accept) is form


@pytest.mark.parametrize("accept", ["image/png", "text/html", "text/csv;q=0", "text/csv;q=nonsense"])
def test_where_nothing_is_accepted_that_is_said(accept: str) -> None:
    with pytest.raises(DomainError, match="Leave it out for JSON"):
        choose(accept)


async def test_csv_that_breaks_off_says_in_its_last_line_that_it_is_incomplete() -> None:
    async def batches() -> AsyncIterator[Sequence[Row]]:
        yield [["90837"]]
        message = "the connection is closed"
        raise ConnectionError(message)

    written = bytearray()

    async def write() -> None:
        async for part in to_csv(Sheet("records", [Column("service_code")], batches())):
            written.extend(part)

    with pytest.raises(ConnectionError):
        await write()
    assert written.decode().splitlines() == ["service_code", "90837", INCOMPLETE]


async def test_xlsx_is_sent_while_its_rows_are_read() -> None:
    read = 0

    async def batches() -> AsyncIterator[Sequence[Row]]:
        nonlocal read
        for read in range(1, 101):
            yield [(number, f"{read * number * 7919:x}") for number in range(100)]

    sent_after: list[int] = []
    sent = bytearray()
    async for part in to_xlsx(Sheet("records", [Column("number"), Column("text")], batches())):
        sent.extend(part)
        sent_after.append(read if part else -1)
    assert sent_after[0] == 0, "the file begins before the first row is read"
    assert len({read for read in sent_after if 0 < read < 100}) > 3, "and goes on while they are read"
    [worksheet] = load_workbook(io.BytesIO(sent)).worksheets
    assert worksheet.max_row == 1 + 100 * 100


async def test_every_kind_of_cell_is_in_xlsx_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS_OF_A_WORKSHEET", 3)
    texts = ["", ' a <b> & "c"\n', "=1+1", "a\x1b[2J\x00", "_x0041_", "é"]
    at = datetime(2026, 11, 28, 23, 18, 26, tzinfo=UTC)
    row: Row = (7, Decimal("-1234.50"), date(2026, 2, 28), at, True, None, *texts)

    async def batches() -> AsyncIterator[Sequence[Row]]:
        yield [row, row, row]

    columns = [Column(f"column {position}") for position in range(len(row))]
    parts = [part async for part in to_xlsx(Sheet("a name that is longer than a worksheet's", columns, batches(), lambda: [row]))]
    first, second = load_workbook(io.BytesIO(b"".join(parts))).worksheets
    assert (first.title, second.title) == ("a name that is longer than a", "a name that is longer than a 2")
    assert (first.freeze_panes, second.freeze_panes) == ("A2", "A2")
    for worksheet in (first, second):
        header, *rows = worksheet.iter_rows()
        assert [cell.value for cell in header] == [column.name for column in columns]
        assert all(cell.font.bold for cell in header)
        assert len(rows) == 2
        for cells in rows:
            values = [cell.value for cell in cells]
            assert values[:6] == [7, -1234.5, datetime(2026, 2, 28), at.replace(tzinfo=None), True, None]
            assert [unescape(str(value or "")) for value in values[6:]] == texts
            assert [cell.number_format for cell in cells[:4]] == ["0", "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"]
            assert {cell.data_type for cell in cells[7:]} == {"s"}
    assert [cell.font.bold for row in second.iter_rows(min_row=2) for cell in row[:2]] == [False, False, True, True]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("reconciliation-2026-11-28", "reconciliation-2026-11-28"),
        ("what-every-insurer-refused-in-2026-11-28", "what-every-insurer-refused-in"),
    ],
)
async def test_the_tab_of_a_workbook_ends_with_a_whole_word(title: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS_OF_A_WORKSHEET", 2)

    async def batches() -> AsyncIterator[Sequence[Row]]:
        yield [["90837"], ["90834"]]

    written = b"".join([part async for part in to_xlsx(Sheet("revenue", [Column("service_code")], batches()))])
    assert load_workbook(io.BytesIO(written)).sheetnames == ["revenue", "revenue 2"]
    written = b"".join([part async for part in to_xlsx(Sheet(title, [Column("service_code")], batches()))])
    assert load_workbook(io.BytesIO(written)).sheetnames == [shown, f"{shown} 2"]
