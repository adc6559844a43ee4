"""Rooms in the order that people know, and words for what they have."""

import asyncio
from typing import Any

import pytest
from contracts.types import new_id
from requester import Clinic, at
from rooms.places import use_cases

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


async def test_the_vocabulary_has_a_limit_however_close_the_requests(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    known = len((await clinic.http.get("/equipment")).json()["items"])
    monkeypatch.setattr(use_cases, "MOST_EQUIPMENT_KINDS", known + 2)
    added = await asyncio.gather(
        *(clinic.http.post("/equipment", json={"name": name, "label": name}) for name in ("drum", "organ", "piano"))
    )
    assert sorted(answer.status_code for answer in added) == [201, 201, 409]
    [refused] = [answer.json() for answer in added if answer.status_code == 409]
    assert (refused["type"], refused["most"]) == ("/problems/too-many-equipment-kinds", known + 2)
    [name] = {"drum", "organ", "piano"} - {kind["name"] for kind in (await clinic.http.get("/equipment")).json()["items"]}
    assert (await clinic.http.post("/equipment", json={"name": name, "label": name})).status_code == 409


async def test_a_room_brings_no_kind_of_equipment_beyond_the_limit(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    room = await clinic.add_room("201", equipment=["sand_tray"])
    kinds = (await clinic.http.get("/equipment")).json()["items"]
    monkeypatch.setattr(use_cases, "MOST_EQUIPMENT_KINDS", len(kinds))
    refused = await clinic.http.patch(f"/rooms/{room}", json={"equipment": ["piano", "sand_tray"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-equipment-kinds")
    assert (await clinic.http.patch(f"/rooms/{room}", json={"equipment": ["sand_tray", "video"]})).status_code == 200
    body = {"site_id": str(clinic.site_id), "room_number": "202", "room_name": "Oak", "capacity": 2}
    assert (await clinic.http.post("/rooms", json={**body, "equipment": ["piano"]})).status_code == 409
    assert (await clinic.http.get("/equipment")).json()["items"] == [
        {**kind, "rooms": kind["rooms"] + (kind["name"] == "video")} for kind in kinds
    ]
