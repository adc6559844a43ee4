"""A check of a time that does not suit the people, and the search for others, are one question to rooms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage
from aiormq.abc import FieldValue
from chassis.requests.questions import QUEUE_LENGTH
from contracts.envelope import Envelope
from contracts.message import QUESTIONS
from contracts.rooms import CheckHolds, HoldFinding, HoldsChecked, Obstacle
from contracts.types import new_id
from front_desk import ROOM, Clinic


@asynccontextmanager
async def rooms_that_grant(broker_url: str, room_name: str | None, taken: datetime | None = None) -> AsyncIterator[list[CheckHolds]]:
    """Answer questions as rooms would that has one room, but for requests that start at ``taken``; return the list of the questions."""
    asked: list[CheckHolds] = []
    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel()
        arguments: dict[str, FieldValue] = {"x-max-length": QUEUE_LENGTH, "x-overflow": "reject-publish"}
        queue = await channel.declare_queue("rooms.questions", durable=True, arguments=arguments)
        await queue.bind(await channel.declare_exchange(QUESTIONS, durable=True), CheckHolds.type)

        async def answer(delivery: AbstractIncomingMessage) -> None:
            question = CheckHolds.model_validate_json(delivery.body)
            asked.append(question)
            found = tuple(
                HoldFinding(hold_id=request.hold_id, reasons=(Obstacle.BOOKED,))
                if request.starts_at == taken
                else HoldFinding(hold_id=request.hold_id, room_id=ROOM, room_number="201", room_name=room_name)
                for request in question.requests
            )
            stated = HoldsChecked(inquiry_id=question.inquiry_id, findings=found)
            about = Envelope(new_id(), stated.type, "/holdfast/rooms", datetime.now(UTC))
            message = aio_pika.Message(
                stated.model_dump_json().encode(), correlation_id=delivery.correlation_id, headers=dict(about.headers())
            )
            await channel.default_exchange.publish(message, delivery.reply_to or "")
            await delivery.ack()

        await queue.consume(answer)
        yield asked


@pytest.mark.parametrize(("stated", "shown"), [("Elm", "Elm"), (None, "Oak")])
async def test_a_check_asks_once_and_shows_rooms_by_the_name_that_rooms_states_or_else_by_the_known_one(
    clinic: Clinic, broker_url: str, stated: str | None, shown: str
) -> None:
    await clinic.booked()
    async with rooms_that_grant(broker_url, stated) as asked:
        checked = (await clinic.http.post("/sessions/check", json=clinic.booking_request())).raise_for_status().json()
    assert {problem["code"] for problem in checked["problems"]} == {"therapist-busy", "client-busy"}
    assert {(each["room_number"], each["room_name"]) for each in checked["alternatives"]} == {("201", shown)}
    assert len(checked["alternatives"]) == 5
    [question] = asked
    own, *others = question.requests
    assert (own.starts_at, question.alternatives_for) == (clinic.monday, (own.hold_id,))
    assert question.alternatives > 0
    assert {abs(each.starts_at - clinic.monday) for each in others} == {timedelta(minutes=15 * steps) for steps in range(4, 8)}


async def test_a_check_of_a_time_that_suits_the_people_asks_about_that_time_alone(clinic: Clinic, broker_url: str) -> None:
    async with rooms_that_grant(broker_url, "Elm") as asked:
        checked = (await clinic.http.post("/sessions/check", json=clinic.booking_request())).raise_for_status().json()
    assert (checked["ok"], [len(question.requests) for question in asked]) == (True, [1])


async def test_what_rooms_refuses_is_said_beside_what_the_people_have(clinic: Clinic, broker_url: str) -> None:
    await clinic.booked()
    async with rooms_that_grant(broker_url, "Elm", taken=clinic.monday) as asked:
        checked = (await clinic.http.post("/sessions/check", json=clinic.booking_request())).raise_for_status().json()
    assert {problem["code"] for problem in checked["problems"]} == {"therapist-busy", "client-busy", "room-booked"}
    assert (checked["alternatives"], len(asked)) == ([], 1)


async def test_a_check_for_which_no_other_time_would_do_still_asks_about_its_own(clinic: Clinic, broker_url: str) -> None:
    stranger = {"client_id": str(new_id())}
    async with rooms_that_grant(broker_url, "Elm", taken=clinic.monday) as asked:
        checked = (await clinic.http.post("/sessions/check", json=clinic.booking_request(**stranger))).raise_for_status().json()
    assert {problem["code"] for problem in checked["problems"]} == {"unknown-client", "room-booked"}
    assert [len(question.requests) for question in asked] == [1]
