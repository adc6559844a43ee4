"""Rooms in the order that people know, words for what they have, and hours that change over booked sessions."""

from typing import Any

from asker import WORKDAYS, Clinic, at
from contracts.rooms import Outcome
from contracts.types import new_id

Json = dict[str, Any]


async def names(clinic: Clinic) -> list[str]:
    listed = (await clinic.http.get("/rooms", params={"site_id": str(clinic.site_id)})).json()
    return [room["room_number"] for room in listed["items"]]


async def test_rooms_stand_in_the_order_that_people_gave_them_in_every_list(clinic: Clinic) -> None:
    rooms = {number: str(await clinic.add_room(number)) for number in ("101", "102", "201")}
    wanted = [rooms["201"], rooms["101"], rooms["102"]]
    ordered = await clinic.http.put(f"/sites/{clinic.site_id}/room-order", json={"room_ids": wanted})
    assert [room["id"] for room in ordered.json()["items"]] == wanted
    assert await names(clinic) == ["201", "101", "102"]
    day = {"site_id": str(clinic.site_id), "day": str(at(9).date())}
    for path in ("/calendar", "/utilization"):
        shown = (await clinic.http.get(path, params=day)).json()
        assert [room["room_id"] for room in shown["rooms"]] == wanted, path
    missing = await clinic.http.put(f"/sites/{clinic.site_id}/room-order", json={"room_ids": wanted[:2]})
    assert (missing.status_code, missing.json()["missing"]) == (422, [wanted[2]])
    foreign = str(new_id())
    stranger = await clinic.http.put(f"/sites/{clinic.site_id}/room-order", json={"room_ids": [*wanted, foreign]})
    assert (stranger.status_code, stranger.json()["foreign"]) == (422, [foreign])


async def test_rooms_page_in_their_order(clinic: Clinic) -> None:
    for number, position in (("103", 1), ("101", 2), ("102", 1)):
        await clinic.add_room(number, position=position)
    query: Json = {"site_id": str(clinic.site_id), "limit": 2}
    first = (await clinic.http.get("/rooms", params=query)).json()
    second = (await clinic.http.get("/rooms", params=query | {"cursor": first["next_cursor"]})).json()
    assert [room["room_number"] for room in first["items"] + second["items"]] == ["102", "103", "101"]


async def test_the_vocabulary_grows_with_the_rooms_and_keeps_what_they_have(clinic: Clinic) -> None:
    room = await clinic.add_room("201", equipment=["sand_tray", "video"])
    words = {word["name"]: word for word in (await clinic.http.get("/equipment")).json()["items"]}
    assert words["sand_tray"] == {"name": "sand_tray", "label": "Sand tray", "rooms": 1}
    assert {"video", "whiteboard", "telephone"} <= words.keys()
    named = await clinic.http.put("/equipment/sand_tray", json={"label": "Sand tray (large)"})
    assert named.json() == {"name": "sand_tray", "label": "Sand tray (large)", "rooms": 1}
    added = await clinic.http.post("/equipment", json={"name": "piano", "label": "Upright piano"})
    assert (added.status_code, added.json()["rooms"]) == (201, 0)
    assert (await clinic.http.post("/equipment", json={"name": "piano", "label": "Grand piano"})).status_code == 409
    assert (await clinic.http.put("/equipment/organ", json={"label": "Organ"})).status_code == 404
    used = await clinic.http.delete("/equipment/sand_tray")
    assert (used.status_code, used.json()["type"], used.json()["room_ids"]) == (409, "/problems/equipment-in-use", [str(room)])
    assert (await clinic.http.patch(f"/rooms/{room}", json={"equipment": ["couch"]})).status_code == 200
    assert (await clinic.http.delete("/equipment/sand_tray")).status_code == 204
    assert (await clinic.http.delete("/equipment/sand_tray")).status_code == 404
    assert "couch" in {word["name"] for word in (await clinic.http.get("/equipment")).json()["items"]}


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


async def test_a_room_goes_out_of_use_for_good_and_its_sessions_are_planned_into_others(clinic: Clinic) -> None:
    gone, other = await clinic.add_room("201"), await clinic.add_room("202")
    booked = await clinic.book(at(10), room_id=gone)
    refused = await clinic.http.patch(f"/rooms/{gone}", json={"is_active": False})
    assert (refused.status_code, "Re-plan" in refused.json()["detail"]) == (409, True)
    body = {"starts_at": at(8).isoformat(), "reason": "sold", "deactivate": True}
    plan = (await clinic.http.post(f"/rooms/{gone}/replan", json=body)).json()
    assert [(move["hold_id"], move["to_room"]["room_id"]) for move in plan["moves"]] == [(str(booked.hold_id), str(other))]
    assert (await clinic.http.post(f"/replans/{plan['id']}/confirm")).status_code == 200
    assert (await clinic.http.get(f"/rooms/{gone}")).json()["is_active"] is False
    assert (await clinic.http.get(f"/replans/{plan['id']}")).json()["moves"][0]["state"] == "waiting"
    await clinic.book(at(10), room_id=other)
    assert (await clinic.hold(at(10), room_id=other, session_id=booked.session_id)).outcome is Outcome.REFUSED
    assert (await clinic.http.get(f"/replans/{plan['id']}")).json()["moves"][0]["state"] == "refused"
    bad = await clinic.http.post(f"/rooms/{gone}/replan", json={"starts_at": at(8).isoformat(), "reason": "sold"})
    assert bad.status_code == 422


async def test_a_calendar_is_asked_for_by_day_week_month_or_range_and_knows_the_open_hours(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    held = await clinic.hold(at(10), room_id=room)
    assert held.outcome is Outcome.GRANTED
    site = {"site_id": str(clinic.site_id)}
    year, week, _ = at(10).isocalendar()
    lengths = {}
    for name, value in (("day", str(at(10).date())), ("week", f"{year}-W{week:02}"), ("month", f"{at(10):%Y-%m}")):
        shown = (await clinic.http.get("/calendar", params=site | {name: value})).json()
        [entry] = shown["rooms"][0]["entries"]
        assert (entry["kind"], entry["hold_id"], entry["expires_at"] is not None) == ("held", str(held.hold_id), True)
        lengths[name] = len(shown["openings"])
    assert lengths == {"day": 1, "week": 5, "month": 21}
    for asked in (site, site | {"day": str(at(10).date()), "month": "2031-03"}):
        answer = await clinic.http.get("/calendar", params=asked)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/ambiguous-range")
    nowhere = await clinic.http.get("/calendar", params=site | {"week": "2031-W53"})
    assert nowhere.json()["type"] == "/problems/no-such-week"
    assert (await clinic.http.get("/calendar", params=site | {"month": "2031-13"})).status_code == 422


async def test_no_two_changes_of_hours_lose_a_session(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    late = await clinic.book(at(18), room_id=room)
    day = f"/sites/{clinic.site_id}/special-days/{at(18).date()}"
    assert (await clinic.http.put(day, json={"spans": [["08:00", "12:00"]], "reason": "ice"}, params={"force": True})).status_code == 200
    assert (await clinic.http.get(f"/holds/{late.hold_id}")).json()["needs_replanning"] is True
    assert (await clinic.http.delete(day)).status_code == 204
    assert (await clinic.http.get(f"/holds/{late.hold_id}")).json()["needs_replanning"] is False
