"""A clinic to book in, and rooms played by the test itself."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from contracts.catalog import Claimable, Kind, ServiceChanged, ServiceType
from contracts.envelope import Envelope
from contracts.message import Message
from contracts.rooms import (
    Alternative,
    AlternativeKind,
    ConfirmHolds,
    HoldAnswer,
    HoldRequest,
    HoldsAnswered,
    Outcome,
    RefusalReason,
    ReleaseHolds,
    RequestHolds,
    RoomChanged,
    SiteChanged,
)
from contracts.types import AlternativeId, HoldId, RoomId, ServiceId, SiteId, new_id
from httpx import AsyncClient, Response
from testing import until

M = TypeVar("M", bound=Message)
OPEN = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (("08:00", "20:00"),))
ROOM = RoomId(new_id())


@dataclass
class RoomsStandIn:
    """Publishes what rooms would, when the test requests it."""

    channel: aio_pika.abc.AbstractChannel
    exchanges: dict[str, aio_pika.abc.AbstractExchange]
    requests: list[HoldRequest] = field(default_factory=list)
    confirmed: list[HoldId] = field(default_factory=list)
    released: list[HoldId] = field(default_factory=list)
    event: list[str] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def say(self, message: Message, event_id: UUID | None = None) -> None:
        """Publish a message as its owner would."""
        about = Envelope(event_id or new_id(), message.type, "/holdfast/rooms", datetime.now(UTC))
        body = aio_pika.Message(message.model_dump_json().encode(), headers=dict(about.headers()), message_id=str(about.id))
        await self.exchanges[message.exchange].publish(body, message.type)

    async def listen(self, kind: type[M]) -> list[M]:
        """Return a list that fills with the messages of a type from now on."""
        event: list[M] = []
        queue = await self.channel.declare_queue(exclusive=True)
        await queue.bind(self.exchanges[kind.exchange], kind.type)

        async def note(delivery: AbstractIncomingMessage) -> None:
            event.append(kind.model_validate_json(delivery.body))
            await delivery.ack()

        await queue.consume(note)
        return event

    async def answer(self, *answers: HoldAnswer, event_id: UUID | None = None) -> None:
        """Answer holds in one message."""
        await self.say(HoldsAnswered(answers=answers), event_id)

    async def grant(self, request: HoldRequest) -> None:
        """Hold a room for a request."""
        await self.answer(self.granted(request))

    def granted(self, request: HoldRequest) -> HoldAnswer:
        """Make the answer that holds a room."""
        return HoldAnswer(
            hold_id=request.hold_id,
            session_id=request.session_id,
            outcome=Outcome.GRANTED,
            room_id=request.room_id or ROOM,
            room_number="201",
        )

    def refused(self, request: HoldRequest, *shifts: int) -> HoldAnswer:
        """Make the answer that has no room, with alternatives shifted by minutes."""
        return HoldAnswer(
            hold_id=request.hold_id,
            session_id=request.session_id,
            outcome=Outcome.REFUSED,
            reason=RefusalReason.BOOKED,
            alternatives=tuple(
                Alternative(
                    id=AlternativeId(new_id()),
                    kind=AlternativeKind.SAME_ROOM_OTHER_TIME if shift else AlternativeKind.SAME_TIME_OTHER_ROOM,
                    room_id=ROOM,
                    room_number="201",
                    room_name="Oak",
                    site_id=request.site_id,
                    starts_at=request.starts_at + timedelta(minutes=shift),
                    ends_at=request.ends_at + timedelta(minutes=shift),
                    shift_minutes=shift,
                    score=90.0,
                    reasons=("same floor",),
                )
                for shift in shifts
            ),
        )

    async def receive(self, delivery: AbstractIncomingMessage) -> None:
        """Keep what scheduling publishes."""
        kind = str(delivery.headers["cloudEvents_type"])
        self.event.append(kind)
        if kind == RequestHolds.type:
            self.requests += RequestHolds.model_validate_json(delivery.body).requests
        elif kind == ConfirmHolds.type:
            self.confirmed += ConfirmHolds.model_validate_json(delivery.body).hold_ids
        elif kind == ReleaseHolds.type:
            self.released += [release.hold_id for release in ReleaseHolds.model_validate_json(delivery.body).holds]
        await delivery.ack()

    async def request_for(self, session_id: str, number: int = 0) -> HoldRequest:
        """Wait for a session's (number + 1)th hold request."""

        async def found() -> HoldRequest | None:
            mine = [request for request in self.requests if str(request.session_id) == session_id]
            return mine[number] if len(mine) > number else None

        return await until(found)


