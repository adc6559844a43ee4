"""OpenTelemetry across messages: where no collector is named, every call here costs nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from chassis.settings import Settings

_propagator = TraceContextTextMapPropagator()
_tracer: trace.Tracer | None = None


def start(settings: "Settings") -> None:
    """Send spans to the collector of the settings, if there is one."""
    global _tracer  # noqa: PLW0603 (one tracer per process, like the library's own)
    if settings.otlp_endpoint and _tracer is None:
        provider = TracerProvider(resource=Resource.create({"service.name": f"holdfast-{settings.service}"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")))
        trace.set_tracer_provider(provider)
        _tracer = trace.get_tracer("holdfast")


def enabled() -> bool:
    """Whether spans go anywhere."""
    return _tracer is not None


def current() -> str | None:
    """Return the W3C traceparent of the running span."""
    if _tracer is None:
        return None
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(name: str, parents: Sequence[str | None] = ()) -> Iterator[None]:
    """Run the block in a span: a child of the first parent, linked to the others."""
    if _tracer is None:
        yield
        return
    contexts = [_propagator.extract({"traceparent": parent}) for parent in parents if parent]
    links = [trace.Link(trace.get_current_span(context).get_span_context()) for context in contexts[1:]]
    with _tracer.start_as_current_span(name, context=contexts[0] if contexts else None, links=links):
        yield
