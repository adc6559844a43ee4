"""Hours that change over booked sessions: those outside are named, or marked by force."""

from typing import Any

import pytest
from requester import WORKDAYS, Clinic, at
from rooms.closures import use_cases

Json = dict[str, Any]


async def test_shorter_hours_over_booked_sessions_name_those_outside_and_force_marks_them(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    inside, outside = await clinic.book(at(10), room_id=room), await clinic.book(at(18), room_id=room)
    short = {"opening_hours": {day: [["08:00", "16:00"]] for day in WORKDAYS}}
    refused = await clinic.http.patch(f"/sites/{clinic.site_id}", json=short)
    assert (refused.status_code, [each["hold_id"] for each in refused.json()["sessions"]]) == (409, [str(outside.hold_id)])
    forced = await clinic.http.patch(f"/sites/{clinic.site_id}", json=short, params={"force": True})
    assert forced.status_code == 200
    waiting = (await clinic.http.get("/holds", params={"needs_replanning": True})).json()["items"]
    assert [each["id"] for each in waiting] == [str(outside.hold_id)]
    assert await clinic.status(inside.hold_id) == "confirmed"
    again = await clinic.http.patch(f"/sites/{clinic.site_id}", json={"opening_hours": WORKDAYS})
    assert again.status_code == 200
    assert (await clinic.http.get("/holds", params={"needs_replanning": True})).json()["items"] == []


async def test_a_refusal_names_the_first_sessions_and_states_how_many_more_there_are(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases, "NAMED_AT_MOST", 2)
    room = await clinic.add_room("201")
    first, second, _ = [await clinic.book(at(hour), room_id=room) for hour in (9, 12, 15)]
    refused = (await clinic.http.patch(f"/sites/{clinic.site_id}", json={"is_active": False})).json()
    assert [each["hold_id"] for each in refused["sessions"]] == [str(first.hold_id), str(second.hold_id)]
    assert (refused["sessions_omitted"], "3 sessions" in refused["detail"]) == (1, True)


async def test_no_two_changes_of_hours_lose_a_session(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    late = await clinic.book(at(18), room_id=room)
    day = f"/sites/{clinic.site_id}/special-days/{at(18).date()}"
    assert (await clinic.http.put(day, json={"spans": [["08:00", "12:00"]], "reason": "ice"}, params={"force": True})).status_code == 200
    assert (await clinic.http.get(f"/holds/{late.hold_id}")).json()["needs_replanning"] is True
    assert (await clinic.http.delete(day)).status_code == 204
    assert (await clinic.http.get(f"/holds/{late.hold_id}")).json()["needs_replanning"] is False


async def test_sessions_that_need_a_new_place_are_listed_by_their_start_with_why_and_counted(clinic: Clinic) -> None:
    gone, room = await clinic.add_room("201"), await clinic.add_room("202")
    late, early = await clinic.book(at(18), room_id=room), await clinic.book(at(9), room_id=room)
    moved = await clinic.book(at(12), room_id=gone)
    short = {"opening_hours": {day: [["10:00", "16:00"]] for day in WORKDAYS}}
    assert (await clinic.http.patch(f"/sites/{clinic.site_id}", json=short, params={"force": True})).status_code == 200
    assert (await clinic.http.patch(f"/rooms/{gone}", json={"is_active": False}, params={"force": True})).status_code == 200
    waiting: Json = {"site_id": str(clinic.site_id), "needs_replanning": True, "soonest_first": True}
    first = (await clinic.http.get("/holds", params={**waiting, "limit": 2})).json()
    assert [(each["id"], each["displaced_by"]) for each in first["items"]] == [
        (str(early.hold_id), ["outside_hours"]),
        (str(moved.hold_id), ["room_out_of_use"]),
    ]
    rest = (await clinic.http.get("/holds", params={**waiting, "cursor": first["next_cursor"]})).json()
    assert ([each["id"] for each in rest["items"]], rest["next_cursor"], first["total"]) == ([str(late.hold_id)], None, 3)
    assert (await clinic.http.patch(f"/sites/{clinic.site_id}", json={"is_active": False}, params={"force": True})).status_code == 200
    assert (await clinic.http.get(f"/holds/{moved.hold_id}")).json()["displaced_by"] == ["site_closed", "room_out_of_use"]
    assert (await clinic.http.get("/holds", params={"soonest_first": True})).status_code == 422


async def test_the_calendar_marks_sessions_that_need_a_new_place_as_the_list_of_a_session_does(clinic: Clinic) -> None:
    gone, room = await clinic.add_room("201"), await clinic.add_room("202")
    late, fine = await clinic.book(at(18), room_id=room), await clinic.book(at(14), room_id=room)
    blocked, moved = await clinic.book(at(11), room_id=room), await clinic.book(at(12), room_id=gone)
    short = {"opening_hours": {day: [["08:00", "16:00"]] for day in WORKDAYS}}
    assert (await clinic.http.patch(f"/sites/{clinic.site_id}", json=short, params={"force": True})).status_code == 200
    assert (await clinic.http.patch(f"/rooms/{gone}", json={"is_active": False}, params={"force": True})).status_code == 200
    block = {"starts_at": at(11).isoformat(), "ends_at": at(12).isoformat(), "reason": "paint"}
    assert (await clinic.http.post(f"/rooms/{room}/blocks", json=block, params={"force": True})).status_code == 201
    day = str(at(11).date())
    shown = (await clinic.http.get("/calendar", params={"site_id": str(clinic.site_id), "from": day, "to": day})).json()
    entries = [entry for each in shown["rooms"] for entry in each["entries"]]
    marked = {entry["hold_id"]: entry["displaced_by"] for entry in entries}
    assert marked == {
        str(late.hold_id): ["outside_hours"],
        str(fine.hold_id): [],
        str(blocked.hold_id): ["blocked"],
        str(moved.hold_id): ["room_out_of_use"],
        None: [],
    }
    for booked in (late, fine, blocked, moved):
        [hold] = (await clinic.http.get("/holds", params={"session_id": str(booked.session_id)})).json()["items"]
        assert (hold["id"], hold["displaced_by"]) == (str(booked.hold_id), marked[str(booked.hold_id)])
