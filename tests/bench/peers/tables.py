"""The tables of the peers, as SQLAlchemy's ORM maps them."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DEADLOCK: Final = "40P01"


class Table(DeclarativeBase):
    """A table of a peer."""

    type_annotation_map: Final = {str: Text, datetime: DateTime(timezone=True), Range[datetime]: TSTZRANGE}


class BookingRow(Table):
    """A booking."""

    __tablename__ = "booking"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    room_id: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    therapist_id: Mapped[UUID]
    status: Mapped[str]


class HoldRow(Table):
    """A room that is taken for a time; PostgreSQL refuses a second one."""

    __tablename__ = "hold"
    __table_args__ = (ExcludeConstraint(("room_id", "="), ("during", "&&"), using="gist"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    room_id: Mapped[int]
    during: Mapped[Range[datetime]]
    booking_id: Mapped[UUID] = mapped_column(unique=True)


class InboxRow(Table):
    """A message that was acted on."""

    __tablename__ = "inbox"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)


class OutboxRow(Table):
    """A message to be sent."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_pending", "id", postgresql_where=text("sent_at IS NULL")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    topic: Mapped[str]
    payload: Mapped[str]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


async def create_tables(engine: AsyncEngine) -> None:
    """Create the tables, and what a constraint over a number and a range needs."""
    async with engine.begin() as connection:
        await connection.execute(text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
        await connection.run_sync(Table.metadata.create_all)


def is_taken(error: DBAPIError) -> bool:
    """Return whether another booking has the room: before this one, or at once, where PostgreSQL ends one of the two as a deadlock."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) == DEADLOCK
