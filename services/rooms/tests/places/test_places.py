"""Sites and rooms are added and changed, and their whole state is published."""

import asyncio
from typing import Any

from contracts.rooms import AnnounceRooms, RoomChanged, SiteChanged
from contracts.types import new_id
from requester import Clinic

SITE = {"site_name": "Elm Street", "time_zone": "America/Phoenix", "opening_hours": {"mon": [["08:00", "12:00"], ["13:00", "24:00"]]}}


async def test_a_site_is_added_found_changed_and_announced(clinic: Clinic) -> None:
    added = await clinic.http.post("/sites", json=SITE)
    assert (added.status_code, added.headers["location"]) == (201, f"/sites/{added.json()['id']}")
    assert added.json()["opening_hours"] == SITE["opening_hours"]
    assert (await clinic.http.get(added.headers["location"])).json() == added.json()
    changed = await clinic.http.patch(added.headers["location"], json={"opening_hours": {}}, headers={"If-Match": '"1"'})
    assert (changed.json()["version"], changed.json()["opening_hours"], changed.json()["site_name"]) == (2, {}, "Elm Street")
    *_, first, second = await clinic.requester.until_published(SiteChanged, 3)
    assert (first.version, first.opening_hours) == (1, {"mon": (("08:00", "12:00"), ("13:00", "24:00"))})
    assert (second.version, second.opening_hours, str(second.id)) == (2, {}, added.json()["id"])


async def test_a_room_is_added_found_changed_and_announced_without_its_notes(clinic: Clinic) -> None:
    body = {"site_id": str(clinic.site_id), "room_number": " 203 ", "room_name": "Willow", "capacity": 4}
    added = await clinic.http.post("/rooms", json={**body, "equipment": ["whiteboard", "video", "video"], "notes": "key at the desk"})
    assert (added.status_code, added.json()["room_number"], added.json()["equipment"]) == (201, "203", ["video", "whiteboard"])
    changed = await clinic.http.patch(added.headers["location"], json={"capacity": 5})
    assert (changed.json()["capacity"], changed.json()["notes"], changed.json()["version"]) == (5, "key at the desk", 2)
    first, second = await clinic.requester.until_published(RoomChanged, 2)
    assert (first.capacity, first.version, second.capacity, second.version) == (4, 1, 5, 2)
    assert "key at the desk" not in first.model_dump_json()


