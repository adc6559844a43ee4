"""A trace goes on where the message arrives."""

from collections.abc import Iterator, Sequence

import pytest
from chassis.data.database import Database, Transaction
from chassis.telemetry import tracing
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from testing import Serve, until
from toy import LampLit, LightLamp, Settings, build, light_lamps, service
from watching import names


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = tracing.discreet("toy", SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


async def test_a_trace_goes_from_the_request_through_the_messages(
    settings: Settings, database: Database, spans: InMemorySpanExporter, serve: Serve
) -> None:
    async def mirror(messages: Sequence[LampLit], tx: Transaction) -> None:
        await light_lamps([LightLamp(name=f"mirror of {message.name}") for message in messages if message.name == "hall"], tx)

    client = await serve(service(settings, handlers={LampLit: mirror}).app())
    await client.post("/lamps", json={"name": "hall"})

    async def mirrored() -> bool:
        return "mirror of hall" in await names(database)

    await until(mirrored)

    async def reported() -> bool:
        return len([span for span in spans.get_finished_spans() if span.name == "messages batch"]) >= 2

    await until(reported)
    finished = spans.get_finished_spans()
    [request] = [span for span in finished if span.name == "POST /lamps"]
    batches = [span for span in finished if span.name == "messages batch"]
    assert request.context is not None
    assert {span.context.trace_id for span in batches if span.context} == {request.context.trace_id}


async def test_no_trace_tells_what_somebody_looked_for(settings: Settings, spans: InMemorySpanExporter, serve: Serve) -> None:
    client = await serve(build(settings))
    assert (await client.get("/lamps?q=Ruth+Adler&name=Ruth%20Adler")).status_code == 200
    [request] = [span for span in spans.get_finished_spans() if span.name == "GET /lamps"]
    reported = {name: str(value) for name, value in (request.attributes or {}).items()}
    assert reported["url.path"] == "/lamps"
    assert not [name for name, value in reported.items() if "Ruth" in value or "Adler" in value]


def test_without_a_collector_nothing_is_traced() -> None:
    assert tracing.current() is None
    with tracing.span("quiet"):
        assert tracing.current() is None
