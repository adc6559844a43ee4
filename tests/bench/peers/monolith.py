"""A peer: one service, one database, no messages; the booking and its room are one transaction of the ORM.

HOLDFAST_PEER_DATABASE=postgresql+asyncpg://… uvicorn bench.peers.monolith:app
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from fastapi import FastAPI, Response
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from bench.peers.bookings import Booking, NewBooking
from bench.peers.tables import BookingRow, HoldRow, create_tables, is_taken

ENGINE: Final = create_async_engine(os.environ["HOLDFAST_PEER_DATABASE"], pool_size=10, max_overflow=10)
SESSIONS: Final = async_sessionmaker(ENGINE, expire_on_commit=False)


@asynccontextmanager
async def _tables(_: FastAPI) -> AsyncIterator[None]:
    await create_tables(ENGINE)
    yield
    await ENGINE.dispose()


app: Final = FastAPI(lifespan=_tables)


@app.post("/bookings", status_code=HTTPStatus.CREATED)
async def book(body: NewBooking, response: Response) -> Booking:
    """Book, or answer 409 where the room is taken."""
    during = Range(body.starts_at, body.ends_at)
    taken = select(HoldRow.id).where(HoldRow.room_id == body.room_id, HoldRow.during.overlaps(during)).limit(1)
    try:
        async with SESSIONS() as db, db.begin():
            is_free = (await db.scalar(taken)) is None
            if is_free:
                db.add(BookingRow(**body.model_dump(), status="booked"))
                db.add(HoldRow(id=uuid4(), room_id=body.room_id, during=during, booking_id=body.id))
    except DBAPIError as error:
        if not is_taken(error):
            raise
        is_free = False
    if not is_free:
        response.status_code = HTTPStatus.CONFLICT
    return Booking(id=body.id, status="booked" if is_free else "rejected")
