"""The catalog goes through a spreadsheet and comes back as it was."""

import asyncio
import csv
import io
import threading
from typing import Any

import pytest
from catalog import sheet
from catalog.schemas import LineError
from catalog.sheet import SheetRow
from httpx import AsyncClient, Response
from price_list import DEMO, Add, in_days
from testing import RunService, until
from testing.waiting import PATIENCE_S

HEADER = "service_code,service_name,service_type,standard_duration,base_rate"


async def send(catalog: AsyncClient, sheet: str) -> Response:
    return await catalog.post("/services/import", content=sheet.encode(), headers={"Content-Type": "text/csv"})


async def check(catalog: AsyncClient, sheet: str) -> Response:
    return await catalog.post("/services/import/check", content=sheet.encode(), headers={"Content-Type": "text/csv"})


async def everything(catalog: AsyncClient) -> dict[str, dict[str, Any]]:
    return {service["service_code"]: service for service in (await catalog.get("/services", params={"limit": 500})).json()["items"]}


def cells(sheet: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet)))


async def test_the_demo_catalog_is_imported_once_however_often_it_is_sent(catalog: AsyncClient) -> None:
    sheet = DEMO.read_text()
    assert (await send(catalog, sheet)).json() == {"added": 32, "changed": 0, "unchanged": 0}
    first = await everything(catalog)
    assert (await send(catalog, sheet)).json() == {"added": 0, "changed": 0, "unchanged": 32}
    assert await everything(catalog) == first
    assert first["90834+90837"]["components"] == ["90834", "90837"]
    assert first["90836"]["requires_primary"] == ["99213", "99214"]
    assert first["LATECXL"]["standard_duration"] == 0


async def test_two_imports_at_once_add_each_service_once(catalog: AsyncClient) -> None:
    answers = await asyncio.gather(*(send(catalog, DEMO.read_text()) for _ in range(3)))
    assert sorted(answer.json()["added"] for answer in answers) == [0, 0, 32]


async def test_other_writers_do_not_wait_while_a_sheet_is_read(catalog: AsyncClient, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    reads, go_on, read = list[str](), threading.Event(), sheet.read

    def read_slowly(text: str) -> tuple[list[SheetRow], list[LineError]]:
        reads.append(text)
        assert go_on.wait(PATIENCE_S)
        return read(text)

    async def is_started() -> bool:
        return bool(reads)

    monkeypatch.setattr(sheet, "read", read_slowly)
    importing = asyncio.create_task(send(catalog, DEMO.read_text()))
    try:
        await until(is_started)
        await add(service_code="FIRST")
    finally:
        go_on.set()
    assert (await importing).json()["added"] == 32
    assert len(reads) == 1  # and not once more, in a second transaction in place of one that was idle for too long


async def test_a_sheet_may_come_as_a_file_of_a_form(catalog: AsyncClient) -> None:
    answer = await catalog.post("/services/import", files={"file": ("services.csv", b"\xef\xbb\xbf" + DEMO.read_bytes(), "text/csv")})
    assert answer.json()["added"] == 32


async def test_an_import_changes_what_its_columns_say_and_keeps_the_rest(catalog: AsyncClient, add: Add) -> None:
    service = await add(description="Kept", is_active=False)
    answer = await send(catalog, f"{HEADER},billing_category\n90837,Renamed,psychotherapy,60,185.00,individual\n")
    assert answer.json() == {"added": 0, "changed": 1, "unchanged": 0}
    changed = (await everything(catalog))["90837"]
    expected = {"service_name": "Renamed", "billing_category": "individual", "version": 2, "updated_at": changed["updated_at"]}
    assert changed == service | expected


async def test_a_check_says_what_an_import_would_do_and_does_nothing(catalog: AsyncClient, add: Add) -> None:
    await add()
    day = in_days(30)
    sheet = (
        f"{HEADER},effective_from\n90837,Renamed,psychotherapy,60,195.00,{day}\n90832,Individual psychotherapy,psychotherapy,30,95.00,\n"
    )
    before = await everything(catalog)
    answer = (await check(catalog, sheet)).json()
    assert {name: answer[name] for name in ("added", "changed", "unchanged")} == {"added": 1, "changed": 1, "unchanged": 0}
    [changed, added] = answer["lines"]
    assert (changed["line"], changed["is_new"], added["line"], added["is_new"]) == (2, False, 3, True)
    assert {change["field"]: change["after"] for change in changed["changes"]} == {
        "service_name": "Renamed",
        "base_rate": "195.00",
        "effective_from": str(day),
    }
    assert await everything(catalog) == before
    counted = {name: value for name, value in answer.items() if name != "lines"}
    assert (await send(catalog, sheet)).json() == counted, "the import does what the check said"
    again = (await check(catalog, sheet)).json()
    assert again == {"added": 0, "changed": 0, "unchanged": 2, "lines": []}
    refused = await check(catalog, f"{HEADER}\n90837,Renamed,psychotherapy,0,195.00\n")
    assert refused.status_code == 422
    assert {error["line"] for error in refused.json()["errors"]} == {2}


async def test_every_bad_line_is_named_and_nothing_is_imported(catalog: AsyncClient, add: Add) -> None:
    await add()
    answer = await send(
        catalog,
        f"{HEADER},kind,components\n"
        "A1,Fine,psychotherapy,60,10.00,base,\n"
        '"A 2","Two\nlines",psychotherapy,60,10.00,base,\n'
        "A3,,surgery,an hour,ten,base,\n"
        "\n"
        "A4,Pair,psychotherapy,60,10.00,composite,A1 NOPE\n"
        "A1,Again,psychotherapy,60,10.00,base,\n"
        "90837,Dearer,psychotherapy,60,199.00,base,\n"
        "A5,Short\n",
    )
    problem = answer.json()
    assert answer.status_code == 422
    assert problem["type"] == "/problems/invalid-sheet"
    assert {(error["line"], error["field"], error["code"]) for error in problem["errors"]} == {
        (3, "service_code", "string_pattern_mismatch"),
        (5, "service_name", "missing"),
        (5, "service_type", "enum"),
        (5, "standard_duration", "int_type"),
        (5, "base_rate", "value_error"),
        (7, "components", "unknown-code"),
        (8, "service_code", "repeated-code"),
        (9, "base_rate", "rate-is-scheduled"),
        (10, "line", "wrong-length"),
    }
    assert set(await everything(catalog)) == {"90837"}


async def test_columns_that_are_missing_or_unknown_are_named(catalog: AsyncClient) -> None:
    answer = await send(catalog, "service_code,service_name,colour,colour\nA1,One,red,red\n")
    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("service_type", "missing-column"),
        ("standard_duration", "missing-column"),
        ("base_rate", "missing-column"),
        ("colour", "unknown-column"),
    }
    assert (await send(catalog, "")).status_code == 422
    assert (await send(catalog, f'{HEADER}\n"A1')).status_code == 422
    assert (await catalog.post("/services/import", content=b"\xff\xfe")).status_code == 400


