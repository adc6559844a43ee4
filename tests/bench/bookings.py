"""Bookings under load: as many as the platform takes, and one after the other at a steady pace."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bench import processor
from bench.http_client import Connection

CONFLICT_EVERY: Final = 10
WAIT: Final = "wait=30"
ERRORS: Final = 400

Book = Callable[[Connection, dict[str, Any]], Awaitable[str]]
"""Books what is requested, and returns what became of it."""


@dataclass
class Result:
    """What a run answered, and how long each answer took."""

    seconds: float = 0.0
    processor_s: float = 0.0
    """Of all processes but this one."""
    outcomes: Counter[str] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def booked_per_second(self) -> float:
        """Confirmed bookings per second."""
        return self.outcomes["booked"] / self.seconds

    @property
    def processor_ms(self) -> float:
        """Milliseconds of processor for each answer."""
        return self.processor_s * 1000 / len(self.latencies_ms)

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds below which ``share`` of the answers lie."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def add(self, other: "Result") -> None:
        """Count another run in."""
        self.seconds += other.seconds
        self.processor_s += other.processor_s
        self.outcomes += other.outcomes
        self.latencies_ms += other.latencies_ms

    def summary(self) -> str:
        """Return how long the answers took, and what they were."""
        outcomes = ", ".join(f"{count} {what.removeprefix('/problems/')}" for what, count in self.outcomes.most_common())
        took = f"p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms, {self.processor_ms:.2f} ms of processor each"
        return f"{took}   {outcomes}"


def with_conflicts(requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Ask for every tenth session a second time: its people are taken."""
    for number, request in enumerate(requests):
        yield request
        if number % (CONFLICT_EVERY - 1) == 0:
            yield request


async def book_session(connection: Connection, request: dict[str, Any]) -> str:
    """Book a session of the platform; return its status, or the type of the refusal."""
    status, body = await connection.post("/sessions", request, WAIT)
    return str(body.get("status", "") if status < ERRORS else body.get("type", status))


async def _one(book: Book, connection: Connection, request: dict[str, Any], result: Result) -> None:
    started = time.perf_counter()
    outcome = await book(connection, request)
    result.latencies_ms.append((time.perf_counter() - started) * 1000)
    result.outcomes[outcome] += 1


async def closed_loop(address: str, requests: Iterator[dict[str, Any]], callers: int, seconds: float, book: Book = book_session) -> Result:
    """Let ``callers`` book as fast as they are answered, until the time or the requests end."""
    result = Result()
    stop = time.perf_counter() + seconds

    async def caller() -> None:
        connection = Connection(address)
        while time.perf_counter() < stop and (request := next(requests, None)) is not None:
            await _one(book, connection, request, result)
        connection.close()

    started, worked = time.perf_counter(), processor.seconds()
    await asyncio.gather(*(caller() for _ in range(callers)))
    result.seconds, result.processor_s = time.perf_counter() - started, processor.seconds() - worked
    return result


async def paced(
    addresses: Sequence[str], requests: Iterator[dict[str, Any]], per_second: float, seconds: float, book: Book = book_session
) -> Result:
    """Book at a steady pace, whether or not the last answer is there, at each of these addresses in turn."""
    result = Result()
    turns = itertools.cycle(addresses)
    idle: dict[str, list[Connection]] = {address: [] for address in addresses}
    tasks: list[asyncio.Task[None]] = []

    async def one() -> None:
        address = next(turns)
        connection = idle[address].pop() if idle[address] else Connection(address)
        await _one(book, connection, next(requests), result)
        idle[address].append(connection)

    started, worked = time.perf_counter(), processor.seconds()
    for number in itertools.count():
        due = started + number / per_second
        if due - started > seconds:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
    result.seconds, result.processor_s = time.perf_counter() - started, processor.seconds() - worked
    for connection in itertools.chain.from_iterable(idle.values()):
        connection.close()
    return result
