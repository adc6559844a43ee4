"""Booking a session by service."""

import asyncio
from datetime import timedelta

from front_desk import Clinic


async def test_a_session_is_booked_when_rooms_holds_a_room(clinic: Clinic) -> None:
    requested = await clinic.book()
    assert requested.status_code == 202, requested.text
    assert requested.headers["Location"].endswith(requested.json()["id"])
    request = await clinic.rooms.request_for(requested.json()["id"])
    assert (request.ends_at - request.starts_at) == timedelta(minutes=60)
    await clinic.rooms.grant(request)
    session = await clinic.becomes(requested.json()["id"], "booked")
    assert session["room_number"] == "201"
    assert session["calculated_rate"] == "185.00"


async def test_a_caller_who_waits_is_answered_with_the_decision(clinic: Clinic) -> None:
    async def play_rooms() -> None:
        while not clinic.rooms.requests:
            await asyncio.sleep(0)
        await clinic.rooms.grant(clinic.rooms.requests[0])

    answer, _ = await asyncio.gather(clinic.book(wait=10), play_rooms())
    assert (answer.status_code, answer.json()["status"]) == (201, "booked")
