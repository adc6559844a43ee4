"""Services that run inside the test: their whole process but the socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import import_module
from typing import Final, Protocol

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from uvicorn import Config, Server

from testing.waiting import until

START_S: Final = 90
GRACE_S: Final = 5
"""What every service gives open answers when it stops."""
REQUEST_S: Final = 40
"""Longer than the longest ``Prefer: wait``."""


class Serve(Protocol):
    """Run an app for the rest of the test and return a client of it."""

    async def __call__(self, app: FastAPI, *, ready: bool = True) -> AsyncClient:
        """Wait until it is ready, unless stated otherwise."""
        ...


class RunService(Protocol):
    """Run a service for the rest of the test and return a client of it."""

    async def __call__(
        self, service: str, *, database_url: str | None = None, broker_url: str | None = None, ready: bool = True, **settings: object
    ) -> AsyncClient:
        """Use the database and broker named, otherwise a database of its own and the test's broker."""
        ...


def build(service: str, **settings: object) -> FastAPI:
    """Assemble a service as its process does, with these settings."""
    made = import_module(f"{service}.settings").Settings(**settings)
    return import_module(f"{service}.main").build(made)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """Run an app's lifespan in a task of its own, as a server would, and serve a client."""
    started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()

    async def live() -> None:
        async with app.router.lifespan_context(app):
            started.set_result(None)
            await stop.wait()

    life = asyncio.create_task(live(), name=f"life of {app.title}")
    await asyncio.wait([life, started], timeout=START_S, return_when=asyncio.FIRST_COMPLETED)
    if not started.done():
        life.cancel()
        await life
    try:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test", timeout=REQUEST_S) as client:
            yield client
    finally:
        stop.set()
        async with asyncio.timeout(START_S):
            await life


@asynccontextmanager
async def on_a_socket(app: FastAPI) -> AsyncIterator[tuple[AsyncClient, "asyncio.Task[None]"]]:
    """Run an app in the server that it has in earnest; serve a client over TCP, and the task that ends with the server."""
    server = Server(Config(app, port=0, lifespan="on", http="httptools", log_config=None, timeout_graceful_shutdown=GRACE_S))
    life = asyncio.create_task(server.serve(), name=f"life of {app.title}")
    await until(lambda: _has_begun(server), within=START_S)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=REQUEST_S) as client:
            yield client, life
    finally:
        server.should_exit = True
        async with asyncio.timeout(START_S):
            await life


async def _has_begun(server: Server) -> bool:
    return server.started


async def is_ready(client: AsyncClient) -> bool:
    """Whether the service states that its database and its broker answer."""
    return (await client.get("/readyz")).status_code == HTTPStatus.OK


async def until_ready(*clients: AsyncClient) -> None:
    """Wait until all of these services are ready."""
    for client in clients:
        await until(lambda client=client: is_ready(client), within=START_S)
