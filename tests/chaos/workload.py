"""What desks do while things go wrong: each repeats a request with its key until it is decided, and writes down what it was told."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from random import Random
from typing import Any, Final, TextIO

from httpx import AsyncClient, HTTPError, Response
from support.clinic import Clinic, Json, at

PATIENCE_S: Final = 180.0
AGAIN_AFTER_S: Final = 0.3
LONGEST_PAUSE_S: Final = 0.6
WORK: Final = ["book"] * 6 + ["book twice at once", "record a walk-in", "record a walk-in", "complete", "cancel", "move", "move"]
DAYS: Final = (8, 9, 10, 11)
PAST: Final = (-5, -4, -3, -2)


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


@dataclass(slots=True)
class Desk:
    """One who books, moves, cancels and completes, in an order that a seed decides."""

    name: str
    clinic: Clinic
    people: list[Json]
    history: History
    chance: Random
    booked: list[str] = field(default_factory=list[str])
    walk_ins: list[str] = field(default_factory=list[str])

    async def work(self, stop: asyncio.Event) -> None:
        """Work until it is set."""
        for number in count():
            if stop.is_set():
                return
            await asyncio.sleep(self.chance.uniform(0, LONGEST_PAUSE_S))
            await self._do(self.chance.choice(WORK), f"{self.name}-{number}")

    async def _do(self, what: str, key: str) -> None:
        if what.startswith(("book", "record")):
            await self._book(key, past=what == "record a walk-in", times=2 if what == "book twice at once" else 1)
        elif what == "complete" and self.walk_ins:
            await self._step(key, self._one(self.walk_ins), "complete")
        elif what == "cancel" and self.booked:
            await self._step(key, self._one(self.booked), "cancel", reason="ill")
        elif what == "move" and self.booked:
            await self._step(key, self._one(self.booked), "reschedule", starts_at=self._moment(DAYS))

    async def _book(self, key: str, *, past: bool, times: int) -> None:
        therapist, client = self.chance.choice(self.people), self.chance.choice(self.people)
        wanted = self.clinic.wanted(
            therapist_id=therapist["therapist_id"],
            client_id=client["client_id"],
            starts_at=self._moment(PAST if past else DAYS),
            backdated=past,
        )
        answers = await asyncio.gather(*(self._insist("/api/scheduling/sessions", wanted, key) for _ in range(times)))
        if key_of := answers[0].json().get("id"):
            (self.walk_ins if past else self.booked).append(key_of)

    async def _step(self, key: str, session: str, step: str, **body: Any) -> None:
        await self._insist(f"/api/scheduling/sessions/{session}/{step}", body or None, key)

    def _one(self, sessions: list[str]) -> str:
        return sessions[self.chance.randrange(len(sessions))]

    def _moment(self, days: tuple[int, ...]) -> str:
        return at(self.chance.choice(days), self.chance.randrange(23), self.chance.choice((0, 30)))

    async def _insist(self, path: str, body: Json | None, key: str) -> Response:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = await self._try(path, body, key)
            if answer is not None and answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                return answer
            if time.monotonic() > deadline:
                message = f"{path} was not decided within {PATIENCE_S:g} s"
                raise AssertionError(message)
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _try(self, path: str, body: Json | None, key: str) -> Response | None:
        try:
            answer = await self.clinic.http.post(path, json=body, headers={"Idempotency-Key": key, "Prefer": "wait=5"})
        except HTTPError as error:
            self.history.write("no answer", key=key, path=path, error=repr(error))
            return None
        told = answer.json() if answer.content else {}
        session = {name: told[name] for name in ("id", "status", "version") if name in told} if answer.is_success else None
        self.history.write("answer", key=key, path=path, status=answer.status_code, type=told.get("type"), session=session)
        return answer


async def desks(http: AsyncClient, history: History, seed: int, many: int) -> list[Desk]:
    """Open a clinic with so many desks, which want the same rooms and people."""
    clinic = await Clinic.open(http, rooms=4)
    people = await clinic.pairs(16)
    return [
        Desk(f"chaos-{seed}-{clinic.site['id'][-6:]}-{number}", clinic, people, history, Random(f"{seed}/{number}"))
        for number in range(many)
    ]
