"""Scheduling as rooms sees it: a plain AMQP client that requests holds and knows only the contract."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from aio_pika import DeliveryMode
from aio_pika import Message as Letter
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage
from contracts.envelope import Envelope, read
from contracts.message import MESSAGES, Message
from contracts.rooms import (
    ConfirmHolds,
    HoldAnswer,
    HoldRelease,
    HoldRequest,
    HoldsAnswered,
    ReleaseHolds,
    ReleaseReason,
    RequestHolds,
)
from contracts.types import HoldId, RoomId, SessionId, SiteId, new_id
from httpx import AsyncClient

PATIENCE_S = 60
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2031, 3, 3, tzinfo=NEW_YORK)
"""Long enough from now, and six days before the clock is put forward."""

WORKDAYS = {day: [["08:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}

M = TypeVar("M", bound=Message)


def at(hour: float, *, days: int = 0) -> datetime:
    """Return the moment when the clock in New York shows this hour on the Monday, or days later."""
    return (MONDAY + timedelta(days=days, hours=hour)).astimezone(UTC)


def new_session() -> SessionId:
    """Mint a session."""
    return SessionId(new_id())


def need(site_id: SiteId, starts_at: datetime, minutes: int = 60, **stated: Any) -> HoldRequest:
    """Write a request of a new session, but for what is stated."""
    usual = {
        "hold_id": HoldId(new_id()),
        "session_id": new_session(),
        "site_id": site_id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "not_after": datetime.now(UTC) + timedelta(minutes=5),
    }
    return HoldRequest.model_validate({**usual, **stated})


@dataclass
class Requester:
    """Publishes commands, and keeps every answer and every other event."""

    commands: AbstractExchange
    answers: dict[HoldId, list[HoldAnswer]] = field(default_factory=dict)
    received: list[Message] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, delivery: AbstractIncomingMessage) -> None:
        """Keep what is received."""
        message = MESSAGES[read(delivery.headers).type].model_validate_json(delivery.body)
        self.received.append(message)
        if isinstance(message, HoldsAnswered):
            for answer in message.answers:
                self.answers.setdefault(answer.hold_id, []).append(answer)
        self.news.set()

    async def publish(self, message: Message, *, event_id: UUID | None = None) -> None:
        """Publish a command; the same event id makes it a repetition of the same message."""
        envelope = Envelope(id=event_id or uuid4(), type=message.type, source="/holdfast/test", time=datetime.now(UTC))
        letter = Letter(
            message.model_dump_json().encode(),
            message_id=str(envelope.id),
            delivery_mode=DeliveryMode.PERSISTENT,
            headers=dict(envelope.headers()),
        )
        await self.commands.publish(letter, message.type)

    async def until_received(self, hold_id: HoldId, count: int = 1) -> HoldAnswer:
        """Wait for so many answers about a hold and return the last."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.answers.get(hold_id, [])) < count:
                self.news.clear()
                await self.news.wait()
        return self.answers[hold_id][count - 1]

    async def next_answer(self, hold_id: HoldId, message: Message) -> HoldAnswer:
        """Say something about a hold and return what is answered to it."""
        before = len(self.answers.get(hold_id, []))
        await self.publish(message)
        return await self.until_received(hold_id, before + 1)

    async def until_published(self, kind: type[M], count: int = 1) -> list[M]:
        """Wait for so many messages of a kind and return them."""
        async with asyncio.timeout(PATIENCE_S):
            while len(found := [message for message in self.received if isinstance(message, kind)]) < count:
                self.news.clear()
                await self.news.wait()
        return found

    async def request(self, *requests: HoldRequest) -> list[HoldAnswer]:
        """Ask for holds in one message and return the next answer to each."""
        before = [len(self.answers.get(request.hold_id, [])) for request in requests]
        await self.publish(RequestHolds(requests=requests))
        return [await self.until_received(request.hold_id, count + 1) for request, count in zip(requests, before, strict=True)]

    async def confirm(self, hold_id: HoldId) -> HoldAnswer:
        """Confirm a hold and return the answer."""
        return await self.next_answer(hold_id, ConfirmHolds(hold_ids=(hold_id,)))

    async def release(self, hold_id: HoldId, reason: ReleaseReason = ReleaseReason.CANCELLED) -> HoldAnswer:
        """Release a hold and return the answer."""
        return await self.next_answer(hold_id, ReleaseHolds(holds=(HoldRelease(hold_id=hold_id, reason=reason),)))


@dataclass
class Clinic:
    """A running rooms service with a site, and a client that requests holds."""

    http: AsyncClient
    requester: Requester
    site_id: SiteId

    async def add_site(self, **stated: object) -> SiteId:
        """Add another site."""
        body = {"site_name": "Elm Street", "time_zone": "America/New_York", "opening_hours": WORKDAYS, **stated}
        answer = await self.http.post("/sites", json=body)
        assert answer.status_code == 201, answer.text
        return SiteId(UUID(answer.json()["id"]))

    async def add_room(self, number: str = "201", **stated: object) -> RoomId:
        """Add a room for two without equipment or turnover, but for what is stated."""
        body = {"site_id": str(self.site_id), "room_number": number, "room_name": f"Room {number}", "capacity": 2, **stated}
        answer = await self.http.post("/rooms", json=body)
        assert answer.status_code == 201, answer.text
        return RoomId(UUID(answer.json()["id"]))

    def need(self, starts_at: datetime, minutes: int = 60, **stated: Any) -> HoldRequest:
        """Write a request for this site."""
        return need(self.site_id, starts_at, minutes, **stated)

    async def hold(self, starts_at: datetime, minutes: int = 60, **stated: Any) -> HoldAnswer:
        """Ask for one hold and return the answer."""
        return (await self.requester.request(self.need(starts_at, minutes, **stated)))[0]

    async def book(self, starts_at: datetime, minutes: int = 60, **stated: Any) -> HoldAnswer:
        """Ask for a hold, confirm it, and return the confirmation."""
        return await self.requester.confirm((await self.hold(starts_at, minutes, **stated)).hold_id)

    async def status(self, hold_id: HoldId) -> str:
        """Return a hold as rooms shows it."""
        return (await self.http.get(f"/holds/{hold_id}")).json()["status"]
