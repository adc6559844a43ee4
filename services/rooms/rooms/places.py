"""What people change: sites, rooms, and the times for which rooms are blocked; whoever listens is told the whole state."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import Transaction
from chassis.edge import Body, check_version
from chassis.problems import conflict, not_found, refused
from contracts.hours import ONE_DAY, Timetable
from contracts.rooms import SiteChanged
from contracts.types import BlockId, RoomId, SiteId, new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range, insert

from rooms import store
from rooms.resources import (
    MOST_SPECIAL_DAYS,
    BlockView,
    Booked,
    NewBlock,
    NewRoom,
    NewSite,
    NewSpecialDay,
    RoomChanges,
    RoomView,
    SiteChanges,
    SiteView,
    SpecialDayView,
)
from rooms.store import Block, Hold, Room, Site, SpecialDayRow


async def add_site(body: NewSite, tx: Transaction) -> SiteView:
    """Add a site."""
    site = Site(id=SiteId(new_id()), **_columns(body), version=1, created_at=tx.now, updated_at=tx.now)
    tx.add(site)
    tx.send(store.site_changed(site))
    return SiteView.model_validate(site)


async def change_site(site_id: SiteId, changes: SiteChanges, expected: int | None, tx: Transaction, *, force: bool) -> SiteView:
    """Change a site; what is booked stays booked, and a site is closed over booked sessions only by force."""
    site = await _lock_site(site_id, tx)
    check_version(site.version, expected)
    if site.is_active and changes.is_active is False and not force:
        rooms = await tx.scalars(select(Room.id).where(Room.site_id == site_id))
        _keep_booked(await store.taken_in(tx, rooms, tx.now), "site-has-sessions", f"{site.site_name} cannot be closed")
    zone = site.time_zone
    if _write(site, changes, tx):
        special = (await store.special_days_of(tx, [site_id])).get(site_id, ())
        for day in special if site.time_zone != zone else ():
            day.closed = _closed(site, day.day, [(begin, end) for begin, end in day.spans])
        tx.send(store.site_changed(site, special))
    return SiteView.model_validate(site)


async def put_special_day(site_id: SiteId, day: date, body: NewSpecialDay, tx: Transaction, *, force: bool) -> SpecialDayView:
    """Give a day other hours; sessions that would fall outside them are named, and kept only by force, to be re-planned."""
    site = await _lock_site(site_id, tx)
    closed = _closed(site, day, body.spans)
    outside = await _outside(site_id, closed, tx)
    if not force:
        _keep_booked(outside, "site-has-sessions", f"{site.site_name} cannot keep these hours on {day}")
    if await tx.scalar(select(func.count()).where(SpecialDayRow.site_id == site_id)) >= MOST_SPECIAL_DAYS:
        raise refused("too-many-special-days", f"A site has at most {MOST_SPECIAL_DAYS} special days. Remove some that have passed.")
    spans = to_jsonable_python(body.spans)
    facts = {"spans": spans, "reason": body.reason, "closed": closed}
    added = insert(SpecialDayRow).values(site_id=site_id, day=day, created_at=tx.now, **facts)
    await tx.execute(added.on_conflict_do_update(index_elements=["site_id", "day"], set_=facts))
    await _announce(site, tx)
    return SpecialDayView(
        site_id=site_id, day=day, spans=list(body.spans), reason=body.reason, replanning=[booked(hold) for hold in outside]
    )


async def remove_special_day(site_id: SiteId, day: date, tx: Transaction) -> SiteView:
    """Give a day the hours of its weekday again; what they leave outside stays booked."""
    site = await _lock_site(site_id, tx)
    if not await tx.execute(delete(SpecialDayRow).where(SpecialDayRow.site_id == site_id, SpecialDayRow.day == day)):
        what = "special day"
        raise not_found(what, day)
    await _announce(site, tx)
    return SiteView.model_validate(site)


async def _lock_site(site_id: SiteId, tx: Transaction) -> Site:
    await store.lock_sites(tx, [site_id], alone=True)
    site = await tx.lock(Site, site_id)
    if site is None:
        raise not_found("site", site_id)
    return site


async def _announce(site: Site, tx: Transaction) -> None:
    site.version += 1
    site.updated_at = tx.now
    tx.send(await _site_changed(site, tx))


async def _site_changed(site: Site, tx: Transaction) -> SiteChanged:
    return store.site_changed(site, (await store.special_days_of(tx, [site.id])).get(site.id, ()))


def _closed(site: Site, day: date, spans: Sequence[tuple[str, str]]) -> list[Range[datetime]]:
    """Return what of a day is not open, on the world's clock."""
    zone = ZoneInfo(site.time_zone)
    begin, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + ONE_DAY))
    closed = []
    for opens, closes in Timetable({}, zone, {day: tuple(spans)}).openings(day, day):
        if begin < opens:
            closed.append(Range(begin, opens))
        begin = closes
    return [*closed, Range(begin, end)] if begin < end else closed


