"""A trace goes on where the message arrives."""

from collections.abc import Iterator, Sequence

import pytest
from chassis import tracing
from chassis.database import Database, Transaction
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support import Serve, until
from toy import LampLit, LightLamp, Settings, light_lamps, service
from watching import names


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
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

    async def told() -> bool:
        return len([span for span in spans.get_finished_spans() if span.name == "messages batch"]) >= 2

    await until(told)
    finished = spans.get_finished_spans()
    [request] = [span for span in finished if span.name == "POST /lamps"]
    batches = [span for span in finished if span.name == "messages batch"]
    assert request.context is not None
    assert {span.context.trace_id for span in batches if span.context} == {request.context.trace_id}


def test_without_a_collector_nothing_is_traced() -> None:
    assert tracing.current() is None
    with tracing.span("quiet"):
        assert tracing.current() is None
