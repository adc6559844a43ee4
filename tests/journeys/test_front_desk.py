"""What a front desk reads: the next free slot, what else would do, the day's sheet, and times as the clock at the site shows them."""

import csv
import io
from datetime import datetime, timedelta

from support.clinic import NEW_YORK, TODAY, Clinic, at, succeeded

DAY = (TODAY + timedelta(days=8)).isoformat()


async def test_the_first_available_slots_are_free_of_everything_and_each_is_booked_at_once(clinic: Clinic) -> None:
    await clinic.booked(starts_at=at(8, 9))
    other = await clinic.new_therapist()
    for room in clinic.rooms:
        await clinic.post(f"/api/rooms/rooms/{room['id']}/blocks", starts_at=at(8, 10, 30), ends_at=at(8, 11), reason="paint")
    asked = {"service_id": clinic.service["id"], "site_id": clinic.site["id"], "from": at(8, 8, 30), "to": at(8, 14), "limit": 100}

    async def free(therapist_id: str) -> list[str]:
        found = await clinic.get("/api/scheduling/first-available", **asked, therapist_id=therapist_id)
        assert found["rooms_checked"] is True
        assert {slot["therapist_id"] for slot in found["items"]} == {therapist_id}
        return [slot["starts_at"] for slot in found["items"]]

    of_other = await free(other["id"])
    assert of_other[:5] == [at(8, 8, 30), at(8, 8, 45), at(8, 9), at(8, 9, 15), at(8, 9, 30)]
    assert of_other[5] == at(8, 11)
    assert (await free(clinic.therapist["id"]))[0] == at(8, 11)
    everybody = await clinic.get("/api/scheduling/first-available", **asked)
    assert everybody["items"][0]["starts_at"] == at(8, 8, 30)
    busy = await clinic.get("/api/scheduling/first-available", **asked, client_id=clinic.client["id"], therapist_id=other["id"])
    first = busy["items"][0]
    assert (first["starts_at"], first["local_start"], first["calculated_rate"]) == (at(8, 11), f"{DAY}T11:00:00", "185.00")
    session = await clinic.booked(starts_at=first["starts_at"], therapist_id=other["id"], room_id=first["room_id"])
    assert session["room_number"] == first["room_number"]


async def test_a_search_that_makes_no_sense_says_why(clinic: Clinic) -> None:
    await clinic.booked()
    path = "/api/scheduling/first-available"
    good = {"service_id": clinic.service["id"], "site_id": clinic.site["id"]}
    backwards = await clinic.http.get(path, params={**good, "from": at(9), "to": at(8)})
    assert (backwards.status_code, backwards.json()["errors"][0]["field"]) == (422, "to")
    for name in ("service_id", "site_id", "therapist_id", "client_id"):
        missing = await clinic.http.get(path, params={**good, name: "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c99"})
        assert missing.status_code == 404, name


async def test_a_search_ends_with_the_calendar_and_a_session_starts_well_before(clinic: Clinic) -> None:
    await clinic.booked()
    last = "2199-12-31T23:45:00Z"
    asked = {"service_id": clinic.service["id"], "site_id": clinic.site["id"]}
    found = await clinic.http.get("/api/scheduling/first-available", params={**asked, "from": "2199-12-31T05:00:00Z"})
    assert (found.status_code, found.json()["searched_until"]) == (200, "2200-01-01T00:00:00Z"), found.text
    series = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
    for path in ("sessions", "sessions/check", "sessions/alternatives", "series/preview"):
        answer = await clinic.http.post(
            f"/api/scheduling/{path}", json=clinic.wanted(starts_at=last) | (series if "series" in path else {})
        )
        assert (answer.status_code, "starts between 2000 and 2198" in answer.text) == (422, True), f"{path}: {answer.text}"


async def test_alternatives_are_ranked_by_distance_and_another_therapist_comes_before_another_day(clinic: Clinic) -> None:
    await clinic.booked()
    other_therapist = await clinic.new_therapist("Aaa, the first by name")
    client = (await clinic.new_client())["id"]
    wanted = clinic.wanted(client_id=client, limit=20)
    alone = succeeded(await clinic.http.post("/api/scheduling/sessions/alternatives", json=wanted))["items"]
    assert {offer["therapist_id"] for offer in alone} == {None}
    assert [abs(offer["shift_minutes"]) for offer in alone[:4]] == [60, 60, 75, 75]
    assert alone[0]["reason_codes"][0] in {"earlier:60", "later:60"}
    both = succeeded(await clinic.http.post("/api/scheduling/sessions/alternatives", json=wanted | {"other_therapists": True}))["items"]
    assert [offer["score"] for offer in both] == sorted((offer["score"] for offer in both), reverse=True)
    other = next(offer for offer in both if offer["therapist_id"])
    assert (other["therapist_id"], other["starts_at"], both.index(other)) == (other_therapist["id"], at(8), 2)
    assert other["reasons"][-1] == "another therapist: Aaa, the first by name"
    assert other["reason_codes"] == ["same_time", "other_therapist"]
    taken = await clinic.booked(
        client_id=client, therapist_id=other["therapist_id"], starts_at=other["starts_at"], room_id=other["room_id"]
    )
    assert taken["room_id"] == other["room_id"]


