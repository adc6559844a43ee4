"""What another system receives: every public fact of a journey, by the published schemas, and nothing about a person."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic_core import from_json
from support.clinic import Clinic
from support.listener import PREFIX, Listener, Received, listening, replaying
from support.origin import Origin
from support.story import SECRETS, whole_story

SCHEMAS: Final = Path(__file__).parents[2] / "docs" / "schemas"
STORY: Final = (
    *("catalog.service_changed.v1", "rooms.site_changed.v1", "rooms.room_changed.v1", "rooms.holds_answered.v1"),
    *("scheduling.session_requested.v1", "scheduling.session_booked.v1", "scheduling.session_offered.v1"),
    *("scheduling.session_rescheduled.v1", "scheduling.reschedule_refused.v1", "scheduling.session_cancelled.v1"),
    *("scheduling.session_no_show.v1", "scheduling.session_completed.v1"),
    *("billing.record_created.v1", "billing.payment_status_changed.v1"),
)


@pytest.fixture
async def listener(amqp: str) -> AsyncIterator[Listener]:
    """Listen to every public event."""
    async with listening(amqp) as listener:
        yield listener


async def test_another_system_receives_every_fact_of_a_journey_and_nothing_about_a_person(
    listener: Listener, amqp: str, origin: Origin
) -> None:
    async with origin.client() as http:
        clinic = await Clinic.open(http)
        await clinic.new_room("299", notes=SECRETS[5])
        await whole_story(clinic)
        mine = [clinic.site["id"], clinic.service["id"], clinic.client["id"], *(room["id"] for room in clinic.rooms)]
        await listener.until(lambda received: {message.type for message in received.about(*mine)} >= set(STORY))

    messages = listener.about(*mine)
    assert all(received.exchange == "holdfast.events" for received in messages)
    for received in messages:
        carries_a_cloud_event(received)
        for word in SECRETS:
            assert word.encode() not in received.body, f"{received.type} has {word}"
            assert word not in str(received.headers), f"{received.type} has {word}"
    assert len({received.headers[f"{PREFIX}id"] for received in messages}) == len(messages), "each fact is sent once"

    async with replaying(amqp) as log:
        wanted = [received.headers[f"{PREFIX}id"] for received in messages]
        await log.until(lambda received: {m.headers[f"{PREFIX}id"] for m in received.messages} >= set(wanted))
        replayed = [received.headers[f"{PREFIX}id"] for received in log.messages if received.headers[f"{PREFIX}id"] in set(wanted)]
        assert replayed == wanted, "the log keeps the order"


async def test_every_message_is_as_its_published_schema_says(listener: Listener, origin: Origin) -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("the schemas are not published yet")
    async with origin.client() as http:
        clinic = await Clinic.open(http)
        await whole_story(clinic)
    await listener.until(lambda received: {message.type for message in received.messages} >= set(STORY))
    for received in listener.messages:
        schema = from_json((SCHEMAS / f"{received.type}.json").read_bytes())
        errors = [error.message for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(received.data)]
        assert errors == [], received.type


def carries_a_cloud_event(received: Received) -> None:
    """Check the envelope of CloudEvents in AMQP binary mode."""
    attributes = {name.removeprefix(PREFIX): value for name, value in received.headers.items() if name.startswith(PREFIX)}
    assert attributes["specversion"] == "1.0"
    assert UUID(attributes["id"]).version == 7
    assert attributes["id"] == received.properties["message_id"]
    assert attributes["source"] == f"/holdfast/{received.type.partition('.')[0]}"
    assert datetime.fromisoformat(attributes["time"]).tzinfo is not None
    assert (attributes["datacontenttype"], received.properties["content_type"]) == ("application/json", "application/json")
    assert received.properties["persistent"]
    session = received.data.get("session_id")
    if session is not None:
        assert attributes["correlationid"] == session
        assert int(attributes["sequence"]) == received.data["version"]