def test_a_sheet_with_semicolons_is_told_to_have_commas() -> None:
    rows, [wrong] = sheet.read("service_code;service_name;service_type\n90837;Individual psychotherapy;individual\n")
    assert (rows, wrong.code) == ([], "other-separator")
    assert "separates its columns by semicolons, not by commas" in wrong.message


async def test_a_sheet_schedules_a_price_from_a_day_on(catalog: AsyncClient, add: Add) -> None:
    service = await add()
    sheet = f"{HEADER},effective_from\n90837,Renamed,psychotherapy,60,199.00,{in_days(5)}\n"
    assert (await send(catalog, sheet)).json() == {"added": 0, "changed": 1, "unchanged": 0}
    assert (await send(catalog, sheet)).json() == {"added": 0, "changed": 0, "unchanged": 1}
    rates = (await catalog.get(f"/services/{service['id']}/rates")).json()["items"]
    assert [(rate["amount"], rate["effective_from"]) for rate in rates][1:] == [("199.00", in_days(5))]


async def test_no_cell_of_an_export_is_a_formula_and_the_import_takes_it_back(catalog: AsyncClient, add: Add) -> None:
    names = ["=HYPERLINK(1)", "+1 more", "-1 less", "@home", "'quoted", "'=already", "''-twice", 'a "b", c\nd']
    for number, name in enumerate(names):
        await add(service_code=f"S{number}", service_name=name, description=name)
    sheet = (await catalog.get("/services/export.csv")).text
    assert not [cell for row in cells(sheet) for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert (await send(catalog, sheet)).json() == {"added": 0, "changed": 0, "unchanged": len(names)}


async def test_an_export_fills_an_empty_catalog_with_the_same_services(catalog: AsyncClient, run_service: RunService) -> None:
    await send(catalog, DEMO.read_text())
    answer = await catalog.get("/services/export.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    other = await run_service("catalog")
    assert (await send(other, answer.text)).json()["added"] == 32
    assert (await other.get("/services/export.csv")).text == answer.text


def test_the_demo_catalogs_time_bands_of_one_kind_of_therapy_exclude_each_other_on_a_day() -> None:
    rows = {row["service_code"]: row for row in csv.DictReader(DEMO.read_text().splitlines())}
    individual = {"90832", "90834", "90837"}
    assert all(individual - {code} <= set(rows[code]["excludes_same_day"].split()) for code in individual)
    for code, row in rows.items():
        assert all(code in rows[other]["excludes_same_day"].split() for other in row["excludes_same_day"].split()), code
    assert {code for code, row in rows.items() if row["billed_per"] == "session"} == {"90846", "90847"}


def test_a_sheet_may_have_as_many_lines_as_are_stated_and_no_more() -> None:
    lines = [f"S{number},Session,psychotherapy,60,10.00" for number in range(sheet.MOST_LINES + 1)]
    rows, errors = sheet.read("\n".join([HEADER, *lines[:-1]]))
    assert (len(rows), errors) == (sheet.MOST_LINES, [])
    _, [wrong] = sheet.read("\n".join([HEADER, *lines]))
    assert (wrong.line, wrong.field, wrong.code) == (sheet.MOST_LINES + 2, "sheet", "too-many-lines")


def test_columns_may_be_named_as_people_write_them() -> None:
    [row], errors = sheet.read(f"{HEADER.replace('_', ' ').title()},\n90837,Session,psychotherapy,60,10.00,\n")
    assert (row.service.service_code, errors) == ("90837", [])


def test_a_first_line_of_many_thousand_columns_is_refused_with_a_hundred_problems() -> None:
    rows, errors = sheet.read(",".join(f"column {number}" for number in range(50_000)))
    assert (rows, len(errors)) == ([], 100)
