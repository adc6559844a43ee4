"""A stream of events outlives a lost broker, says so, and does not keep its service from stopping."""

import time

from support.clinic import Clinic
from support.events import stream_of
from support.platform import Platform

EVENTS = "/api/scheduling/events"
PROMPT_S = 4.0
"""Less than a service gives open answers when it stops."""


async def test_a_stream_says_that_the_broker_is_away_and_goes_on_when_it_is_back(hurt: Platform, clinic: Clinic) -> None:
    async with stream_of(clinic.http, EVENTS, types="scheduling.session_booked") as stream:
        await stream.until(lambda stream: stream.types[:1] == ["ready"])
        await hurt.kill("rabbitmq")
        await stream.until(lambda stream: stream.types[-1] == "away")
        await hurt.start("rabbitmq")
        await stream.until(lambda stream: stream.types[-1] == "ready", within=60)
        session = await clinic.booked()
        await stream.until(lambda stream: session["id"] in [event.data.get("subject") for event in stream.events], within=30)
        assert not stream.is_over


async def test_open_streams_do_not_keep_a_service_from_stopping(hurt: Platform, clinic: Clinic) -> None:
    async with stream_of(clinic.http, EVENTS) as one, stream_of(clinic.http, EVENTS) as other:
        for stream in (one, other):
            await stream.until(lambda stream: stream.types[:1] == ["ready"])
        told = time.monotonic()
        await hurt.stop("scheduling")
        assert time.monotonic() - told < PROMPT_S
        for stream in (one, other):
            await stream.until(lambda stream: stream.is_over)
