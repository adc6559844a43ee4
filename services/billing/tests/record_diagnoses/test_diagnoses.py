"""A record keeps the diagnoses of its session, and where there is a list of codes each must be valid on its day."""

import asyncio
import runpy
from datetime import date
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from back_office import MONDAY, Clinic
from billing.diagnosis_codes import validity
from billing.diagnosis_codes.validity import Period
from chassis.http.limits import LARGEST_BODY
from insurer import database
from testing import until
from written_down import insure, read, strangers, write_down

Json = dict[str, Any]

[REVISION] = (Path(__file__).parents[2] / "migrations" / "versions").glob("*_diagnoses.py")
BY_INES: Final = {"X-Forwarded-User": "ines"}
EDITION: Final = """code,description,valid_from,valid_until
F32.8,Other depressive episodes,2015-10-01,2016-09-30
F32.81,Premenstrual dysphoric disorder,2016-10-01,
F32.89,Other specified depressive episodes,2016-10-01,
F32.A,"Depression, unspecified",2021-10-01,
F41.1,Generalized anxiety disorder,2015-10-01,
F321,"Major depressive disorder, single episode, moderate",2015-10-01,
F41.9,"Anxiety disorder, unspecified",2015-10-01,
"""


WAITING: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def send(clinic: Clinic, text: str, path: str = "", status: int = 200) -> Json:
    answer = await clinic.billing.post(f"/diagnosis-codes/import{path}", content=text, headers={"content-type": "text/csv", **BY_INES})
    assert answer.status_code == status, answer.text
    return answer.json()


async def codes(clinic: Clinic, **which: Any) -> list[str]:
    answer = await clinic.billing.get("/diagnosis-codes", params=which)
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json()["items"]]


async def enter(clinic: Clinic, record: Json, *wanted: str, **headers: str) -> Json:
    answer = await clinic.billing.put(f"/records/{record['id']}/diagnoses", json={"diagnoses": wanted}, headers=BY_INES | headers)
    return answer.json() | {"status_code": answer.status_code}


async def test_a_record_keeps_the_diagnoses_of_its_session_on_claims_and_papers(clinic: Clinic) -> None:
    people = await write_down(clinic)
    await insure(clinic, people)
    record = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    await write_down(clinic, people, diagnoses=["F43.10"])
    assert (await clinic.records(session_id=record["session_id"]))[0]["diagnoses"] == ["F41.1", "F32.1"]
    at = f"/records/{record['id']}"
    [page] = read(await clinic.billing.get(f"{at}/superbill.pdf"))
    assert ("A F41.1" in page, "F43.10" in page) == (True, False)
    forms = (await clinic.billing.get(f"{at}/cms1500.json")).text
    assert ("F411" in forms, "F4310" in forms) == (True, False)
    shown = (await clinic.billing.get(f"{at}/fhir/Claim")).json()
    assert [each["diagnosisCodeableConcept"]["coding"][0]["code"] for each in shown["diagnosis"]] == ["F41.1", "F32.1"]
    batch = (await clinic.billing.post("/claims", json={"record_ids": [record["id"]]})).json()
    file = (await clinic.billing.get(f"/claims/{batch['id']}/837p")).text
    assert "HI*ABK:F411*ABF:F321~" in file
    later = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    assert later["diagnoses"] == ["F43.10"]


async def test_a_replaced_record_hands_its_diagnoses_on(clinic: Clinic) -> None:
    people = await write_down(clinic)
    record = await clinic.bill("90837", **people.facts)
    await write_down(clinic, people, diagnoses=["F43.10"])
    replaced = await clinic.post(record, "replace", reason="the code was wrong", service_code="90834")
    assert replaced["diagnoses"] == ["F41.1", "F32.1"]


async def test_a_record_made_before_there_was_a_diagnosis_is_completed_afterwards(clinic: Clinic) -> None:
    people = await write_down(clinic, diagnoses=[])
    await insure(clinic, people)
    record = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    [checked] = (await clinic.billing.post("/claims/check", json={"record_ids": [record["id"]]})).json()["items"]
    assert [each["code"] for each in checked["findings"] if each["severity"] == "error"] == ["DIAGNOSIS_MISSING"]
    done = await enter(clinic, record, "F41.1", "F32.1")
    assert (done["diagnoses"], done["version"]) == (["F41.1", "F32.1"], record["version"] + 1)
    assert (await enter(clinic, record, "F41.1", "F32.1"))["version"] == done["version"]
    assert (await enter(clinic, record, "F41.9", **{"If-Match": '"1"'}))["status_code"] == 412
    [kept] = (await clinic.billing.get("/changes", params={"key": record["id"], "what": "record_diagnoses"})).json()["items"]
    assert (kept["by"], kept["before"], kept["after"]) == ("ines", {"diagnoses": []}, {"diagnoses": ["F41.1", "F32.1"]})
    assert (await clinic.billing.post("/claims", json={"record_ids": [record["id"]]})).status_code == 201
    refused = await enter(clinic, record, "F41.9")
    assert (refused["status_code"], refused["type"], refused["control_number"][:2]) == (409, "/problems/claim-open", "HF")


