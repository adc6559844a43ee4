"""OpenTelemetry across messages: where no collector is named, every call here costs nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from chassis.settings import Settings

QUERY: Final = "url.query"

_propagator = TraceContextTextMapPropagator()
_tracer: trace.Tracer | None = None


def start(settings: "Settings") -> None:
    """Send spans to the collector of the settings, if there is one."""
    global _tracer  # noqa: PLW0603 (one tracer per process, like the library's own)
    if settings.otlp_endpoint and _tracer is None:
        exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
        provider = discreet(settings.service, BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
        _tracer = trace.get_tracer("holdfast")


class _Discretion(SpanProcessor):
    """Keeps out of the traces what people look for: names stand in query strings."""

    def on_start(self, span: Span, parent_context: context.Context | None = None) -> None:
        del parent_context
        if QUERY in (span.attributes or {}):
            span.set_attribute(QUERY, "REDACTED")


def discreet(service: str, onward: SpanProcessor) -> TracerProvider:
    """Make what the spans of a service come from; they go ``onward`` without their query strings."""
    provider = TracerProvider(resource=Resource.create({"service.name": f"holdfast-{service}"}))
    provider.add_span_processor(_Discretion())
    provider.add_span_processor(onward)
    return provider


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
