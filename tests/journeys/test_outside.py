"""A subscriber written in JavaScript and the CloudEvents SDKs of two languages accept whatever the platform publishes."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from aio_pika import Message
from cloudevents.core.bindings.amqp import AMQPMessage, from_amqp_event
from cloudevents.core.exceptions import CloudEventValidationError
from contracts.message import EVENTS
from contracts.published import messages
from support.clinic import Clinic, code
from support.listener import PREFIX, Received, listening, publish
from support.origin import Origin
from support.outside import subscribed
from support.story import rare_events, whole_story

PUBLIC: Final = {message.type for message in messages() if message.exchange == EVENTS}
FACTS: Final = ("specversion", "id", "type", "source", "time", "datacontenttype")


async def test_a_subscriber_in_another_language_accepts_every_type_of_event_and_replays_them_from_the_first_one(
    origin: Origin, amqp: str
) -> None:
    async with subscribed(amqp, f"outside.{code()}") as subscriber, listening(amqp) as listener:
        async with origin.client() as http:
            clinic = await Clinic.open(http)
            await whole_story(clinic)
            await rare_events(clinic)
        await subscriber.until(lambda received: {line["type"] for line in received.lines} >= PUBLIC)
        await listener.until(lambda received: {message.headers[f"{PREFIX}id"] for message in received.messages} >= set(subscriber.ids))
    assert subscriber.objections == []
    for received in listener.messages:
        event = from_amqp_event(as_sent(received))
        assert (event.get_type(), event.get_data()) == (received.type, received.data)
        assert event.get_attributes().keys() >= set(FACTS)

    async with subscribed(amqp) as replayed:
        await replayed.until(lambda received: set(received.ids) >= set(subscriber.ids))
    assert replayed.objections == []
    assert [line["offset"] for line in replayed.lines] == list(range(len(replayed.lines))), "the log is replayed from the first event on"
    assert [each for each in replayed.ids if each in set(subscriber.ids)] == subscriber.ids, "in the same order"


def header(**changes: Any) -> Callable[[Message], None]:
    """Change attributes of the event; None leaves one out."""

    def change(message: Message) -> None:
        for name, value in changes.items():
            message.headers.pop(PREFIX + name, None)
            if value is not None:
                message.headers[PREFIX + name] = value

    return change


def data(**changes: Any) -> Callable[[Message], None]:
    """Change fields of the data."""

    def change(message: Message) -> None:
        message.body = json.dumps({**json.loads(message.body), **changes}).encode()

    return change


def mode(content_type: str) -> Callable[[Message], None]:
    """Send it with another content type."""

    def change(message: Message) -> None:
        message.content_type = content_type

    return change


WRONG: Final = {
    "no id": header(id=None),
    "no source": header(source=None),
    "specversion 0.9": header(specversion="0.9"),
    "no CloudEvent: invalid extension name": header(correlationId="an attribute in capitals"),
    "/cloudEvents_source must be string": header(source=7),
    "no CloudEvent: invalid payload": header(time="yesterday"),
    "scheduling.session_forgotten.v1 is not described": header(type="scheduling.session_forgotten.v1"),
    "another message id": header(id="01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c99"),
    "content type application/cloudevents+json": mode("application/cloudevents+json"),
    '/session_id must match format "uuid"': data(session_id="7"),
    "/status must be equal to one of the allowed values": data(status="forgotten"),
    "/version must be integer": data(version="one"),
    '/starts_at must match format "date-time"': data(starts_at="2026-11-30T10:00"),
}
"""What the subscriber objects to, by a part of what it states."""


async def test_a_subscriber_in_another_language_objects_to_a_wrong_message_and_to_no_other(clinic: Clinic, amqp: str) -> None:
    async with listening(amqp) as listener:
        session = await clinic.booked()
        await listener.until(lambda received: [each for each in received.about(session["id"]) if "booked" in each.type])
    [right] = [each for each in listener.about(session["id"]) if each.type == "scheduling.session_booked.v1"]
    queue = f"outside.{code()}"
    async with subscribed(amqp, queue) as subscriber:
        for change in (header(), *WRONG.values()):
            message = right.again()
            change(message)
            await publish(amqp, queue, [message])
        await subscriber.until(lambda received: len(received.lines) == 1 + len(WRONG))
    first, *others = subscriber.lines
    assert first["errors"] == []
    for wanted, line in zip(WRONG, others, strict=True):
        assert any(wanted in error for error in line["errors"]), (wanted, line["errors"])


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"source": ""}, {"type": ""}, {"specversion": "0.9"}, {"correlationId": "7"}, {"subject": 7}]
)
def test_the_sdk_of_this_language_objects_to_a_wrong_event(wrong: dict[str, Any]) -> None:
    right = {"id": "7", "source": "/holdfast/rooms", "type": "rooms.room_changed.v1", "specversion": "1.0"}
    sent = {f"{PREFIX}{name}": value for name, value in (right | wrong).items()}
    with pytest.raises(CloudEventValidationError):
        from_amqp_event(AMQPMessage({"content-type": "application/json"}, sent, b"{}"))


def as_sent(received: Received) -> AMQPMessage:
    """Return the message in the form of the SDK."""
    return AMQPMessage({"content-type": received.properties["content_type"]}, dict(received.headers), received.body)
