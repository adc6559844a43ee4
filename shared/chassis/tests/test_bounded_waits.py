"""Nobody is waited for without an end: not for a body, not for a caller who takes nothing, not for a look at the database."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from chassis.http import limits
from chassis.http.limits import LARGEST_BODY, Guard, OpenRequests
from chassis.http.problems import answer_problems
from chassis.requests import waiting
from chassis.requests.waiting import Waiters
from contracts.types import new_id
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response
from starlette.types import Message, Receive, Scope, Send
from testing import until

SEVERAL = 6


@pytest.fixture
def open_requests() -> OpenRequests:
    """Return the requests that the app serves."""
    return OpenRequests()


@pytest.fixture
def ended() -> list[str]:
    """Return the methods of those requests whose work was ended."""
    return []


@pytest.fixture
async def client(open_requests: OpenRequests, ended: list[str]) -> AsyncIterator[AsyncClient]:
    """Ask an app that counts the bytes it is sent."""
    app = FastAPI()
    answer_problems(app)
    app.add_middleware(Guard, open_requests=open_requests)

    @app.post("/count")
    async def count(request: Request) -> int:
        return len(await request.body())

    @app.api_route("/never", methods=["GET", "POST"])
    async def never(request: Request) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            request.app.state.ended.append(request.method)

    app.state.ended = ended

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as http:
        yield http


def problem(answer: Response, status: int, slug: str) -> str:
    """Return what is stated of a refusal after which the connection is closed."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert (answer.json()["type"], answer.headers["connection"]) == (f"/problems/{slug}", "close")
    return answer.json()["detail"]


async def begun(goes_on: asyncio.Event, sent: asyncio.Event | None = None) -> AsyncIterator[bytes]:
    """Send a body whose end comes later."""
    yield b"x"
    if sent is not None:
        sent.set()
    await goes_on.wait()
    yield b"y"


async def test_a_body_that_does_not_come_is_refused_in_words(client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_GRACE_S", 0.05)
    async with asyncio.timeout(60):
        answer = await client.post("/count", content=begun(asyncio.Event()))
    assert problem(answer, 408, "body-too-slow").startswith("1 bytes of the request's body came within")


async def test_what_has_come_of_a_body_gives_the_rest_more_time(client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_GRACE_S", 0.0)
    monkeypatch.setattr(limits, "SLOWEST_BYTES_PER_S", 0.05)
    goes_on = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, goes_on.set)
    assert (await client.post("/count", content=begun(goes_on))).json() == 2


async def test_a_body_that_is_not_whole_when_the_process_stops_is_refused_in_words(
    client: AsyncClient, open_requests: OpenRequests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STOP_GRACE_S", 0.01)
    sent = asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        asked = group.create_task(client.post("/count", content=begun(asyncio.Event(), sent)))
        await sent.wait()
        open_requests.end()
    assert "The service stops" in problem(asked.result(), 503, "unavailable")


async def test_nobody_is_left_without_an_answer_when_the_process_stops(
    client: AsyncClient, open_requests: OpenRequests, ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LAST_ANSWER_S", 0.01)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        asked = [group.create_task(client.request(method, "/never")) for method in ("GET", "POST")]
        await until(lambda: are_open(open_requests, 2))
        open_requests.end()
    read, written = (each.result() for each in asked)
    for answer in (read, written):
        assert (answer.status_code, answer.headers["retry-after"], answer.json()["type"]) == (503, "2", "/problems/unavailable")
    assert "nothing was changed" in read.json()["detail"]
    assert "it is done or it is not" in written.json()["detail"]
    assert (sorted(ended), len(open_requests.unanswered)) == (["GET", "POST"], 0)


async def are_open(open_requests: OpenRequests, count: int) -> bool:
    return len(open_requests.unanswered) == count


async def many(sent: list[bytes], count: int = SEVERAL) -> AsyncIterator[bytes]:
    """Send a body in parts that are each as large as a body may be."""
    for _ in range(count):
        sent.append(b"")
        yield bytes(LARGEST_BODY)


async def test_a_body_that_is_too_large_is_received_to_its_end_before_it_is_refused(client: AsyncClient) -> None:
    sent = list[bytes]()
    answer = await client.post("/count", content=many(sent))
    assert (answer.status_code, answer.json()["type"], "connection" in answer.headers) == (413, "/problems/body-too-large", False)
    assert len(sent) == SEVERAL
    unknown = await client.post("/nowhere", content=many(sent))
    assert (unknown.status_code, len(sent)) == (404, 2 * SEVERAL)


@pytest.mark.parametrize("announced", [{}, {"content-length": str(SEVERAL * LARGEST_BODY)}], ids=["in chunks", "with its length"])
async def test_of_a_much_too_large_body_not_everything_is_received(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch, announced: dict[str, str]
) -> None:
    monkeypatch.setattr(limits, "DISCARDED_AT_MOST", LARGEST_BODY)
    sent = list[bytes]()
    problem(await client.post("/count", content=many(sent), headers=announced), 413, "body-too-large")
    assert len(sent) < SEVERAL


async def test_the_rest_of_a_refused_body_is_not_waited_for_without_an_end(client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DISCARDED_WITHIN_S", 0.05)
    monkeypatch.setattr(limits, "LINGER_S", 0.05)
    async with asyncio.timeout(60):
        problem(await client.post("/nowhere", content=begun(asyncio.Event())), 404, "not-found")


async def test_nothing_is_received_of_a_body_that_is_refused_before_it_is_sent(client: AsyncClient) -> None:
    sent = list[bytes]()
    headers = {"content-length": str(SEVERAL * LARGEST_BODY), "expect": "100-continue"}
    problem(await client.post("/count", content=many(sent), headers=headers), 413, "body-too-large")
    assert sent == []


async def test_a_caller_who_takes_nothing_of_an_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SENT_WITHIN_S", 0.05)
    is_closed = False

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal is_closed
        del scope, receive
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        finally:
            is_closed = True

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async with asyncio.timeout(60):
        await Guard(app, OpenRequests())({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)
    assert is_closed


async def test_a_look_that_finds_nothing_ends_soon_after_the_patience_of_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LAST_LOOK_S", 0.05)

    async def never() -> str:
        await asyncio.Event().wait()
        raise AssertionError

    async with asyncio.timeout(60):
        assert await Waiters[str]().wait(new_id(), "requested", never, lambda _: False, 0.05) == "requested"
