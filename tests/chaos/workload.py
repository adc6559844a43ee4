"""What desks do while things go wrong: each repeats a request with its key until it is decided, and writes down what it was answered."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from random import Random
from typing import Any, Final, TextIO

from httpx import AsyncClient, HTTPError, Response
from support.clinic import Clinic, Json, at

PATIENCE_S: Final = 180.0
ANSWER_S: Final = 12.0
"""Longer than a request is let wait for its decision."""
AGAIN_AFTER_S: Final = 0.3
LONGEST_PAUSE_S: Final = 0.6
WORK: Final = ["book"] * 6 + ["book twice at once", "record a walk-in", "record a walk-in", "complete", "cancel", "move", "move"]
FIRST_DAY: Final = 8
PERIOD_DAYS: Final = 4
PERIODS: Final = 40
OPERATIONS_OF_A_PERIOD: Final = 60
"""So many operations of a desk want the same few days; then all the desks turn to the next, in which nothing is taken yet."""
PAST_DAYS: Final = 28
"""Walk-ins are recorded for the last 30 days."""
PEOPLE: Final = 16
SERVICE: Final = "/api/scheduling"


@dataclass(slots=True)
class History:
    """Lines of JSON, one for everything that was seen."""

    file: TextIO
    began: float = field(default_factory=time.monotonic)
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def write(self, kind: str, **facts: Any) -> None:
        """Add a line."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.file.write(json.dumps({"kind": kind, "after_s": round(time.monotonic() - self.began, 2), **facts}) + "\n")


@dataclass(frozen=True, slots=True)
class Operation:
    """What a desk does next, however what it did before has ended."""

    what: str
    pause_s: float
    therapist: int
    client: int
    days: int
    past_days: int
    hour: int
    minute: int
    which: float
    """Of the sessions that are there, which one it is about, as a part of their number."""

    @property
    def starts_at(self) -> str:
        """The moment in the future that it is about."""
        return at(self.days, self.hour, self.minute)

    @property
    def started_at(self) -> str:
        """The moment in the past that it is about."""
        return at(-self.past_days, self.hour, self.minute)


def operations(seed: str) -> Iterator[Operation]:
    """Return what a desk does, without an end; the same seed gives the same operations."""
    chance = Random(f"work {seed}")
    for number in count():
        period, past = number // OPERATIONS_OF_A_PERIOD % PERIODS, number // OPERATIONS_OF_A_PERIOD * PERIOD_DAYS % PAST_DAYS
        yield Operation(
            what=chance.choice(WORK),
            pause_s=chance.uniform(0, LONGEST_PAUSE_S),
            therapist=chance.randrange(PEOPLE),
            client=chance.randrange(PEOPLE),
            days=FIRST_DAY + period * PERIOD_DAYS + chance.randrange(PERIOD_DAYS),
            past_days=1 + past + chance.randrange(PERIOD_DAYS),
            hour=chance.randrange(23),
            minute=chance.choice((0, 30)),
            which=chance.random(),
        )


@dataclass(slots=True)
class Desk:
    """One who books, moves, cancels and completes, through both replicas, in an order that a seed decides."""

    name: str
    clinic: Clinic
    people: list[Json]
    history: History
    operations: Iterator[Operation]
    second: str
    """Where the second replica of scheduling answers; the first is behind the front."""
    replica: Random
    """Decides for each request which replica it is sent to, a repeated one included."""
    booked: list[str] = field(default_factory=list[str])
    walk_ins: list[str] = field(default_factory=list[str])

    async def work(self, stop: asyncio.Event) -> None:
        """Work until it is set."""
        for number, operation in enumerate(self.operations):
            if stop.is_set():
                return
            await asyncio.sleep(operation.pause_s)
            await self._do(operation, f"{self.name}-{number}")

    async def _do(self, operation: Operation, key: str) -> None:
        match operation.what:
            case "complete" if self.walk_ins:
                await self._step(key, self.walk_ins, operation, "complete")
            case "cancel" if self.booked:
                await self._step(key, self.booked, operation, "cancel", reason="ill")
            case "move" if self.booked:
                await self._step(key, self.booked, operation, "reschedule", starts_at=operation.starts_at)
            case "record a walk-in":
                await self._book(key, operation, past=True)
            case "book":
                await self._book(key, operation)
            case "book twice at once":
                await asyncio.gather(self._book(key, operation), self._book(key, operation))
            case _:  # there is no session yet
                return

    async def _book(self, key: str, operation: Operation, *, past: bool = False) -> None:
        wanted = self.clinic.wanted(
            therapist_id=self.people[operation.therapist]["therapist_id"],
            client_id=self.people[operation.client]["client_id"],
            starts_at=operation.started_at if past else operation.starts_at,
            backdated=past,
        )
        answer = await self._insist("/sessions", wanted, key)
        sessions = self.walk_ins if past else self.booked
        if answer and (session := answer.json().get("id")) and session not in sessions:
            sessions.append(session)

    async def _step(self, key: str, sessions: list[str], operation: Operation, step: str, **body: Any) -> None:
        session = sessions[int(operation.which * len(sessions))]
        await self._insist(f"/sessions/{session}/{step}", body or None, key)

    async def _insist(self, path: str, body: Json | None, key: str) -> Response | None:
        """Repeat a request until it is decided; None when that takes longer than anybody waits."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            answer = await self._try(path, body, key)
            if answer is not None and answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                return answer
            await asyncio.sleep(AGAIN_AFTER_S)
        self.history.write("given up", key=key, path=path)
        return None

    async def _try(self, path: str, body: Json | None, key: str) -> Response | None:
        replica = self.replica.choice((1, 2))
        where = f"{SERVICE if replica == 1 else self.second}{path}"
        headers = {"Idempotency-Key": key, "Prefer": "wait=5"}
        try:
            answer = await self.clinic.http.post(where, json=body, headers=headers, timeout=ANSWER_S)
        except HTTPError as error:
            self.history.write("no answer", key=key, path=path, replica=replica, error=type(error).__name__)
            return None
        told = answer.json() if answer.content else {}
        session = {name: told[name] for name in ("id", "status", "version") if name in told} if answer.is_success else None
        self.history.write("answer", key=key, path=path, replica=replica, status=answer.status_code, type=told.get("type"), session=session)
        return answer


async def open_desks(http: AsyncClient, history: History, seed: int, many: int, second: str) -> list[Desk]:
    """Open a clinic with so many desks, which want the same rooms and people."""
    clinic = await Clinic.open(http, rooms=4)
    people = await clinic.pairs(PEOPLE)
    return [
        Desk(
            name=f"chaos-{seed}-{clinic.site['id'][-6:]}-{number}",
            clinic=clinic,
            people=people,
            history=history,
            operations=operations(f"{seed}/{number}"),
            second=second,
            replica=Random(f"replicas {seed}/{number}"),
        )
        for number in range(many)
    ]