async def test_a_check_offers_other_times_also_when_only_the_people_are_busy(clinic: Clinic) -> None:
    await clinic.booked()
    found = succeeded(await clinic.http.post("/api/scheduling/sessions/check", json=clinic.wanted(starts_at=at(8, 10, 30))))
    assert {problem["code"] for problem in found["problems"]} == {"therapist-busy", "client-busy"}
    assert found["alternatives"][0]["starts_at"] == at(8, 11)


async def test_the_day_sheet_is_data_a_sheet_and_a_page(clinic: Clinic) -> None:
    client = await clinic.new_client("<b>=Bobby</b>")
    first = await clinic.booked(starts_at=at(8, 9), billing_notes="=SUM(A1)")
    group = await clinic.booked(
        starts_at=at(8, 11), client_id=client["id"], other_client_ids=[], therapist_id=(await clinic.new_therapist("Zora Neale"))["id"]
    )
    gone = await clinic.booked(starts_at=at(8, 13))
    succeeded(await clinic.step(gone, "cancel", reason="ill"))
    query = {"site_id": clinic.site["id"], "day": DAY}
    sheet = await clinic.get("/api/scheduling/day-sheet", **query)
    assert [line["session_id"] for line in sheet["items"]] == [first["id"], group["id"]]
    assert (sheet["items"][0]["local_start"], sheet["items"][0]["local_end"]) == ("09:00", "10:00")
    answer = await clinic.http.get("/api/scheduling/day-sheet", params=query, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["from"] for row in rows] == ["09:00", "11:00"]
    assert rows[0]["notes"] == "'=SUM(A1)"
    page = await clinic.http.get("/api/scheduling/day-sheet", params=query, headers={"Accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;=Bobby&lt;/b&gt;" in page.text
    assert "<b>" not in page.text
    mine = await clinic.get("/api/scheduling/day-sheet", **query, therapist_id=clinic.therapist["id"])
    assert [line["session_id"] for line in mine["items"]] == [first["id"]]


def clock_goes_back() -> datetime:
    """Return half past one of the next night in which New York's clocks are put back."""
    for days in range(2, 700):
        wall = datetime.combine(TODAY + timedelta(days=days), datetime.min.time()).replace(hour=1, minute=30)
        if wall.replace(tzinfo=NEW_YORK).utcoffset() != wall.replace(tzinfo=NEW_YORK, fold=1).utcoffset():
            return wall
    raise AssertionError


async def test_a_session_is_booked_by_what_the_clock_shows_and_a_time_shown_twice_names_both(clinic: Clinic) -> None:
    wanted = {name: value for name, value in clinic.wanted().items() if name != "starts_at"}
    waits = {"Prefer": "wait=30"}
    booked = succeeded(await clinic.http.post("/api/scheduling/sessions", json=wanted | {"local_start": f"{DAY}T10:00"}, headers=waits))
    assert (booked["status"], booked["starts_at"]) == ("booked", at(8))
    moved = succeeded(await clinic.step(booked, "reschedule", local_start=f"{DAY}T14:15"))
    assert moved["starts_at"] == at(8, 14, 15)
    twice = f"{clock_goes_back().isoformat()}"
    for path in ("sessions", "sessions/check", "sessions/alternatives"):
        refused = await clinic.http.post(f"/api/scheduling/{path}", json=wanted | {"local_start": twice})
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/uncertain-local-time"), path
        candidates = refused.json()["candidates"]
        assert [datetime.fromisoformat(each).replace(tzinfo=None).isoformat() for each in candidates] == [twice, twice]
        assert candidates[0] in refused.json()["detail"]
    again = await clinic.step(moved, "reschedule", local_start=twice)
    assert again.json()["candidates"] == candidates
    chosen = succeeded(await clinic.http.post("/api/scheduling/sessions", json=wanted | {"starts_at": candidates[1]}, headers=waits))
    assert chosen["status"] == "booked"
    both: dict[str, str] = {"starts_at": at(8), "local_start": f"{DAY}T10:00"}
    for body in (wanted, wanted | both):
        answer = await clinic.http.post("/api/scheduling/sessions", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "starts_at")
