"""Operators see which sessions wait, since when, and for what."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from contracts.rooms import HoldAnswer, Outcome
from front_desk import Clinic
from scheduling.progress import queries
from testing import until

Json = dict[str, Any]


async def seen(clinic: Clinic, **params: int) -> Json:
    return (await clinic.http.get("/operations/sagas", params=params)).raise_for_status().json()


async def waiting(clinic: Clinic) -> list[tuple[str, str]]:
    return [(item["session_id"], item["waits_for"]) for item in (await seen(clinic))["items"]]


async def test_sessions_wait_for_a_room_then_for_its_confirmation_then_for_nothing(clinic: Clinic) -> None:
    session = (await clinic.book()).raise_for_status().json()
    found = await seen(clinic)
    [item] = found["items"]
    assert (item["session_id"], item["status"], item["waits_for"]) == (session["id"], "requested", "room")
    assert abs(datetime.fromisoformat(session["created_at"]) - datetime.fromisoformat(item["since"])) < timedelta(seconds=1)
    assert item["age_seconds"] >= 0
    assert item["next_ask_at"] > item["since"]
    assert item["gives_up_at"] == session["starts_at"]
    assert found["sessions"] == {"requested": 1, "offered": 0, "booked": 0}
    assert found["waiting"] == {"room": 1, "move": 0, "undo": 0, "confirmation": 0, "client": 0}

    request = await clinic.rooms.request_for(session["id"])
    await clinic.rooms.grant(request)
    await clinic.becomes(session["id"], "booked")
    assert await waiting(clinic) == [(session["id"], "confirmation")]
    await clinic.rooms.answer(HoldAnswer(hold_id=request.hold_id, session_id=request.session_id, outcome=Outcome.CONFIRMED))

    async def nobody_waits() -> bool:
        return await waiting(clinic) == []

    await until(nobody_waits)
    assert (await seen(clinic))["sessions"] == {"requested": 0, "offered": 0, "booked": 1}
    assert 'holdfast_sessions{status="booked"} 1.0' in (await clinic.http.get("/metrics")).text


async def test_the_session_that_waits_longest_comes_first(clinic: Clinic) -> None:
    moved = await clinic.booked()
    requested = [(await clinic.book(starts_at=(clinic.monday + timedelta(hours=hour)).isoformat())).json() for hour in (2, 3)]
    again = await clinic.http.post(
        f"/sessions/{moved['id']}/reschedule", json={"starts_at": (clinic.monday + timedelta(hours=1)).isoformat()}
    )
    assert again.status_code == 202
    assert await waiting(clinic) == [(requested[0]["id"], "room"), (requested[1]["id"], "room"), (moved["id"], "move")]
    short = await seen(clinic, limit=1)
    assert ([item["session_id"] for item in short["items"]], short["waiting"]["room"]) == ([requested[0]["id"]], 2)


async def test_no_more_are_counted_than_keeps_the_answer_fast(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNTED_AT_MOST", 2)
    for hour in range(3):
        await clinic.book(starts_at=(clinic.monday + timedelta(hours=hour)).isoformat())
    found = await seen(clinic)
    assert (found["counted_at_most"], found["sessions"]["requested"], found["waiting"]["room"], len(found["items"])) == (2, 2, 2, 3)


async def test_a_cancellation_that_is_undone_waits_for_a_room_again(clinic: Clinic) -> None:
    session = await clinic.booked()
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    assert (await clinic.http.post(f"/sessions/{session['id']}/undo", json={"reason": "a mistake"})).status_code == 202
    assert await waiting(clinic) == [(session["id"], "undo")]


async def test_a_slot_that_is_held_for_somebody_waits_for_the_client(clinic: Clinic) -> None:
    session = await clinic.booked()
    window = {"earliest": clinic.monday.isoformat(), "latest": (clinic.monday + timedelta(hours=3)).isoformat()}
    booking_request = {"client_id": await clinic.new_client("First"), "service_id": str(clinic.service_id), "site_id": str(clinic.site_id)}
    entry = (await clinic.http.post("/waitlist", json=booking_request | window)).raise_for_status().json()
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()

    async def offered_session() -> str | None:
        return (await clinic.http.get(f"/waitlist/{entry['id']}")).json()["session_id"]

    request = await clinic.rooms.request_for(await until(offered_session))
    await clinic.rooms.grant(request)
    held = await clinic.becomes(str(request.session_id), "offered")
    await clinic.rooms.answer(HoldAnswer(hold_id=request.hold_id, session_id=request.session_id, outcome=Outcome.CONFIRMED))

    async def waits_for_the_client() -> Json | None:
        items = (await seen(clinic))["items"]
        return items[0] if [item["waits_for"] for item in items] == ["client"] else None

    item = await until(waits_for_the_client)
    assert (item["session_id"], item["gives_up_at"]) == (held["id"], held["offer_until"])
