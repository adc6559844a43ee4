"""Run a peer on the servers of this run, and book in it as in the platform."""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import aio_pika
from servers import Postgres, RabbitMQ, ports
from servers.processes import Server

from bench.bookings import Book, Result, closed_loop, paced, with_conflicts
from bench.clinics import ROOMS_PER_SITE, SITES
from bench.http_client import Connection

ROOMS: Final = SITES * ROOMS_PER_SITE
CALLERS: Final = 64
PER_SECOND: Final = 20.0
WARM_S: Final = 2.0
START_S: Final = 30.0
DECISION_S: Final = 60.0
STOP_S: Final = 5.0
PREFETCH: Final = 1000
DECIDED: Final = "booking.decided"


async def measure(postgres: Postgres, broker: RabbitMQ, home: Path, seconds: float) -> AsyncIterator[tuple[str, Result, Result]]:
    """Yield the name of each peer with what it answered at a steady pace, and to callers who book as fast as they are answered."""
    for name, running in (("naive saga", saga), ("ORM monolith", monolith)):
        async with running(postgres, broker, home) as (url, book):
            requests = _requests()
            await closed_loop(url, with_conflicts(requests), CALLERS, WARM_S, book)
            steady = await paced([url], requests, PER_SECOND, seconds, book)
            yield name, steady, await closed_loop(url, with_conflicts(requests), CALLERS, seconds, book)


@asynccontextmanager
async def monolith(postgres: Postgres, _: RabbitMQ, home: Path) -> AsyncIterator[tuple[str, Book]]:
    """Run the ORM monolith; yield its address, and how it books."""
    async with _service("monolith:app", home, HOLDFAST_PEER_DATABASE=_database(postgres, "peer_monolith")) as url:
        yield url, _book


@asynccontextmanager
async def saga(postgres: Postgres, broker: RabbitMQ, home: Path) -> AsyncIterator[tuple[str, Book]]:
    """Run the naive saga; yield the address of its scheduling, and how it books: until the decision is announced."""
    decided: dict[str, asyncio.Future[bool]] = {}

    async def book(connection: Connection, request: dict[str, Any]) -> str:
        key = str(uuid4())
        decision = decided[key] = asyncio.get_running_loop().create_future()
        await connection.post("/bookings", {"id": key, **request})
        async with asyncio.timeout(DECISION_S):
            return "booked" if await decision else "rejected"

    async def announced(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        async with message.process():
            body = json.loads(message.body)
            if decision := decided.pop(body["booking_id"], None):
                decision.set_result(body["is_held"])

    databases = {name: _database(postgres, f"peer_{name}") for name in ("rooms", "scheduling")}
    async with (
        _service("saga:rooms", home, HOLDFAST_PEER_DATABASE=databases["rooms"], HOLDFAST_PEER_BROKER=broker.admin_url),
        _service("saga:scheduling", home, HOLDFAST_PEER_DATABASE=databases["scheduling"], HOLDFAST_PEER_BROKER=broker.admin_url) as url,
        await aio_pika.connect(broker.admin_url) as connection,
    ):
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind("peer", DECIDED)
        await queue.consume(announced)
        yield url, book


async def _book(connection: Connection, request: dict[str, Any]) -> str:
    _, body = await connection.post("/bookings", {"id": str(uuid4()), **request})
    return str(body["status"])


def _requests() -> Iterator[dict[str, Any]]:
    """Yield bookings that all fit, hour by hour."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for number in itertools.count():
        begin = start + timedelta(hours=number // ROOMS)
        yield {
            "title": "An hour",
            "room_id": number % ROOMS,
            "starts_at": begin.isoformat(),
            "ends_at": (begin + timedelta(hours=1)).isoformat(),
            "therapist_id": str(uuid4()),
        }


def _database(postgres: Postgres, name: str) -> str:
    """Create an empty database; return where SQLAlchemy connects."""
    postgres.create(name, name, name)
    return postgres.dsn(name).replace("postgresql://", "postgresql+asyncpg://", 1)


@asynccontextmanager
async def _service(application: str, home: Path, **env: str) -> AsyncIterator[str]:
    """Run a peer's service; yield its address."""
    port = ports.free()
    options = ["--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    server = Server(
        name=application,
        command=[sys.executable, "-m", "uvicorn", f"bench.peers.{application}", *options],
        log=home / f"{application.replace(':', '-')}.log",
        stop_signal=signal.SIGTERM.name,
        patience=STOP_S,
        env={**os.environ, **env},
    )
    server.start()
    try:
        await asyncio.to_thread(server.wait, lambda: ports.answers(port), seconds=START_S)
        yield f"http://127.0.0.1:{port}"
    finally:
        await asyncio.to_thread(server.stop)
