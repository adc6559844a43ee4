"""The holds: one row for each attempt of a session to get a room; PostgreSQL keeps two from one time of a room."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from chassis.data.database import ReadSession, Transaction
from chassis.rows.as_json import array, one_of
from contracts.rooms import Alternative, HoldAnswer, HoldRelease, HoldRequest
from contracts.types import HoldId, RoomId, SessionId, SiteId
from pydantic import TypeAdapter
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Enum,
    Index,
    Row,
    TextClause,
    Uuid,
    any_,
    bindparam,
    delete,
    select,
    text,
)
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from rooms.holds.rules import LONGEST_OCCUPATION, Grant, HoldStatus, Occupancy, RoomNeed, Stay, Window, merged
from rooms.places.facts import Block, Places
from rooms.places.queries import BLOCKS, ROOM_NUMBERS
from rooms.tables import Table

ONE_SESSION_AT_A_TIME: Final = "one_session_at_a_time"

ANSWERED_WITHIN: Final = timedelta(days=31)
"""A hold that nobody answers for keeps its room until its stay is over for so long; nothing is booked as far back as that."""

ALTERNATIVES: Final = TypeAdapter(tuple[Alternative, ...])

TAKING: Final = text("status IN ('held', 'confirmed')")
"""Which holds keep others out; the partial indexes and the guard are about these."""


class HoldRow(Table):
    """One attempt of a session to get a room, and what became of it; scheduling made its id.

    The guard at the end is the platform's promise that no room is given to two sessions at once. A tombstone, left by
    a release that overtook its request, has nothing but its id.
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
        Index("hold_site_stay", "site_id", "starts_at", "occupied_until", postgresql_where=TAKING),
        Index("hold_room_time", "room_id", "starts_at", postgresql_where=TAKING),
        Index("hold_site", "site_id", "id"),
        Index("hold_room", "room_id", "id", postgresql_where=text("room_id IS NOT NULL")),
        Index("hold_status", "status", "id"),
        Index("hold_session", "session_id", postgresql_where=TAKING),
        Index("hold_expiry", "expires_at", postgresql_where=text("status = 'held'")),
        Index("hold_missed", "site_id", "starts_at", postgresql_where=text("status = 'released' AND reason = 'no_show'")),
        Index("hold_outside_hours", "starts_at", postgresql_where=text("outside_hours AND status IN ('held', 'confirmed')")),
        Index("hold_unsuitable_room", "starts_at", postgresql_where=text("unsuitable_room AND status IN ('held', 'confirmed')")),
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
    """The room taken, or the room that was requested and refused."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    occupied_until: Mapped[datetime | None]
    """With the room's turnover as it was when the hold was made."""
    status: Mapped[HoldStatus] = mapped_column(
        Enum(HoldStatus, native_enum=False, length=20, create_constraint=False, values_callable=list)
    )
    expires_at: Mapped[datetime | None]
    """When its grant is repeated unless it is confirmed by then; the hold stays, with a later time, until its stay is long over."""
    reason: Mapped[str | None]
    """Why it was refused, or released."""
    reasons: Mapped[list[str]]
    """Everything that spoke against it when it was refused."""
    alternatives: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    capacity: Mapped[int | None]
    """Places that were requested."""
    equipment: Mapped[list[str]]
    """Equipment that was requested."""
    outside_hours: Mapped[bool]
    """The site's hours changed, and it lies outside them now."""
    unsuitable_room: Mapped[bool]
    """The room was changed, and lacks places or equipment that were requested."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


Hold = Row[*tuple[Any, ...]]
"""The columns of a hold, and the number of its room."""

hold_table: Final = cast("CoreTable", HoldRow.__table__)

FIND: Final = (
    select(hold_table, ROOM_NUMBERS.c.room_number)
    .outerjoin(ROOM_NUMBERS, ROOM_NUMBERS.c.id == hold_table.c.room_id)
    .where(hold_table.c.id == any_(bindparam("ids", type_=ARRAY(Uuid, dimensions=1))))
)

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


def _stays(whole: str) -> str:
    """Select what takes each ``site`` or ``room`` around a time.

    OFFSET 0 makes the planner look into the B-tree once for each time, instead of reading every hold there is.
    """
    return f"""
        SELECT stay.room_id, stay.starts_at, stay.occupied_until, stay.session_id, stay.status
        FROM unnest({array(f"{whole}s", "uuid")}, {array(f"{whole}s_open", "timestamptz")}, {array(f"{whole}s_close", "timestamptz")})
            AS around (id, opens, closes),
            LATERAL (
                SELECT room_id, starts_at, occupied_until, session_id, status FROM hold
                WHERE hold.{whole}_id = around.id AND status IN ('held', 'confirmed') AND starts_at < around.closes
                    AND starts_at > around.opens - CAST(:longest AS interval) AND occupied_until > around.opens
                OFFSET 0
            ) AS stay
    """  # noqa: S608 (texts of ours)


BLOCKED: Final = f"""
    SELECT room_id, starts_at, ends_at, NULL, 'block' FROM {BLOCKS} AS block
    WHERE site_id = {one_of("every_site")}
        AND ends_at > (SELECT CAST(:first AS timestamptz)) AND starts_at < (SELECT CAST(:last AS timestamptz))
"""  # noqa: S608 (texts of ours)


@cache
def _load_taken(*wholes: str) -> TextClause:
    """Select what takes these: sites, rooms or both. Planning a part for nothing takes longer than to read what there is."""
    return text(" UNION ALL ".join((*map(_stays, wholes), BLOCKED)) + " ORDER BY 2")


UNANSWERED: Final = text("""
    SELECT id FROM hold WHERE status = 'held' AND expires_at <= :now AND ends_at > :past AND id <> ALL(CAST(:excepted AS uuid[]))
    ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED
