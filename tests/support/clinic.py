"""A clinic of one test, opened and worked with over HTTP alone: a site, rooms, a service and people nobody else knows."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from httpx import AsyncClient, Response, TransportError
from testing.waiting import PATIENCE_S, until

Json = dict[str, Any]

NEW_YORK: Final = ZoneInfo("America/New_York")
EVERY_DAY: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALL_DAY: Final = {day: [["00:00", "24:00"]] for day in EVERY_DAY}
BY_DAY: Final = {day: [["08:00", "20:00"]] for day in EVERY_DAY}
AT_ONCE: Final = 64
TODAY: Final = datetime.now(NEW_YORK).date()
"""Fixed when the tests begin, so that none of them sees a midnight."""


@dataclass(slots=True)
class Clinic:
    """What a test has opened, and what its front desk does with it."""

    http: AsyncClient
    site: Json = field(default_factory=dict)
    rooms: list[Json] = field(default_factory=list)
    service: Json = field(default_factory=dict)
    therapist: Json = field(default_factory=dict)
    client: Json = field(default_factory=dict)
    flowing: list[Json] = field(default_factory=list)
    """Sessions that were booked before the test began."""

    @classmethod
    async def open(
        cls, http: AsyncClient, *, rooms: int = 3, hours: Json | None = None, minutes: int = 60, rate: str = "185.00"
    ) -> "Clinic":
        """Open a clinic with so many rooms, one service, one therapist and one client."""
        clinic = cls(http)
        clinic.site = await clinic.post(
            "/api/rooms/sites", site_name=f"Harbor Street {code()}", time_zone=NEW_YORK.key, opening_hours=hours or ALL_DAY
        )
        for number in range(rooms):
            await clinic.new_room(f"{201 + number}")
        clinic.service = await clinic.new_service(minutes=minutes, rate=rate)
        clinic.therapist, clinic.client = await clinic.new_therapist(), await clinic.new_client()
        return clinic

    async def post(self, path: str, **body: Any) -> Json:
        """Create something and return it; the key lets it be requested again when the connection is lost, as callers should."""
        key = {"Idempotency-Key": secrets.token_hex(8)}
        try:
            answer = await self.http.post(path, json=body, headers=key)
        except TransportError:
            answer = await self.http.post(path, json=body, headers=key)
        return succeeded(answer)

    async def get(self, path: str, **params: Any) -> Json:
        """Read something."""
        return succeeded(await self.http.get(path, params=params))

    async def new_room(self, number: str, **facts: Any) -> Json:
        """Add a room."""
        facts = {"room_name": f"Room {number}", "capacity": 2, "equipment": [], "turnover_minutes": 0, **facts}
        room = await self.post("/api/rooms/rooms", site_id=self.site["id"], room_number=number, **facts)
        self.rooms.append(room)
        return room

    async def new_service(self, *, minutes: int = 60, rate: str = "185.00") -> Json:
        """Add a service."""
        return await self.post(
            "/api/catalog/services",
            service_code=code(),
            service_name=f"Individual psychotherapy, {minutes} minutes",
            service_type="psychotherapy",
            standard_duration=minutes,
            base_rate=rate,
            billing_category="individual",
        )

    async def new_therapist(self, name: str = "Ruth Adler") -> Json:
        """Add a therapist."""
        return await self.post("/api/scheduling/therapists", full_name=name, credential="LCSW", time_zone=NEW_YORK.key)

    async def new_client(self, name: str = "Jonas Weber") -> Json:
        """Add a client."""
        return await self.post("/api/scheduling/clients", full_name=name, time_zone=NEW_YORK.key)

    async def pairs(self, count: int) -> list[Json]:
        """Add so many therapists, each with a client, as a booking names them."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def pair() -> Json:
            async with gate:
                return {"therapist_id": (await self.new_therapist())["id"], "client_id": (await self.new_client())["id"]}

        return await asyncio.gather(*(pair() for _ in range(count)))

    def wanted(self, **changes: Any) -> Json:
        """Return the body of a booking: in eight days at ten, unless stated otherwise."""
        usual = {"site_id": self.site["id"], "service_id": self.service["id"], "starts_at": at(8)}
        return {**usual, "therapist_id": self.therapist["id"], "client_id": self.client["id"], **changes}

    async def ask(self, *, wait: int = 30, key: str | None = None, **changes: Any) -> Response:
        """Ask for a session."""
        headers = {"Prefer": f"wait={wait}"} | ({"Idempotency-Key": key} if key else {})
        return await self.http.post("/api/scheduling/sessions", json=self.wanted(**changes), headers=headers)

    async def book(self, **changes: Any) -> Json:
        """Ask for a session and return it once it is decided."""
        answer = await self.ask(**changes)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def booked(self, **changes: Any) -> Json:
        """Book a session that gets its room."""
        session = await self.book(**changes)
        assert session["status"] == "booked", session
        return session

    async def step(self, session: Json, name: str, **body: Any) -> Response:
        """Take a step of a session's life and wait for its decision."""
        path = f"/api/scheduling/sessions/{session['id']}/{name}"
        return await self.http.post(path, json=body or None, headers={"Prefer": "wait=30"})

    async def session(self, session: Json) -> Json:
        """Read a session again."""
        return await self.get(f"/api/scheduling/sessions/{session['id']}")

    async def becomes(self, session: Json, *statuses: str, within: float = PATIENCE_S) -> Json:
        """Wait until a session has one of these statuses."""

        async def found() -> Json | None:
            seen = await self.session(session)
            return seen if seen["status"] in statuses else None

        return await until(found, within)

    async def timeline(self, session: Json) -> list[str]:
        """Return the words of a session's timeline."""
        entries = await self.get(f"/api/scheduling/sessions/{session['id']}/timeline")
        return [entry["event"] for entry in entries["items"]]

    async def calendar(self, day: str | None = None, *, days: int = 1) -> dict[str, list[Json]]:
        """Return what takes each room on the site's day of this moment and the days that follow, by room."""
        first = datetime.fromisoformat(day or at(8)).astimezone(NEW_YORK).date()
        last = first + timedelta(days=days - 1)
        query = {"site_id": self.site["id"], "from": first.isoformat(), "to": last.isoformat()}
        return {room["room_id"]: room["entries"] for room in (await self.get("/api/rooms/calendar", **query))["rooms"]}

    async def entry(self, session: Json, kind: str) -> Json:
        """Wait for a session's entry of this kind in its room's calendar."""

        async def found() -> Json | None:
            entries = (await self.calendar(session["starts_at"])).get(session["room_id"], [])
            wanted = (session["id"], session["starts_at"], kind)
            return next((entry for entry in entries if (entry["session_id"], entry["starts_at"], entry["kind"]) == wanted), None)

        return await until(found)

    async def is_free(self, room_id: str, starts_at: str, ends_at: str) -> bool:
        """Ask rooms whether a room could be held now."""
        answer = await self.get("/api/rooms/availability", site_id=self.site["id"], starts_at=starts_at, ends_at=ends_at)
        return next(found["free"] for found in answer["rooms"] if found["room"]["id"] == room_id)

    async def records(self, session: Json) -> list[Json]:
        """Return the billing records of a session."""
        return (await self.get("/api/billing/records", session_id=session["id"]))["items"]

    async def record(self, session: Json) -> Json:
        """Wait for the billing record of a session."""

        async def found() -> Json | None:
            return next(iter(await self.records(session)), None)

        return await until(found)

    async def knows_price(self, amount: str, day: str | None = None) -> None:
        """Wait until billing has received the service at this price."""

        async def received() -> bool:
            asked = {"service_id": self.service["id"]} | ({"date": day} if day else {})
            answer = await self.http.post("/api/billing/preview", json=asked)
            return answer.status_code == 200 and answer.json()["total_amount"] == amount

        await until(received)


def code() -> str:
    """Draw a service code that nobody has."""
    return "J" + secrets.token_hex(4).upper()


def at(days: int, hour: int = 10, minute: int = 0) -> str:
    """Return a moment on the clinic's wall clock, so many days from today, in UTC."""
    return datetime.combine(TODAY + timedelta(days=days), time(hour, minute), NEW_YORK).astimezone(UTC).isoformat().replace("+00:00", "Z")


def shifted(moment: str, minutes: int) -> str:
    """Return a moment so many minutes later."""
    return (datetime.fromisoformat(moment) + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def succeeded(answer: Response) -> Json:
    """Return what a request answered; one that did not succeed states why."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json()


def overlaps(entries: Sequence[Json]) -> list[tuple[Json, Json]]:
    """Return the pairs of one room's entries that take it at the same time."""
    ordered = sorted(entries, key=lambda entry: entry["starts_at"])
    return [(one, other) for one, other in pairwise(ordered) if other["starts_at"] < one["ends_at"]]
