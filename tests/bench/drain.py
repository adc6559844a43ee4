"""An outage of the broker during which bookings come in, and how fast what waited is published and decided when the broker is back."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg
from support.platform import Platform

from bench import outboxes, processor
from bench.bookings import ERRORS, closed_loop
from bench.clinics import Clinics
from bench.http_client import Connection
from bench.ratios import Ratios

WAITING: Final = 5_000
CALLERS: Final = 64
LEAST_PER_SECOND: Final = 2_000.0
LOOK_S: Final = 0.02
PATIENCE_S: Final = 600.0
WARM_S: Final = 3.0
MS_PER_S: Final = 1000
LAST: Final = "SELECT max(id) FROM outbox"
LEFT: Final = "SELECT count(*) FROM outbox WHERE id <= $1"
UNDECIDED: Final = "SELECT count(*) FROM session WHERE status = 'requested'"

Say = Callable[..., None]


@dataclass(slots=True)
class Outage:
    """What waited when the broker came back, and how many seconds after that each part was done."""

    bookings: int
    messages: int
    """Of scheduling."""
    begun_s: float = 0.0
    """Until the first of these messages had left the outbox."""
    published_s: float = 0.0
    """From then until none of them was left; what was written since is not counted."""
    decided_s: float = 0.0
    """From then until no booking waited for its decision."""
    processor_s: float = 0.0


async def measure(running: Platform, clinics: Clinics, waiting: int, first_day: int, say: Say, ratios: Ratios) -> None:
    """Book while the broker is down; print and note how fast the outbox of scheduling is empty and all are decided once it is back."""
    scheduling = running.services["scheduling"].url
    await closed_loop(scheduling, clinics.requests(first_day), CALLERS, WARM_S)  # caches, connections, compiled statements
    await outboxes.until_empty(running, PATIENCE_S)
    await running.stop("rabbitmq")
    requests = itertools.islice(clinics.requests(first_day + 20), waiting)
    accepted = await closed_loop(scheduling, requests, CALLERS, PATIENCE_S, _accept)
    say(f"broker down: {len(accepted.latencies_ms) / accepted.seconds:5.0f} accepted/s   {accepted.summary()}")
    outage = await _until_decided(running)
    bookings, messages = outage.bookings / outage.published_s, outage.messages / outage.published_s
    decided, each_ms = outage.bookings / outage.decided_s, outage.processor_s * MS_PER_S / outage.bookings
    mark = f"   under {LEAST_PER_SECOND:g}" if bookings < LEAST_PER_SECOND else ""
    say(f"waiting: {outage.bookings:,} bookings, {outage.messages:,} messages of scheduling")
    say(f"the first of these messages left {outage.begun_s:.1f} s after the broker answered again; from then on:")
    say(f"  {outage.published_s:6.2f} s until the last had left: {messages:6.0f} messages/s, {bookings:6.0f} bookings/s{mark}")
    say(f"  {outage.decided_s:6.2f} s until all were decided: {decided:6.0f} bookings/s, {each_ms:.2f} ms of processor each")
    ratios.of["bookings decided after an outage, of those published"] = decided / bookings
    ratios.of[f"bookings published after an outage, of {LEAST_PER_SECOND:g}/s"] = bookings / LEAST_PER_SECOND
    ratios.figures["bookings waiting after an outage"] = outage.bookings
    ratios.figures["messages waiting after an outage"] = outage.messages
    ratios.figures["messages/s published after an outage"] = messages
    ratios.figures["bookings/s published after an outage"] = bookings
    ratios.figures["bookings/s decided after an outage"] = decided
    ratios.figures["ms of processor of a booking after an outage"] = each_ms


async def _until_decided(running: Platform) -> Outage:
    """Let the broker come back, and watch until no booking waits."""
    async with _database(running) as database:

        async def count(statement: str, *values: object) -> int:
            return int(await database.fetchval(statement, *values) or 0)

        last = await count(LAST)
        outage = Outage(await count(UNDECIDED), await count(LEFT, last))
        await asyncio.to_thread(running.rabbitmq.start)
        back, worked = time.perf_counter(), processor.seconds()
        begun = ended = 0.0
        async with asyncio.timeout(PATIENCE_S):
            while not ended or await count(UNDECIDED):
                left, now = await count(LEFT, last), time.perf_counter()
                begun = begun or (now if left < outage.messages else 0.0)
                ended = ended or (0.0 if left else now)
                await asyncio.sleep(LOOK_S)
        outage.begun_s, outage.published_s = begun - back, max(ended - begun, LOOK_S)
        outage.decided_s, outage.processor_s = time.perf_counter() - begun, processor.seconds() - worked
        return outage


async def _accept(connection: Connection, request: dict[str, object]) -> str:
    """Request a session without waiting for its decision."""
    status, body = await connection.post("/sessions", request)
    return str(body.get("status", "") if status < ERRORS else body.get("type", status))


@asynccontextmanager
async def _database(running: Platform) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(running.databases["scheduling"].replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()
