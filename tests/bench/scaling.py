"""Crowded bookings with one process of each service and with three, each process with the same small share of a core.

On two cores nine processes cannot do three times the work of three. So each gets a quota that all of them together leave cores idle
with: what is measured is whether the design makes use of more processes, not how many cores this machine has. Where little of the quotas is
used, something else was the limit, such as other work on the machine.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from chassis.settings import Role
from support.platform import Platform

from bench.bookings import Result, closed_loop
from bench.clinics import Clinics
from bench.quotas import QuotaError, Shares, shares
from bench.ratios import Ratios
from bench.replicas import SERVICES, arranged

REPLICAS: Final = 3
CALLERS: Final = 96
PERCENT: Final = 10.0
"""Of a core, for each process: nine take less than one core, and the servers have the rest."""
ROUNDS: Final = 2
WARM_S: Final = 5.0
LEAST: Final = 1.6
"""Times the bookings of one process each."""

Say = Callable[..., None]


async def measure(running: Platform, clinics: Clinics, seconds: float, first_day: int, say: Say, ratios: Ratios) -> None:
    """Measure both arrangements in turn, this many seconds each in all, and print and note their ratio."""
    try:
        with shares(PERCENT) as quotas:
            await _measure(running, clinics, quotas, seconds, first_day, say, ratios)
    except QuotaError as error:
        say(f"scaling: not measured: {error}")
        ratios.figures["scaling, measured"] = 0


async def _measure(running: Platform, clinics: Clinics, quotas: Shares, seconds: float, first_day: int, say: Say, ratios: Ratios) -> None:
    say(f"each process of rooms, scheduling and billing has {PERCENT:g} % of a core, {CALLERS} callers: this measures whether more")
    say("processes do more, not what this machine can do")
    results = {1: Result(), REPLICAS: Result()}
    days = iter(range(first_day, first_day + 400, 20))
    for service in SERVICES:
        await running.stop(service)
    try:
        for number in range(ROUNDS):
            for replicas in (1, REPLICAS) if number % 2 == 0 else (REPLICAS, 1):
                async with _limited(running, replicas, quotas) as addresses:
                    await _crowded(addresses, clinics.requests(next(days)), WARM_S)
                    worked = quotas.worked_s()
                    result = await _crowded(addresses, clinics.requests(next(days)), seconds / ROUNDS)
                    used = (quotas.worked_s() - worked) / (result.seconds * replicas * len(SERVICES) * PERCENT / 100)
                about = f"{result.booked_per_second:6.1f} confirmed/s, {used:4.0%} of the quotas used"
                say(f"round {number + 1}: {replicas} of each: {about}   {result.summary()}")
                results[replicas].add(result)
    finally:
        for service in SERVICES:
            running.servers[service].start()
        await running.until_ready()
    times = results[REPLICAS].booked_per_second / results[1].booked_per_second
    mark = f"   under {LEAST:g}" if times < LEAST else ""
    say(f"{REPLICAS} processes of each, of one: {times:4.2f} times the confirmed bookings/s{mark}")
    ratios.of[f"bookings of {REPLICAS} processes of each at {PERCENT:g} % of a core, of one"] = times
    for replicas, result in results.items():
        ratios.figures[f"bookings/s of {replicas} of each at {PERCENT:g} % of a core"] = result.booked_per_second


@asynccontextmanager
async def _limited(running: Platform, replicas: int, quotas: Shares) -> AsyncIterator[list[str]]:
    """Run so many processes of each service, and limit them when they are ready: a start takes seconds of processor."""
    async with arranged(running, f"{replicas} of each", (Role.ALL,) * replicas, ready=quotas.limit) as addresses:
        yield addresses
    quotas.clear()


async def _crowded(addresses: Sequence[str], requests: Iterator[dict[str, Any]], seconds: float) -> Result:
    """Let as many callers at each address book as fast as they are answered."""
    callers = CALLERS // len(addresses)
    together = Result()
    for result in await asyncio.gather(*(closed_loop(address, requests, callers, seconds) for address in addresses)):
        longest, worked = max(together.seconds, result.seconds), max(together.processor_s, result.processor_s)
        together.add(result)
        together.seconds, together.processor_s = longest, worked  # they ran at the same time
    return together
