"""Every change of a site, its rooms, their equipment and blocks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Transaction
from chassis.errors import Conflict, Invalid, NotFound
from chassis.http.conventions import Body, check_version
from chassis.rows.changes import apply_changes, count_version, require
from chassis.rows.paging import Page
from contracts.rooms import AnnounceRooms, BlockFact, RoomBlocked, RoomUnblocked, SiteChanged
from contracts.types import BlockId, RoomId, SiteId, new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from rooms.places import tables
from rooms.places.schemas import (
    MOST_SPECIAL_DAYS,
    BlockView,
    EquipmentView,
    Label,
    NewBlock,
    NewEquipment,
    NewRoom,
    NewSite,
    NewSpecialDay,
    RoomChanges,
    RoomOrder,
    RoomView,
    SiteChanges,
    SiteView,
)
from rooms.places.tables import BlockRow, EquipmentRow, RoomRow, SiteRow, SpecialDayRow

NAMED_AT_MOST: Final = 20


async def add_equipment_kind(body: NewEquipment, tx: Transaction) -> EquipmentView:
    """Add a kind of equipment before any room has it; Conflict where there are too many or it exists."""
    added = insert(EquipmentRow).values(name=body.name, label=body.label).on_conflict_do_nothing()
    if not await tx.execute(added):
        raise Conflict("equipment-known", f"The vocabulary has {body.name} already. Change its label instead.")
    return EquipmentView(name=body.name, label=body.label, rooms=0)


async def change_equipment_kind(name: str, body: Label, tx: Transaction) -> EquipmentView:
    """Give a kind of equipment another label."""
    row = require(await tx.lock(EquipmentRow, name), "equipment", name)
    row.label = body.label
    return EquipmentView(name=name, label=body.label, rooms=len(await _rooms_with(name, tx)))


async def remove_equipment_kind(name: str, tx: Transaction) -> EquipmentView:
    """Remove a kind of equipment that no room has; Conflict where a room has it."""
    row = require(await tx.lock(EquipmentRow, name), "equipment", name)
    if rooms := await _rooms_with(name, tx):
        detail = f"{len(rooms)} rooms have {name}. Take it out of them first."
        raise Conflict("equipment-in-use", detail, room_ids=rooms[:NAMED_AT_MOST])
    await tx.execute(delete(EquipmentRow).where(EquipmentRow.name == name))
    return EquipmentView(name=name, label=row.label, rooms=0)


async def _rooms_with(name: str, tx: Transaction) -> list[RoomId]:
    return list(await tx.scalars(select(RoomRow.id).where(literal(name) == func.any(RoomRow.equipment)).order_by(RoomRow.room_number)))


async def announce_rooms(_: Sequence[AnnounceRooms], tx: Transaction) -> None:
    """Publish every site and every room again."""
    for message in await tables.every_place(tx):
        tx.send(message)


async def add_site(body: NewSite, tx: Transaction) -> SiteView:
    """Add a site."""
    site = SiteRow(id=SiteId(new_id()), **_columns(body), version=1, created_at=tx.now, updated_at=tx.now)
    tx.add(site)
    tx.send(tables.site_changed(site))
    return SiteView.model_validate(site)


async def change_site(site_id: SiteId, changes: SiteChanges, expected: int | None, tx: Transaction) -> tuple[SiteView, SiteView]:
    """Change a site, whatever is booked there; return it as it was and as it is."""
    site = await _lock_site(site_id, tx)
    check_version(site.version, expected)
    before = SiteView.model_validate(site)
    if apply_changes(site, _columns(changes), tx.now):
        await tx.flush()
        tx.send(await _site_changed(site, tx))
    return before, SiteView.model_validate(site)


async def put_special_day(site_id: SiteId, day: date, body: NewSpecialDay, tx: Transaction) -> SiteView:
    """Give a day other hours, whatever is booked then; return the site; Invalid where there are too many."""
    site = await _lock_site(site_id, tx)
    if await tx.scalar(select(func.count()).where(SpecialDayRow.site_id == site_id)) >= MOST_SPECIAL_DAYS:
        raise Invalid("too-many-special-days", f"A site has at most {MOST_SPECIAL_DAYS} special days. Remove some that have passed.")
    facts = {"spans": to_jsonable_python(body.spans), "reason": body.reason}
    added = insert(SpecialDayRow).values(site_id=site_id, day=day, created_at=tx.now, **facts)
    await tx.execute(added.on_conflict_do_update(index_elements=["site_id", "day"], set_=facts))
    count_version(site, tx.now)
    tx.send(await _site_changed(site, tx))
    return SiteView.model_validate(site)


async def remove_special_day(site_id: SiteId, day: date, tx: Transaction) -> SiteView:
    """Give a day the hours of its weekday again; return the site; NotFound where it has none."""
    site = await _lock_site(site_id, tx)
    if not await tx.execute(delete(SpecialDayRow).where(SpecialDayRow.site_id == site_id, SpecialDayRow.day == day)):
        what = "special day"
        raise NotFound.of(what, day)
    count_version(site, tx.now)
    tx.send(await _site_changed(site, tx))
    return SiteView.model_validate(site)


async def add_room(body: NewRoom, tx: Transaction) -> RoomView:
    """Add a room to a site; Invalid without that site."""
    await lock_sites(tx, [body.site_id], alone=True)
    if await tx.find(SiteRow, body.site_id) is None:
        raise Invalid("unknown-site", f"There is no site {body.site_id}. Add the site first.", field="site_id")
    await _keep_number_unique(body.site_id, body.room_number, None, tx)
    room = RoomRow(id=RoomId(new_id()), **_columns(body), version=1, created_at=tx.now, updated_at=tx.now)
    tx.add(room)
    await _add_equipment_of(room, tx)
    tx.send(tables.room_changed(room))
    return RoomView.model_validate(room)


async def order_rooms(site_id: SiteId, body: RoomOrder, tx: Transaction) -> Page[RoomView]:
    """Put the rooms of a site into the order in which staff list them; all of them, each once; Invalid where they are others."""
    await _lock_site(site_id, tx)
    rooms = {room.id: room for room in await tx.scalars(select(RoomRow).where(RoomRow.site_id == site_id))}
    if missing := sorted(rooms.keys() - set(body.room_ids)):
        raise Invalid("rooms-missing", "Every room of the site has a place. Name the missing ones too.", field="room_ids", missing=missing)
    if foreign := sorted(set(body.room_ids) - rooms.keys()):
        raise Invalid("foreign-rooms", "Some of these are not rooms of the site. Leave them out.", field="room_ids", foreign=foreign)
    for position, room_id in enumerate(body.room_ids, start=1):
        if apply_changes(rooms[room_id], {"position": position}, tx.now):
            tx.send(tables.room_changed(rooms[room_id]))
    return Page(items=[RoomView.model_validate(rooms[room_id]) for room_id in body.room_ids])


async def change_room(room_id: RoomId, changes: RoomChanges, expected: int | None, tx: Transaction) -> tuple[RoomView, RoomView]:
    """Change a room, whatever is booked in it; return it as it was and as it is."""
    room = await _lock_room(room_id, tx)
    check_version(room.version, expected)
    if isinstance(changes.room_number, str):
        await _keep_number_unique(room.site_id, changes.room_number, room_id, tx)
    before = RoomView.model_validate(room)
    if apply_changes(room, _columns(changes), tx.now):
        await _add_equipment_of(room, tx)
        tx.send(tables.room_changed(room))
    return before, RoomView.model_validate(room)


async def add_block(room: RoomView, body: NewBlock, tx: Transaction, *, over_sessions: bool) -> BlockView:
    """Take a room that is locked out of use for a time."""
    block = BlockRow(
        id=BlockId(new_id()), site_id=room.site_id, room_id=room.id, **_columns(body), created_at=tx.now, over_sessions=over_sessions
    )
    tx.add(block)
    tx.send(_fact(block, RoomBlocked))
    return BlockView.model_validate(block)


async def remove_block(block_id: BlockId, tx: Transaction) -> BlockView:
    """Give a blocked room back to everybody."""
    block = require(await tx.lock(BlockRow, block_id), "block", block_id)
    await tx.execute(delete(BlockRow).where(BlockRow.id == block_id))
    tx.send(_fact(block, RoomUnblocked))
    return BlockView.model_validate(block)


def _fact(block: BlockRow, kind: type[BlockFact]) -> BlockFact:
    return kind(block_id=block.id, room_id=block.room_id, site_id=block.site_id, starts_at=block.starts_at, ends_at=block.ends_at)


async def lock_sites(tx: Transaction, sites: Iterable[SiteId], *, alone: bool = False) -> None:
    """Keep these sites and their rooms from changing under a decision; ``alone`` waits for decisions and keeps them out."""
    keys = sorted(int.from_bytes(site.bytes[8:], signed=True) for site in set(sites))
    await tx.rows(tables.LOCK_ALONE if alone else tables.LOCK_SHARED, {"keys": keys})


async def lock_room(room_id: RoomId, tx: Transaction) -> RoomView:
    """Return a room after every decision about its site has ended; none begins before this transaction ends."""
    return RoomView.model_validate(await _lock_room(room_id, tx))


async def _lock_site(site_id: SiteId, tx: Transaction) -> SiteRow:
    await lock_sites(tx, [site_id], alone=True)
    return require(await tx.lock(SiteRow, site_id), "site", site_id)


async def _lock_room(room_id: RoomId, tx: Transaction) -> RoomRow:
    site_id = require(await tx.scalar(select(RoomRow.site_id).where(RoomRow.id == room_id)), "room", room_id)
    await lock_sites(tx, [site_id], alone=True)
    return require(await tx.lock(RoomRow, room_id), "room", room_id)


async def _site_changed(site: SiteRow, tx: Transaction) -> SiteChanged:
    return tables.site_changed(site, (await tables.special_days_of(tx, [site.id])).get(site.id, ()))


async def _add_equipment_of(room: RoomRow, tx: Transaction) -> None:
    """Add the kinds that the room has and the list lacks, with a label made of the code."""
    if room.equipment:
        new = [{"name": name, "label": name.replace("_", " ").capitalize()} for name in sorted(room.equipment)]
        await tx.execute(insert(EquipmentRow).values(new).on_conflict_do_nothing())


async def _keep_number_unique(site_id: SiteId, number: str, mine: RoomId | None, tx: Transaction) -> None:
    taken = await tx.scalar(select(RoomRow.id).where(RoomRow.site_id == site_id, RoomRow.room_number == number))
    if taken is not None and taken != mine:
        raise Conflict("room-number-taken", f"The site has a room {number} already. Choose another number.", room_id=taken)


def _columns(body: Body) -> dict[str, Any]:
    """Return what a body has as the tables keep it."""
    return {name: value if isinstance(value, datetime | UUID) else to_jsonable_python(value) for name, value in body.model_dump().items()}
