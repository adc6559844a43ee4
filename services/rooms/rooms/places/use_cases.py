"""Every change of a site, its rooms, their equipment and blocks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from chassis.bodies.models import Body
from chassis.data.database import Transaction
from chassis.errors import Conflict, Invalid, NotFound
from chassis.hours import in_week_order
from chassis.rows.changes import apply_changes, check_version, count_version, require
from chassis.rows.paging import Page
from contracts.rooms import AnnounceRooms, RoomBlocked, RoomChanged, RoomUnblocked, SiteChanged, SpecialDay
from contracts.types import BlockId, RoomId, SiteId, new_id
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from rooms.places import tables
from rooms.places.facts import SpecialHours
from rooms.places.schemas import (
    MOST_EQUIPMENT_KINDS,
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
ANNOUNCED_BACK: Final = timedelta(days=31)
ONE_ADDS_KINDS: Final = 0x6B696E6473
"""The advisory lock under which kinds of equipment are counted."""


async def add_equipment_kind(body: NewEquipment, tx: Transaction) -> EquipmentView:
    """Add a kind of equipment before any room has it; Conflict where there are too many or it exists."""
    if not await _add_kinds({body.name: body.label}, tx):
        raise Conflict("equipment-known", f"The vocabulary has {body.name} already. Change its label instead.")
    return EquipmentView(name=body.name, label=body.label, rooms=0)


async def change_equipment_kind(name: str, body: Label, tx: Transaction) -> EquipmentView:
    """Give a kind of equipment another label; NotFound when there is none."""
    row = require(await tx.lock(EquipmentRow, name), "equipment", name)
    row.label = body.label
    return EquipmentView(name=name, label=body.label, rooms=len(await _rooms_with(name, tx)))


async def remove_equipment_kind(name: str, tx: Transaction) -> EquipmentView:
    """Remove a kind of equipment; NotFound when there is none, Conflict where a room has it."""
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
    sites = await tx.scalars(select(SiteRow).order_by(SiteRow.id))
    special = await tables.special_days_of(tx, [site.id for site in sites])
    for site in sites:
        tx.send(site_changed(site, special.get(site.id, ())))
    for room in await tx.scalars(select(RoomRow).order_by(RoomRow.id)):
        tx.send(room_changed(room))


async def add_site(body: NewSite, tx: Transaction) -> SiteView:
    """Add a site."""
    site = SiteRow(id=SiteId(new_id()), **_columns(body), version=1, created_at=tx.now, updated_at=tx.now)
    tx.add(site)
    tx.send(site_changed(site))
    return SiteView.model_validate(site)


async def change_site(site_id: SiteId, changes: SiteChanges, expected: int | None, tx: Transaction) -> tuple[SiteView, SiteView]:
    """Change a site, whatever is booked there; return it as it was and as it is, and the caller publishes another version.

    NotFound when there is none, Stale on an older version.
    """
    site = await _lock_site(site_id, tx)
    check_version(site.version, expected)
    before = SiteView.model_validate(site)
    if apply_changes(site, _columns(changes), tx.now):
        await tx.flush()
    return before, SiteView.model_validate(site)


async def put_special_day(site_id: SiteId, day: date, body: NewSpecialDay, tx: Transaction) -> SiteView:
    """Give a day other hours, whatever is booked then; return the site, which the caller publishes.

    NotFound without that site, Invalid where it has ``MOST_SPECIAL_DAYS``.
    """
    site = await _lock_site(site_id, tx)
    if await tx.scalar(select(func.count()).where(SpecialDayRow.site_id == site_id)) >= MOST_SPECIAL_DAYS:
        raise Invalid("too-many-special-days", f"A site has at most {MOST_SPECIAL_DAYS} special days. Remove some that have passed.")
    facts = {"spans": to_jsonable_python(body.spans), "reason": body.reason}
    added = insert(SpecialDayRow).values(site_id=site_id, day=day, created_at=tx.now, **facts)
    await tx.execute(added.on_conflict_do_update(index_elements=["site_id", "day"], set_=facts))
    count_version(site, tx.now)
    return SiteView.model_validate(site)


async def remove_special_day(site_id: SiteId, day: date, tx: Transaction) -> SiteView:
    """Give a day the hours of its weekday again; return the site, which the caller publishes; NotFound where it has none."""
    site = await _lock_site(site_id, tx)
    if not await tx.execute(delete(SpecialDayRow).where(SpecialDayRow.site_id == site_id, SpecialDayRow.day == day)):
        what = "special day"
        raise NotFound.of(what, day)
    count_version(site, tx.now)
    return SiteView.model_validate(site)


async def add_room(body: NewRoom, tx: Transaction) -> RoomView:
    """Add a room to a site; Invalid without that site, Conflict where a room there has the number, or too many kinds are new."""
    await lock_sites(tx, [body.site_id], alone=True)
    if await tx.find(SiteRow, body.site_id) is None:
        raise Invalid("unknown-site", f"There is no site {body.site_id}. Add the site first.", field="site_id")
    await _keep_number_unique(body.site_id, body.room_number, None, tx)
    room = RoomRow(id=RoomId(new_id()), **_columns(body), version=1, created_at=tx.now, updated_at=tx.now)
    tx.add(room)
    await _add_equipment_of(room, tx)
    tx.send(room_changed(room))
    return RoomView.model_validate(room)


async def order_rooms(site_id: SiteId, body: RoomOrder, tx: Transaction) -> Page[RoomView]:
    """Put the rooms of a site into the order in which staff list them; all of them, each once.

    NotFound without that site, Invalid where the rooms are others.
    """
    await _lock_site(site_id, tx)
    rooms = {room.id: room for room in await tx.scalars(select(RoomRow).where(RoomRow.site_id == site_id))}
    if missing := sorted(rooms.keys() - set(body.room_ids)):
        raise Invalid("rooms-missing", "Every room of the site has a place. Name the missing ones too.", field="room_ids", missing=missing)
    if foreign := sorted(set(body.room_ids) - rooms.keys()):
        raise Invalid("foreign-rooms", "Some of these are not rooms of the site. Leave them out.", field="room_ids", foreign=foreign)
    for position, room_id in enumerate(body.room_ids, start=1):
        if apply_changes(rooms[room_id], {"position": position}, tx.now):
            tx.send(room_changed(rooms[room_id]))
    return Page(items=[RoomView.model_validate(rooms[room_id]) for room_id in body.room_ids])


async def change_room(room_id: RoomId, changes: RoomChanges, expected: int | None, tx: Transaction) -> tuple[RoomView, RoomView]:
    """Change a room, whatever is booked in it; return it as it was and as it is, and the caller publishes another version.

    NotFound when there is none, Stale on an older version, Conflict where another room of the site has its number or too many
    kinds are new.
    """
    room = await _lock_room(room_id, tx)
    check_version(room.version, expected)
    if isinstance(changes.room_number, str):
        await _keep_number_unique(room.site_id, changes.room_number, room_id, tx)
    before = RoomView.model_validate(room)
    if apply_changes(room, _columns(changes), tx.now):
        await _add_equipment_of(room, tx)
    return before, RoomView.model_validate(room)


async def add_block(room: RoomView, body: NewBlock, tx: Transaction, *, over_sessions: bool) -> BlockView:
    """Take a room that is locked out of use for a time; the caller publishes it."""
    block = BlockRow(
        id=BlockId(new_id()), site_id=room.site_id, room_id=room.id, **_columns(body), created_at=tx.now, over_sessions=over_sessions
    )
    tx.add(block)
    return BlockView.model_validate(block)


async def remove_block(block_id: BlockId, tx: Transaction) -> BlockView:
    """Give a blocked room back to everybody; NotFound when there is no such block."""
    block = require(await tx.lock(BlockRow, block_id), "block", block_id)
    await tx.execute(delete(BlockRow).where(BlockRow.id == block_id))
    about = {"block_id": block.id, "room_id": block.room_id, "site_id": block.site_id}
    tx.send(RoomUnblocked(**about, starts_at=block.starts_at, ends_at=block.ends_at))
    return BlockView.model_validate(block)


async def lock_sites(tx: Transaction, sites: Iterable[SiteId], *, alone: bool = False) -> None:
    """Keep these sites and their rooms from changing under a decision; ``alone`` waits for decisions and keeps them out."""
    keys = sorted(int.from_bytes(site.bytes[8:], signed=True) for site in set(sites))
    await tx.rows(tables.LOCK_ALONE if alone else tables.LOCK_SHARED, {"keys": keys})


async def lock_room(room_id: RoomId, tx: Transaction) -> RoomView:
    """Return a room after every decision about its site has ended; none begins before this transaction ends; NotFound without it."""
    return RoomView.model_validate(await _lock_room(room_id, tx))


async def _lock_site(site_id: SiteId, tx: Transaction) -> SiteRow:
    await lock_sites(tx, [site_id], alone=True)
    return require(await tx.lock(SiteRow, site_id), "site", site_id)


async def _lock_room(room_id: RoomId, tx: Transaction) -> RoomRow:
    site_id = require(await tx.scalar(select(RoomRow.site_id).where(RoomRow.id == room_id)), "room", room_id)
    await lock_sites(tx, [site_id], alone=True)
    return require(await tx.lock(RoomRow, room_id), "room", room_id)


def site_changed(site: SiteRow | SiteView, special_days: Sequence[SpecialDayRow | SpecialHours] = ()) -> SiteChanged:
    """Return what a site is; of its special days those that lie behind for more than a month are left out."""
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


def room_changed(room: RoomRow | RoomView) -> RoomChanged:
    """Return what a room is, without its notes."""
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


def room_blocked(room: RoomView, block: BlockView) -> RoomBlocked:
    """Return that a room is out of use for a time."""
    return RoomBlocked(block_id=block.id, room_id=room.id, site_id=room.site_id, starts_at=block.starts_at, ends_at=block.ends_at)


async def _add_equipment_of(room: RoomRow, tx: Transaction) -> None:
    """Add the kinds that the room has and the list lacks, with a label made of the code; Conflict where there are too many."""
    if room.equipment:
        await _add_kinds({name: name.replace("_", " ").capitalize() for name in sorted(room.equipment)}, tx)


async def _add_kinds(labels: Mapping[str, str], tx: Transaction) -> int:
    """Add the kinds of equipment that the list lacks, and return how many; Conflict where there are too many then."""
    new = [{"name": name, "label": label} for name, label in labels.items()]
    added = await tx.execute(insert(EquipmentRow).values(new).on_conflict_do_nothing())
    if added:
        await tx.scalar(select(func.pg_advisory_xact_lock(ONE_ADDS_KINDS)))  # who comes next counts what this transaction has added
        if await tx.scalar(select(func.count()).select_from(EquipmentRow)) > MOST_EQUIPMENT_KINDS:
            detail = (
                f"There are at most {MOST_EQUIPMENT_KINDS} kinds of equipment. Use one of these, or first remove some that no room has."
            )
            raise Conflict("too-many-equipment-kinds", detail, most=MOST_EQUIPMENT_KINDS)
    return added


async def _keep_number_unique(site_id: SiteId, number: str, mine: RoomId | None, tx: Transaction) -> None:
    taken = await tx.scalar(select(RoomRow.id).where(RoomRow.site_id == site_id, RoomRow.room_number == number))
    if taken is not None and taken != mine:
        raise Conflict("room-number-taken", f"The site has a room {number} already. Choose another number.", room_id=taken)


def _columns(body: Body) -> dict[str, Any]:
    """Return what a body has as the tables keep it."""
    return {name: value if isinstance(value, datetime | UUID) else to_jsonable_python(value) for name, value in body.model_dump().items()}
