"""What people change: sites, rooms, and the times for which rooms are blocked; whoever listens is told the whole state."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.database import Transaction
from chassis.edge import Body, check_version
from chassis.problems import conflict, not_found, refused
from contracts.types import BlockId, RoomId, SiteId, new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, select

from rooms import store
from rooms.resources import BlockView, Booked, NewBlock, NewRoom, NewSite, RoomChanges, RoomView, SiteChanges, SiteView
from rooms.store import Block, Hold, Room, Site


async def add_site(body: NewSite, tx: Transaction) -> SiteView:
    """Add a site."""
    site = Site(id=SiteId(new_id()), **_columns(body), version=1, created_at=tx.now, updated_at=tx.now)
    tx.add(site)
    tx.send(store.site_changed(site))
    return SiteView.model_validate(site)


async def change_site(site_id: SiteId, changes: SiteChanges, expected: int | None, tx: Transaction, *, force: bool) -> SiteView:
    """Change a site; what is booked stays booked, and a site is closed over booked sessions only by force."""
    await store.lock_sites(tx, [site_id], alone=True)
    site = await tx.lock(Site, site_id)
    if site is None:
        raise not_found("site", site_id)
    check_version(site.version, expected)
    if site.is_active and changes.is_active is False and not force:
        rooms = await tx.scalars(select(Room.id).where(Room.site_id == site_id))
        _keep_booked(await store.taken_in(tx, rooms, tx.now), "site-has-sessions", f"{site.site_name} cannot be closed")
    if _write(site, changes, tx):
        tx.send(store.site_changed(site))
    return SiteView.model_validate(site)


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
