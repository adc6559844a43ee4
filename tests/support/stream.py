"""A stream of bookings, as busy front desks send it: at a steady pace, repeated by key until somebody answers."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from httpx import HTTPError, Response

from support.clinic import Clinic, Json, at, code

PATIENCE_S: Final = 240.0
AGAIN_AFTER_S: Final = 0.3
TAKEN: Final = {200, 201, 202}


@dataclass(slots=True)
class Stream:
    """Bookings in one clinic, half of them of past days, which are completed at once."""

    clinic: Clinic
    people: list[Json]
    accepted: list[Json] = field(default_factory=list)
    refused: list[Json] = field(default_factory=list)
    asked: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    @classmethod
    async def open(cls, clinic: Clinic, people: int = 40) -> "Stream":
        """Prepare so many pairs of people."""
        return cls(clinic, await clinic.pairs(people))

    async def run(self, count: int, per_second: float) -> None:
        """Send so many bookings at this pace, whatever becomes of those before."""
        begun = time.monotonic()
        async with asyncio.TaskGroup() as desks:
            for number in range(count):
                await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))
                self.asked += 1
                desks.create_task(self._visit(number))

    async def _visit(self, number: int) -> None:
        backdated = number % 2 == 0
        therapist, client = self.chance.choice(self.people), self.chance.choice(self.people)
        day = self.chance.choice((-3, -2) if backdated else (8, 9))
        wanted = self.clinic.wanted(
            therapist_id=therapist["therapist_id"],
            client_id=client["client_id"],
            starts_at=at(day, self.chance.randrange(23), self.chance.choice((0, 30))),
            backdated=backdated,
        )
        headers = {"Idempotency-Key": f"stream-{code()}-{number}", "Prefer": "wait=2"}
        answer = await self._insist("/api/scheduling/sessions", wanted, headers)
        if answer.status_code not in TAKEN:
            self.refused.append(answer.json())
            return
        session = answer.json()
        self.accepted.append(session)
        if backdated and session["status"] == "booked":
            await self._insist(f"/api/scheduling/sessions/{session['id']}/complete", None, {})

    async def _insist(self, path: str, body: Json | None, headers: dict[str, str]) -> Response:
        """Repeat a request until it is decided, as anybody would whose request failed."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            seen: object
            try:
                answer = await self.clinic.http.post(path, json=body, headers=headers)
                if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return answer
                seen = answer.text
            except HTTPError as error:
                seen = repr(error)
            if time.monotonic() > deadline:
                message = f"{path} was not answered within {PATIENCE_S:g} s; seen last: {seen}"
                raise AssertionError(message)
            await asyncio.sleep(AGAIN_AFTER_S)