@pytest.mark.parametrize("wrong", [[], ["F41.1", "F41.1"], ["anxiety"], [f"F41.{number}" for number in range(13)]], ids=str)
async def test_diagnoses_are_one_to_twelve_different_codes(clinic: Clinic, wrong: list[str]) -> None:
    assert (await enter(clinic, await clinic.bill("90837"), *wrong))["status_code"] == 422


async def test_a_voided_record_takes_no_diagnoses(clinic: Clinic) -> None:
    record = await clinic.bill("90837")
    await clinic.post(record, "void", reason="by mistake")
    refused = await enter(clinic, record, "F41.1")
    assert (refused["status_code"], refused["type"]) == (409, "/problems/record-voided")


async def test_a_clients_records_without_diagnoses_take_those_of_the_client_at_once(clinic: Clinic) -> None:
    people = await write_down(clinic, diagnoses=["F41.1"])
    other = await clinic.bill("90837", **people.facts)
    await write_down(clinic, people, diagnoses=[])
    first, second, voided = [await clinic.bill("90837", day=date(2026, 3, day), **people.facts) for day in (3, 4, 5)]
    old = await clinic.bill("90837", day=date(2020, 3, 5), **people.facts)
    await clinic.post(voided, "void", reason="by mistake")
    path = f"/clients/{people.client_id}/record-diagnoses"
    nothing = await clinic.billing.post(path)
    assert (nothing.status_code, nothing.json()["type"]) == (422, "/problems/no-diagnoses")
    await send(clinic, EDITION)
    await write_down(clinic, people, diagnoses=["F32.A"])
    which = {"client_id": str(people.client_id), "lacks_diagnoses": True}
    assert (await clinic.billing.get("/records/totals", params=which)).json()["count"] == 3
    done = (await clinic.billing.post(path, headers=BY_INES)).json()
    assert (done["diagnoses"], done["record_ids"]) == (["F32.A"], [first["id"], second["id"]])
    [failed] = done["not_completed"]
    assert (failed["record_id"], failed["message"]) == (old["id"], "F32.A is valid from 2021-10-01 on, and is not on 2020-03-05.")
    found = {each["id"]: each["diagnoses"] for each in await clinic.records(client_id=people.client_id)}
    assert found == {other["id"]: ["F41.1"], first["id"]: ["F32.A"], second["id"]: ["F32.A"], voided["id"]: [], old["id"]: []}


async def test_without_a_list_only_the_form_of_a_code_counts(clinic: Clinic) -> None:
    people = await write_down(clinic, diagnoses=["Z99.9XX"])
    record = await clinic.bill("90837", **people.facts)
    assert (await enter(clinic, record, "F32.8"))["status_code"] == 200
    assert (await clinic.billing.get("/diagnosis-codes/totals")).json() == {"codes": 0, "first_day": None}


