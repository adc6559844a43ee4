"""The outermost layer of HTTP: bodies have a limit, every error has an answer, every request is timed and logged."""

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import structlog

from chassis.metrics import HTTP_SECONDS
from chassis.problems import Problem, response, unforeseen

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_JSON: Final = 256 * 1024
"""Bytes of a JSON body, which is read and checked in the event loop."""
LARGEST_BODY: Final = 2 * 1024 * 1024
"""Bytes of any other body: a file, which is read beside the event loop."""
NO_LARGER_BODIES: Final[Mapping[str, int]] = MappingProxyType({})
STREAM: Final = b"text/event-stream; charset=utf-8"
"""An answer without an end took as long as its beginning."""
QUIET: Final = {"/healthz", "/readyz", "/metrics"}

log = structlog.get_logger()


class Guard:
    """Wraps an app; written for ASGI itself because it is on every request's path."""

    def __init__(self, app: "ASGIApp", larger_bodies: Mapping[str, int] = NO_LARGER_BODIES) -> None:
        """Wrap; on the paths of ``larger_bodies`` a file may have so many bytes instead of ``LARGEST_BODY``."""
        self._app = app
        self._larger_bodies = larger_bodies

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, answered = time.perf_counter(), 0, 0.0

        async def observed(message: "Message") -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status = int(message["status"])
                answered = time.perf_counter() if (b"content-type", STREAM) in message["headers"] else 0.0
            await send(message)

        announced, largest = _header(scope, b"content-length"), self._largest(scope)
        try:
            if announced.isdigit() and int(announced) > largest:
                await response(_too_large(largest))(scope, receive, observed)
            else:
                await self._app(scope, _counted(receive, largest), observed)
        except Exception as error:
            if status:
                raise
            await response(unforeseen(error, scope["path"]))(scope, receive, observed)
        finally:
            elapsed = (answered or time.perf_counter()) - started
            route = getattr(scope.get("route"), "path", "unmatched")
            HTTP_SECONDS.labels(scope["method"], route, str(status)).observe(elapsed)
            if route not in QUIET:
                log.info("request", method=scope["method"], route=route, status=status, ms=round(elapsed * 1000, 1))

    def _largest(self, scope: "Scope") -> int:
        """Return how many bytes the body may have; one without a content type is not read as JSON."""
        is_json = b"json" in _header(scope, b"content-type").lower()
        return LARGEST_JSON if is_json else self._larger_bodies.get(scope["path"], LARGEST_BODY)


def _header(scope: "Scope", wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")


def _counted(receive: "Receive", largest: int) -> "Receive":
    received = 0

    async def counting() -> "Message":
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > largest:
            raise _too_large(largest)
        return message

    return counting


def _too_large(largest: int) -> Problem:
    return Problem(413, "body-too-large", f"A request body has at most {largest} bytes here. Send less at a time.")