@dataclass
class Clinic:
    """A site, a service, a therapist and clients to book."""

    http: AsyncClient
    rooms: RoomsStandIn
    site_id: SiteId
    service_id: ServiceId
    therapist_id: str
    client_id: str
    monday: datetime
    database_url: str

    def booking_request(self, **changes: Any) -> dict[str, Any]:
        """Return what a booking asks for."""
        return {
            "client_id": self.client_id,
            "therapist_id": self.therapist_id,
            "service_id": str(self.service_id),
            "site_id": str(self.site_id),
            "starts_at": self.monday.isoformat(),
        } | changes

    async def book(self, *, wait: int = 0, key: str | None = None, **changes: Any) -> Response:
        """Ask for a session."""
        headers = {"Prefer": f"wait={wait}"} | ({"Idempotency-Key": key} if key else {})
        return await self.http.post("/sessions", json=self.booking_request(**changes), headers=headers)

    async def booked(self, **changes: Any) -> dict[str, Any]:
        """Book a session and let rooms grant it."""
        session = (await self.book(**changes)).raise_for_status().json()
        await self.rooms.grant(await self.rooms.request_for(session["id"]))
        return await self.becomes(session["id"], "booked")

    async def booked_series(self, count: int, **changes: Any) -> dict[str, Any]:
        """Book a daily series and let rooms grant all of it."""
        booking_request = self.booking_request(recurrence={"rrule": f"FREQ=DAILY;COUNT={count}"}, **changes)
        series = (await self.http.post("/series", json=booking_request)).raise_for_status().json()
        for session in series["occurrences"]:
            await self.rooms.grant(await self.rooms.request_for(session["id"]))
        await asyncio.gather(*(self.becomes(session["id"], "booked") for session in series["occurrences"]))
        return (await self.http.get(f"/series/{series['id']}")).raise_for_status().json()

    async def waits(self, name: str, **facts: Any) -> dict[str, Any]:
        """Let a new client wait for the clinic's Monday."""
        booking_request = {"client_id": await self.new_client(name), "service_id": str(self.service_id), "site_id": str(self.site_id)}
        window = {"earliest": self.monday.isoformat(), "latest": (self.monday + timedelta(hours=3)).isoformat()}
        return (await self.http.post("/waitlist", json=booking_request | window | facts)).raise_for_status().json()

    async def offered(self, entry: dict[str, Any]) -> HoldRequest:
        """Wait until rooms is asked to hold a slot for somebody."""

        async def session_id() -> str | None:
            return (await self.http.get(f"/waitlist/{entry['id']}")).json()["session_id"]

        return await self.rooms.request_for(await until(session_id))

    async def becomes(self, session_id: str, status: str) -> dict[str, Any]:
        """Wait until a session has a status."""

        async def found() -> dict[str, Any] | None:
            session = (await self.http.get(f"/sessions/{session_id}")).raise_for_status().json()
            return session if session["status"] == status else None

        return await until(found)

    async def knows(self, service: ServiceChanged) -> None:
        """Announce a service, and wait until scheduling has heard of it."""
        await self.rooms.say(service)
        requested = {"amount": "1.00", "effective_from": "2026-01-01"}

        async def event() -> bool:
            return (await self.http.get(f"/services/{service.id}/rates/impact", params=requested)).is_success

        await until(event)

    async def new_client(self, name: str = "Jonas Weber") -> str:
        """Add a client."""
        return (await self.http.post("/clients", json={"full_name": name})).raise_for_status().json()["id"]

    async def new_therapist(self, name: str = "Ruth Adler") -> str:
        """Add a therapist."""
        return (await self.http.post("/therapists", json={"full_name": name})).raise_for_status().json()["id"]

    async def two_hundred(self, add: Callable[[str], Awaitable[str]]) -> list[str]:
        """Add two hundred people, ten at a time: each waits for a database connection no longer than a request may."""
        added: list[str] = []
        for first in range(0, 200, 10):
            added += await asyncio.gather(*(add(f"Person {number}") for number in range(first, first + 10)))
        return added


def service_changed(**changes: Any) -> ServiceChanged:
    """Make a service as catalog would announce it."""
    now = datetime.now(UTC)
    facts: dict[str, Any] = {
        "id": ServiceId(new_id()),
        "service_code": "90837",
        "service_name": "Individual Psychotherapy, 60 minutes",
        "service_type": ServiceType.PSYCHOTHERAPY,
        "standard_duration": 60,
        "base_rate": "185.00",
        "billing_category": "individual",
        "description": "",
        "is_active": True,
        "kind": Kind.BASE,
        "components": (),
        "min_minutes": 53,
        "max_minutes": None,
        "claimable": Claimable.INSURANCE,
        "requires_primary": (),
        "excludes_same_day": (),
        "max_units_per_day": 1,
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "rates": ({"amount": "185.00", "effective_from": "2020-01-01", "effective_to": None},),
    }
    return ServiceChanged.model_validate(facts | changes)


def site_changed(**changes: Any) -> SiteChanged:
    """Make a site as rooms would announce it."""
    facts: dict[str, Any] = {
        "id": SiteId(new_id()),
        "site_name": "Harbor Street",
        "time_zone": "America/New_York",
        "opening_hours": OPEN,
        "address": "1 Harbor Street",
        "is_active": True,
        "version": 1,
    }
    return SiteChanged.model_validate(facts | changes)


def room_changed(site_id: SiteId, **changes: Any) -> RoomChanged:
    """Make a room as rooms would announce it."""
    facts: dict[str, Any] = {
        "id": ROOM, "site_id": site_id, "room_number": "201", "room_name": "Oak", "capacity": 2, "equipment": (),
        "turnover_minutes": 10, "is_active": True, "version": 1,
    }  # fmt: skip
    return RoomChanged.model_validate(facts | changes)


def next_monday() -> datetime:
    """Return ten o'clock in New York on a Monday to come."""
    today = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday() + 7)
