"""The tables of rooms, and the set-based statements that its use cases need."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from contracts.hours import in_week_order
from contracts.rooms import Alternative, HoldAnswer, HoldRelease, HoldRequest, RoomChanged, SiteChanged, SpecialDay
from contracts.types import BlockId, HoldId, ReplanId, RoomId, SessionId, SiteId
from pydantic import TypeAdapter
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Text,
    TextClause,
    UniqueConstraint,
    Uuid,
    any_,
    bindparam,
    delete,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from rooms.domain import LONGEST_OCCUPATION, Grant, HoldStatus, Wish

ONE_SESSION_AT_A_TIME: Final = "one_session_at_a_time"
ONE_NUMBER_ONCE: Final = "room_number_once_in_a_site"

ANNOUNCED_BACK: Final = timedelta(days=31)
ANSWERED_WITHIN: Final = timedelta(days=31)
"""A hold that nobody answers for keeps its room until its stay is over for so long; nothing is booked as far back as that."""
ALTERNATIVES: Final = TypeAdapter(tuple[Alternative, ...])

TAKING: Final = text("status IN ('held', 'confirmed')")
"""Which holds keep others out; the partial indexes and the guard are about these."""


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A table of rooms."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's way to say it)
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        SiteId: Uuid,
        RoomId: Uuid,
        BlockId: Uuid,
        HoldId: Uuid,
        SessionId: Uuid,
        ReplanId: Uuid,
        HoldStatus: Enum(HoldStatus, native_enum=False, length=20, create_constraint=False, values_callable=list),
    }


class Site(Table):
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


class Room(Table):
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
    """A word for something that rooms have."""

    __tablename__ = "equipment"

    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]


class Block(Table):
    """A time for which a room is out of use."""

    __tablename__ = "block"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="a_block_takes_time"),
        Index("block_site_time", "site_id", "ends_at"),
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


class Hold(Table):
    """One attempt of a session to get a room, and what became of it; its id was minted by the asker.

    The guard at the end is the platform's promise that no room is given to two sessions at once. A tombstone, left by
    a release that overtook its request, knows nothing but its id.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("status IN ('held', 'confirmed', 'refused', 'expired', 'released')", name="known_status"),
        CheckConstraint(
            "status NOT IN ('held', 'confirmed') OR num_nulls(session_id, site_id, room_id, starts_at, ends_at, occupied_until) = 0",
            name="what_is_taken_is_known",
        ),
        CheckConstraint(
            "status NOT IN ('held', 'confirmed') OR (starts_at < ends_at AND ends_at <= occupied_until)", name="a_stay_takes_time"
        ),
        Index("hold_site_time", "site_id", "starts_at", postgresql_where=TAKING),
        Index("hold_room_time", "room_id", "starts_at", postgresql_where=TAKING),
        Index("hold_site", "site_id", "id"),
        Index("hold_room", "room_id", "id", postgresql_where=text("room_id IS NOT NULL")),
        Index("hold_status", "status", "id"),
        Index("hold_session", "session_id", postgresql_where=TAKING),
        Index("hold_expiry", "expires_at", postgresql_where=text("status = 'held'")),
        Index("hold_missed", "site_id", "starts_at", postgresql_where=text("status = 'released' AND reason = 'no_show'")),
        Index("hold_outside_hours", "starts_at", postgresql_where=text("outside_hours AND status IN ('held', 'confirmed')")),
        Index("hold_refused", "site_id", "starts_at", postgresql_where=text("status = 'refused'")),
        Index("hold_refused_long_ago", "updated_at", postgresql_where=text("status = 'refused'")),
        Index("hold_missed_long_ago", "updated_at", postgresql_where=text("status = 'released' AND reason = 'no_show'")),
        Index(
            "hold_ended_long_ago",
            "updated_at",
            postgresql_where=text("status IN ('expired', 'released') AND reason IS DISTINCT FROM 'no_show'"),
        ),
        ExcludeConstraint(
            ("room_id", "="),
            (text("tstzrange(starts_at, occupied_until)"), "&&"),
            ("session_id", "<>"),
            name=ONE_SESSION_AT_A_TIME,
            using="gist",
            where=TAKING,
        ),
    )

    id: Mapped[HoldId] = mapped_column(primary_key=True)
    session_id: Mapped[SessionId | None]
    site_id: Mapped[SiteId | None]
    room_id: Mapped[RoomId | None]
    """The room taken, or the room that was wished and refused."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    occupied_until: Mapped[datetime | None]
    """With the room's turnover as it was when the hold was made."""
    status: Mapped[HoldStatus]
    expires_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Why it was refused, or handed back."""
    reasons: Mapped[list[str]]
    """Everything that spoke against it when it was refused."""
    alternatives: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    capacity: Mapped[int | None]
    """Places that were asked for."""
    equipment: Mapped[list[str]]
    """Equipment that was asked for."""
    outside_hours: Mapped[bool]
    """The site's hours changed, and it lies outside them now."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ReplanRow(Table):
    """A plan for the sessions of a room that goes out of use."""

    __tablename__ = "replan"

    id: Mapped[ReplanId] = mapped_column(primary_key=True)
    room_id: Mapped[RoomId] = mapped_column(ForeignKey("room.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    """None when the room goes out of use for good."""
    reason: Mapped[str]
    block: Mapped[bool]
    deactivate: Mapped[bool]
    created_at: Mapped[datetime]
    moves: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    unmoved: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)


LOCK_SHARED: Final = text("SELECT pg_advisory_xact_lock_shared(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
LOCK_ALONE: Final = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")

ADD_GRANTS: Final = text("""
    INSERT INTO hold (
        id, session_id, site_id, room_id, starts_at, ends_at, occupied_until, status, expires_at, alternatives, capacity, equipment,
        created_at, updated_at
    )
    SELECT id, session_id, site_id, room_id, starts_at, ends_at, occupied_until, 'held', :expires_at, '[]', capacity,
        string_to_array(equipment, ' '), :now, :now
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:sessions AS uuid[]), CAST(:sites AS uuid[]), CAST(:rooms AS uuid[]),
        CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:untils AS timestamptz[]),
        CAST(:capacities AS integer[]), CAST(:equipment AS text[])
    ) AS granted (id, session_id, site_id, room_id, starts_at, ends_at, occupied_until, capacity, equipment)
    ORDER BY room_id, starts_at, id
    ON CONFLICT DO NOTHING
    RETURNING id
