"""The outermost layer of HTTP: bodies have a limit and a time, every error has an answer, every request is timed and logged."""

import asyncio
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import structlog

from chassis.http.problems import Problem, response, unforeseen
from chassis.telemetry.metrics import HTTP_SECONDS

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
DISCARDED_AT_MOST: Final = 64 * 1024 * 1024
"""Bytes of a refused body that are received all the same; of a longer one the connection is closed."""
DISCARDED_WITHIN_S: Final = 30.0
LINGER_S: Final = 2.0
"""So long a connection stays open after a refusal whose caller is still sending, for the refusal to be read."""
STOP_GRACE_S: Final = 3.0
"""How long a process that stops still receives bodies."""
LAST_ANSWER_S: Final = 4.0
"""When a process that stops answers those who still wait; shorter than the server waits before it cuts the requests."""
NO_LARGER_BODIES: Final[Mapping[str, int]] = MappingProxyType({})
STREAM: Final = b"text/event-stream; charset=utf-8"
"""An answer without an end took as long as its beginning."""
READS: Final = {"GET", "HEAD", "OPTIONS"}
TURNS_TO_SEE: Final = 3
"""So many turns of the event loop after a request was received it is known whether its caller has left already."""
QUIET: Final = {"/healthz", "/readyz", "/metrics"}

LEFT: Final = 499
"""The status that is logged of a read whose caller did not wait for its answer; nginx's number for it."""

log = structlog.get_logger()


class OpenRequests:
    """The requests that a process serves: each body comes within its time, and nobody is left without an answer when the process stops."""

    def __init__(self) -> None:
        """None is served yet."""
        self._bodies: set[asyncio.Timeout] = set()
        self.unanswered: set[Answer] = set()
        """The answers that are not sent to their end."""
        self._refusing: list[asyncio.Task[None]] = []
        self.ends_at = math.inf

    def end(self) -> None:
        """Receive nothing any more after a short while, and a moment later refuse what is not answered by then: the process stops."""
        if self.ends_at == math.inf:
            loop = asyncio.get_running_loop()
            self.ends_at = loop.time() + STOP_GRACE_S
            loop.call_later(LAST_ANSWER_S, self._refuse)
        for timeout in self._bodies:
            timeout.reschedule(min(timeout.when() or math.inf, self.ends_at))

    async def next_of(self, receive: "Receive", until: float) -> "Message":
        """Return the next part of a body, or raise TimeoutError."""
        try:
            async with asyncio.timeout_at(min(until, self.ends_at)) as timeout:
                self._bodies.add(timeout)
                return await receive()
        finally:
            self._bodies.discard(timeout)

    def _refuse(self) -> None:
        self._refusing = [asyncio.create_task(answer.refuse()) for answer in self.unanswered]


class Upload:
    """The body of one request."""

    def __init__(self, scope: "Scope", receive: "Receive", largest: int, open_requests: OpenRequests) -> None:
        """Nothing of it is received yet; it may have ``largest`` bytes."""
        announced = _header(scope, b"content-length")
        self.announced = int(announced) if announced.isdigit() else 0
        self.is_whole = not (self.announced or _header(scope, b"transfer-encoding"))
        self._is_held_back = not self.is_whole and _header(scope, b"expect").lower() == b"100-continue"
        """The caller sends it only when it is asked to, which the server does when the first part is received."""
        self.largest = largest
        self._receive = receive
        self._open_requests = open_requests
        self._began = asyncio.get_running_loop().time()
        self._received = 0

    async def receive(self) -> "Message":
        """Return its next part: it has at most ``largest`` bytes (413) and comes in time (408, or 503 at the stop)."""
        if self.is_whole:
            return await self._receive()
        within = BODY_GRACE_S + self._received / SLOWEST_BYTES_PER_S
        try:
            message = await self._next(self._began + within)
        except TimeoutError:
            raise _too_slow(self._received, within) if self._open_requests.ends_at == math.inf else _stopping() from None
        if self._received > self.largest:
            raise _too_large(self.largest)
        return message

    def followed_by(self, send: "Send") -> "Send":
        """Wrap ``send`` of the answer; a refusal waits for what is left of the body.

        Most callers read no answer before they have sent everything, and some proxies cut off those who still send. Where nobody waits for
        the rest, the connection is closed, because what would follow on it is not the next request: a moment later, because one that is
        closed while the caller sends may take the answer with it.
        """
        lingers = False

        async def sent(message: "Message") -> None:
            nonlocal lingers
            if message["type"] == "http.response.start" and not self.is_whole:
                message, lingers = await self._before(message)
            elif lingers and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await self._discard(LINGER_S)
                message = {"type": "http.response.body"}
            await send(message)

        return sent

    async def _before(self, start: "Message") -> tuple["Message", bool]:
        """Return the start of an answer, and whether the caller still sends after it."""
        is_refusal = start["status"] >= HTTPStatus.BAD_REQUEST
        is_closed = (b"connection", b"close") in start["headers"]
        if is_refusal and not (is_closed or self._is_held_back or self.announced - self._received > DISCARDED_AT_MOST):
            await self._discard(DISCARDED_WITHIN_S)
        if self.is_whole or not (is_refusal or self._is_held_back):
            return start, False
        return start if is_closed else {**start, "headers": [*start["headers"], (b"connection", b"close")]}, not self._is_held_back

    async def _discard(self, within_s: float) -> None:
        until, last = asyncio.get_running_loop().time() + within_s, self._received + DISCARDED_AT_MOST
        with suppress(TimeoutError):
            while not self.is_whole and self._received < last:
                await self._next(until)

    async def _next(self, until: float) -> "Message":
        self._is_held_back = False
        message = await self._open_requests.next_of(self._receive, until)
        self._received += len(message.get("body", b""))
        self.is_whole = not message.get("more_body", False)
        return message


