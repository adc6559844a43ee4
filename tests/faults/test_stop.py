"""A service that is stopped while it cannot finish what it has in hand: everybody is answered, and nothing is lost or doubled."""

import asyncio

from httpx import Response
from support.clinic import Clinic, Json, at
from support.platform import Platform
from support.truth import nothing_contradicts, settled

DESKS = 12


async def test_a_booking_that_waits_for_a_frozen_database_is_answered_when_its_service_stops(hurt: Platform, clinic: Clinic) -> None:
    pairs = await clinic.pairs(DESKS)
    for number in range(DESKS):
        await clinic.new_room(f"stop {number}")
    async with hurt.frozen("postgres"), asyncio.TaskGroup() as desks:
        asked = [desks.create_task(ask(clinic, pair)) for pair in pairs]
        assert (await clinic.http.get("/api/scheduling/healthz")).is_success, "it has requests in hand"
        await hurt.stop("scheduling")
    answers = [each.result() for each in asked]
    told = {(answer.status_code, answer.json()["type"], answer.headers["retry-after"]) for answer in answers}
    late = (502, "/problems/service-unreachable", "2")
    assert told - {late} == {(503, "/problems/unavailable", "2")}, "the front answers those that came too late"
    await hurt.start("scheduling")
    again = [await ask(clinic, pair) for pair in pairs]
    assert {(answer.status_code, answer.json()["status"]) for answer in again} <= {(200, "booked"), (201, "booked")}, again
    assert len({answer.json()["room_id"] for answer in again}) == DESKS
    await settled(hurt)
    await nothing_contradicts(hurt)


async def ask(clinic: Clinic, pair: Json) -> Response:
    return await clinic.ask(wait=10, key=f"stop-{pair['client_id']}", starts_at=at(9, 8), **pair)
