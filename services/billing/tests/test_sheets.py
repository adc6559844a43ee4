"""A table is the same as JSON, CSV and XLSX: asked for by Accept or by a link, never a formula, every number a number."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from back_office import Clinic, Json
from billing.reports.formats import Format, choose
from billing.sheet import INCOMPLETE, Column, Row, Sheet, to_csv
from chassis.problems import Problem
from httpx import Response
from openpyxl import load_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def asked(clinic: Clinic, name: str, accept: str = "*/*", **params: Any) -> Response:
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
    answer = await asked(clinic, "adjustments", "text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="adjustments-')
    [row, total] = csv.DictReader(io.StringIO(answer.text))
    assert (row["reason"], row["amount"]) == ('\'=HYPERLINK("http://evil")', "20.00")
    assert (total["kind"], total["amount"]) == ("total", "20.00")
    close = list(csv.reader(io.StringIO((await asked(clinic, "daily-close", "text/csv")).text)))
    [refund] = [row for row in close if "refund" in row]
    assert refund[close[0].index("received")] == "-20.00"
    assert ["closing_receivables", "0.00"] in [row[:2] for row in close]


async def test_xlsx_has_the_cells_of_the_json_each_of_its_type(clinic: Clinic) -> None:
    await eventful_day(clinic)
    shown = (await asked(clinic, "daily-close")).json()
    for answer in (await asked(clinic, "daily-close", XLSX), await asked(clinic, "daily-close", format="xlsx")):
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
    taken_off = load_workbook(io.BytesIO((await asked(clinic, "adjustments", format="xlsx")).content)).worksheets[0]
    [cell] = [cell for cell in taken_off[2] if str(cell.value).startswith("=HYPERLINK")]
    assert cell.data_type == "s", "text, not a formula"


async def test_a_link_names_the_form_and_goes_before_accept(clinic: Clinic) -> None:
    answer = await asked(clinic, "revenue", "application/json", format="csv")
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
    ],
)
def test_what_is_accepted_most_readily_is_sent(accept: str, form: Format) -> None:
    assert choose(accept) is form


@pytest.mark.parametrize("accept", ["image/png", "text/html", "text/csv;q=0", "text/csv;q=nonsense"])
def test_where_nothing_is_accepted_that_is_said(accept: str) -> None:
    with pytest.raises(Problem, match="Leave it out for JSON"):
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
