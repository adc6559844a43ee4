"""The tables of places."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from chassis.data.database import ReadSession
from contracts.types import BlockId, RoomId, SiteId
from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from rooms.tables import Table

ONE_NUMBER_ONCE: Final = "room_number_once_in_a_site"


class SiteRow(Table):
    """A clinic site."""

    __tablename__ = "site"

    id: Mapped[SiteId] = mapped_column(primary_key=True)
    site_name: Mapped[str]
    time_zone: Mapped[str]
    opening_hours: Mapped[dict[str, list[list[str]]]] = mapped_column(JSONB)
    address: Mapped[str]
    is_active: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SpecialDayRow(Table):
    """A day on which a site keeps other hours than its weekday has, or none."""

    __tablename__ = "special_day"
    site_id: Mapped[SiteId] = mapped_column(ForeignKey("site.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    spans: Mapped[list[list[str]]] = mapped_column(JSONB)
    reason: Mapped[str]
    created_at: Mapped[datetime]


class RoomRow(Table):
    """A room of a site."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("site_id", "room_number", name=ONE_NUMBER_ONCE),)

    id: Mapped[RoomId] = mapped_column(primary_key=True)
    site_id: Mapped[SiteId] = mapped_column(ForeignKey("site.id"))
    room_number: Mapped[str]
    room_name: Mapped[str]
    capacity: Mapped[int]
    equipment: Mapped[list[str]]
    turnover_minutes: Mapped[int]
    is_active: Mapped[bool]
    notes: Mapped[str]
    position: Mapped[int]
    """Where it stands in the lists of its site."""
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class EquipmentRow(Table):
    """A kind of equipment that rooms have."""

    __tablename__ = "equipment"

    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]


class BlockRow(Table):
    """A time for which a room is out of use."""

    __tablename__ = "block"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="a_block_takes_time"),
        Index("block_site_span", "site_id", "ends_at", "starts_at"),
        Index("block_room_time", "room_id", "starts_at"),
        Index("block_over_sessions", "ends_at", postgresql_where=text("over_sessions")),
    )

    id: Mapped[BlockId] = mapped_column(primary_key=True)
    site_id: Mapped[SiteId] = mapped_column(ForeignKey("site.id"))
    room_id: Mapped[RoomId] = mapped_column(ForeignKey("room.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    over_sessions: Mapped[bool] = mapped_column(server_default=text("true"))
    """The room was taken within this time when it was blocked; it is given to nobody afterwards."""


LOCK_SHARED: Final = text("SELECT pg_advisory_xact_lock_shared(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
LOCK_ALONE: Final = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


SPECIAL_DAYS: Final = (
    select(SpecialDayRow)
    .where(SpecialDayRow.site_id == any_(bindparam("sites", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(SpecialDayRow.site_id, SpecialDayRow.day)
)


async def special_days_of(db: ReadSession, sites: Collection[SiteId]) -> dict[SiteId, list[SpecialDayRow]]:
    """Return the special days of these sites in order."""
    found: defaultdict[SiteId, list[SpecialDayRow]] = defaultdict(list)
    for (row,) in await db.rows(SPECIAL_DAYS, {"sites": list(sites)}):
        found[row.site_id].append(row)
    return found
