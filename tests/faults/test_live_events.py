"""A stream of events outlives a lost broker, reports it, and does not keep its service from stopping."""

from support.clinic import Clinic
from support.platform import Platform
from testing.events import stream_of

EVENTS = "/api/scheduling/events"
OUT_OF_PATIENCE = b"graceful shutdown exceeded"
"""What the server states when it has to cancel answers that are still open."""


async def test_a_stream_says_that_the_broker_is_away_and_goes_on_when_it_is_back(hurt: Platform, clinic: Clinic) -> None:
    async with stream_of(clinic.http, EVENTS, types="scheduling.session_booked") as stream:
        await stream.until(lambda stream: stream.types[:1] == ["ready"])
        await hurt.kill("rabbitmq")
        await stream.until(lambda stream: stream.types[-1] == "away")
        await hurt.start("rabbitmq")
        await stream.until(lambda stream: stream.types[-1] == "ready")
        session = await clinic.booked()
        await stream.until(lambda stream: session["id"] in [event.data.get("subject") for event in stream.events])
        assert not stream.is_over


async def test_open_streams_do_not_keep_a_service_from_stopping(hurt: Platform, clinic: Clinic) -> None:
    async with stream_of(clinic.http, EVENTS) as one, stream_of(clinic.http, EVENTS) as other:
        for stream in (one, other):
            await stream.until(lambda stream: stream.types[:1] == ["ready"])
        await hurt.stop("scheduling")
        for stream in (one, other):
            await stream.until(lambda stream: stream.is_over)
    stopped = hurt.servers["scheduling"]
    assert OUT_OF_PATIENCE not in stopped.log.read_bytes()[stopped.log_start :]