async def _outside(site_id: SiteId, closed: Sequence[Range[datetime]], tx: Transaction) -> list[Hold]:
    rooms = await tx.scalars(select(Room.id).where(Room.site_id == site_id))
    holds = [hold for each in closed for hold in await store.taken_in(tx, rooms, max(_edge(each.lower), tx.now), _edge(each.upper))]
    return list({hold.id: hold for hold in holds}.values())


def _edge(moment: datetime | None) -> datetime:
    if moment is None:
        message = "a day begins and ends"
        raise ValueError(message)
    return moment


async def add_room(body: NewRoom, tx: Transaction) -> RoomView:
    """Add a room to a site."""
    await store.lock_sites(tx, [body.site_id], alone=True)
    if await tx.find(Site, body.site_id) is None:
        raise refused("unknown-site", f"There is no site {body.site_id}. Add the site first.", field="site_id")
    await _keep_number_unique(body.site_id, body.room_number, None, tx)
    room = Room(id=RoomId(new_id()), **_columns(body), version=1, created_at=tx.now, updated_at=tx.now)
    tx.add(room)
    tx.send(store.room_changed(room))
    return RoomView.model_validate(room)


async def change_room(room_id: RoomId, changes: RoomChanges, expected: int | None, tx: Transaction, *, force: bool) -> RoomView:
    """Change a room; what is booked stays booked, and a room is taken out of use over booked sessions only by force."""
    room = await _lock_room(room_id, tx)
    check_version(room.version, expected)
    if isinstance(changes.room_number, str):
        await _keep_number_unique(room.site_id, changes.room_number, room_id, tx)
    if room.is_active and changes.is_active is False and not force:
        _keep_booked(
            await store.taken_in(tx, [room_id], tx.now), "room-has-sessions", f"Room {room.room_number} cannot be taken out of use"
        )
    if _write(room, changes, tx):
        tx.send(store.room_changed(room))
    return RoomView.model_validate(room)


async def add_block(room_id: RoomId, body: NewBlock, tx: Transaction, *, force: bool) -> BlockView:
    """Take a room out of use for a time; over booked sessions only by force, and they stay booked."""
    room = await _lock_room(room_id, tx)
    if not force:
        booked = await store.taken_in(tx, [room_id], body.starts_at, body.ends_at)
        _keep_booked(booked, "room-is-booked", f"Room {room.room_number} cannot be blocked")
    block = Block(id=BlockId(new_id()), site_id=room.site_id, room_id=room_id, **_columns(body), created_at=tx.now)
    tx.add(block)
    return BlockView.model_validate(block)


async def remove_block(block_id: BlockId, tx: Transaction) -> BlockView:
    """Give a blocked room back to everybody."""
    block = await tx.lock(Block, block_id)
    if block is None:
        raise not_found("block", block_id)
    await tx.execute(delete(Block).where(Block.id == block_id))
    return BlockView.model_validate(block)


async def _lock_room(room_id: RoomId, tx: Transaction) -> Room:
    """Return a room after every decision about its site has ended; none begins before this transaction ends."""
    site_id = await tx.scalar(select(Room.site_id).where(Room.id == room_id))
    if site_id is None:
        raise not_found("room", room_id)
    await store.lock_sites(tx, [site_id], alone=True)
    room = await tx.lock(Room, room_id)
    if room is None:
        raise not_found("room", room_id)
    return room


async def _keep_number_unique(site_id: SiteId, number: str, mine: RoomId | None, tx: Transaction) -> None:
    taken = await tx.scalar(select(Room.id).where(Room.site_id == site_id, Room.room_number == number))
    if taken is not None and taken != mine:
        raise conflict("room-number-taken", f"The site has a room {number} already. Choose another number.", room_id=taken)


def _keep_booked(holds: Sequence[Hold], slug: str, what: str) -> None:
    if holds:
        count = f"{len(holds)} session{'s' if len(holds) > 1 else ''}"
        detail = f"{what}, because {count} would lose the room. Move them first, or repeat with force=true to keep and re-plan them."
        raise conflict(slug, detail, sessions=[booked(hold) for hold in holds])


def booked(hold: Hold) -> Booked:
    """Return what a hold takes."""
    return Booked.model_validate({**vars(hold), "hold_id": hold.id})


def _columns(body: Body) -> dict[str, Any]:
    """Return what a body says as the tables keep it."""
    return {name: value if isinstance(value, datetime | UUID) else to_jsonable_python(value) for name, value in body.model_dump().items()}


def _write(row: Site | Room, changes: SiteChanges | RoomChanges, tx: Transaction) -> bool:
    """Write what is new about a row; say whether anything was."""
    new = {name: value for name, value in _columns(changes).items() if getattr(row, name) != value}
    for name, value in new.items():
        setattr(row, name, value)
    if new:
        row.version += 1
        row.updated_at = tx.now
    return bool(new)
