"""A listener receives every event as it happens, knows when it does not, and holds nobody up."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from aio_pika import ExchangeType, connect
from aio_pika import Message as DeadLetter
from chassis.live import hub
from chassis.live import stream as live_stream
from chassis.messaging import broker as messaging_broker
from chassis.messaging.broker import Broker
from chassis.settings import Role
from contracts.catalog import ServiceChanged
from contracts.envelope import PREFIX, Envelope
from contracts.message import EVENTS
from contracts.types import EARLIEST, new_id
from httpx import AsyncClient
from pydantic import SecretStr
from servers import RabbitMQ
from testing import Serve, until
from testing.events import Stream, stream_of
from testing.running import on_a_socket
from toy import HANDLERS, LampLit, Settings, service
from watching import metric, say

COMING_BACK_S = 120.0


@pytest.fixture
async def client(settings: Settings, broker: Broker) -> AsyncIterator[AsyncClient]:
    """Run a toy with a stream, that only serves."""
    assert broker.url
    api = settings.model_copy(update={"role": Role.API})
    async with on_a_socket(service(api, live=ServiceChanged).app()) as (client, _):
        yield client


def lit(name: str, shade: str = "") -> LampLit:
    return LampLit(lamp_id=new_id(), name=name + shade, version=3)


def received(*names: str) -> Any:  # noqa: ANN401 (a condition on a stream)
    def enough(stream: Stream) -> bool:
        return [event.data["data"]["name"] for event in stream.events if event.type == LampLit.type] == list(names)

    return enough


async def test_a_listener_receives_ready_and_then_every_event_as_cloudevents_json(client: AsyncClient, broker: Broker) -> None:
    async with stream_of(client, "/events") as stream:
        await stream.until(lambda stream: stream.types == ["ready"])
        message = lit("hall")
        await say(broker, message)
        await stream.until(received("hall"))
    assert stream.retry == live_stream.RETRY_MS
    assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (stream.response.headers["cache-control"], stream.response.headers["x-accel-buffering"]) == ("no-store", "no")
    event = stream.events[1]
    assert event.id == event.data["id"]
    assert event.data == {
        "specversion": "1.0",
        "id": event.id,
        "type": LampLit.type,
        "source": "/test",
        "time": "2000-01-01T00:00:00Z",
        "data": json.loads(message.model_dump_json()),
    }


async def test_a_listener_receives_only_the_types_it_asked_for(client: AsyncClient, broker: Broker) -> None:
    async with (
        stream_of(client, "/events", types=["toy.lamp_,toy.door_"]) as lamps,
        stream_of(client, "/events", types="toy.door_") as doors,
    ):
        for stream in (lamps, doors):
            await stream.until(lambda stream: stream.types == ["ready"])
        await say(broker, lit("hall"))
        await lamps.until(received("hall"))
    assert doors.types == ["ready"]
    refused = await client.get("/events", params={"types": "Lamps!"})
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


async def test_a_listener_receives_only_what_it_asked_about(client: AsyncClient, broker: Broker) -> None:
    hall, stairs = lit("hall"), lit("stairs")
    async with stream_of(client, "/events", about=[str(hall.lamp_id), str(new_id())]) as stream:
        await stream.until(lambda stream: stream.types == ["ready"])
        await say(broker, stairs)
        await say(broker, hall)
        await stream.until(received("hall"))
    assert (await client.get("/events", params={"about": "hall"})).status_code == 400


async def test_what_is_no_event_of_ours_is_left_out(client: AsyncClient, broker: Broker) -> None:
    async with stream_of(client, "/events") as stream:
        await stream.until(lambda stream: stream.types == ["ready"])
        await say(broker, lit("hall"))
        await broker.publish(EVENTS, Envelope(id=new_id(), type=LampLit.type, source="/test", time=EARLIEST), b"\xff")
        await broker.publish(EVENTS, Envelope(id=new_id(), type="toy\nlamp", source="/test", time=EARLIEST), b"{}")
        await say_with_bad_times(broker, hub.PREFETCH)
        await say(broker, lit("stairs"))
        await stream.until(received("hall", "stairs"))


async def test_silence_is_filled_with_comments_and_counts_for_nothing_in_the_time_of_requests(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_stream, "HEARTBEAT_S", 0.2)
    labels = '{method="GET",route="/events",status="200"} '
    count, seconds = [await metric(client, f"holdfast_http_request_seconds_{what}{labels}") for what in ("count", "sum")]
    async with stream_of(client, "/events") as stream:
        await stream.until(lambda stream: stream.comments >= 3)

    async def counted() -> bool:
        return await metric(client, f"holdfast_http_request_seconds_count{labels}") == count + 1

    await until(counted)
    assert await metric(client, f"holdfast_http_request_seconds_sum{labels}") - seconds < 3 * 0.2


async def test_the_queue_is_bounded_and_there_only_while_somebody_listens(
    client: AsyncClient, settings: Settings, rabbitmq_server: RabbitMQ
) -> None:
    where = f"queues{urlsplit(settings.broker_url.get_secret_value()).path}"

    async def queues() -> list[dict[str, Any]]:
        found = await asyncio.to_thread(rabbitmq_server.manage, "GET", where)
        assert isinstance(found, list)
        return [queue for queue in found if ".live." in queue["name"]]

    assert await queues() == []
    async with stream_of(client, "/events") as stream, stream_of(client, "/events") as other:
        await stream.until(lambda stream: stream.types == ["ready"])
        await other.until(lambda stream: stream.types == ["ready"])
        [queue] = await queues()
        assert queue["name"].startswith("toy.live.")
        assert (queue["durable"], queue["auto_delete"], queue["exclusive"]) == (False, True, True)
        assert queue["arguments"] == {"x-max-length": hub.QUEUE_LENGTH, "x-overflow": "drop-head"}

    async def none() -> bool:
        return await queues() == []

    await until(none)
    assert await metric(client, "holdfast_listeners ") == 0
    async with stream_of(client, "/events") as again:
        await again.until(lambda stream: stream.types == ["ready"])


async def test_a_slow_reader_is_cut_off_and_nobody_else_suffers(
    client: AsyncClient, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "BUFFER", 20)
    before = await metric(client, "holdfast_listeners_cut_off_total ")
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((client.base_url.host, client.base_url.port))
        slow.sendall(b"GET /events HTTP/1.1\r\nHost: toy\r\n\r\n")
        names: list[str] = []

        async def cut_off() -> bool:
            names.append(f"lamp {len(names)} " + "x" * 200_000)
            await say(broker, lit(names[-1]))
            await fast.until(received(*names))
            return await metric(client, "holdfast_listeners_cut_off_total ") > before

        async with stream_of(client, "/events") as fast:
            await until(lambda: has_listeners(client, 2))
            await fast.until(lambda stream: stream.types == ["ready"])
            await until(cut_off, within=120)
            await until(lambda: has_listeners(client, 1))
            await say(broker, lit("after"))
            await fast.until(received(*names, "after"))


async def test_too_many_streams_are_refused(client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MOST_LISTENERS", 2)
    async with AsyncExitStack() as streams:
        for _ in range(2):
            await streams.enter_async_context(stream_of(client, "/events"))
        refused = await client.get("/events")
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/too-many-streams")
        assert refused.headers["retry-after"]
    await until(lambda: has_listeners(client, 0))
    async with stream_of(client, "/events") as stream:
        await stream.until(lambda stream: stream.types == ["ready"])


async def test_a_stream_says_when_the_broker_is_away_and_goes_on_when_it_is_back(toy_database: str, mortal_rabbitmq: RabbitMQ) -> None:
    settings = Settings(database_url=SecretStr(toy_database), broker_url=SecretStr(mortal_rabbitmq.admin_url))
    async with on_a_socket(service(settings, live=ServiceChanged).app()) as (client, _), stream_of(client, "/events") as stream:
        await stream.until(lambda stream: stream.types[-1:] == ["ready"])  # perhaps away before it: the broker is new
        before = stream.types
        await asyncio.to_thread(mortal_rabbitmq.stop)
        await stream.until(lambda stream: stream.types == [*before, "away"])
        async with stream_of(client, "/events") as late:
            await late.until(lambda stream: stream.types == ["away"])
            await asyncio.to_thread(mortal_rabbitmq.start)
            await late.until(lambda stream: stream.types == ["away", "ready"], within=COMING_BACK_S)
        await stream.until(lambda stream: stream.types == [*before, "away", "ready"], within=COMING_BACK_S)
        beside = Broker(settings, HANDLERS)
        await beside.connect()
        await say(beside, lit("hall"))
        await stream.until(received("hall"))
        await beside.close()


@pytest.mark.parametrize("is_there_at_once", [False, True])
async def test_a_stream_says_that_events_were_missed_when_their_exchange_was_deleted_and_goes_on(
    settings: Settings, broker: Broker, monkeypatch: pytest.MonkeyPatch, *, is_there_at_once: bool
) -> None:
    monkeypatch.setattr(messaging_broker, "DECLARE_EVERY_S", 3.0)
    async with on_a_socket(service(settings, live=ServiceChanged).app()) as (client, _), stream_of(client, "/events") as stream:
        await stream.until(lambda stream: stream.types == ["ready"])
        async with await connect(broker.url) as connection:
            channel = await connection.channel()
            await channel.exchange_delete(EVENTS)
            if is_there_at_once:  # declared again by a service that looks before the hub does
                await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True)
        await stream.until(lambda stream: stream.types == ["ready", "away", "ready"])
        await say(broker, lit("hall"))
        await stream.until(received("hall"))


async def test_streams_end_at_once_when_the_process_is_told_to_stop(settings: Settings) -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: None)  # the server passes the signal on when it has ended
    try:
        async with on_a_socket(service(settings, live=ServiceChanged).app()) as (client, life), stream_of(client, "/events") as stream:
            await stream.until(lambda stream: "ready" in stream.types)  # perhaps away before it, on a busy machine
            signal.raise_signal(signal.SIGTERM)
            await stream.until(lambda stream: stream.is_over)
            await asyncio.wait_for(life, 10)
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_a_service_without_live_events_has_no_stream(settings: Settings, serve: Serve) -> None:
    client = await serve(service(settings).app())
    assert (await client.get("/events")).status_code == 404


async def has_listeners(client: AsyncClient, count: int) -> bool:
    return await metric(client, "holdfast_listeners ") == count


async def say_with_bad_times(broker: Broker, times: int) -> None:
    """Publish events whose time cannot be stated in UTC."""
    headers = dict(Envelope(id=new_id(), type=LampLit.type, source="/test", time=EARLIEST).headers())
    headers[f"{PREFIX}time"] = "0001-01-01T00:00:00+23:59"
    async with await connect(broker.url) as connection:
        exchange = await (await connection.channel()).get_exchange(EVENTS, ensure=False)
        for _ in range(times):
            await exchange.publish(DeadLetter(b"{}", headers=dict(headers)), LampLit.type)