async def test_with_a_list_a_code_that_is_not_valid_on_its_day_is_refused_with_what_would_work(clinic: Clinic) -> None:
    people = await write_down(clinic, diagnoses=["F32.8"])
    await insure(clinic, people)
    record = await clinic.bill("90837", insurance_applicable=True, **people.facts)
    early = await clinic.bill("90837", day=date(2016, 3, 2), **people.facts)
    before_the_list = await clinic.bill("90837", day=date(2015, 9, 30), **people.facts)
    assert (await send(clinic, EDITION))["added"] == 7

    [checked] = (await clinic.billing.post("/claims/check", json={"record_ids": [record["id"]]})).json()["items"]
    [found] = [each for each in checked["findings"] if each["code"] == "DIAGNOSIS_NOT_VALID"]
    reason = f"F32.8 was valid until 2016-09-30, and is not on {MONDAY}."
    fix = "Valid on that day in the category F32: F32.1, F32.81, F32.89, F32.A."
    assert (found["severity"], found["message"]) == ("error", f"{reason} {fix}")
    refused = await enter(clinic, record, "F41.1", "F32.8", "F41")
    assert (refused["status_code"], refused["type"]) == (422, "/problems/diagnosis-not-valid")
    assert [(each["field"], each["message"]) for each in refused["errors"]] == [
        ("diagnoses.1", reason),
        ("diagnoses.2", "F41 is not in the list of diagnosis codes."),
    ]
    assert [each["fix"] for each in refused["errors"]] == [fix, "Valid on that day in the category F41: F41.1, F41.9."]
    assert (await enter(clinic, record, "F32.89"))["diagnoses"] == ["F32.89"]
    assert (await enter(clinic, early, "F32.8"))["status_code"] == 200
    assert (await enter(clinic, before_the_list, "Q00.0"))["status_code"] == 200

    profile = f"/clients/{people.client_id}/profile"
    has = {name: value for name, value in (await clinic.billing.get(profile)).json().items() if name not in {"version", "updated_at"}}
    moved = await clinic.billing.put(profile, json=has | {"last_name": "Weber-Lind"})
    assert moved.status_code == 200  # what the client had already does not stand in the way of another change
    added = await clinic.billing.put(profile, json=has | {"diagnoses": ["F32.8", "F32.9"]})
    assert [each["field"] for each in added.json()["errors"]] == ["diagnoses.1"]


