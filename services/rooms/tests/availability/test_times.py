"""Which rooms are free, and what else would do."""

from datetime import datetime
from typing import Any

from contracts.rooms import Outcome
from contracts.types import RoomId, new_id
from requester import Clinic, at


def requested(clinic: Clinic, begin: datetime, end: datetime, **stated: Any) -> dict[str, Any]:
    return {"site_id": str(clinic.site_id), "starts_at": begin.isoformat(), "ends_at": end.isoformat(), **stated}


async def reasons(clinic: Clinic, begin: datetime, end: datetime, **stated: Any) -> dict[str, list[str]]:
    answer = await clinic.http.get("/availability", params=requested(clinic, begin, end, **stated))
    assert answer.status_code == 200, answer.text
    found = {each["room"]["room_number"]: each["reasons"] for each in answer.json()["rooms"]}
    assert [each["free"] for each in answer.json()["rooms"]] == [not each for each in found.values()]
    return found


async def test_every_reason_against_every_room_is_named_at_once(clinic: Clinic) -> None:
    worst = await clinic.add_room("201", capacity=1, turnover_minutes=30)
    await clinic.add_room("202", capacity=4, equipment=["video", "whiteboard"])
    await clinic.book(at(9), room_id=worst)
    await clinic.hold(at(11.5), room_id=worst)
    body = {"starts_at": at(10.5).isoformat(), "ends_at": at(11).isoformat(), "reason": "paint"}
    assert (await clinic.http.post(f"/rooms/{worst}/blocks", json=body)).status_code == 201
    await clinic.http.patch(f"/rooms/{worst}", json={"is_active": False}, params={"force": True})
    needed = {"capacity": 2, "equipment": ["video", "whiteboard"]}
    everything = ["inactive", "too_small", "lacks_equipment", "blocked", "booked", "held"]
    assert await reasons(clinic, at(10), at(12), **needed) == {"201": everything, "202": []}
    assert (await reasons(clinic, at(7), at(8.5), **needed))["202"] == ["closed"]
    assert (await reasons(clinic, at(7), at(9.5), **needed))["201"] == ["closed", "inactive", "too_small", "lacks_equipment", "booked"]


async def test_what_is_said_to_be_free_can_be_held(clinic: Clinic) -> None:
    rooms = {number: await clinic.add_room(number, turnover_minutes=5) for number in ("201", "202", "203")}
    await clinic.book(at(10), room_id=rooms["201"])
    await clinic.book(at(11), room_id=rooms["202"])
    found = await reasons(clinic, at(10), at(11))
    assert found == {"201": ["booked"], "202": ["booked"], "203": []}
    answers = [await clinic.hold(at(10), room_id=room) for room in rooms.values()]
    assert [answer.outcome for answer in answers] == [Outcome.REFUSED, Outcome.REFUSED, Outcome.GRANTED]


async def test_a_session_does_not_see_itself_in_the_way(clinic: Clinic) -> None:
    booked = await clinic.book(at(10), room_id=await clinic.add_room("201"))
    assert await reasons(clinic, at(10), at(11), session_id=str(booked.session_id)) == {"201": []}


async def test_alternatives_are_answered_without_holding_anything(clinic: Clinic) -> None:
    room, other = await clinic.add_room("201"), await clinic.add_room("202", equipment=["video"])
    await clinic.book(at(10), room_id=room)
    answer = await clinic.http.get("/alternatives", params=requested(clinic, at(10), at(11), room_id=str(room)))
    items = answer.json()["items"]
    assert len(items) == 5
    assert (items[0]["room_id"], items[0]["kind"]) == (str(other), "same_time_other_room")
    assert items[0]["reasons"] == ["same time", "same floor", "leaves no gap too short to book"]
    many = await clinic.http.get("/alternatives", params=requested(clinic, at(10), at(11), room_id=str(room), limit=50))
    assert len(many.json()["items"]) == 50
    with_video = await clinic.http.get("/alternatives", params=requested(clinic, at(10), at(11), room_id=str(room), equipment="video"))
    assert {each["room_id"] for each in with_video.json()["items"]} == {str(other)}
    assert "has video" in with_video.json()["items"][0]["reasons"]
    assert (await clinic.http.get("/holds", params={"status": "held"})).json()["items"] == []


async def test_questions_that_make_no_sense_are_refused(clinic: Clinic) -> None:
    get, here = clinic.http.get, str(clinic.site_id)
    for path in ("/availability", "/alternatives"):
        assert (await get(path, params=requested(clinic, at(11), at(10)))).status_code == 422
        assert (await get(path, params=requested(clinic, at(11), at(11)))).status_code == 422
        assert (await get(path, params=requested(clinic, at(10), at(11)) | {"site_id": str(new_id())})).status_code == 404
        naive = await get(path, params={"site_id": here, "starts_at": "2031-03-03T10:00:00", "capacity": "many"})
        assert {error["field"] for error in naive.json()["errors"]} == {"starts_at", "ends_at", "capacity"}
    assert (await get("/alternatives", params=requested(clinic, at(10), at(11), room_id=str(RoomId(new_id()))))).status_code == 422
    assert (await get("/alternatives", params=requested(clinic, at(10), at(11), limit=51))).status_code == 422
    for path in ("/calendar", "/utilization"):
        assert (await get(path, params={"site_id": here, "from": "2031-03-03", "to": "2031-03-02"})).status_code == 422
        assert (await get(path, params={"site_id": here, "from": "2031-03-03", "to": "2031-05-03"})).status_code == 200
        assert (await get(path, params={"site_id": here, "from": "2031-03-03", "to": "2031-05-05"})).status_code == 422
        assert (await get(path, params={"site_id": str(new_id()), "from": "2031-03-03", "to": "2031-03-03"})).status_code == 404
        assert (await get(path, params={"site_id": here, "from": "nonsense"})).status_code in {400, 422}
        for edge in ("abc", "2031-02-30", "1999-12-31", "2031-03-03T10:00:00"):
            refusal = await get(path, params={"site_id": here, "from": edge, "to": edge})
            assert [(error["field"], error["code"]) for error in refusal.json()["errors"]] == [
                ("from", "day_or_instant_parsing"),
                ("to", "day_or_instant_parsing"),
            ]
