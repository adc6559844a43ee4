"""The outermost layer of HTTP: bodies have a limit and a time, every error has an answer, every request is timed and logged."""

import asyncio
import math
import time
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import structlog

from chassis.metrics import HTTP_SECONDS
from chassis.problems import Problem, response, unavailable, unforeseen

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_JSON: Final = 256 * 1024
"""Bytes of a JSON body, which is read and checked in the event loop."""
LARGEST_BODY: Final = 2 * 1024 * 1024
"""Bytes of any other body: a file, which is read beside the event loop."""
BODY_GRACE_S: Final = 30.0
SLOWEST_BYTES_PER_S: Final = 16 * 1024
"""A body has to be here within the grace and as long as a line of this speed takes for it."""
SENT_WITHIN_S: Final = 60.0
"""So long a caller may take nothing of an answer; what it keeps here is free afterwards."""
STOP_GRACE_S: Final = 3.0
"""How long a process that stops still receives bodies; shorter than the server waits before it cuts the requests."""
NO_LARGER_BODIES: Final[Mapping[str, int]] = MappingProxyType({})
STREAM: Final = b"text/event-stream; charset=utf-8"
"""An answer without an end took as long as its beginning."""
QUIET: Final = {"/healthz", "/readyz", "/metrics"}

log = structlog.get_logger()


class Uploads:
    """The request bodies that a process receives, each within its time."""

    def __init__(self) -> None:
        """None is received yet."""
        self._open: set[asyncio.Timeout] = set()
        self._ends_at = math.inf

    def end(self) -> None:
        """Receive nothing any more after a short while: the process stops."""
        self._ends_at = min(self._ends_at, asyncio.get_running_loop().time() + STOP_GRACE_S)
        for timeout in self._open:
            timeout.reschedule(min(timeout.when() or math.inf, self._ends_at))

    def bounded(self, receive: "Receive", largest: int) -> "Receive":
        """Wrap ``receive`` of one request: its body has at most ``largest`` bytes (413) and comes in time (408, or 503 at the stop)."""
        began, received, is_whole = asyncio.get_running_loop().time(), 0, False

        async def counting() -> "Message":
            nonlocal received, is_whole
            if is_whole:
                return await receive()
            within = BODY_GRACE_S + received / SLOWEST_BYTES_PER_S
            try:
                async with asyncio.timeout_at(min(began + within, self._ends_at)) as timeout:
                    self._open.add(timeout)
                    message = await receive()
            except TimeoutError:
                raise _too_slow(received, within) if self._ends_at == math.inf else _stopping() from None
            finally:
                self._open.discard(timeout)
            received += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if received > largest:
                raise _too_large(largest)
            return message

        return counting


class Guard:
    """Wraps an app; written for ASGI itself because it is on every request's path."""

    def __init__(self, app: "ASGIApp", uploads: Uploads, larger_bodies: Mapping[str, int] = NO_LARGER_BODIES) -> None:
        """Wrap; on the paths of ``larger_bodies`` a file may have so many bytes instead of ``LARGEST_BODY``."""
        self._app = app
        self._uploads = uploads
        self._larger_bodies = larger_bodies

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, answered, is_taken = time.perf_counter(), 0, 0.0, True

        async def observed(message: "Message") -> None:
            nonlocal status, answered, is_taken
            if message["type"] == "http.response.start":
                status = int(message["status"])
                answered = time.perf_counter() if (b"content-type", STREAM) in message["headers"] else 0.0
            try:
                async with asyncio.timeout(SENT_WITHIN_S):
                    await send(message)
            except TimeoutError:
                is_taken = False
                raise

        announced, largest = _header(scope, b"content-length"), self._largest(scope)
        try:
            if announced.isdigit() and int(announced) > largest:
                await response(_too_large(largest))(scope, receive, observed)
            else:
                await self._app(scope, self._uploads.bounded(receive, largest), observed)
        except Exception as error:
            if not is_taken:
                log.warning("a caller took nothing of its answer in time", path=scope["path"], seconds=SENT_WITHIN_S)
                return  # the server closes the connection
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


def _too_large(largest: int) -> Problem:
    return Problem(413, "body-too-large", f"A request body has at most {largest} bytes here. Send less at a time.")


def _too_slow(received: int, within_s: float) -> Problem:
    detail = (
        f"{received} bytes of the request's body came within {within_s:.0f} seconds; nothing was changed. A body has to be whole within "
        f"{BODY_GRACE_S:.0f} seconds and one more for each {SLOWEST_BYTES_PER_S} bytes of it. Send it again on a faster line."
    )
    return _closing(Problem(HTTPStatus.REQUEST_TIMEOUT, "body-too-slow", detail))


def _stopping() -> Problem:
    return _closing(unavailable("The service stops and the request's body was not whole; nothing was changed. Send it again."))


def _closing(problem: Problem) -> Problem:
    """Have the connection closed after the answer: what follows on it is the rest of the body."""
    problem.headers = {"Connection": "close"}
    return problem