async def test_the_list_is_searched_by_code_and_words_page_by_page(clinic: Clinic) -> None:
    await send(clinic, EDITION)
    assert await codes(clinic, q="f41") == ["F41.1", "F41.9"]
    assert await codes(clinic, q="f411") == ["F41.1"]
    assert await codes(clinic, q="disorder anx") == ["F41.1", "F41.9"]
    assert await codes(clinic, q="F32.8") == ["F32.8", "F32.81", "F32.89"]
    assert await codes(clinic, q="F32.8", valid_on=str(MONDAY)) == ["F32.81", "F32.89"]
    assert await codes(clinic, q="measles") == []
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (await clinic.billing.get("/diagnosis-codes", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [each["code"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["F32.1", "F32.8", "F32.81", "F32.89", "F32.A", "F41.1", "F41.9"]


async def test_importing_again_changes_nothing_and_a_complete_edition_ends_what_it_lacks(clinic: Clinic) -> None:
    assert await send(clinic, EDITION, "/check") == {"rows": 7, "added": 7, "changed": 0, "unchanged": 0, "ended": 0}
    assert await codes(clinic) == []
    await send(clinic, EDITION)
    assert await send(clinic, EDITION) == {"rows": 7, "added": 0, "changed": 0, "unchanged": 7, "ended": 0}
    edition = "code,description\nF41.1,Generalised anxiety disorder\nF41.8,Other specified anxiety disorders\nF32.1,Moderate\n"
    does = {"rows": 3, "added": 1, "changed": 2, "unchanged": 0, "ended": 4}
    assert await send(clinic, edition, "/check?complete_from=2026-10-01") == does
    assert await send(clinic, edition, "/import?complete_from=2026-10-01".removeprefix("/import")) == does
    assert await codes(clinic, valid_on="2026-09-30") == ["F32.1", "F32.81", "F32.89", "F32.A", "F41.1", "F41.9"]
    assert await codes(clinic, valid_on="2026-10-01") == ["F32.1", "F41.1", "F41.8"]
    [kept, *_] = (await clinic.billing.get("/changes", params={"what": "diagnosis_codes"})).json()["items"]
    assert (kept["by"], kept["after"]["ended"], kept["after"]["complete_from"]) == ("ines", 4, "2026-10-01")
    later = await send(clinic, "code,description,valid_from\nF41.8,Otherwise specified,2027-10-01\n")
    assert (later["added"], later["ended"]) == (1, 1)
    assert await codes(clinic, q="f41.8", valid_on="2027-09-30") == await codes(clinic, q="f41.8", valid_on="2027-10-01") == ["F41.8"]
    assert (await clinic.billing.delete("/diagnosis-codes")).json() == {"codes": 0, "first_day": None}
    assert await codes(clinic) == []


async def test_everything_that_is_wrong_with_a_sheet_is_said_at_once(clinic: Clinic) -> None:
    rows = [
        "anxiety,Anxiety,2015-10-01,",
        "F41.1,,2015-10-01,",
        "F41.3,Mixed,2026-02-30,",
        "F41.8,Other,2026-01-01,2025-01-01",
        "F41.9,None,,",
        "F٤1.1,Anxiety,2015-10-01,",
    ]
    twice = ["F42.2,Mixed,2015-10-01,", "F42.2,Mixed,2020-10-01,"]
    refused = await send(clinic, "\n".join(["code,description,valid_from,valid_until", *rows, *twice]), status=422)
    assert [each["field"] for each in refused["errors"]] == [
        *(
            "line 2: code",
            "line 3: description",
            "line 4: valid_from",
            "line 5: valid_until",
            "line 6: valid_from",
            "line 7: code",
            "line 9: valid_from",
        )
    ]
    many = "\n".join(["code,description,valid_from", *(f"wrong,{number},2015-10-01" for number in range(150))])
    refused = await send(clinic, many, status=422)
    assert (len(refused["errors"]), refused["errors_omitted"], refused["detail"][:3]) == (100, 50, "150")
    assert "description, valid_from" in (await send(clinic, "code\nF41.1\n", status=422))["detail"]
    assert await codes(clinic) == []
    form = await clinic.billing.post("/diagnosis-codes/import", files={"file": ("codes.csv", EDITION, "text/csv")})
    assert form.json()["added"] == 7


async def test_a_list_is_removed_after_the_import_that_writes_it(clinic: Clinic) -> None:
    async with database(clinic) as connection:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('diagnosis_code', 0))")  # as an import does
            removed = asyncio.create_task(clinic.billing.delete("/diagnosis-codes"))
            await until(lambda: connection.fetchval(WAITING))
            await connection.execute("INSERT INTO diagnosis_code (code, valid_from, description) VALUES ('F41.1', '2015-10-01', 'Anxiety')")
        assert (await removed).status_code == 200
    assert await codes(clinic) == []


async def test_a_large_sheet_is_imported_while_other_requests_are_answered(clinic: Clinic) -> None:
    categories = [f"{letter}{first}{second}" for letter in "ABCDE" for first in range(10) for second in range(10)]
    long = "of some place of the body which takes a long description as the codes of injuries do"
    rows = [f"{category}.{number},Condition {category}{number} {long},2015-10-01," for category in categories for number in range(10, 60)]
    text = "\n".join(["code,description,valid_from,valid_until", *rows])
    assert len(text) > LARGEST_BODY
    importing = asyncio.create_task(send(clinic, text))
    answered = 0
    while not importing.done():
        assert (await clinic.billing.get("/healthz")).status_code == 200
        answered += 1
        await asyncio.sleep(0.01)
    assert (await importing)["added"] == len(rows) == 25_000
    assert answered > 10
    assert await codes(clinic, q="injuries e9959") == ["E99.59"]


async def test_records_from_before_take_what_was_claimed_or_else_what_the_client_has(clinic: Clinic) -> None:
    people, nobody = await write_down(clinic), strangers()
    await insure(clinic, people)
    claimed, unclaimed = [await clinic.bill("90837", insurance_applicable=True, **people.facts) for _ in range(2)]
    unknown = await clinic.bill("90837", **nobody.facts)
    assert (await clinic.billing.post("/claims", json={"record_ids": [claimed["id"]]})).status_code == 201
    await write_down(clinic, people, diagnoses=["F43.10"])
    books = await asyncpg.connect(clinic.database_url.replace("+asyncpg", ""))
    try:
        await books.execute("UPDATE record SET diagnoses = '[]'")
        await books.execute(runpy.run_path(str(REVISION))["FILL"])
    finally:
        await books.close()
    found = {each["id"]: each["diagnoses"] for each in await clinic.records()}
    assert found == {claimed["id"]: ["F41.1", "F32.1"], unclaimed["id"]: ["F43.10"], unknown["id"]: []}


def test_what_is_proposed_begins_most_like_what_was_meant() -> None:
    listed = {code: [Period(date(2015, 10, 1))] for code in ("F32.0", "F32.1", "F32.81", "F32.89", "F33.0")}
    assert validity.nearest("F32.8", listed) == ["F32.0", "F32.1", "F32.81", "F32.89", "F33.0"]
    reported = validity.unusable("F99.8", MONDAY, listed)
    assert reported.fix == "The list has no code of the category F99 on that day. Search it by words of the diagnosis."


async def test_records_of_strangers_have_no_diagnoses(clinic: Clinic) -> None:
    assert (await clinic.bill("90837", **strangers().facts))["diagnoses"] == []
