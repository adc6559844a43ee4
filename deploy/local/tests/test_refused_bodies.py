"""A body that is too large is refused in words, by the service itself and through the front, however it is sent."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from typing import Any

import httpx
import pytest
from chassis.http.limits import LARGEST_BODY, Guard, OpenRequests
from chassis.http.problems import answer_problems
from fastapi import FastAPI, Request
from local.services import Service, front, unready
from servers import ports
from uvicorn import Config, Server

PATIENCE_S = 60.0
START_S = 60.0
PART = bytes(64 * 1024)
PARTS = 20 * 1024 * 1024 // len(PART)
"""Of a body many times as large as a service receives, and as what fits into the buffers on the way to it."""
LENGTH = {"Content-Length": str(PARTS * len(PART))}
CHUNKED = {"Transfer-Encoding": "chunked"}
ASKS_FIRST = {"Expect": "100-continue"}
FILE = {"Content-Type": "text/csv"}

Where = tuple[int, str]
"""A port, and what is before a service's paths there."""


def app() -> FastAPI:
    """Make an app that counts the bytes it is sent."""
    made = FastAPI()
    answer_problems(made)
    made.add_middleware(Guard, open_requests=OpenRequests())

    @made.post("/count")
    async def count(request: Request) -> int:
        return len(await request.body())

    return made


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Where]]:
    """Run the app in the server that services have, and a front before it."""
    with ExitStack() as stack:
        service = Server(Config(app(), host=ports.HOST, port=ports.free(), http="httptools", log_config=None))
        thread = Thread(target=service.run)
        thread.start()
        stack.callback(thread.join, START_S)
        stack.callback(setattr, service, "should_exit", True)
        port = stack.enter_context(ports.reserved([ports.free()]))
        server = front(port, [Service("catalog", service.config.port, {})], tmp_path_factory.mktemp("front"))
        server.start()
        stack.callback(server.stop)
        server.wait(lambda: service.started and not unready(f"http://{ports.HOST}:{port}/healthz"), seconds=START_S)
        yield {"service": (service.config.port, ""), "front": (port, "/api/catalog")}


@pytest.fixture(params=["service", "front"])
def where(request: pytest.FixtureRequest, places: dict[str, Where]) -> Where:
    """Send to the service itself, and through the front."""
    return places[request.param]


def parts() -> Iterator[bytes]:
    for _ in range(PARTS):
        yield PART


def problem(status: int, content_type: str | None, body: bytes) -> dict[str, Any]:
    assert (status, content_type) == (413, "application/problem+json"), body
    stated = json.loads(body)
    assert stated["type"] == "/problems/body-too-large"
    assert str(LARGEST_BODY) in stated["detail"]
    return stated


@contextmanager
def requested(where: Where, body: Iterator[bytes] | bytes | None, headers: dict[str, str]) -> Iterator[HTTPResponse]:
    """Send everything, and read the answer only then."""
    port, before = where
    connection = HTTPConnection(ports.HOST, port, timeout=PATIENCE_S)
    try:
        connection.request("POST", f"{before}/count", body, {**FILE, **headers}, encode_chunked=headers is CHUNKED)
        yield connection.getresponse()
    finally:
        connection.close()


def counted(where: Where) -> int:
    """Send a small body on a new connection to the same place."""
    port, before = where
    return httpx.post(f"http://{ports.HOST}:{port}{before}/count", content=b"small", timeout=PATIENCE_S).raise_for_status().json()


@pytest.mark.parametrize("headers", [LENGTH, CHUNKED], ids=["with its length", "in chunks"])
def test_somebody_who_sends_all_before_reading_is_answered(where: Where, headers: dict[str, str]) -> None:
    with requested(where, parts(), headers) as answer:
        problem(answer.status, answer.headers["content-type"], answer.read())
    assert counted(where) == len(b"small")


@pytest.mark.parametrize("headers", [LENGTH, CHUNKED], ids=["with its length", "in chunks"])
def test_a_usual_client_is_answered(where: Where, headers: dict[str, str]) -> None:
    port, before = where
    url = f"http://{ports.HOST}:{port}{before}/count"
    answer = httpx.post(url, content=parts(), headers={**FILE, **headers}, timeout=PATIENCE_S)
    problem(answer.status_code, answer.headers["content-type"], answer.content)
    assert counted(where) == len(b"small")


def test_somebody_who_asks_before_sending_is_answered_at_once_and_nobody_else_is_refused_after_it(where: Where) -> None:
    for _ in range(3):
        with requested(where, None, {**LENGTH, **ASKS_FIRST}) as answer:
            problem(answer.status, answer.headers["content-type"], answer.read())
        assert counted(where) == len(b"small")


def test_the_service_has_the_connection_closed_of_somebody_who_asked_and_sends_nothing(places: dict[str, Where]) -> None:
    with requested(places["service"], None, {**LENGTH, **ASKS_FIRST}) as answer:
        assert answer.headers["connection"] == "close", "a proxy would send the next request where the body is expected"


def test_a_body_that_is_asked_for_first_and_small_enough_is_taken(where: Where) -> None:
    with requested(where, b"small", ASKS_FIRST) as answer:
        assert (answer.status, answer.read()) == (200, b"5")
