"""What is shown of holds, and what other services query of them.

Availability is never read through the guard's GiST index: B-trees answer, bounded by the longest occupation.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar

from chassis.data.database import ReadSession, named
from chassis.errors import Invalid
from chassis.rows.changes import require
from chassis.rows.paging import Keyset
from contracts.rooms import Alternative
from contracts.types import AlternativeId, HoldId, RoomId, SessionId, SiteId, new_id
from prometheus_client import Gauge
from sqlalchemy import ColumnElement, Row, Select, Text, case, func, or_, select, text
from sqlalchemy.dialects.postgresql import array

from rooms.holds import ranking, rules
from rooms.holds.ranking import Start
from rooms.holds.rules import LONGEST_OCCUPATION, Displaced, HoldStatus, Occupancy, RoomNeed, Standing, Window
from rooms.holds.schemas import Booked, HoldPage, HoldView
from rooms.holds.tables import TAKING, HoldRow, load_taken, need_of, taken_in
from rooms.places.facts import Places
from rooms.places.queries import BLOCKS, EVERY_SITE, INACTIVE, ROOMS_OUT_OF_USE, inactive_parts, is_blocked, is_out_of_use

HOLDS: Final = Gauge("holdfast_rooms_holds", "Holds that keep a room from others now or later, by status.", ["status"])

LATEST_FIRST: Final = Keyset(HoldRow.id, descending=True)
SOONEST_FIRST: Final = Keyset(HoldRow.starts_at, HoldRow.id)

MAY_NEED_REPLANNING: Final = text(f"""
    hold.id = ANY (ARRAY(
        SELECT displaced.id FROM {BLOCKS} AS block, LATERAL (
            SELECT taken.id FROM hold AS taken
            WHERE taken.room_id = block.room_id AND taken.status IN ('held', 'confirmed') AND taken.starts_at < block.ends_at
                AND taken.starts_at > greatest(block.starts_at, now()) - CAST(:longest AS interval)
            OFFSET 0
        ) AS displaced
        WHERE block.over_sessions AND block.ends_at > now()
        UNION
        SELECT displaced.id FROM {ROOMS_OUT_OF_USE} AS room, LATERAL (
            SELECT taken.id FROM hold AS taken
            WHERE taken.room_id = room.id AND taken.status IN ('held', 'confirmed')
                AND taken.starts_at > now() - CAST(:longest AS interval)
            OFFSET 0
        ) AS displaced
        UNION
        SELECT outside.id FROM hold AS outside
        WHERE outside.outside_hours AND outside.status IN ('held', 'confirmed') AND outside.starts_at > now() - CAST(:longest AS interval)
        UNION
        SELECT lacking.id FROM hold AS lacking
        WHERE lacking.unsuitable_room AND lacking.status IN ('held', 'confirmed')
            AND lacking.starts_at > now() - CAST(:longest AS interval)
    ))