async def test_a_change_that_changes_nothing_is_not_announced(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    same = await clinic.http.patch(f"/rooms/{room}", json={"capacity": 2, "equipment": []})
    assert same.json()["version"] == 1
    await clinic.http.patch(f"/rooms/{room}", json={"capacity": 3})
    assert [message.version for message in await clinic.requester.until_published(RoomChanged, 2)] == [1, 2]


async def test_a_stale_change_is_refused(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    await clinic.http.patch(f"/rooms/{room}", json={"capacity": 3})
    stale = await clinic.http.patch(f"/rooms/{room}", json={"capacity": 4}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)


async def test_a_number_names_one_room_of_a_site_however_close_the_requests(clinic: Clinic) -> None:
    body = {"site_id": str(clinic.site_id), "room_number": "203", "room_name": "Willow", "capacity": 4}
    answers = await asyncio.gather(*(clinic.http.post("/rooms", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    other = await clinic.add_room("204")
    taken = await clinic.http.patch(f"/rooms/{other}", json={"room_number": "203"})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/room-number-taken")
    assert (await clinic.http.patch(f"/rooms/{other}", json={"room_number": "204", "room_name": "Oak"})).status_code == 200
    elsewhere = {**body, "site_id": str(await clinic.add_site())}
    assert (await clinic.http.post("/rooms", json=elsewhere)).status_code == 201


async def test_the_same_idempotency_key_adds_one_room(clinic: Clinic) -> None:
    body = {"site_id": str(clinic.site_id), "room_number": "203", "room_name": "Willow", "capacity": 4}
    first, second = [await clinic.http.post("/rooms", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert (first.status_code, first.json()) == (second.status_code, second.json())


async def test_lists_are_filtered_and_come_in_pages(clinic: Clinic) -> None:
    other = await clinic.add_site(site_name="Annex", is_active=False)
    rooms = [await clinic.add_room(number) for number in ("203", "101", "202")]
    await clinic.http.patch(f"/rooms/{rooms[2]}", json={"is_active": False})
    assert [site["id"] for site in (await clinic.http.get("/sites", params={"is_active": False})).json()["items"]] == [str(other)]
    first = (await clinic.http.get("/rooms", params={"site_id": str(clinic.site_id), "limit": 2})).json()
    assert [room["room_number"] for room in first["items"]] == ["101", "202"]
    rest = (await clinic.http.get("/rooms", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert ([room["room_number"] for room in rest["items"]], rest["next_cursor"]) == (["203"], None)
    active = (await clinic.http.get("/rooms", params={"is_active": True})).json()["items"]
    assert [room["room_number"] for room in active] == ["101", "203"]
    assert (await clinic.http.get("/rooms", params={"site_id": str(other)})).json()["items"] == []
    assert (await clinic.http.get("/sites", params={"limit": 1})).json()["items"][0]["site_name"] == "Annex"


async def test_rooms_and_sites_are_found_by_words(clinic: Clinic) -> None:
    await clinic.add_site(site_name="Müller House", address="4 Elm Street")
    for number in ("203", "101"):
        await clinic.add_room(number)
    for words, numbers in (("203", "203"), ("ROOM 20", "203"), ("room 203 other", ""), ("0%", "")):
        found = (await clinic.http.get("/rooms", params={"q": words})).json()["items"]
        assert "".join(room["room_number"] for room in found) == numbers, words
    for words, name in (("muller", "Müller House"), ("elm house", "Müller House"), ("elm nowhere", "")):
        found = (await clinic.http.get("/sites", params={"q": words})).json()["items"]
        assert "".join(site["site_name"] for site in found) == name, words


async def test_everything_is_said_again_when_somebody_asks(clinic: Clinic) -> None:
    await clinic.add_room("201")
    await clinic.requester.until_published(RoomChanged)
    await clinic.requester.publish(AnnounceRooms())
    assert len(set(await clinic.requester.until_published(RoomChanged, 2))) == 1
    assert len({message.model_dump_json() for message in await clinic.requester.until_published(SiteChanged, 2)}) == 1


BAD_SITES: list[tuple[dict[str, Any], int, set[str]]] = [
    ({"time_zone": "Mars/Olympus", "site_name": " "}, 422, {"time_zone", "site_name"}),
    ({"time_zone": "../etc/passwd"}, 422, {"time_zone"}),
    ({"time_zone": ""}, 422, {"time_zone"}),
    (
        {"opening_hours": {"mon": [["12:00", "08:00"]], "tue": [["08:00", "10:00"], ["09:00", "11:00"]]}},
        422,
        {"opening_hours.mon", "opening_hours.tue"},
    ),
    ({"opening_hours": {"mon": [["8:00", "25:00"]]}}, 422, {"opening_hours.mon.0.0", "opening_hours.mon.0.1"}),
    ({"opening_hours": {"moonday": []}}, 422, {"opening_hours.moonday.[key]"}),
    ({"site_name": "a\x00b"}, 422, {"site_name"}),
    ({"is_active": "yes", "colour": "red"}, 400, {"is_active", "colour"}),
]


async def test_everything_that_is_wrong_with_a_site_is_said_at_once(clinic: Clinic) -> None:
    for stated, status, fields in BAD_SITES:
        answer = await clinic.http.post("/sites", json={**SITE, **stated})
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, {error["field"] for error in answer.json()["errors"]}) == (status, fields)


async def test_everything_that_is_wrong_with_a_room_is_said_at_once(clinic: Clinic) -> None:
    body = {
        "site_id": str(clinic.site_id),
        "room_number": "",
        "room_name": "x" * 201,
        "capacity": 0,
        "equipment": ["Video!"],
        "turnover_minutes": 121,
    }
    answer = await clinic.http.post("/rooms", json=body)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {
        "room_number",
        "room_name",
        "capacity",
        "equipment.0",
        "turnover_minutes",
    }
    unknown = await clinic.http.post("/rooms", json={"site_id": str(new_id()), "room_number": "1", "room_name": "x", "capacity": 1})
    assert (unknown.status_code, unknown.json()["type"]) == (422, "/problems/unknown-site")
    room = await clinic.add_room("201")
    wrongs: list[object] = [{"capacity": None}, {"capacity": 2.0}, {"site_id": str(clinic.site_id)}, "room", None]
    for wrong in wrongs:
        assert (await clinic.http.patch(f"/rooms/{room}", json=wrong)).status_code == 400, wrong


async def test_what_nobody_knows_is_not_found(clinic: Clinic) -> None:
    for path in ("/sites/{}", "/rooms/{}", "/holds/{}", "/rooms/{}/blocks"):
        assert (await clinic.http.get(path.format(new_id()))).status_code == 404
        assert (await clinic.http.get(path.format("nonsense"))).status_code in {400, 422}


async def test_a_broken_cursor_is_refused(clinic: Clinic) -> None:
    for path in ("/sites", "/rooms", "/holds"):
        assert (await clinic.http.get(path, params={"cursor": "nonsense"})).status_code == 400
