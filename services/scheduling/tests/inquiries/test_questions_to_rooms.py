"""A question gets its answer or a clear refusal in time, writes nothing and slows no booking, whatever rooms does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aio_pika
from aiormq.abc import FieldValue
from chassis.requests.questions import QUEUE_LENGTH
from contracts.message import QUESTIONS
from contracts.rooms import CheckHolds
from front_desk import Clinic
from httpx import Response
from testing import until
from testing.databases import traces

Json = dict[str, Any]
QUEUE = "rooms.questions"
A_FEW = 3


@asynccontextmanager
async def questions_of_rooms(broker_url: str, length: int = QUEUE_LENGTH) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Declare the queue that rooms declares, and take nothing from it; return what counts the questions in it."""
    connection = await aio_pika.connect(broker_url)
    async with connection:
        channel = await connection.channel()
        arguments: dict[str, FieldValue] = {"x-max-length": length, "x-overflow": "reject-publish"}
        queue = await channel.declare_queue(QUEUE, durable=True, arguments=arguments)
        await queue.bind(await channel.declare_exchange(QUESTIONS, durable=True), CheckHolds.type)

        async def waiting() -> int:
            return (await channel.declare_queue(QUEUE, passive=True)).declaration_result.message_count or 0

        yield waiting


async def check(clinic: Clinic) -> Json:
    return (await clinic.http.post("/sessions/check", json=clinic.booking_request())).raise_for_status().json()


async def alternatives(clinic: Clinic) -> Response:
    return await clinic.http.post("/sessions/alternatives", json=clinic.booking_request())


async def preview(clinic: Clinic) -> Json:
    series = clinic.booking_request(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    return (await clinic.http.post("/series/preview", json=series)).raise_for_status().json()


async def first_available(clinic: Clinic) -> Json:
    query = {"service_id": str(clinic.service_id), "site_id": str(clinic.site_id), "from": clinic.monday.isoformat(), "limit": 2}
    return (await clinic.http.get("/first-available", params=query)).raise_for_status().json()


async def all_say_that_rooms_is_away(clinic: Clinic) -> None:
    """Ask everything at once and look at each answer."""
    checked, instead, previewed, free = await asyncio.gather(check(clinic), alternatives(clinic), preview(clinic), first_available(clinic))
    assert (checked["ok"], [problem["code"] for problem in checked["problems"]]) == (None, ["rooms-away"])
    assert (instead.status_code, instead.json()["type"], instead.headers["Retry-After"]) == (503, "/problems/rooms-away", "2")
    codes = {problem["code"] for occurrence in previewed["occurrences"] for problem in occurrence["problems"]}
    assert (previewed["bookable"], codes) == (0, {"rooms-away"})
    assert (free["rooms_checked"], {slot["room_id"] for slot in free["items"]}) == (False, {None})


async def nothing_is_written(clinic: Clinic, asking: Callable[[Clinic], Awaitable[None]]) -> None:
    """Compare every table; what the clinic's own opening still wrote beside the first look is no difference at a later one."""

    async def unchanged() -> bool:
        before = await traces(clinic.database_url)
        await asking(clinic)
        return await traces(clinic.database_url) == before

    await until(unchanged)


async def test_questions_to_rooms_that_never_ran_are_answered_at_once_and_nothing_is_written(clinic: Clinic) -> None:
    await nothing_is_written(clinic, all_say_that_rooms_is_away)


async def test_questions_to_rooms_that_stopped_end_with_patience_and_leave_neither_row_nor_message(clinic: Clinic, broker_url: str) -> None:
    async with questions_of_rooms(broker_url) as waiting:
        await nothing_is_written(clinic, all_say_that_rooms_is_away)

        async def is_empty() -> bool:
            return await waiting() == 0

        await until(is_empty)


async def test_bookings_go_on_while_the_queue_of_questions_is_full(clinic: Clinic, broker_url: str) -> None:
    async with questions_of_rooms(broker_url, A_FEW) as waiting:
        patient = [asyncio.create_task(check(clinic)) for _ in range(A_FEW)]

        async def is_full() -> bool:
            return await waiting() == A_FEW

        await until(is_full)
        await all_say_that_rooms_is_away(clinic)
        for hour in range(A_FEW):
            at = (clinic.monday + timedelta(hours=hour)).isoformat()
            assert (await clinic.booked(starts_at=at))["status"] == "booked"
        for requested in await asyncio.gather(*patient):
            assert [problem["code"] for problem in requested["problems"]][-1] == "rooms-away"