""").bindparams(longest=LONGEST_OCCUPATION)  # noqa: S608 (texts of ours)
"""All that need a new place and few others, found from what displaces them; OFFSET 0 keeps each look within the room at hand."""


async def find_hold(db: ReadSession, hold_id: HoldId) -> HoldView:
    """Return a hold; NotFound when there is none."""
    found = _hold_views(await db.rows(_holds().where(HoldRow.id == hold_id)))
    return require(next(iter(found), None), "hold", hold_id)


async def list_holds(
    db: ReadSession,
    *,
    site_id: SiteId | None,
    room_id: RoomId | None,
    status: HoldStatus | None,
    needs_replanning: bool | None,
    limit: int,
    cursor: str | None,
    soonest_first: bool = False,
    session_id: SessionId | None = None,
) -> HoldPage:
    """Return holds, the latest first; those that need a new place also by their start, and counted.

    Invalid where others are requested by their start: no index has them so.
    """
    if soonest_first and not needs_replanning:
        raise Invalid(
            "not-in-this-order", "Only holds that need re-planning are listed by start. Add needs_replanning=true.", field="soonest_first"
        )
    statement = _holds()
    if site_id is not None:
        statement = statement.where(HoldRow.site_id == site_id)
    if room_id is not None:
        statement = statement.where(HoldRow.room_id == room_id)
    if session_id is not None:
        statement = statement.where(HoldRow.session_id == session_id, TAKING)
    if status is not None:
        statement = statement.where(HoldRow.status == status)
    if needs_replanning is not None:
        statement = statement.where(_needs_replanning() == needs_replanning)
    if needs_replanning:
        statement = statement.where(MAY_NEED_REPLANNING)
    order = SOONEST_FIRST if soonest_first else LATEST_FIRST
    found = order.page(_hold_views(await db.rows(order.after(statement, cursor, limit))), limit)
    counted = select(func.count()).select_from(statement.with_only_columns(HoldRow.id).subquery())
    return HoldPage(
        items=found.items, next_cursor=found.next_cursor, total=await db.scalar(counted) if soonest_first and not cursor else None
    )


async def sessions_in(db: ReadSession, rooms: Collection[RoomId], starts_at: datetime, ends_at: datetime | None = None) -> list[Booked]:
    """Return the sessions that have these rooms during a time, which may be open-ended, in order."""
    return [booked(hold) for hold in await taken_in(db, rooms, starts_at, ends_at)]


async def displaced_from(db: ReadSession, room_id: RoomId, starts_at: datetime, ends_at: datetime | None) -> list[Displaced]:
    """Return the sessions that have this room during a time, each with a request for the same in any room."""
    return [_displaced(hold) for hold in await taken_in(db, [room_id], starts_at, ends_at)]


async def took_place(
    db: ReadSession, site_id: SiteId, since: datetime, until: datetime, most: int
) -> tuple[list[Displaced], list[Displaced]]:
    """Return the confirmed and the refused requests of a site for a time, at most so many together, in order."""
    wanted = or_(HoldRow.status == HoldStatus.CONFIRMED, HoldRow.status == HoldStatus.REFUSED)
    query = select(HoldRow).where(HoldRow.site_id == site_id, wanted, HoldRow.starts_at >= since, HoldRow.starts_at < until)
    holds = await db.scalars(query.order_by(HoldRow.starts_at, HoldRow.id).limit(most))
    confirmed, refused = (
        [_displaced(hold) for hold in holds if hold.status is status] for status in (HoldStatus.CONFIRMED, HoldStatus.REFUSED)
    )
    return confirmed, refused


async def where_now(db: ReadSession, sessions: Collection[SessionId], after: datetime) -> dict[tuple[SessionId, RoomId], HoldId]:
    """Return the holds of these sessions that take a room after a moment, by session and room."""
    query = select(HoldRow.session_id, HoldRow.room_id, HoldRow.id).where(TAKING, HoldRow.session_id.in_(sessions), HoldRow.ends_at > after)
    return {(taken.session_id, taken.room_id): taken.id for taken in await db.rows(query)}


async def refused_since(
    db: ReadSession, sessions: Collection[SessionId], site_id: SiteId, after: datetime, since: datetime
) -> set[tuple[SessionId | None, RoomId | None]]:
    """Return which of these sessions were refused which room of a site, at times after one, since a moment."""
    query = select(HoldRow.session_id, HoldRow.room_id).where(
        HoldRow.status == HoldStatus.REFUSED,
        HoldRow.site_id == site_id,
        (HoldRow.starts_at >= after) & (HoldRow.created_at >= since),
        HoldRow.session_id.in_(sessions),
    )
    return {(refused.session_id, refused.room_id) for refused in await db.rows(query)}


async def standing(db: ReadSession, after: SessionId | None, upto: SessionId | None, now: datetime) -> dict[HoldId, Standing]:
    """Return what takes a room from now on, of the sessions after one and up to another in the order of their ids."""
    query = select(HoldRow.id, HoldRow.session_id, HoldRow.room_id, HoldRow.starts_at, HoldRow.ends_at, HoldRow.status, HoldRow.updated_at)
    query = query.where(TAKING, HoldRow.ends_at > now).order_by(HoldRow.session_id, HoldRow.id)
    if after is not None:
        query = query.where(HoldRow.session_id > after)
    if upto is not None:
        query = query.where(HoldRow.session_id <= upto)
    return {
        row.id: Standing(row.session_id, row.room_id, row.starts_at, row.ends_at, row.status, row.updated_at)
        for row in await db.rows(query)
    }


async def measure_holds(db: ReadSession) -> None:
    """Set the gauge of the holds that are current."""
    counted = {row.status: row.number for row in await db.rows(CURRENT, {"longest": LONGEST_OCCUPATION})}
    for status in rules.TAKING:
        HOLDS.labels(status.value).set(counted.get(status.value, 0))


CURRENT: Final = text(f"""
    SELECT current.status, COUNT(*) AS number
    FROM {EVERY_SITE} AS site, LATERAL (
        SELECT status FROM hold
        WHERE hold.site_id = site.id AND status IN ('held', 'confirmed')
            AND starts_at > now() - CAST(:longest AS interval) AND ends_at > now()
        OFFSET 0
    ) AS current
    GROUP BY current.status