""")

ADD_REFUSALS: Final = text("""
    INSERT INTO hold (
        id, session_id, site_id, room_id, starts_at, ends_at, occupied_until, status, reason, reasons, alternatives, created_at, updated_at
    )
    SELECT id, session_id, site_id, room_id, starts_at, ends_at, ends_at, 'refused', reason, string_to_array(reasons, ' '),
        alternatives::jsonb, :now, :now
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:sessions AS uuid[]), CAST(:sites AS uuid[]), CAST(:rooms AS uuid[]),
        CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:reasons AS text[]), CAST(:all_reasons AS text[]),
        CAST(:alternatives AS text[])
    ) AS refused (id, session_id, site_id, room_id, starts_at, ends_at, reason, reasons, alternatives)
    ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING id
""")

CONFIRM: Final = text("""
    UPDATE hold SET status = 'confirmed', expires_at = NULL, updated_at = :now
    WHERE id IN (SELECT id FROM hold WHERE id = ANY(:ids) AND status = :from_status ORDER BY id FOR UPDATE)
""")

RELEASE: Final = text("""
    INSERT INTO hold (id, status, reason, alternatives, created_at, updated_at)
    SELECT id, 'released', reason, '[]', :now, :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:reasons AS text[])) AS released (id, reason)
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET status = 'released', reason = excluded.reason, expires_at = NULL, updated_at = :now
    WHERE hold.status IN ('held', 'confirmed', 'expired')
""")

UNANSWERED: Final = text("""
    SELECT id FROM hold WHERE status = 'held' AND expires_at <= :now AND ends_at > :past AND id <> ALL(CAST(:besides AS uuid[]))
    ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED
""")
ABANDONED: Final = text("""
    SELECT id FROM hold WHERE status = 'held' AND expires_at <= :now AND ends_at <= :past AND id <> ALL(CAST(:besides AS uuid[]))
    ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED
