"""Looking before booking names every problem at once, each with what would work, and writes nothing."""

from support.clinic import Clinic, Json, at, succeeded
from testing import until


async def check(clinic: Clinic, **changes: object) -> Json:
    """Ask what would become of a booking."""
    return succeeded(await clinic.http.post("/api/scheduling/sessions/check", json=clinic.wanted(**changes)))


def problems(found: Json) -> set[tuple[str, str]]:
    """Return what speaks against it, by the part it is about."""
    assert all(problem["message"] and problem["fix"] for problem in found["problems"])
    return {(problem["group"], problem["code"]) for problem in found["problems"]}


async def test_what_can_be_booked_shows_its_room_its_end_and_its_price(clinic: Clinic) -> None:
    found = await check(clinic)
    assert (found["ok"], found["problems"], found["calculated_rate"]) == (True, [], "185.00")
    assert (found["starts_at"], found["ends_at"]) == (at(8), at(8, 11))
    assert found["room"]["room_id"] in {room["id"] for room in clinic.rooms}
    sessions = await clinic.get("/api/scheduling/sessions", client_id=clinic.client["id"])
    assert sessions["items"] == [], "nothing was written"


async def test_every_problem_of_people_and_room_is_named_at_once(clinic: Clinic) -> None:
    room = clinic.rooms[0]["id"]
    booked = await clinic.booked(room_id=room)
    await clinic.entry(booked, "booked")
    found = await check(clinic, room_id=room, room_requirements={"capacity": 9, "equipment": ["video"]}, starts_at=at(8, 10, 30))
    assert problems(found) == {
        ("therapist", "therapist-busy"),
        ("client", "client-busy"),
        ("room", "room-booked"),
        ("capacity", "too-small"),
        ("equipment", "lacks-equipment"),
    }
    assert found["ok"] is False
    busy = next(problem for problem in found["problems"] if problem["code"] == "therapist-busy")
    assert busy["session_ids"] == [booked["id"]]


async def test_an_alternative_that_is_shown_suits_room_and_people(clinic: Clinic) -> None:
    room = clinic.rooms[0]["id"]
    await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(8, 9), ends_at=at(8, 12), reason="paint")
    found = await check(clinic, room_id=room)
    assert problems(found) == {("block", "blocked")}
    best = found["alternatives"][0]
    assert (best["shift_minutes"], best["room_id"] != room) == (0, True)
    assert (await check(clinic, room_id=best["room_id"], starts_at=best["starts_at"]))["ok"]


async def test_in_place_of_a_therapist_who_works_elsewhere_only_others_who_are_free_are_offered(clinic: Clinic) -> None:
    sites = ["01890a5d-ac96-774b-bcce-b302099a8057"]
    elsewhere = await clinic.post("/api/scheduling/therapists", full_name="Ada Elsewhere", site_ids=sites)
    room = clinic.rooms[0]["id"]
    await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(8, 14), ends_at=at(8, 15), reason="paint")
    for starts_at in (at(8), at(8, 14)):
        wanted = {"therapist_id": elsewhere["id"], "room_id": room, "starts_at": starts_at}
        found = await check(clinic, **wanted)
        assert ("therapist", "therapist-elsewhere") in problems(found)
        assert found["alternatives"], "others work there"
        for each in found["alternatives"]:
            assert (each["therapist_id"] != elsewhere["id"], each["starts_at"]) == (True, starts_at)
            assert any(reason.startswith("another therapist: ") for reason in each["reasons"])
    alone = succeeded(await clinic.http.post("/api/scheduling/sessions/alternatives", json=clinic.wanted(therapist_id=elsewhere["id"])))
    assert alone["items"] == []
    best = found["alternatives"][0]
    assert (await check(clinic, **{name: best[name] for name in ("therapist_id", "room_id", "starts_at")}))["ok"]


async def test_past_hours_and_what_nobody_knows_are_named_together(clinic: Clinic) -> None:
    stranger = "01890a5d-ac96-774b-bcce-b302099a8057"
    found = await check(clinic, starts_at=at(-1), client_id=stranger)
    assert {("past", "in-the-past"), ("client", "unknown-client")} <= problems(found)


async def test_a_refused_session_lists_everything_that_stood_in_its_way(clinic: Clinic) -> None:
    room = clinic.rooms[0]["id"]
    await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(8, 9), ends_at=at(8, 12), reason="paint")
    session = await clinic.book(room_id=room, room_requirements={"capacity": 2, "equipment": ["video"]})
    assert {reason["code"] for reason in session["rejection_reasons"]} == {"blocked", "lacks-equipment"}
    assert all(reason["fix"] for reason in session["rejection_reasons"])

    async def repeated() -> bool:
        return (await clinic.session(session))["rejection_reasons"] == session["rejection_reasons"]

    await until(repeated)


async def test_a_walk_in_of_yesterday_on_a_taken_time_is_offered_other_rooms_and_times_of_that_day(clinic: Clinic) -> None:
    noon = at(-1, 12)
    await clinic.booked(starts_at=noon, backdated=True, room_id=clinic.rooms[0]["id"])
    other = {"client_id": (await clinic.new_client())["id"], "therapist_id": (await clinic.new_therapist())["id"]}
    url = "/api/scheduling/sessions/check"
    taken = clinic.wanted(starts_at=noon, backdated=True, room_id=clinic.rooms[0]["id"], **other)
    found = succeeded(await clinic.http.post(url, json=taken))
    best = found["alternatives"][0]
    assert (found["ok"], best["kind"], best["starts_at"]) == (False, "same_time_other_room", noon)
    busy = clinic.wanted(starts_at=noon, backdated=True, client_id=other["client_id"])
    found = succeeded(await clinic.http.post(url, json=busy))
    assert [problem["code"] for problem in found["problems"]] == ["therapist-busy"]
    assert found["alternatives"]
    assert all(at(-1, 0) <= each["starts_at"] <= at(-1, 23) for each in found["alternatives"])
    free = succeeded(await clinic.http.post(url, json=clinic.wanted(starts_at=at(-1, 15), backdated=True, **other)))
    assert (free["ok"], free["alternatives"]) == (True, [])