""")  # noqa: S608 (texts of ours)


def _json_time(column: str) -> str:
    """Write a moment as JSON, in UTC with a "Z"; NULL stays NULL."""
    return f"""left(CAST(to_json({column} AT TIME ZONE 'UTC') AS text), -1) || 'Z"'"""


FIELDS_AS_JSON: Final = {
    "kind": "'\"' || kind || '\"'",
    **{name: _json_time(name) for name in ("starts_at", "ends_at", "occupied_until")},
    **{name: f"'\"' || {name} || '\"'" for name in ("session_id", "hold_id", "block_id")},
    "reason": "CAST(to_json(reason) AS text)",
    "expires_at": _json_time("expires_at"),
    "displaced_by": "CASE WHEN displaced_by = '{}' THEN '[]' ELSE CAST(to_json(displaced_by) AS text) END",
}

ENTRY_AS_JSON: Final = " || ',' || ".join(f"""'"{name}":' || coalesce({written}, 'null')""" for name, written in FIELDS_AS_JSON.items())
"""How PostgreSQL writes what takes a room; written in Python, the 2,000 entries of a site's month take twice as long."""

TAKEN: Final = text(f"""
    WITH blocked AS MATERIALIZED (
        SELECT room_id, starts_at, ends_at FROM {BLOCKS} AS block
        WHERE site_id = :site AND ends_at > now() AND ends_at > CAST(:first AS timestamptz) - CAST(:longest AS interval)
            AND starts_at < CAST(:last AS timestamptz) + CAST(:longest AS interval)
    ), taken AS (
        SELECT room_id, CASE status WHEN 'held' THEN 'held' ELSE 'booked' END AS kind, starts_at, ends_at, occupied_until,
            session_id, id AS hold_id, CAST(NULL AS uuid) AS block_id, NULL AS reason, expires_at,
            CASE WHEN ends_at > now() THEN array_remove(inactive.reasons || ARRAY[
                CASE WHEN EXISTS (
                    SELECT FROM blocked
                    WHERE blocked.room_id = hold.room_id AND blocked.starts_at < hold.ends_at AND blocked.ends_at > hold.starts_at
                ) THEN 'blocked' END,
                CASE WHEN outside_hours THEN 'outside_hours' END,
                CASE WHEN unsuitable_room THEN 'unsuitable_room' END
            ], NULL) ELSE '{{}}' END AS displaced_by
        FROM hold JOIN {INACTIVE} AS inactive ON inactive.of_room = hold.room_id AND inactive.of_site = :site
        WHERE site_id = :site AND status IN ('held', 'confirmed')
            AND starts_at > CAST(:first AS timestamptz) - CAST(:longest AS interval) AND starts_at < :last AND occupied_until > :first
        UNION ALL
        SELECT room_id, 'block', starts_at, ends_at, ends_at, NULL, NULL, id, reason, NULL, CAST('{{}}' AS text[])
        FROM {BLOCKS} AS block WHERE site_id = :site AND starts_at < :last AND ends_at > :first
    )
    SELECT room_id, string_agg(
        '{{' || {ENTRY_AS_JSON} || '}}',
        ',' ORDER BY starts_at, hold_id
    ) AS entries
    FROM taken GROUP BY room_id
""")  # noqa: S608 (texts of ours)

SPENT: Final = text("""
    WITH stay AS (
        SELECT room_id, CASE status WHEN 'held' THEN 'held' ELSE 'booked' END AS use, starts_at, ends_at, occupied_until FROM hold
        WHERE site_id = :site AND status IN ('held', 'confirmed')
            AND starts_at > CAST(:first AS timestamptz) - CAST(:longest AS interval) AND starts_at < :last AND occupied_until > :first
        UNION ALL
        SELECT room_id, 'no_show', starts_at, ends_at, ends_at FROM hold
        WHERE site_id = :site AND status = 'released' AND reason = 'no_show'
            AND NOT EXISTS (
                SELECT FROM hold AS again
                WHERE again.session_id = hold.session_id AND again.status IN ('held', 'confirmed') AND again.starts_at = hold.starts_at)
            AND starts_at > CAST(:first AS timestamptz) - CAST(:longest AS interval) AND starts_at < :last AND ends_at > :first
    ), span AS (
        SELECT room_id, part.use, greatest(part.starts_at, :first) AS starts_at, least(part.ends_at, :last) AS ends_at
        FROM stay, LATERAL (
            VALUES (use, stay.starts_at, stay.ends_at), ('turnover', stay.ends_at, occupied_until)
        ) AS part (use, starts_at, ends_at)
        WHERE greatest(part.starts_at, :first) < least(part.ends_at, :last)
    )
    SELECT room_id, use, starts_at, ends_at, count(*), sum(ends_at - starts_at)
    FROM span GROUP BY GROUPING SETS ((room_id, use), (use, starts_at, ends_at))
""")

BLOCKED_OR_REFUSED: Final = text(f"""
    SELECT room_id, starts_at, NULL AS ends_at FROM hold
    WHERE site_id = :site AND status = 'refused' AND starts_at >= :first AND starts_at < :last
    UNION ALL
    SELECT room_id, starts_at, ends_at FROM {BLOCKS} AS block WHERE site_id = :site AND starts_at < :last AND ends_at > :first
""")  # noqa: S608 (texts of ours)


