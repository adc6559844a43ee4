"""A read whose caller does not wait for the answer ends; a change goes on."""

import asyncio
import socket

import pytest
from chassis.http.limits import Guard, OpenRequests
from chassis.http.problems import answer_problems
from chassis.runtime.event_loop import EventLoop
from fastapi import FastAPI, Request
from testing import until
from testing.running import on_a_socket

MANY = 30


class Work:
    """What became of the work on requests."""

    def __init__(self) -> None:
        """None has begun."""
        self.begun = 0
        self.done = 0
        self.ended = 0
        self.goes_on = asyncio.Event()

    async def do(self) -> int:
        self.begun += 1
        try:
            await self.goes_on.wait()
        except asyncio.CancelledError:
            self.ended += 1
            raise
        self.done += 1
        return self.done


def app_of(work: Work) -> FastAPI:
    app = FastAPI()
    answer_problems(app)
    app.add_middleware(Guard, open_requests=OpenRequests())

    @app.api_route("/work", methods=["GET", "POST"])
    async def do() -> int:
        return await work.do()

    @app.get("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    return app


async def leave(url: str, method: str, work: Work) -> None:
    """Send a request and close the connection once the work on it has begun."""
    host, port = url.removeprefix("http://").split(":")
    before = work.begun
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"{method} /work HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n".encode())

    async def has_begun() -> bool:
        return work.begun > before

    await until(has_begun)
    writer.close()


async def test_a_read_ends_when_its_caller_leaves_and_a_change_goes_on() -> None:
    work = Work()
    async with on_a_socket(app_of(work)) as (client, _):
        url = str(client.base_url)
        await leave(url, "POST", work)
        await leave(url, "GET", work)

        async def has_ended() -> bool:
            return work.ended == 1

        await until(has_ended)
        work.goes_on.set()

        async def is_done() -> bool:
            return work.done == 1

        await until(is_done)
        assert (work.begun, work.ended) == (2, 1)


async def test_reads_that_nobody_waits_for_leave_the_process_to_others() -> None:
    work = Work()
    async with on_a_socket(app_of(work)) as (client, _):
        for _ in range(MANY):
            await leave(str(client.base_url), "GET", work)

        async def all_have_ended() -> bool:
            return work.ended == MANY

        await until(all_have_ended)
        work.goes_on.set()
        assert (await client.get("/work")).json() == 1


async def begun_for_callers_who_have_left() -> int:
    """Have callers send a read and leave while the loop does other things; return how many reads were begun for them."""
    work = Work()
    async with on_a_socket(app_of(work)) as (client, _):
        for _ in range(MANY):
            with socket.create_connection((client.base_url.host, client.base_url.port)) as caller:
                caller.sendall(b"GET /work HTTP/1.1\r\nHost: here\r\n\r\n")
        assert (await client.get("/body")).json() == 0
        return work.begun


def test_a_read_whose_caller_has_left_already_is_not_begun() -> None:
    with asyncio.Runner(loop_factory=EventLoop) as runner:
        assert runner.run(begun_for_callers_who_have_left()) == 0


@pytest.mark.parametrize("content", [b"", b"xyz"])
async def test_a_read_is_answered_whether_or_not_it_has_a_body(content: bytes) -> None:
    async with on_a_socket(app_of(Work())) as (client, _):
        answers = [await client.request("GET", "/body", content=content) for _ in range(3)]
        assert [answer.json() for answer in answers] == [len(content)] * 3