class Caller:
    """Who sent a request without a body, as long as it waits for the answer."""

    def __init__(self, receive: "Receive") -> None:
        """Listen to it."""
        self._receive = receive
        self._has_left = asyncio.Event()
        self._is_read = False

    async def receive(self) -> "Message":
        """Return the empty body at first, and then, once the caller has left, that it has."""
        if self._is_read:
            await self._has_left.wait()
            return {"type": "http.disconnect"}
        self._is_read = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def watch(self, answer: "Answer") -> None:
        """End the work on an answer that nobody waits for any more."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._has_left.set()
        answer.abandon()


class Answer:
    """The answer to one request, on its way to the caller."""

    def __init__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Nothing of it is sent yet; this task makes it."""
        self.status = 0
        self.is_taken = True
        """Whether the caller takes what is sent."""
        self.is_ended = False
        """Whether the work on it was ended, because it was refused or nobody waits for it."""
        self._is_whole = False
        self._scope, self._receive, self._send = scope, receive, send
        self._task = asyncio.current_task()
        self._started = time.perf_counter()
        self._has_begun = 0.0

    async def send(self, message: "Message") -> None:
        """Send a part of it; TimeoutError where the caller takes nothing."""
        if self.is_ended:
            return
        self._is_whole = message["type"] == "http.response.body" and not message.get("more_body", False)
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            self._has_begun = time.perf_counter() if (b"content-type", STREAM) in message["headers"] else 0.0
        try:
            async with asyncio.timeout(SENT_WITHIN_S):
                await self._send(message)
        except TimeoutError:
            self.is_taken = False
            raise

    async def refuse(self) -> None:
        """Answer in place of the work that did not end in time, and end that."""
        if self.status:
            return
        self.status, self.is_ended = 503, True
        await response(_unfinished(self._scope["method"]))(self._scope, self._receive, self._send)
        if self._task is not None:
            self._task.cancel()

    def abandon(self) -> None:
        """End the work on it, as nobody waits for it; a whole answer is left alone."""
        if not self._is_whole and not self.is_ended and self._task is not None:
            self.status, self.is_ended = self.status or LEFT, True
            self._task.cancel()

    async def explain(self, error: Exception, send: "Send") -> None:
        """Answer what nobody foresaw, or raise it where a part of another answer is sent already."""
        path = self._scope["path"]
        if not self.is_taken:
            log.warning("a caller took nothing of its answer in time", path=path, seconds=SENT_WITHIN_S)  # the server closes the connection
        elif self.status:
            raise error
        else:
            await response(unforeseen(error, path))(self._scope, self._receive, send)

    def measure(self) -> None:
        """Count and log it."""
        elapsed = (self._has_begun or time.perf_counter()) - self._started
        route = getattr(self._scope.get("route"), "path", "unmatched")
        HTTP_SECONDS.labels(self._scope["method"], route, str(self.status)).observe(elapsed)
        if route not in QUIET:
            log.info("request", method=self._scope["method"], route=route, status=self.status, ms=round(elapsed * 1000, 1))


class Guard:
    """Wraps an app; written for ASGI itself because it is on every request's path."""

    def __init__(self, app: "ASGIApp", open_requests: OpenRequests, larger_bodies: Mapping[str, int] = NO_LARGER_BODIES) -> None:
        """Wrap; on the paths of ``larger_bodies`` a file may have so many bytes instead of ``LARGEST_BODY``."""
        self._app = app
        self._open_requests = open_requests
        self._larger_bodies = larger_bodies

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = Answer(scope, receive, send)
        upload = Upload(scope, receive, self._largest(scope), self._open_requests)
        sent = upload.followed_by(answer.send)
        self._open_requests.unanswered.add(answer)
        try:
            if upload.announced > upload.largest:
                await response(_too_large(upload.largest))(scope, receive, sent)
            elif upload.is_whole and scope["method"] in READS:
                await self._read(scope, Caller(receive), answer)
            else:
                await self._app(scope, upload.receive, sent)
        except asyncio.CancelledError:
            if not answer.is_ended:
                raise
        except Exception as error:  # noqa: BLE001 (every error has an answer)
            await answer.explain(error, sent)
        finally:
            self._open_requests.unanswered.discard(answer)
            answer.measure()

    async def _read(self, scope: "Scope", caller: Caller, answer: Answer) -> None:
        """Serve a read as long as its caller waits: what nobody waits for keeps a database connection and the processor from others."""
        watch = asyncio.create_task(caller.watch(answer))
        try:
            for _ in range(TURNS_TO_SEE):
                await asyncio.sleep(0)
            await self._app(scope, caller.receive, answer.send)
        finally:
            watch.cancel()

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
    return _closing(
        Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "unavailable",
            "The service stops and the request's body was not whole; nothing was changed. Send it again.",
        )
    )


def _unfinished(method: str) -> Problem:
    detail = (
        "The service stops and did not answer in time; nothing was changed. Try again shortly."
        if method in READS
        else "The service stops while this was being done: it is done or it is not. "
        "Look before you try again, or repeat it with the same Idempotency-Key."
    )
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail)


def _closing(problem: Problem) -> Problem:
    """Have the connection closed after the answer: what follows on it is the rest of the body."""
    problem.headers = {"Connection": "close"}
    return problem
