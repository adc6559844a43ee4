"""Changes that may take the room from booked sessions: refused with their names, or forced, and the sessions are marked.

Which sessions lose their room follows from sites and rooms as a change leaves them, so it is made first and judged then. A refusal takes it
back with its transaction, and nothing is sent before.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from chassis.data.database import Transaction
from chassis.errors import Conflict
from contracts.types import RoomId, SiteId

from rooms.closures.schemas import SpecialDayView
from rooms.holds.queries import sessions_in
from rooms.holds.schemas import Booked
from rooms.holds.use_cases import mark_outside_hours, mark_unsuitable_room
from rooms.places import use_cases as places_use_cases
from rooms.places.queries import find_hours, find_special_days, rooms_of
from rooms.places.schemas import BlockView, NewBlock, NewSpecialDay, RoomChanges, RoomView, SiteChanges, SiteView

NAMED_AT_MOST: Final = 100
"""Sessions that a refusal names, the earliest first; it states how many more there are."""


async def change_site(site_id: SiteId, changes: SiteChanges, expected: int | None, tx: Transaction, *, force: bool) -> SiteView:
    """Change a site; what is booked stays booked; over sessions it is closed or gets other hours only by force, Conflict otherwise."""
    before, site = await places_use_cases.change_site(site_id, changes, expected, tx)
    if before.is_active and not site.is_active and not force:
        _refuse_over(
            await sessions_in(tx, await rooms_of(tx, site_id), tx.now), "site-has-sessions", f"{before.site_name} cannot be closed"
        )
    if (before.time_zone, before.opening_hours) != (site.time_zone, site.opening_hours):
        await _keep_hours(site, f"{site.site_name} cannot keep these hours", tx, force=force)
    if site.version != before.version:
        tx.send(places_use_cases.site_changed(site, await find_special_days(tx, site_id, None, None)))
    return site


async def put_special_day(site_id: SiteId, day: date, body: NewSpecialDay, tx: Transaction, *, force: bool) -> SpecialDayView:
    """Give a day other hours; sessions that would fall outside are kept by force, to be re-planned; Conflict names them otherwise."""
    site = await places_use_cases.put_special_day(site_id, day, body, tx)
    outside = await _keep_hours(site, f"{site.site_name} cannot keep these hours on {day}", tx, force=force)
    tx.send(places_use_cases.site_changed(site, await find_special_days(tx, site_id, None, None)))
    return SpecialDayView(site_id=site_id, day=day, spans=list(body.spans), reason=body.reason, replanning=outside)


async def remove_special_day(site_id: SiteId, day: date, tx: Transaction) -> SiteView:
    """Give a day the hours of its weekday again; what they leave outside stays booked."""
    site = await places_use_cases.remove_special_day(site_id, day, tx)
    await mark_outside_hours(await rooms_of(tx, site_id), await find_hours(tx, site_id), tx)
    tx.send(places_use_cases.site_changed(site, await find_special_days(tx, site_id, None, None)))
    return site


async def change_room(room_id: RoomId, changes: RoomChanges, expected: int | None, tx: Transaction, *, force: bool) -> RoomView:
    """Change a room; Conflict where booked sessions would lose it or what they need of it, unless by force; they stay booked."""
    before, room = await alter_room(room_id, changes, expected, tx, force=force)
    if room.version != before.version:
        tx.send(places_use_cases.room_changed(room))
    return room


async def alter_room(
    room_id: RoomId, changes: RoomChanges, expected: int | None, tx: Transaction, *, force: bool
) -> tuple[RoomView, RoomView]:
    """Change a room as ``change_room`` does; return it as it was and as it is, and the use case publishes another version.

    Conflict names the sessions that would lose the room or what they need of it, unless by force.
    """
    before, room = await places_use_cases.change_room(room_id, changes, expected, tx)
    if (before.capacity, before.equipment) != (room.capacity, room.equipment):
        lacking = await mark_unsuitable_room(room, tx)
        if not force:
            needed = "needs more places or equipment" if len(lacking) == 1 else "need more places or equipment"
            _refuse_over(lacking, "room-has-sessions", f"Room {before.room_number} cannot be changed like this", needed)
    if before.is_active and not room.is_active and not force:
        what = f"Room {before.room_number} cannot be taken out of use"
        _refuse_over(await sessions_in(tx, [room_id], tx.now), "room-has-sessions", what)
    return before, room


async def add_block(room_id: RoomId, body: NewBlock, tx: Transaction, *, force: bool) -> BlockView:
    """Take a room out of use for a time; Conflict over booked sessions, unless by force; they stay booked."""
    room, block = await block_room(room_id, body, tx, force=force)
    tx.send(places_use_cases.room_blocked(room, block))
    return block


async def block_room(room_id: RoomId, body: NewBlock, tx: Transaction, *, force: bool) -> tuple[RoomView, BlockView]:
    """Block a room as ``add_block`` does, Conflict over sessions without force; return it with its block, which the use case publishes."""
    room = await places_use_cases.lock_room(room_id, tx)
    taken = await sessions_in(tx, [room_id], body.starts_at, body.ends_at)
    if not force:
        _refuse_over(taken, "room-is-booked", f"Room {room.room_number} cannot be blocked")
    return room, await places_use_cases.add_block(room, body, tx, over_sessions=bool(taken))


async def _keep_hours(site: SiteView, what: str, tx: Transaction, *, force: bool) -> list[Booked]:
    """Mark every session to come that lies outside the site's hours; return those that did not before, or refuse for them."""
    newly = await mark_outside_hours(await rooms_of(tx, site.id), await find_hours(tx, site.id), tx)
    if not force:
        _refuse_over(newly, "site-has-sessions", what)
    return newly


def _refuse_over(sessions: Sequence[Booked], slug: str, what: str, why: str = "would lose the room") -> None:
    if sessions:
        count = f"{len(sessions)} session{'s' if len(sessions) > 1 else ''}"
        detail = f"{what}, because {count} {why}. Re-plan them first, or repeat with force=true to keep and mark them."
        raise Conflict(slug, detail, sessions=sessions[:NAMED_AT_MOST], sessions_omitted=max(0, len(sessions) - NAMED_AT_MOST))
