"""A series is booked, previewed, moved and called off as a whole, and every occurrence is checked."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from httpx import Response
from support.clinic import NEW_YORK, Clinic, Json, at, succeeded
from testing.waiting import until

WEEKLY = {"rrule": "FREQ=WEEKLY;COUNT=4"}


async def ask(clinic: Clinic, path: str = "", **changes: Any) -> Response:
    """Ask for a series."""
    wanted = clinic.wanted(**{"recurrence": WEEKLY, **changes})
    return await clinic.http.post(f"/api/scheduling/series{path}", json=wanted, headers={"Prefer": "wait=30"})


def statuses(series: Json) -> list[str]:
    return [session["status"] for session in series["occurrences"]]


def walls(sessions: list[Json]) -> set[tuple[int, str]]:
    """Return weekday and time on the clinic's wall of each session."""
    local = [datetime.fromisoformat(session["starts_at"]).astimezone(NEW_YORK) for session in sessions]
    return {(moment.weekday(), f"{moment:%H:%M}") for moment in local}


async def test_a_year_of_mondays_is_booked_in_one_answer_and_keeps_its_time_on_the_wall(clinic: Clinic) -> None:
    series = succeeded(await ask(clinic, recurrence={"rrule": "FREQ=WEEKLY;COUNT=52"}))
    assert statuses(series) == ["booked"] * 52
    assert len(walls(series["occurrences"])) == 1
    assert {session["series_id"] for session in series["occurrences"]} == {series["id"]}
    read = await clinic.get(f"/api/scheduling/series/{series['id']}")
    assert [session["id"] for session in read["occurrences"]] == [session["id"] for session in series["occurrences"]]


async def test_a_preview_shows_every_occurrence_and_books_nothing(clinic: Clinic) -> None:
    room = clinic.rooms[0]["id"]
    await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(15, 9), ends_at=at(15, 12), reason="new carpet")
    preview = succeeded(await ask(clinic, "/preview", room_id=room))
    assert [bool(occurrence["problems"]) for occurrence in preview["occurrences"]] == [False, True, False, False]
    assert (preview["bookable"], preview["with_problems"]) == (3, 1)
    [blocked] = [occurrence for occurrence in preview["occurrences"] if occurrence["problems"]]
    assert [problem["code"] for problem in blocked["problems"]] == ["blocked"]
    assert blocked["alternative"]["ends_at"] > blocked["alternative"]["starts_at"]
    assert {occurrence["room"]["room_id"] for occurrence in preview["occurrences"] if occurrence["room"]} == {room}
    sessions = await clinic.get("/api/scheduling/sessions", client_id=clinic.client["id"])
    assert sessions["items"] == []


async def test_a_preview_marks_the_weeks_in_which_the_clocks_change(clinic: Clinic) -> None:
    preview = succeeded(await ask(clinic, "/preview", recurrence={"rrule": "FREQ=WEEKLY;COUNT=53"}))
    offsets = [occurrence["utc_offset"] for occurrence in preview["occurrences"]]
    marked = [occurrence["clock_changes"] for occurrence in preview["occurrences"]]
    assert marked == [False, *(one != other for one, other in pairwise(offsets))]
    assert sum(marked) == len(preview["clock_changes"]) == 2


async def test_the_best_effort_books_what_can_be_had_and_offers_something_else_for_the_rest(clinic: Clinic) -> None:
    room = clinic.rooms[0]["id"]
    await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(15, 9), ends_at=at(15, 12), reason="new carpet")
    series = succeeded(await ask(clinic, room_id=room))
    assert statuses(series) == ["booked", "offered", "booked", "booked"]


async def test_all_or_nothing_books_nothing_where_one_room_is_missing(clinic: Clinic) -> None:
    room = clinic.rooms[0]["id"]
    await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(15, 9), ends_at=at(15, 12), reason="new carpet")
    series = succeeded(await ask(clinic, room_id=room, mode="all_or_nothing"))
    assert not {"booked", "requested"} & set(statuses(series))
    assert await clinic.is_free(room, at(8), at(8, 11)), "nothing stays held"
    whole = succeeded(await ask(clinic, mode="all_or_nothing", starts_at=at(9)))
    assert statuses(whole) == ["booked"] * 4


async def test_a_clash_of_people_is_named_for_every_occurrence(clinic: Clinic) -> None:
    await clinic.booked(starts_at=at(15))
    refused = await ask(clinic, mode="all_or_nothing")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/therapist-busy")
    assert [problem["starts_at"] for problem in refused.json()["occurrences"]] == [at(15)]
    series = succeeded(await ask(clinic))
    assert (statuses(series), [problem["starts_at"] for problem in series["problems"]]) == (["booked"] * 3, [at(15)])