async def taken(db: ReadSession, site_id: SiteId, first: datetime, last: datetime) -> dict[RoomId, str]:
    """Return what takes each room of a site in a range, in the order of time, as the JSON of a list's items; no key where nothing does."""
    rows = await db.rows(TAKEN, {"site": site_id, "first": first, "last": last, "longest": LONGEST_OCCUPATION})
    return {row.room_id: row.entries for row in rows}


async def used(db: ReadSession, site_id: SiteId, first: datetime, last: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return how the time of a site's rooms was spent in a range, cut to it: booked, held, turnover or no_show.

    Rows of a room, use, start, end, number of stays and their length together: for each room and use, without start and end; and for
    each use, start and end, without room.
    """
    return await db.rows(SPENT, {"site": site_id, "first": first, "last": last, "longest": LONGEST_OCCUPATION})


async def blocked_or_refused(db: ReadSession, site_id: SiteId, first: datetime, last: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the room, start and end of a site's blocks in a range; and of the requests refused in it, which have no end."""
    return await db.rows(BLOCKED_OR_REFUSED, {"site": site_id, "first": first, "last": last})


@cache
def _holds() -> Select[*tuple[Any, ...]]:
    """Select what is shown of holds."""
    shown = (column for column in HoldRow.__table__.columns if column.name in HoldView.model_fields)
    return select(*shown, _displaced_by())


@cache
def _needs_replanning() -> ColumnElement[bool]:
    displaced = is_out_of_use(HoldRow.room_id, HoldRow.starts_at, HoldRow.ends_at) | HoldRow.outside_hours | HoldRow.unsuitable_room
    return _is_to_come() & displaced


@cache
def _displaced_by() -> ColumnElement[Any]:
    reasons = {
        "blocked": is_blocked(HoldRow.room_id, HoldRow.starts_at, HoldRow.ends_at),
        "outside_hours": HoldRow.outside_hours.is_(True),
        "unsuitable_room": HoldRow.unsuitable_room.is_(True),
    }
    others = array([case((holds, reason)) for reason, holds in reasons.items()])
    found = func.array_remove(inactive_parts(HoldRow.room_id).op("||")(others), None)
    return case((_is_to_come(), found), else_=array([], type_=Text)).label("displaced_by")


def _is_to_come() -> ColumnElement[bool]:
    return HoldRow.status.in_(rules.TAKING) & (HoldRow.ends_at > func.now())


def _displaced(hold: HoldRow) -> Displaced:
    if hold.session_id is None:
        message = f"hold {hold.id} takes a room for nobody"
        raise ValueError(message)
    need = replace(need_of(hold), room_id=None, capacity=hold.capacity or 1, equipment=frozenset(hold.equipment))
    return Displaced(hold.id, hold.session_id, need, hold.room_id)


def _hold_views(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[HoldView]:
    views = (hold | {"status": HoldStatus(hold["status"]), "needs_replanning": bool(hold["displaced_by"])} for hold in named(rows))
    return [HoldView.of(view) for view in views]


def booked(hold: HoldRow) -> Booked:
    """Return what a hold takes."""
    return Booked.model_validate({**vars(hold), "hold_id": hold.id})


async def load_occupancy(db: ReadSession, places: Places, windows: Collection[Window]) -> Occupancy:
    """Return these places with everything that takes them in these windows."""
    return await load_taken(db, places, windows)


Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class _Search:
    need: RoomNeed
    starts: list[Start]
    most: int


async def find_alternatives(
    db: ReadSession, places: Places, needs: Mapping[Key, RoomNeed], now: datetime, most: int
) -> dict[Key, list[Alternative]]:
    """Return the best alternatives to each request, under its key."""
    known = ((key, places.sites.get(need.site_id)) for key, need in needs.items())
    stages = {key: ranking.stages(needs[key], site, now) for key, site in known if site is not None}
    found: dict[Key, list[Alternative]] = {key: [] for key in needs}
    for stage in zip(*stages.values(), strict=True):
        searches = {
            key: _Search(needs[key], starts, most - len(found[key]))
            for key, starts in zip(stages, stage, strict=True)
            if len(found[key]) < most
        }
        for key, more in (await _look(db, places, searches)).items():
            found[key] += more
    return found


async def _look(db: ReadSession, places: Places, searches: Mapping[Key, _Search]) -> dict[Key, list[Alternative]]:
    windows = [
        Window(search.need.site_id, None, opens, closes)
        for search in searches.values()
        for opens, closes in ranking.windows(search.need, search.starts)
    ]
    occupancy = await load_taken(db, places, windows)
    return {key: ranking.best(search.need, search.starts, occupancy, search.most, _mint) for key, search in searches.items()}


def _mint() -> AlternativeId:
    return AlternativeId(new_id())
