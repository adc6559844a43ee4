"""Whoever looks at a calendar sees what others do, as it happens."""

import pytest
from httpx import AsyncClient
from servers.rights import SERVICES
from support.clinic import Clinic, at, succeeded
from testing.events import Stream, stream_of

EVENTS = "/api/scheduling/events"


def reported(stream: Stream, session_id: str) -> list[str]:
    """Return what the stream stated about a session."""
    return [event.type for event in stream.events if event.data.get("subject") == session_id]


async def test_a_booking_by_somebody_else_appears_on_the_stream(http: AsyncClient, clinic: Clinic) -> None:
    async with stream_of(http, EVENTS) as stream, stream_of(http, EVENTS, types="billing.") as other:
        for each in (stream, other):
            await each.until(lambda each: each.types[:1] == ["ready"])
        session = await clinic.booked()
        booked = ["scheduling.session_requested.v1", "scheduling.session_booked.v1"]
        await stream.until(lambda stream: reported(stream, session["id"]) == booked)
        succeeded(await clinic.step(session, "cancel", reason="changed plans"))
        await stream.until(lambda stream: reported(stream, session["id"]) == [*booked, "scheduling.session_cancelled.v1"])
        assert reported(other, session["id"]) == []
        assert not [name for name in other.types if not name.startswith(("billing.", "ready"))]
    [event] = [event for event in stream.events if (event.type, event.data.get("subject")) == (booked[1], session["id"])]
    assert event.id == event.data["id"]
    assert event.data["data"]["room_id"] == session["room_id"]
    assert stream.response.headers["content-type"].startswith("text/event-stream")


async def test_blocked_rooms_and_changed_people_are_announced_without_a_word_about_anybody(http: AsyncClient, clinic: Clinic) -> None:
    room, person, other = clinic.rooms[0]["id"], clinic.therapist["id"], clinic.client["id"]
    async with stream_of(http, EVENTS) as stream:
        await stream.until(lambda stream: stream.types[:1] == ["ready"])
        block = await clinic.post(f"/api/rooms/rooms/{room}/blocks", starts_at=at(8, 9), ends_at=at(8, 12), reason="paint")
        (await http.delete(f"/api/rooms/blocks/{block['id']}")).raise_for_status()
        (await http.patch(f"/api/scheduling/clients/{other}", json={"phone": "+1 212 555 0199"})).raise_for_status()
        away = await clinic.post(f"/api/scheduling/therapists/{person}/time-off", starts_at=at(9, 9), ends_at=at(9, 12), reason="a course")
        (await http.delete(f"/api/scheduling/time-off/{away['id']}")).raise_for_status()
        blocked = ["rooms.room_blocked.v1", "rooms.room_unblocked.v1"]
        await stream.until(lambda stream: reported(stream, room) == blocked)
        await stream.until(lambda stream: reported(stream, other) == ["scheduling.client_changed.v1"])
        await stream.until(lambda stream: reported(stream, person) == ["scheduling.therapist_changed.v1"] * 2)
    stated = [event.data["data"] for event in stream.events if event.data.get("subject") in {person, other}]
    assert stated == [{"client_id": other}, {"therapist_id": person}, {"therapist_id": person}]


@pytest.mark.parametrize("service", SERVICES)
async def test_operators_see_how_every_service_is(http: AsyncClient, service: str) -> None:
    seen = (await http.get(f"/api/{service}/operations")).raise_for_status().json()
    assert (seen["service"], seen["role"], seen["is_ready"]) == (service, "all", True)
    assert seen["inbox"]["consumers"] >= 1
    parked = (await http.get(f"/api/{service}/operations/parked")).raise_for_status().json()
    assert (parked["in_queue"], {item["where"] for item in parked["items"]} <= {"outbox"}) == (0, True)
    refused = await http.post(f"/api/{service}/operations/parked/discard", json={"ids": [], "reason": "bored"})
    assert (refused.status_code, len(refused.json()["errors"])) == (422, 2)


async def test_operators_see_the_sagas(http: AsyncClient, clinic: Clinic) -> None:
    await clinic.booked()
    sagas = (await http.get("/api/scheduling/operations/sagas?limit=5")).raise_for_status().json()
    assert sagas["sessions"]["booked"] >= 1
    assert set(sagas["waiting"]) == {"room", "move", "undo", "confirmation", "client"}
