"""What follows a booking, bookings that conflict, and series: how many a second, and their processor as a ratio to that of a booking."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from bench.bookings import ERRORS, WAIT, Book, Result, closed_loop
from bench.clinics import Clinics
from bench.http_client import Connection
from bench.ratios import Ratios

CALLERS: Final = 64
PAST: Final = -8
"""The day from which sessions are booked that are over, in days from now."""
MOVED_BY: Final = timedelta(days=20)
CONFLICTS_IN_TEN: Final = 9
OCCURRENCES: Final = 12
RULE: Final = f"FREQ=WEEKLY;COUNT={OCCURRENCES}"

Say = Callable[..., None]


async def measure(scheduling: str, clinics: Clinics, seconds: float, first_day: int, say: Say, ratios: Ratios) -> None:
    """Measure and print each kind, and note its ratios to a booking; sessions lie from a day on that nothing else is booked on."""
    sessions: list[dict[str, Any]] = []
    over: list[dict[str, Any]] = []
    booking = await closed_loop(scheduling, clinics.requests(first_day), CALLERS, seconds, _keeping(sessions))
    say(f"bookings:      {booking.booked_per_second:6.0f} confirmed/s   {booking.summary()}")
    await closed_loop(scheduling, _backdated(clinics.requests(PAST)), CALLERS, seconds, _keeping(over))
    half = len(sessions) // 2
    steps = (
        ("reschedule", [{"id": each["id"], "starts_at": _moved(each["starts_at"])} for each in sessions[:half]]),
        ("cancel", [{"id": each["id"], "reason": "ill"} for each in sessions[half:]]),
        ("complete", [{"id": each["id"]} for each in over]),
    )
    for step, requests in steps:
        result = await closed_loop(scheduling, iter(requests), CALLERS, seconds, _stepping(step))
        _note(step, result, booking, say, ratios)
    conflicts = await closed_loop(scheduling, _mostly_taken(clinics.requests(first_day + 40)), CALLERS, seconds)
    _note("conflicts", conflicts, booking, say, ratios)
    series = await closed_loop(scheduling, _weekly(clinics.requests(first_day + 60)), CALLERS // 4, seconds, _book_series)
    occurrences = sum(int(outcome.split()[0]) * count for outcome, count in series.outcomes.items() if outcome.endswith("booked"))
    say(f"series:        {occurrences / series.seconds:6.0f} occurrences/s   {series.summary()}")
    ratios.of["occurrences of series, of bookings"] = occurrences / series.seconds / booking.booked_per_second


def _note(name: str, result: Result, booking: Result, say: Say, ratios: Ratios) -> None:
    per_second, cost = len(result.latencies_ms) / result.seconds, result.processor_ms / booking.processor_ms
    say(f"{name + ':':14} {per_second:6.0f} a second   {result.summary()}   {cost:4.2f} of a booking's processor")
    ratios.of[f"processor of a booking, of {name}"] = 1 / cost


def _keeping(kept: list[dict[str, Any]]) -> Book:
    async def book(connection: Connection, request: dict[str, Any]) -> str:
        status, body = await connection.post("/sessions", request, WAIT)
        if status < ERRORS:
            kept.append(body)
        return str(body.get("status", "") if status < ERRORS else body.get("type", status))

    return book


def _stepping(step: str) -> Book:
    async def take(connection: Connection, request: dict[str, Any]) -> str:
        body = {name: value for name, value in request.items() if name != "id"}
        status, answer = await connection.post(f"/sessions/{request['id']}/{step}", body, WAIT)
        return str(answer.get("status", "") if status < ERRORS else answer.get("type", status))

    return take


async def _book_series(connection: Connection, request: dict[str, Any]) -> str:
    status, body = await connection.post("/series", request, WAIT)
    if status >= ERRORS:
        return str(body.get("type", status))
    booked = sum(session["status"] == "booked" for session in body["occurrences"])
    return f"{booked} booked"


def _moved(starts_at: str) -> str:
    return (datetime.fromisoformat(starts_at) + MOVED_BY).isoformat()


def _backdated(requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for request in requests:
        yield {**request, "backdated": True}


def _mostly_taken(requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Ask for each session again and again: its people are taken."""
    for request in requests:
        yield request
        for _ in range(CONFLICTS_IN_TEN):
            yield request


def _weekly(requests: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for request in requests:
        yield {**request, "recurrence": {"rrule": RULE}}