""")
POSTPONE: Final = text("UPDATE hold SET expires_at = :next WHERE id = ANY(CAST(:ids AS uuid[])) AND status = 'held'")
FORGET: Final = text("""
    DELETE FROM hold WHERE id IN (
        (SELECT id FROM hold WHERE status = 'refused' AND updated_at < :reported_before ORDER BY updated_at LIMIT :most)
        UNION ALL
        (SELECT id FROM hold WHERE status = 'released' AND reason = 'no_show' AND updated_at < :reported_before
            ORDER BY updated_at LIMIT :most)
        UNION ALL
        (SELECT id FROM hold WHERE status IN ('expired', 'released') AND reason IS DISTINCT FROM 'no_show' AND updated_at < :ended_before
            ORDER BY updated_at LIMIT :most)
    )
""")
EXPIRE: Final = text("UPDATE hold SET status = 'expired', updated_at = :now WHERE id = ANY(CAST(:ids AS uuid[])) AND status = 'held'")


async def lock_sites(tx: Transaction, sites: Iterable[SiteId], *, alone: bool = False) -> None:
    """Keep what these sites are from changing under a decision; ``alone`` waits for decisions and keeps them out."""
    keys = sorted(int.from_bytes(site.bytes[8:], signed=True) for site in set(sites))
    await tx.rows(LOCK_ALONE if alone else LOCK_SHARED, {"keys": keys})


async def add_grants(tx: Transaction, grants: Sequence[Grant], expires_at: datetime) -> set[HoldId]:
    """Hold the rooms that are still free; return which holds were made."""
    if not grants:
        return set()
    parameters = {
        **_columns([grant.request for grant in grants]),
        "rooms": [grant.room.id for grant in grants],
        "untils": [grant.request.ends_at + grant.room.turnover for grant in grants],
        "capacities": [grant.request.capacity for grant in grants],
        "equipment": [" ".join(grant.request.equipment) for grant in grants],
        "expires_at": expires_at,
        "now": tx.now,
    }
    return {row.id for row in await tx.rows(ADD_GRANTS, parameters)}


async def undo_grants(tx: Transaction, ids: Collection[HoldId]) -> None:
    """Remove holds that this very transaction made."""
    if ids:
        await tx.execute(delete(Hold).where(Hold.id.in_(ids)))


async def add_refusals(tx: Transaction, refused: Sequence[tuple[HoldRequest, HoldAnswer]]) -> set[HoldId]:
    """Remember what was refused and offered instead, so that a repeated request gets the same answer; return what was new."""
    if not refused:
        return set()
    parameters = {
        **_columns([request for request, _ in refused]),
        "rooms": [request.room_id for request, _ in refused],
        "reasons": [answer.reason for _, answer in refused],
        "all_reasons": [" ".join(answer.reasons) for _, answer in refused],
        "alternatives": [ALTERNATIVES.dump_json(answer.alternatives).decode() for _, answer in refused],
        "now": tx.now,
    }
    return {row.id for row in await tx.rows(ADD_REFUSALS, parameters)}


async def find_holds(db: ReadSession, ids: Iterable[HoldId]) -> list[tuple[Hold, str | None]]:
    """Return these holds as they are now, each with the number of its room."""
    statement = select(Hold, Room.room_number).outerjoin(Room, Room.id == Hold.room_id).where(Hold.id.in_(set(ids)))
    return [(row[0], row[1]) for row in await db.rows(statement.execution_options(populate_existing=True))]


def wish_of(hold: Hold) -> Wish:
    """Return what a hold took, as a wish for the same again."""
    if hold.session_id is None or hold.site_id is None or hold.starts_at is None or hold.ends_at is None:
        message = f"hold {hold.id} never took anything"
        raise ValueError(message)
    return Wish(hold.site_id, hold.starts_at, hold.ends_at, hold.room_id, session_id=hold.session_id)


async def confirm(tx: Transaction, ids: Collection[HoldId]) -> None:
    """Keep for good those that are held."""
    await tx.execute(CONFIRM, {"ids": list(ids), "from_status": HoldStatus.HELD, "now": tx.now})


async def revive(tx: Transaction, hold: HoldId) -> bool:
    """Keep an expired hold for good after all, unless somebody else has its room by now."""
    try:
        async with tx.savepoint():
            return bool(await tx.execute(CONFIRM, {"ids": [hold], "from_status": HoldStatus.EXPIRED, "now": tx.now}))
    except IntegrityError:
        return False


async def release(tx: Transaction, releases: Iterable[HoldRelease]) -> None:
    """Give rooms back; a hold that nobody knows yet leaves a tombstone, so that its request is refused when it comes."""
    reasons = {released.hold_id: released.reason for released in releases}
    await tx.execute(RELEASE, {"ids": list(reasons), "reasons": list(reasons.values()), "now": tx.now})


async def unanswered(tx: Transaction, most: int, besides: Collection[UUID]) -> list[HoldId]:
    """Lock and return holds whose time to be confirmed is over and whose stay is not, without those ``besides``."""
    return await _overdue(UNANSWERED, tx, most, besides)


async def abandoned(tx: Transaction, most: int, besides: Collection[UUID]) -> list[HoldId]:
    """Lock and return holds that were never answered for and whose stay is long over, without those ``besides``."""
    return await _overdue(ABANDONED, tx, most, besides)


async def _overdue(statement: TextClause, tx: Transaction, most: int, besides: Collection[UUID]) -> list[HoldId]:
    parameters = {"now": tx.now, "past": tx.now - ANSWERED_WITHIN, "most": most, "besides": list(besides)}
    return [row.id for row in await tx.rows(statement, parameters)]


async def postpone(tx: Transaction, ids: Collection[HoldId], until: datetime) -> None:
    """Keep these holds, to be asked for again then."""
    await tx.execute(POSTPONE, {"ids": list(ids), "next": until})


async def expire(tx: Transaction, ids: Collection[HoldId]) -> None:
    """End these holds."""
    await tx.execute(EXPIRE, {"ids": list(ids), "now": tx.now})


async def forget_ended(tx: Transaction, reported_before: datetime, ended_before: datetime, most: int) -> int:
    """Delete holds that reports count (refused, no-show), and others that ended, before these moments; return how many."""
    return await tx.execute(FORGET, {"reported_before": reported_before, "ended_before": ended_before, "most": most})


async def every_place(db: ReadSession) -> list[SiteChanged | RoomChanged]:
    """Return every site and then every room, as they are announced."""
    sites = await db.scalars(select(Site).order_by(Site.id))
    special = await special_days_of(db, [site.id for site in sites])
    rooms = await db.scalars(select(Room).order_by(Room.id))
    return [*(site_changed(site, special.get(site.id, ())) for site in sites), *map(room_changed, rooms)]


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


def site_changed(site: Site, special_days: Sequence[SpecialDayRow] = ()) -> SiteChanged:
    """Say what a site is; of its special days those that lie behind for more than a month are left out."""
    since = site.updated_at.date() - ANNOUNCED_BACK
    return SiteChanged(
        id=site.id,
        site_name=site.site_name,
        time_zone=site.time_zone,
        opening_hours={day: tuple((begin, end) for begin, end in spans) for day, spans in in_week_order(site.opening_hours).items()},
        special_days=tuple(
            SpecialDay(day=special.day, spans=tuple((begin, end) for begin, end in special.spans))
            for special in special_days
            if special.day >= since
        ),
        address=site.address,
        is_active=site.is_active,
        version=site.version,
    )


def room_changed(room: Room) -> RoomChanged:
    """Say what a room is, without its notes."""
    return RoomChanged(
        id=room.id,
        site_id=room.site_id,
        room_number=room.room_number,
        room_name=room.room_name,
        capacity=room.capacity,
        equipment=tuple(room.equipment),
        turnover_minutes=room.turnover_minutes,
        position=room.position,
        is_active=room.is_active,
        version=room.version,
    )


async def taken_in(db: ReadSession, rooms: Collection[RoomId], starts_at: datetime, ends_at: datetime | None = None) -> Sequence[Hold]:
    """Return the holds that keep others out of these rooms during a time, which may be open-ended, in order."""
    taking = select(Hold).where(Hold.room_id.in_(rooms), TAKING, Hold.ends_at > starts_at)
    taking = taking.where(Hold.starts_at > starts_at - LONGEST_OCCUPATION)
    if ends_at is not None:
        taking = taking.where(Hold.starts_at < ends_at)
    return await db.scalars(taking.order_by(Hold.starts_at, Hold.id))


def _columns(requests: Sequence[HoldRequest]) -> dict[str, list[Any]]:
    return {
        "ids": [request.hold_id for request in requests],
        "sessions": [request.session_id for request in requests],
        "sites": [request.site_id for request in requests],
        "starts": [request.starts_at for request in requests],
        "ends": [request.ends_at for request in requests],
    }
