"""Bookings under load: as many as the platform takes, and one after the other at a steady pace."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bench.clinics import Clinics
from bench.http_client import Connection

CONFLICT_EVERY: Final = 10
WAIT: Final = "wait=30"


@dataclass
class Result:
    """What a run answered, and how long each answer took."""

    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def booked_per_second(self) -> float:
        """Confirmed bookings per second."""
        return self.outcomes["booked"] / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds below which ``share`` of the answers lie."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def add(self, other: "Result") -> None:
        """Count another run in."""
        self.seconds += other.seconds
        self.outcomes += other.outcomes
        self.latencies_ms += other.latencies_ms

    def summary(self) -> str:
        """Return how long the answers took, and what they were."""
        outcomes = ", ".join(f"{count} {what.removeprefix('/problems/')}" for what, count in self.outcomes.most_common())
        return f"p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms   {outcomes}"


def with_conflicts(requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Ask for every tenth session a second time: its people are taken."""
    for number, request in enumerate(requests):
        yield request
        if number % (CONFLICT_EVERY - 1) == 0:
            yield request


async def _one(connection: Connection, request: dict[str, Any], result: Result) -> None:
    started = time.perf_counter()
    status, body = await connection.post("/sessions", request, WAIT)
    result.latencies_ms.append((time.perf_counter() - started) * 1000)
    result.outcomes[body.get("status", "") if status < 400 else str(body.get("type", status))] += 1


async def closed_loop(scheduling: str, clinics: Clinics, callers: int, seconds: float, first_day: int) -> Result:
    """Let ``callers`` book as fast as they are answered."""
    result, requests = Result(), with_conflicts(clinics.requests(first_day))
    stop = time.perf_counter() + seconds

    async def caller() -> None:
        connection = Connection(scheduling)
        while time.perf_counter() < stop:
            await _one(connection, next(requests), result)
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    result.seconds = time.perf_counter() - started
    return result


async def paced(addresses: Sequence[str], clinics: Clinics, per_second: float, seconds: float, first_day: int) -> Result:
    """Book at a steady pace, whether or not the last answer is there, at each of these addresses in turn."""
    result, requests = Result(), clinics.requests(first_day)
    turns = itertools.cycle(addresses)
    idle: dict[str, list[Connection]] = {address: [] for address in addresses}
    tasks: list[asyncio.Task[None]] = []

    async def book() -> None:
        address = next(turns)
        connection = idle[address].pop() if idle[address] else Connection(address)
        await _one(connection, next(requests), result)
        idle[address].append(connection)

    started = time.perf_counter()
    for number in itertools.count():
        due = started + number / per_second
        if due - started > seconds:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(book()))
    await asyncio.gather(*tasks)
    result.seconds = time.perf_counter() - started
    for connection in itertools.chain.from_iterable(idle.values()):
        connection.close()
    return result
