"""The front gives up a service that does not answer, and names it; an answer that has begun may take as long as it likes."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from billing.reports import queries
from chassis.http import conventions, large_files
from local.environment import ROOT
from local.services import Service, front, unready
from servers import ports

PATIENCE_S = 60.0
GIVEN_UP = Event()
"""Set when the front has given up the service that does not answer."""


class Stream(BaseHTTPRequestHandler):
    """Answers with a first event at once, and with a second one after the front has given up another service."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: 1\n\n")
        GIVEN_UP.wait(PATIENCE_S)
        self.wfile.write(b"data: 2\n\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Stay silent."""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Run a front with a service that streams, one that takes connections and states nothing, and one that does not run."""
    with ExitStack() as stack:
        mute = stack.enter_context(socket.create_server((ports.HOST, 0)))
        stream = stack.enter_context(ThreadingHTTPServer((ports.HOST, 0), Stream))
        Thread(target=stream.serve_forever, daemon=True).start()
        stack.callback(stream.shutdown)
        where = {"scheduling": stream.server_port, "rooms": mute.getsockname()[1], "catalog": ports.free()}
        number = stack.enter_context(ports.reserved([ports.free()]))
        server = front(number, [Service(name, port, {}) for name, port in where.items()], tmp_path)
        server.env = {**server.env, "HOLDFAST_READ_WITHIN": "1s", "HOLDFAST_ANSWER_WITHIN": "2s", "HOLDFAST_HEADER_WITHIN": "1s"}
        server.start()
        stack.callback(server.stop)
        server.wait(lambda: not unready(f"http://{ports.HOST}:{number}/healthz"), seconds=PATIENCE_S)
        yield number


def refusal(port: int, path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    """Return the problem that the front answers with."""
    connection = HTTPConnection(ports.HOST, port, timeout=PATIENCE_S)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    connection.close()
    assert ("Retry-After" in answer.headers) == (answer.status in {502, 504})
    assert (answer.headers["Content-Type"], problem["status"]) == ("application/problem+json", answer.status)
    return problem


def test_a_service_that_does_not_answer_is_given_up_and_named_while_a_stream_goes_on(port: int, tmp_path: Path) -> None:
    leaving = HTTPConnection(ports.HOST, port, timeout=PATIENCE_S)
    leaving.request("GET", "/api/scheduling/events")
    assert leaving.getresponse().read(9) == b"data: 1\n\n"
    leaving.close()
    connection = HTTPConnection(ports.HOST, port, timeout=PATIENCE_S)
    connection.request("GET", "/api/scheduling/events")
    stream = connection.getresponse()
    assert stream.read(9) == b"data: 1\n\n"
    late = refusal(port, "/api/rooms/sites")
    assert (late["status"], late["type"], late["service"]) == (504, "/problems/service-late", "rooms")
    assert "The service rooms takes connections but did not answer within 1s." in late["detail"]
    GIVEN_UP.set()
    assert stream.read() == b"data: 2\n\n"
    connection.close()
    away = refusal(port, "/api/catalog/services")
    assert (away["status"], away["type"], away["service"]) == (502, "/problems/service-unreachable", "catalog")
    assert away["detail"].endswith("Nothing was changed: try again in a moment.")
    sent = refusal(port, "/api/catalog/services", "POST")
    assert (sent["status"], sent["type"]) == (502, "/problems/service-unreachable")
    assert sent["detail"].endswith("look, or send the same again in a moment.")
    nothing = refusal(port, "/api/nobody")
    assert (nothing["status"], nothing["type"]) == (404, "about:blank")
    assert "aborting with incomplete response" not in (tmp_path / "logs" / "front.log").read_text(), "of the reader who left"


def test_the_front_refuses_in_words_what_it_cannot_pass_on_and_closes_a_connection_whose_headers_do_not_come(port: int) -> None:
    for method in ("POST", "TRACE"):
        assert (refusal(port, "/", method)["status"], refusal(port, "/calendar", method)["type"]) == (405, "/problems/method-not-allowed")
    long = refusal(port, f"/api/rooms/sites?search={'x' * 60_000}")
    assert (long["status"], long["type"]) == (414, "/problems/address-too-long")
    assert {refusal(port, path)["status"] for path in ("/openapi.json", "/readyz", "/metrics")} == {404}, "those are a service's"
    connection = HTTPConnection(ports.HOST, port, timeout=PATIENCE_S)
    connection.request("GET", "/docs")
    assert b"/api/scheduling/docs" in connection.getresponse().read()
    connection.close()
    with socket.create_connection((ports.HOST, port), PATIENCE_S) as half:
        half.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert half.recv(1) == b"", "closed by the front"


@pytest.mark.parametrize(
    ("method", "path", "prefer", "within"),
    [
        ("GET", "/api/rooms/calendar?site_id=1&day=2026-03-02", "return=minimal", "1s"),
        ("GET", "/api/rooms/reports/aging?format=csv", "return=minimal", "2s"),
        ("GET", "/api/rooms/clients/1/statement.pdf", "return=minimal", "2s"),
        ("GET", "/api/rooms/operations/parked", "return=minimal", "2s"),
        ("GET", "/api/rooms/sessions/1", "return=minimal, wait=10", "2s"),
        ("POST", "/api/rooms/sites", "return=minimal", "2s"),
    ],
)
def test_a_read_is_given_up_sooner_than_what_may_take_long(port: int, method: str, path: str, prefer: str, within: str) -> None:
    late = refusal(port, path, method, Prefer=prefer)
    assert (late["status"], late["type"]) == (504, "/problems/service-late")
    assert f"did not answer within {within}." in late["detail"]


def test_services_give_up_a_report_and_a_waiting_caller_before_the_front_does() -> None:
    limits = re.findall(r"response_header_timeout \{\$HOLDFAST_ANSWER_WITHIN:(\d+)s\}", (ROOT / "deploy" / "Caddyfile").read_text())
    assert max(large_files.LONGEST_WAIT_S + queries.LONGEST_S, conventions.LONGEST_WAIT_S) < min(map(int, limits))
