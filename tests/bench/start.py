"""Cold starts of the services: from the begin of the process until it is ready, and what its imports take.

Bytecode is there, as in an image: a first start of each, which writes it, is not counted.
"""

import asyncio
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from local.environment import ROOT
from local.services import unready
from servers.rights import SERVICES
from support.platform import Platform

from bench import imports, processor
from bench.ratios import Ratios

REPEATS: Final = 5
MOST_S: Final = 1.5
LOOK_S: Final = 0.01
PATIENCE_S: Final = 120.0
LIBRARIES: Final = "import aio_pika, asyncpg, fastapi, sqlalchemy.ext.asyncio, structlog, uvicorn, uvloop"
"""What every service is made of: to import these is the least that a start takes."""
NO_BYTECODE: Final = "PYTHONDONTWRITEBYTECODE"
PACKAGES_SHOWN: Final = 12
US_PER_MS: Final = 1000

Say = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Start:
    """One start."""

    seconds: float
    """Until ``/readyz`` answers 200."""
    processor_s: float


async def measure(running: Platform, say: Say, ratios: Ratios) -> None:
    """Start each service again and again while the others run; print what the median took, and the imports of the slowest."""
    floor = statistics.median([await asyncio.to_thread(_libraries_s) for _ in range(REPEATS)])
    say(f"floor:      {floor:5.2f} s of processor to import the libraries that every service has")
    took: dict[str, float] = {}
    for service in SERVICES:
        await running.stop(service)
        described = running.services[service]
        env = {name: value for name, value in described.env.items() if name != NO_BYTECODE}
        running.services[service] = replace(described, env=env)
        running.servers[service] = running.services[service].server(running.home)
        starts = [await _start(running, service) for _ in range(1 + REPEATS)][1:]
        seconds, took[service] = (
            statistics.median(times) for times in zip(*((each.seconds, each.processor_s) for each in starts), strict=True)
        )
        mark = f"   over {MOST_S:g}" if seconds > MOST_S else ""
        least = min(each.seconds for each in starts)
        figures = f"{seconds:5.2f} s until ready (least {least:.2f}), {took[service]:5.2f} s of processor"
        say(f"{service + ':':11} {figures}, {took[service] / floor:4.2f} of the floor{mark}")
        ratios.of[f"processor of importing the libraries, of a start of {service}"] = floor / took[service]
        ratios.figures[f"start of {service}, s"] = seconds
        ratios.figures[f"start of {service}, s of processor"] = took[service]
    slowest = max(took, key=took.__getitem__)
    await asyncio.to_thread(_print_imports, running, slowest, say)


async def _start(running: Platform, service: str) -> Start:
    await running.stop(service)
    server, address = running.servers[service], f"{running.services[service].url}/readyz"
    started = time.perf_counter()
    await asyncio.to_thread(server.start)
    await asyncio.to_thread(server.wait, lambda: not unready(address), seconds=PATIENCE_S, every=LOOK_S)
    return Start(time.perf_counter() - started, processor.seconds_of(server.pid))


def _libraries_s() -> float:
    """Return the processor's seconds of a process that only imports the libraries."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True)  # noqa: S603 (our own command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _print_imports(running: Platform, service: str, say: Say) -> None:
    module = f"{service}.main"
    found = imports.profile(module, ROOT / "services" / service, running.services[service].env)
    total = next(each.total_us for each in found if each.name == module)
    say()
    say(f"imports of {module}: {total / US_PER_MS:.0f} ms; by package, each module without what it imports, milliseconds")
    for package, self_us in imports.by_package(found)[:PACKAGES_SHOWN]:
        say(f"  {package:24} {self_us / US_PER_MS:7.0f}")
