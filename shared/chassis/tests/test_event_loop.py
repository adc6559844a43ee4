"""A busy process accepts all the connections that wait and serves each of them, and no garbage is collected while it starts."""

import asyncio
import gc
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, cast

import pytest
import uvloop
from chassis.runtime.event_loop import EventLoop
from testing.running import running
from testing.waiting import PATIENCE_S
from toy import Settings, build

CALLERS = 100
FEW_TURNS = 10
TURN_S = 0.005


class Echo(asyncio.Protocol):
    """Sends back what comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        self.transport.write(data)


async def turns_until_all_are_served() -> int:
    """Connect many callers while every turn of the loop takes a while, and count the turns until each has its own word back."""
    loop, turns = asyncio.get_running_loop(), 0

    async def keep_busy() -> None:
        nonlocal turns
        while True:
            time.sleep(TURN_S)  # noqa: ASYNC251 (the work of a busy process)
            turns += 1
            await asyncio.sleep(0)

    server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=CALLERS)
    address = server.sockets[0].getsockname()
    with ExitStack() as stack:
        callers = [stack.enter_context(socket.create_connection(address)) for _ in range(CALLERS)]
        for number, caller in enumerate(callers):
            caller.setblocking(False)
            await loop.sock_sendall(caller, b"%d" % number)
        busy = asyncio.create_task(keep_busy())
        async with asyncio.timeout(PATIENCE_S):
            said = await asyncio.gather(*(loop.sock_recv(caller, 10) for caller in callers))
        busy.cancel()
    server.close()
    await server.wait_closed()
    assert said == [b"%d" % number for number in range(CALLERS)]
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(socket.create_connection, address)
    return turns


def run(loop: Callable[[], Any]) -> int:
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(turns_until_all_are_served())


def test_a_busy_process_accepts_all_who_wait_in_a_few_turns() -> None:
    assert run(EventLoop) <= FEW_TURNS
    assert run(uvloop.new_event_loop) >= CALLERS, "uvloop accepts them all by itself now: the loop of our own is not needed any more"


async def test_the_collector_stands_still_from_the_loop_until_the_service_has_started(settings: Settings) -> None:
    loop = EventLoop()
    try:
        assert not gc.isenabled()
        async with running(build(settings)):
            assert gc.isenabled()
    finally:
        loop.close()


def test_the_collector_works_again_after_a_loop_in_which_no_service_started() -> None:
    EventLoop().close()
    assert gc.isenabled()
