"""Bookings that wait for their decision, by how many processes the services have: what it takes when another process decides."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from chassis.settings import Role
from local.keeper import stop_together
from local.services import Service, unready
from servers import ports
from support.platform import LOOK_S, START_S, Platform

from bench.bookings import Result, paced
from bench.clinics import Clinics
from bench.ratios import Ratios

SERVICES: Final = ("rooms", "scheduling", "billing")
ONE, APART, REPLICAS = "one process each", "api and worker apart", "three replicas each"
ARRANGEMENTS: Final = {ONE: (Role.ALL,), APART: (Role.API, Role.WORKER), REPLICAS: (Role.ALL, Role.ALL, Role.ALL)}
"""The processes of each of the services; catalog, which takes no part in a booking, has one always."""
ROUNDS: Final = 2
"""The arrangements take turns, in the reverse order every other round, so that what else the machine does meets all of them."""
PER_SECOND: Final = 5.0
"""A pace that nine processes keep on two cores: where the processors are always busy, only the work of more processes is measured."""
WARM_S: Final = 5.0
MOST: Final = 1.3
"""The p50 of several processes, of that of one."""

Say = Callable[..., None]


async def measure(running: Platform, clinics: Clinics, per_second: float, seconds: float, first_day: int, say: Say, ratios: Ratios) -> None:
    """Measure each arrangement, this many seconds in all, and print and note its ratios to one process each."""
    results = {name: Result() for name in ARRANGEMENTS}
    days = iter(range(first_day, first_day + 2 * ROUNDS * len(ARRANGEMENTS)))
    for service in SERVICES:
        await running.stop(service)
    try:
        for number in range(1, ROUNDS + 1):
            for name in list(ARRANGEMENTS)[:: 1 if number % 2 else -1]:
                async with arranged(running, name, ARRANGEMENTS[name]) as addresses:
                    await paced(addresses, clinics.requests(next(days)), per_second, WARM_S)
                    load = os.getloadavg()[0]
                    result = await paced(addresses, clinics.requests(next(days)), per_second, seconds / ROUNDS)
                say(f"round {number}: {name:22} {result.summary()}   load {load:.1f}")
                results[name].add(result)
        _print(results, per_second, say)
        for name in (APART, REPLICAS):
            ratios.of[f"p50 of {ONE}, of {name}"] = results[ONE].percentile(0.5) / results[name].percentile(0.5)
    finally:
        for service in SERVICES:
            running.servers[service].start()
        await running.until_ready()


@asynccontextmanager
async def arranged(
    running: Platform, name: str, roles: Sequence[Role], ready: Callable[[int], None] | None = None
) -> AsyncIterator[list[str]]:
    """Run a process of each role for each of the services, and call ``ready`` with the id of each; yield where scheduling answers."""
    started = [
        (replace(usual, port=ports.free(), env={**usual.env, "HOLDFAST_ROLE": role.value}), role, f"{name.replace(' ', '-')}-{number}")
        for usual in (running.services[service] for service in SERVICES)
        for number, role in enumerate(roles, start=1)
    ]
    servers = [process.server(running.home / folder) for process, _, folder in started]
    try:
        for server in servers:
            server.start()
        for server, (process, _, _) in zip(servers, started, strict=True):
            await asyncio.to_thread(server.wait, partial(_is_ready, process), seconds=START_S, every=LOOK_S)
        if ready is not None:
            for server in servers:
                ready(server.pid)
        yield [process.url for process, role, _ in started if process.name == "scheduling" and role is not Role.WORKER]
    finally:
        await asyncio.to_thread(stop_together, servers)


def _is_ready(process: Service) -> bool:
    return not unready(f"{process.url}/readyz")


def _print(results: dict[str, Result], per_second: float, say: Say) -> None:
    one = results[ONE]
    say()
    for name, result in results.items():
        ratio = result.percentile(0.5) / one.percentile(0.5)
        ratios = f"p50 {ratio:4.2f}, p99 {result.percentile(0.99) / one.percentile(0.99):4.2f} of one process"
        mark = f"   over {MOST:g}" if ratio > MOST else ""
        say(f"{per_second:g} bookings/s, {name:22} {result.summary()}   {ratios}{mark}")
