"""What people change: sites, rooms, and the times for which rooms are blocked; whoever listens is told the whole state."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.database import Transaction
from chassis.edge import Body, Page, check_version
from chassis.problems import conflict, not_found, refused
from contracts.rooms import BlockFact, RoomBlocked, RoomUnblocked, SiteChanged
from contracts.types import BlockId, RoomId, SiteId, new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from rooms import equipment, store
from rooms.board import timetable
from rooms.resources import (
    MOST_SPECIAL_DAYS,
    BlockView,
    Booked,
    NewBlock,
    NewRoom,
    NewSite,
    NewSpecialDay,
    RoomChanges,
    RoomOrder,
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
    """Change a site; what is booked stays booked, and it is closed or gets other hours over booked sessions only by force."""
    site = await _lock_site(site_id, tx)
    check_version(site.version, expected)
    if site.is_active and changes.is_active is False and not force:
        rooms = await tx.scalars(select(Room.id).where(Room.site_id == site_id))
        _keep_booked(await store.taken_in(tx, rooms, tx.now), "site-has-sessions", f"{site.site_name} cannot be closed")
    before = site.time_zone, site.opening_hours
    if _write(site, changes, tx):
        if before != (site.time_zone, site.opening_hours):
            await _keep_hours(site, f"{site.site_name} cannot keep these hours", tx, force=force)
        await tx.flush()
        tx.send(await _site_changed(site, tx))
    return SiteView.model_validate(site)


async def put_special_day(site_id: SiteId, day: date, body: NewSpecialDay, tx: Transaction, *, force: bool) -> SpecialDayView:
    """Give a day other hours; sessions that would fall outside them are named, and kept only by force, to be re-planned."""
    site = await _lock_site(site_id, tx)
    if await tx.scalar(select(func.count()).where(SpecialDayRow.site_id == site_id)) >= MOST_SPECIAL_DAYS:
        raise refused("too-many-special-days", f"A site has at most {MOST_SPECIAL_DAYS} special days. Remove some that have passed.")
    facts = {"spans": to_jsonable_python(body.spans), "reason": body.reason}
    added = insert(SpecialDayRow).values(site_id=site_id, day=day, created_at=tx.now, **facts)
    await tx.execute(added.on_conflict_do_update(index_elements=["site_id", "day"], set_=facts))
    outside = await _keep_hours(site, f"{site.site_name} cannot keep these hours on {day}", tx, force=force)
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
    await _keep_hours(site, "", tx, force=True)
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


async def _keep_hours(site: Site, what: str, tx: Transaction, *, force: bool) -> list[Hold]:
    """Mark every session to come that lies outside the site's hours; return those that did not before, or refuse for them."""
    special = {row.day: row.spans for row in (await store.special_days_of(tx, [site.id])).get(site.id, ())}
    hours = timetable(site.opening_hours, site.time_zone, special)
    rooms = await tx.scalars(select(Room.id).where(Room.site_id == site.id))
    coming = [hold for hold in await store.taken_in(tx, rooms, tx.now) if hold.starts_at is not None and hold.starts_at > tx.now]
    newly: list[Hold] = []
    for hold in coming:
        outside = not (hold.starts_at and hold.ends_at and hours.is_open(hold.starts_at, hold.ends_at))
        newly += [hold] if outside and not hold.outside_hours else []
        hold.outside_hours = outside
    if not force:
        _keep_booked(newly, "site-has-sessions", what)
    return newly


async def add_room(body: NewRoom, tx: Transaction) -> RoomView:
    """Add a room to a site."""
    await store.lock_sites(tx, [body.site_id], alone=True)
    if await tx.find(Site, body.site_id) is None:
        raise refused("unknown-site", f"There is no site {body.site_id}. Add the site first.", field="site_id")
    await _keep_number_unique(body.site_id, body.room_number, None, tx)
    room = Room(id=RoomId(new_id()), **_columns(body), version=1, created_at=tx.now, updated_at=tx.now)
    tx.add(room)
    await equipment.learn(room.equipment, tx)
    tx.send(store.room_changed(room))
    return RoomView.model_validate(room)


async def order_rooms(site_id: SiteId, body: RoomOrder, tx: Transaction) -> Page[RoomView]:
    """Put the rooms of a site into the order in which people know them; all of them, each once."""
    await _lock_site(site_id, tx)
    rooms = {room.id: room for room in await tx.scalars(select(Room).where(Room.site_id == site_id))}
    if missing := sorted(rooms.keys() - set(body.room_ids)):
        raise refused("rooms-missing", "Every room of the site has a place. Name the missing ones too.", field="room_ids", missing=missing)
    if foreign := sorted(set(body.room_ids) - rooms.keys()):
        raise refused("foreign-rooms", "Some of these are not rooms of the site. Leave them out.", field="room_ids", foreign=foreign)
    for position, room_id in enumerate(body.room_ids, start=1):
        if rooms[room_id].position != position:
            _write(rooms[room_id], RoomChanges(position=position), tx)
            tx.send(store.room_changed(rooms[room_id]))
    return Page(items=[RoomView.model_validate(rooms[room_id]) for room_id in body.room_ids])


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
        await equipment.learn(room.equipment, tx)
        tx.send(store.room_changed(room))
    return RoomView.model_validate(room)


async def add_block(room_id: RoomId, body: NewBlock, tx: Transaction, *, force: bool) -> BlockView:
    """Take a room out of use for a time; over booked sessions only by force, and they stay booked."""
    room = await _lock_room(room_id, tx)
    taken = await store.taken_in(tx, [room_id], body.starts_at, body.ends_at)
    if not force:
        _keep_booked(taken, "room-is-booked", f"Room {room.room_number} cannot be blocked")
    block = Block(
        id=BlockId(new_id()), site_id=room.site_id, room_id=room_id, **_columns(body), created_at=tx.now, over_sessions=bool(taken)
    )
    tx.add(block)
    tx.send(_fact(block, RoomBlocked))
    return BlockView.model_validate(block)


async def remove_block(block_id: BlockId, tx: Transaction) -> BlockView:
    """Give a blocked room back to everybody."""
    block = await tx.lock(Block, block_id)
    if block is None:
        raise not_found("block", block_id)
    await tx.execute(delete(Block).where(Block.id == block_id))
    tx.send(_fact(block, RoomUnblocked))
    return BlockView.model_validate(block)


def _fact(block: Block, kind: type[BlockFact]) -> BlockFact:
    return kind(block_id=block.id, room_id=block.room_id, site_id=block.site_id, starts_at=block.starts_at, ends_at=block.ends_at)


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
        detail = f"{what}, because {count} would lose the room. Re-plan them first, or repeat with force=true to keep and mark them."
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
