"""A blocked room is given to nobody, and nobody loses a booked room unless somebody insists."""

import asyncio
from datetime import datetime

import pytest
from contracts.rooms import Outcome, RefusalReason
from contracts.types import RoomId, new_id
from httpx import Response
from requester import Clinic, at


async def block(clinic: Clinic, room: RoomId, begin: datetime, end: datetime, *, force: bool = False) -> Response:
    body = {"starts_at": begin.isoformat(), "ends_at": end.isoformat(), "reason": "new carpet"}
    return await clinic.http.post(f"/rooms/{room}/blocks", json=body, params={"force": force})


async def test_a_blocked_room_is_refused_until_the_block_is_removed(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    blocked = await block(clinic, room, at(9), at(12))
    assert blocked.status_code == 201
    assert (await clinic.http.get(f"/rooms/{room}/blocks")).json()["items"] == [blocked.json()]
    refused = await clinic.hold(at(11.5), room_id=room)
    assert (refused.reason, refused.alternatives[0].starts_at) == (RefusalReason.BLOCKED, at(12))
    assert (await clinic.http.delete(f"/blocks/{blocked.json()['id']}")).status_code == 204
    assert (await clinic.http.delete(f"/blocks/{blocked.json()['id']}")).status_code == 404
    assert (await clinic.http.get(f"/rooms/{room}/blocks")).json()["items"] == []
    assert (await clinic.hold(at(11.5), room_id=room)).outcome is Outcome.GRANTED


async def test_what_is_over_is_left_out_where_only_what_comes_is_asked_for(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    for begin, end in ((8, 9), (9, 12), (13, 14)):
        assert (await block(clinic, room, at(begin), at(end))).status_code == 201
    requested = {"from": at(9).isoformat(), "limit": "1"}
    [first] = (await clinic.http.get(f"/rooms/{room}/blocks", params=requested)).json()["items"]
    assert first["starts_at"] == at(9).isoformat().replace("+00:00", "Z")


async def test_a_block_over_booked_sessions_is_refused_and_names_them(clinic: Clinic) -> None:
    room = await clinic.add_room("201", turnover_minutes=15)
    booked, held = await clinic.book(at(10), room_id=room), await clinic.hold(at(12), room_id=room)
    refused = await block(clinic, room, at(10.5), at(13))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/room-is-booked")
    named = refused.json()["sessions"]
    assert [(each["session_id"], each["hold_id"], each["status"]) for each in named] == [
        (str(booked.session_id), str(booked.hold_id), "confirmed"),
        (str(held.session_id), str(held.hold_id), "held"),
    ]
    assert named[0]["starts_at"] == at(10).isoformat().replace("+00:00", "Z")
    assert (await block(clinic, room, at(11), at(12))).status_code == 201, "turnover may be under a block"


async def test_a_forced_block_keeps_the_sessions_and_marks_them_for_replanning(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    booked, other = await clinic.book(at(10), room_id=room), await clinic.book(at(15), room_id=room)
    forced = await block(clinic, room, at(9), at(12), force=True)
    assert forced.status_code == 201
    assert await clinic.status(booked.hold_id) == "confirmed"
    waiting = (await clinic.http.get("/holds", params={"needs_replanning": True})).json()["items"]
    assert [each["id"] for each in waiting] == [str(booked.hold_id)]
    assert (await clinic.http.get(f"/holds/{other.hold_id}")).json()["needs_replanning"] is False
    await clinic.http.delete(f"/blocks/{forced.json()['id']}")
    assert (await clinic.http.get(f"/holds/{booked.hold_id}")).json()["needs_replanning"] is False


async def test_a_room_with_booked_sessions_is_taken_out_of_use_by_force_only(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    booked = await clinic.book(at(10), room_id=room)
    refused = await clinic.http.patch(f"/rooms/{room}", json={"is_active": False})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/room-has-sessions")
    assert [each["session_id"] for each in refused.json()["sessions"]] == [str(booked.session_id)]
    site = await clinic.http.patch(f"/sites/{clinic.site_id}", json={"is_active": False})
    assert (site.status_code, site.json()["type"]) == (409, "/problems/site-has-sessions")
    forced = await clinic.http.patch(f"/rooms/{room}", json={"is_active": False}, params={"force": True})
    assert (forced.status_code, forced.json()["is_active"]) == (200, False)
    assert (await clinic.http.get(f"/holds/{booked.hold_id}")).json()["needs_replanning"] is True
    assert (await clinic.hold(at(12), room_id=room)).reason is RefusalReason.INACTIVE


async def test_a_block_and_requests_at_the_same_moment_never_both_win(clinic: Clinic) -> None:
    for number in range(201, 209):
        room = await clinic.add_room(str(number))
        needs = [clinic.need(at(10), room_id=room), clinic.need(at(11), room_id=room)]
        blocked, answers = await asyncio.gather(block(clinic, room, at(9), at(13)), clinic.requester.request(*needs))
        granted = [answer for answer in answers if answer.outcome is Outcome.GRANTED]
        assert (blocked.status_code, len(granted)) in {(201, 0), (409, 2)}


@pytest.mark.parametrize("path", ["blocks", "replan"])
async def test_a_block_that_takes_no_time_is_an_impossible_time(clinic: Clinic, path: str) -> None:
    room = await clinic.add_room("201")
    body = {"starts_at": at(9).isoformat(), "ends_at": at(9).isoformat(), "reason": "new carpet"}
    refused = await clinic.http.post(f"/rooms/{room}/{path}", json=body)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/impossible-time")
    assert refused.json()["detail"].startswith("ends_at must be after starts_at")
    assert [(error["field"], error["code"]) for error in refused.json()["errors"]] == [("ends_at", "impossible-time")]


async def test_a_block_that_makes_no_sense_is_refused(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    assert (await block(clinic, room, at(12), at(12))).status_code == 422
    assert (await block(clinic, room, at(12), at(12, days=400))).status_code == 422
    assert (await block(clinic, RoomId(new_id()), at(12), at(13))).status_code == 404
    naive = {"starts_at": "2031-03-03T09:00:00", "ends_at": 12, "reason": " "}
    answer = await clinic.http.post(f"/rooms/{room}/blocks", json=naive)
    assert {error["field"] for error in answer.json()["errors"]} == {"starts_at", "ends_at", "reason"}