""")

ABANDONED: Final = text("""
    SELECT id FROM hold WHERE status = 'held' AND expires_at <= :now AND ends_at <= :past AND id <> ALL(CAST(:excepted AS uuid[]))
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
        await tx.execute(delete(HoldRow).where(HoldRow.id.in_(ids)))


async def add_refusals(tx: Transaction, refused: Sequence[tuple[HoldRequest, HoldAnswer]]) -> set[HoldId]:
    """Store what was refused and offered instead, so that a repeated request gets the same answer; return what was new."""
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


async def find_holds(db: ReadSession, ids: Iterable[HoldId]) -> Sequence[Hold]:
    """Return these holds as they are now, each with the number of its room."""
    return await db.rows(FIND, {"ids": list(set(ids))})


def need_of(hold: HoldRow | Hold) -> RoomNeed:
    """Return what a hold took, as a request for the same again; ValueError of a tombstone."""
    if hold.session_id is None or hold.site_id is None or hold.starts_at is None or hold.ends_at is None:
        message = f"hold {hold.id} never took anything"
        raise ValueError(message)
    return RoomNeed(hold.site_id, hold.starts_at, hold.ends_at, hold.room_id, session_id=hold.session_id)


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
    """Give rooms back; a hold that does not exist yet leaves a tombstone, so that its request is refused when it comes."""
    reasons = {released.hold_id: released.reason for released in releases}
    await tx.execute(RELEASE, {"ids": list(reasons), "reasons": list(reasons.values()), "now": tx.now})


async def unanswered(tx: Transaction, most: int, except_ids: Collection[UUID]) -> list[HoldId]:
    """Lock and return holds whose time to be confirmed is over and whose stay is not, without those ``except_ids``."""
    return await _overdue(UNANSWERED, tx, most, except_ids)


async def abandoned(tx: Transaction, most: int, except_ids: Collection[UUID]) -> list[HoldId]:
    """Lock and return holds that were never answered for and whose stay is long over, without those ``except_ids``."""
    return await _overdue(ABANDONED, tx, most, except_ids)


async def _overdue(statement: TextClause, tx: Transaction, most: int, except_ids: Collection[UUID]) -> list[HoldId]:
    parameters = {"now": tx.now, "past": tx.now - ANSWERED_WITHIN, "most": most, "excepted": list(except_ids)}
    return [row.id for row in await tx.rows(statement, parameters)]


async def postpone(tx: Transaction, ids: Collection[HoldId], until: datetime) -> None:
    """Keep these holds; their confirmation is requested again then."""
    await tx.execute(POSTPONE, {"ids": list(ids), "next": until})


async def expire(tx: Transaction, ids: Collection[HoldId]) -> None:
    """End these holds."""
    await tx.execute(EXPIRE, {"ids": list(ids), "now": tx.now})


async def forget_ended(tx: Transaction, reported_before: datetime, ended_before: datetime, most: int) -> int:
    """Delete holds that reports count (refused, no-show), and others that ended, before these moments; return how many."""
    return await tx.execute(FORGET, {"reported_before": reported_before, "ended_before": ended_before, "most": most})


async def load_taken(db: ReadSession, places: Places, windows: Collection[Window]) -> Occupancy:
    """Return the occupancy with everything that touches these windows."""
    if not windows:
        return Occupancy(places.sites, places.rooms)
    in_sites = merged((window.site_id, window) for window in windows if window.room_id is None)
    in_rooms = merged((window.room_id, window) for window in windows if window.room_id is not None)
    parameters: dict[str, Any] = {
        "every_site": list({window.site_id for window in windows}),
        "first": min(window.opens for window in windows),
        "last": max(window.closes for window in windows),
        "longest": LONGEST_OCCUPATION,
    }
    wholes = {whole: found for whole, found in (("site", in_sites), ("room", in_rooms)) if found}
    for whole, found in wholes.items():
        parameters |= zip((f"{whole}s", f"{whole}s_open", f"{whole}s_close"), map(list, zip(*found, strict=True)), strict=True)
    stays: defaultdict[RoomId, list[Stay]] = defaultdict(list)
    blocks: defaultdict[RoomId, list[Block]] = defaultdict(list)
    for room_id, starts_at, until, session_id, status in await db.rows(_load_taken(*wholes), parameters):
        if status == "block":
            blocks[room_id].append(Block(starts_at, until))
        else:
            stays[room_id].append(Stay(starts_at, until, session_id, is_held=status == HoldStatus.HELD))
    return Occupancy(places.sites, places.rooms, stays, blocks)


async def taken_in(db: ReadSession, rooms: Collection[RoomId], starts_at: datetime, ends_at: datetime | None = None) -> Sequence[HoldRow]:
    """Return the holds that keep others out of these rooms during a time, which may be open-ended, in order."""
    taking = select(HoldRow).where(HoldRow.room_id.in_(rooms), TAKING, HoldRow.ends_at > starts_at)
    taking = taking.where(HoldRow.starts_at > starts_at - LONGEST_OCCUPATION)
    if ends_at is not None:
        taking = taking.where(HoldRow.starts_at < ends_at)
    return await db.scalars(taking.order_by(HoldRow.starts_at, HoldRow.id))


def _columns(requests: Sequence[HoldRequest]) -> dict[str, list[Any]]:
    return {
        "ids": [request.hold_id for request in requests],
        "sessions": [request.session_id for request in requests],
        "sites": [request.site_id for request in requests],
        "starts": [request.starts_at for request in requests],
        "ends": [request.ends_at for request in requests],
    }
