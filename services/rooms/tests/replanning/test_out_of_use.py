"""A room goes out of use for good, or loses what sessions need, and these are planned into others."""

from typing import Any

from contracts.rooms import Outcome
from requester import Clinic, at

Json = dict[str, Any]


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


async def test_a_room_loses_what_sessions_need_only_by_force_or_by_a_plan_that_moves_them(clinic: Clinic) -> None:
    smaller, other = await clinic.add_room("201", capacity=6, equipment=["video"]), await clinic.add_room("202", capacity=6)
    pair, group = await clinic.book(at(9), room_id=smaller, capacity=2), await clinic.book(at(10), room_id=smaller, capacity=5)
    video = await clinic.book(at(12), room_id=smaller, equipment=("video",))
    changes: Json = {"capacity": 3, "equipment": [], "room_name": "Willow"}
    refused = await clinic.http.patch(f"/rooms/{smaller}", json=changes)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/room-has-sessions")
    assert "2 sessions need more places or equipment" in refused.json()["detail"]
    named = refused.json()["sessions"]
    assert [(each["hold_id"], each["capacity"], each["equipment"]) for each in named] == [
        (str(group.hold_id), 5, []),
        (str(video.hold_id), None, ["video"]),
    ]
    assert (await clinic.http.get(f"/rooms/{smaller}")).json()["capacity"] == 6, "nothing is changed"
    body = {"starts_at": at(8).isoformat(), "reason": "new wall", "changes": changes}
    plan = (await clinic.http.post(f"/rooms/{smaller}/replan", json=body)).json()
    assert ([move["hold_id"] for move in plan["moves"]], plan["changes"]) == ([str(group.hold_id)], changes)
    assert [each["hold_id"] for each in plan["unmoved"]] == [str(video.hold_id)], "no other room has video"
    assert plan["moves"][0]["to_room"]["room_id"] == str(other)
    assert (await clinic.http.post(f"/replans/{plan['id']}/confirm")).status_code == 200
    room = (await clinic.http.get(f"/rooms/{smaller}")).json()
    assert {name: room[name] for name in changes} == changes
    waiting = {"needs_replanning": True}
    assert [each["id"] for each in (await clinic.http.get("/holds", params=waiting)).json()["items"]] == [
        str(video.hold_id),
        str(group.hold_id),
    ]
    assert (await clinic.http.get(f"/holds/{pair.hold_id}")).json()["needs_replanning"] is False
    assert (await clinic.http.patch(f"/rooms/{smaller}", json={"capacity": 2})).status_code == 200, "nobody else needs more"
    assert (await clinic.http.patch(f"/rooms/{smaller}", json={"capacity": 1})).json()["sessions"][0]["hold_id"] == str(pair.hold_id)
    forced = await clinic.http.patch(f"/rooms/{smaller}", json={"capacity": 1}, params={"force": True})
    assert (forced.status_code, forced.json()["capacity"]) == (200, 1)
    assert (await clinic.http.patch(f"/rooms/{smaller}", json={"capacity": 6, "equipment": ["video"]})).status_code == 200
    assert (await clinic.http.get("/holds", params=waiting)).json()["items"] == [], "it has what they need again"
    for wrong in ({"deactivate": True}, {"ends_at": at(12).isoformat()}, {"changes": {"is_active": False}}):
        assert (await clinic.http.post(f"/rooms/{smaller}/replan", json={**body, **wrong})).status_code == 422, wrong