async def test_dates_that_cannot_be_had_take_place_at_times_of_their_own_or_are_left_out(clinic: Clinic) -> None:
    [pair] = await clinic.pairs(1)
    for day in (15, 22):
        await clinic.booked(starts_at=at(day), client_id=pair["client_id"])
    _, busy, other, _ = occurrences = succeeded(await ask(clinic, "/preview"))["occurrences"]
    assert [len(occurrence["alternatives"]) for occurrence in occurrences] == [0, 3, 3, 0]
    offer = busy["alternatives"][0]
    assert (busy["alternative"], abs(offer["shift_minutes"])) == (offer, 60), "the nearest at which everybody is free comes first"
    own = {"occurrence": at(15), "choice": "alternative", "starts_at": offer["starts_at"], "room_id": offer["room_id"]}
    choices = [own, {"occurrence": other["starts_at"], "choice": "leave"}]
    seen = succeeded(await ask(clinic, "/preview", choices=choices))["occurrences"]
    assert [[problem["code"] for problem in occurrence["problems"]] for occurrence in seen] == [[], [], ["left-out"], []]
    assert seen[1]["room"]["room_id"] == offer["room_id"]
    series = succeeded(await ask(clinic, mode="all_or_nothing", choices=choices))
    assert statuses(series) == ["booked"] * 3
    assert [session["starts_at"] for session in series["occurrences"]] == [at(8), offer["starts_at"], at(29)]
    assert [(date["starts_at"], date["problems"][0]["code"]) for date in series["problems"]] == [(at(22), "left-out")]
    unknown = await ask(clinic, choices=[{"occurrence": at(9), "choice": "leave"}])
    assert (unknown.status_code, [error["field"] for error in unknown.json()["errors"]]) == (422, ["choices"])
    lacking = await ask(clinic, choices=[{"occurrence": at(8), "choice": "alternative"}])
    assert [error["field"] for error in lacking.json()["errors"]] == ["choices.0.starts_at"]


async def test_this_the_following_or_all_sessions_move_and_are_called_off(clinic: Clinic) -> None:
    series = succeeded(await ask(clinic))
    _, second, third, _ = series["occurrences"]
    path = f"/api/scheduling/series/{series['id']}"
    headers = {"Prefer": "wait=30"}
    move = {"session_id": second["id"], "scope": "following", "starts_at": at(16, 11)}
    [pair] = await clinic.pairs(1)
    await clinic.booked(starts_at=at(23, 11), client_id=pair["client_id"])
    seen = succeeded(await clinic.http.post(f"{path}/reschedule/preview", json=move))
    assert [date["outcome"] for date in seen["dates"]] == ["moves", "stays", "moves"]
    assert (seen["moving"], seen["staying"]) == (2, 1)
    assert [problem["code"] for problem in seen["dates"][1]["problems"]] == ["therapist-busy"]
    assert all(date["new_room"]["room_id"] for date in seen["dates"] if date["outcome"] == "moves")
    offer = seen["dates"][1]["alternatives"][0]
    choice = {"session_id": third["id"], "choice": "alternative", "starts_at": offer["starts_at"], "room_id": offer["room_id"]}
    chosen = move | {"basis": seen["basis"], "choices": [choice]}
    moved = succeeded(await clinic.http.post(f"{path}/reschedule", json=chosen, headers=headers))
    assert [item["problems"] for item in moved["items"]] == [[]] * 3
    assert [date["outcome"] for date in moved["move"]["dates"]] == ["moved"] * 3
    assert [item["session"]["starts_at"] for item in moved["items"]][1] == offer["starts_at"]
    assert {item["session"]["rescheduling"] for item in moved["items"]} == {False}
    back = succeeded(await clinic.http.post(f"{path}/moves/{moved['move']['id']}/undo", headers=headers))
    assert [date["outcome"] for date in back["dates"]] == ["returned"] * 3
    now = succeeded(await clinic.http.get(path))["occurrences"]
    assert [(each["starts_at"], each["room_id"]) for each in now] == [
        (each["starts_at"], each["room_id"]) for each in series["occurrences"]
    ]

    room = clinic.rooms[0]["id"]
    await until(lambda: clinic.is_free(room, at(16, 11), at(16, 12)))  # rooms has given back what the move held there
    await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(16, 11), ends_at=at(16, 12), reason="new carpet")
    seen = succeeded(await clinic.http.post(f"{path}/reschedule/preview", json=move | {"room_id": room}))
    blocked = seen["dates"][0]
    assert (blocked["outcome"], [(each["group"], each["code"]) for each in blocked["problems"]]) == ("stays", [("block", "blocked")])
    assert blocked["alternatives"]

    only = succeeded(await clinic.http.post(f"{path}/cancel", json={"session_id": third["id"], "scope": "this", "reason": "holiday"}))
    assert [item["session"]["status"] for item in only["items"]] == ["cancelled"]
    rest = succeeded(await clinic.http.post(f"{path}/cancel", json={"reason": "therapy has ended"}))
    assert [item["session"]["status"] for item in rest["items"]] == ["cancelled"] * 3


async def test_a_series_that_moves_by_its_own_interval_moves_whole(clinic: Clinic) -> None:
    series = succeeded(await ask(clinic))
    first, second, *_, last = series["occurrences"]
    move = {"session_id": first["id"], "scope": "all", "starts_at": second["starts_at"]}
    path = f"/api/scheduling/series/{series['id']}"
    moved = succeeded(await clinic.http.post(f"{path}/reschedule", json=move, headers={"Prefer": "wait=30"}))
    assert [item["problems"] for item in moved["items"]] == [[]] * 4
    now = succeeded(await clinic.http.get(path))["occurrences"]
    assert statuses({"occurrences": now}) == ["booked"] * 4
    assert [each["starts_at"] for each in now][:3] == [each["starts_at"] for each in series["occurrences"]][1:]
    assert now[-1]["starts_at"] > last["starts_at"]


async def test_a_rule_that_makes_no_series_says_what_would(clinic: Clinic) -> None:
    for rule in ("FREQ=WEEKLY", "FREQ=HOURLY;COUNT=3", "FREQ=WEEKLY;COUNT=500", "tomorrow", "FREQ=WEEKLY;BYDAY=XX;COUNT=3"):
        answer = await ask(clinic, recurrence={"rrule": rule})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unusable-rule"), rule
