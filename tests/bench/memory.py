"""Resident memory of each service under a steady load of bookings, completions and lists."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from servers.rights import SERVICES
from support.platform import Platform

from bench import processor
from bench.bookings import ERRORS, WAIT, paced
from bench.clinics import Clinics
from bench.http_client import Connection
from bench.ratios import Ratios
from bench.trend import last_half, slope

MINUTES: Final = 3.0
PER_SECOND: Final = 20.0
MOST_MB: Final = 120.0
FLAT_MB: Final = 3.0
"""An hour at the slope of the last half; what a service needs grows in its first minutes."""
LOOK_S: Final = 1.0
LISTS_EVERY_S: Final = 0.25
PAST: Final = -25
"""The day from which sessions are booked that are over, in days from now: half of all, each of which is completed."""
PAST_DAYS: Final = 20
LISTS: Final = {
    "catalog": ("/services", "/services?q=hour"),
    "rooms": ("/rooms?limit=200", "/sites"),
    "scheduling": ("/sessions?limit=50", "/clients?limit=50", "/therapists?limit=50"),
    "billing": ("/records?limit=50", "/reports/revenue"),
}
S_PER_HOUR: Final = 3600
S_PER_MINUTE: Final = 60

Say = Callable[..., None]
Points = dict[str, list[tuple[float, float]]]


async def measure(running: Platform, clinics: Clinics, minutes: float, first_day: int, say: Say, ratios: Ratios) -> None:
    """Load the platform for so many minutes; print and note what each service takes and grows by."""
    for service in SERVICES:  # what making the clinics took is not counted
        await running.stop(service)
        await running.start_alone(service)
    await running.until_ready()
    points: Points = {service: [] for service in SERVICES}
    watching = asyncio.create_task(_watch(running, points))
    reading = asyncio.create_task(_read_lists(running))
    scheduling = running.services["scheduling"].url
    try:
        load = await paced([scheduling], _mixed(clinics, first_day), PER_SECOND, minutes * S_PER_MINUTE, _book_and_complete)
    finally:
        watching.cancel()
        reading.cancel()
        ended = await asyncio.gather(watching, reading, return_exceptions=True)
    if failed := [each for each in ended if not isinstance(each, asyncio.CancelledError)]:
        message = f"the load failed: {failed[0]!r}"
        raise RuntimeError(message)
    say(f"{minutes:g} minutes of {PER_SECOND:g} bookings/s, half of them completed, and {1 / LISTS_EVERY_S:g} lists/s   {load.summary()}")
    for service, found in points.items():
        used = [megabytes for _, megabytes in found]
        hourly = slope(last_half(found)) * S_PER_HOUR
        marks = (f"   over {MOST_MB:g}" if max(used) > MOST_MB else "") + (
            f"   not flat (over {FLAT_MB:g} an hour)" if hourly > FLAT_MB else ""
        )
        figures = f"{used[0]:6.1f} MB at first, {used[-1]:6.1f} at last, {max(used):6.1f} at most"
        say(f"{service + ':':11} {figures}; the last half grows by {hourly:6.1f} MB an hour{marks}")
        ratios.of[f"{MOST_MB:g} MB, of what {service} takes at most"] = MOST_MB / max(used)
        ratios.figures[f"memory of {service} at most, MB"] = max(used)
        ratios.figures[f"memory of {service}, MB an hour in the last half"] = hourly


async def _watch(running: Platform, points: Points) -> None:
    """Note the memory of each service every second."""
    while True:
        for service, found in points.items():
            found.append((time.monotonic(), processor.resident_mb(running.servers[service].pid)))
        await asyncio.sleep(LOOK_S)


async def _read_lists(running: Platform) -> None:
    """Request one list after the other."""
    asked = [(Connection(running.services[service].url), path) for service, paths in LISTS.items() for path in paths]
    for connection, path in itertools.cycle(asked):
        status, body = await connection.ask("get", path)
        if status >= ERRORS:
            message = f"{path} answers {status}: {body[:500].decode(errors='replace')}"
            raise RuntimeError(message)
        await asyncio.sleep(LISTS_EVERY_S)


def _mixed(clinics: Clinics, first_day: int) -> Iterator[dict[str, Any]]:
    """Yield bookings of coming and of past days in turn; past days end after some minutes."""
    most = PAST_DAYS * 24 * len(clinics.clients)
    past = ({**request, "backdated": True} for request in itertools.islice(clinics.requests(PAST), most))
    for request in clinics.requests(first_day):
        yield request
        if (over := next(past, None)) is not None:
            yield over


async def _book_and_complete(connection: Connection, request: dict[str, Any]) -> str:
    status, body = await connection.post("/sessions", request, WAIT)
    if status >= ERRORS:
        return str(body.get("type", status))
    if "backdated" in request and body["status"] == "booked":
        status, body = await connection.post(f"/sessions/{body['id']}/complete", {}, WAIT)
    return str(body.get("status", "") if status < ERRORS else body.get("type", status))
