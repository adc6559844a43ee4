"""A peer: two services over a broker, as they are often written first: one message is one transaction and one publish.

The outbox is looked through every tenth of a second, and its messages are sent one after the other, each confirmed.

    HOLDFAST_PEER_DATABASE=postgresql+asyncpg://… HOLDFAST_PEER_BROKER=amqp://… uvicorn bench.peers.saga:scheduling
    HOLDFAST_PEER_DATABASE=postgresql+asyncpg://… HOLDFAST_PEER_BROKER=amqp://… uvicorn bench.peers.saga:rooms
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID, uuid4

from fastapi import FastAPI
from faststream.rabbit import Channel, ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitQueue
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.peers.bookings import Booking, HoldAnswered, HoldRequested, NewBooking
from bench.peers.tables import BookingRow, HoldRow, InboxRow, OutboxRow, create_tables, is_taken

LOOK_S: Final = 0.1
SENT_AT_ONCE: Final = 100
PREFETCH: Final = 20
REQUESTED, ANSWERED, DECIDED = "hold.requested", "hold.answered", "booking.decided"
EXCHANGE: Final = RabbitExchange("peer", type=ExchangeType.TOPIC, durable=True)
ENGINE: Final = create_async_engine(os.environ["HOLDFAST_PEER_DATABASE"], pool_size=20, max_overflow=10)
SESSIONS: Final = async_sessionmaker(ENGINE, expire_on_commit=False)


def _broker() -> RabbitBroker:
    return RabbitBroker(os.environ["HOLDFAST_PEER_BROKER"], logger=None, default_channel=Channel(prefetch_count=PREFETCH))


def _queue(topic: str) -> RabbitQueue:
    return RabbitQueue(f"peer.{topic}", durable=True, routing_key=topic, queue_type=QueueType.QUORUM)


def _service(broker: RabbitBroker) -> FastAPI:
    """Return an application that consumes and sends while it runs."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        await create_tables(ENGINE)
        await broker.start()
        relay = asyncio.create_task(_relay(broker))
        yield
        relay.cancel()
        with suppress(asyncio.CancelledError):
            await relay
        await broker.stop()
        await ENGINE.dispose()

    return FastAPI(lifespan=running)


async def _relay(broker: RabbitBroker) -> None:
    waiting = select(OutboxRow).where(OutboxRow.sent_at.is_(None)).order_by(OutboxRow.id).limit(SENT_AT_ONCE)
    while True:
        async with SESSIONS() as db, db.begin():
            rows = (await db.scalars(waiting.with_for_update(skip_locked=True))).all()
            for row in rows:
                body = row.payload.encode()
                await broker.publish(body, exchange=EXCHANGE, routing_key=row.topic, content_type="application/json", persist=True)
                row.sent_at = datetime.now(UTC)
        if not rows:
            await asyncio.sleep(LOOK_S)


async def _is_new(db: AsyncSession, message_id: UUID) -> bool:
    """Note a message; return whether it was not acted on before."""
    if await db.get(InboxRow, message_id):
        return False
    db.add(InboxRow(message_id=message_id))
    return True


_of_scheduling, _of_rooms = _broker(), _broker()
scheduling, rooms = _service(_of_scheduling), _service(_of_rooms)


@scheduling.post("/bookings", status_code=HTTPStatus.ACCEPTED)
async def book(body: NewBooking) -> Booking:
    """Note a booking and request its room."""
    hold = {"booking_id": body.id, "room_id": body.room_id, "starts_at": body.starts_at, "ends_at": body.ends_at}
    requested = HoldRequested(message_id=uuid4(), **hold)
    async with SESSIONS() as db, db.begin():
        db.add(BookingRow(**body.model_dump(), status="requested"))
        db.add(OutboxRow(topic=REQUESTED, payload=requested.model_dump_json()))
    return Booking(id=body.id, status="requested")


@_of_rooms.subscriber(_queue(REQUESTED), EXCHANGE)
async def hold(message: HoldRequested) -> None:
    """Hold the room, unless it is taken."""
    async with SESSIONS() as db, db.begin():
        if not await _is_new(db, message.message_id):
            return
        is_held = True
        try:
            async with db.begin_nested():
                during = Range(message.starts_at, message.ends_at)
                db.add(HoldRow(id=uuid4(), room_id=message.room_id, during=during, booking_id=message.booking_id))
        except DBAPIError as error:
            if not is_taken(error):
                raise
            is_held = False
        answer = HoldAnswered(message_id=uuid4(), booking_id=message.booking_id, is_held=is_held)
        db.add(OutboxRow(topic=ANSWERED, payload=answer.model_dump_json()))


@_of_scheduling.subscriber(_queue(ANSWERED), EXCHANGE)
async def decide(message: HoldAnswered) -> None:
    """Decide the booking, and announce it."""
    async with SESSIONS() as db, db.begin():
        if not await _is_new(db, message.message_id):
            return
        booking = await db.get_one(BookingRow, message.booking_id, with_for_update=True)
        booking.status = "booked" if message.is_held else "rejected"
        decided = message.model_copy(update={"message_id": uuid4()})
        db.add(OutboxRow(topic=DECIDED, payload=decided.model_dump_json()))
