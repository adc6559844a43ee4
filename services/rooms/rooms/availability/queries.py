"""Which rooms are free at a time, and what else would do."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from chassis.data.database import ReadSession
from chassis.errors import Invalid
from chassis.rows.changes import require
from contracts.rooms import Alternative, Obstacle

from rooms.availability.schemas import Availability, RoomAvailability
from rooms.holds import rules
from rooms.holds.queries import find_alternatives, load_occupancy
from rooms.holds.rules import RoomNeed, Window
from rooms.places.facts import Places, Site
from rooms.places.queries import load_places, room_views

LONGEST_TIME: Final = timedelta(days=62)


async def availability(db: ReadSession, need: RoomNeed) -> Availability:
    """Return every room of the site and what speaks against each; NotFound without that site, Invalid for an empty or too long time."""
    places = await load_places(db, [need.site_id])
    site = _check(need, places, LONGEST_TIME)
    occupancy = await load_occupancy(db, places, [Window.of(replace(need, room_id=None))])
    is_open = site.is_open(need.starts_at, need.ends_at)
    views = await room_views(db, site.id)
    found = []
    for room in sorted(occupancy.rooms.values(), key=lambda room: room.place):
        reasons = [] if is_open else [Obstacle.CLOSED]
        reasons += rules.obstacles(need, room, site, occupancy)
        found.append(RoomAvailability.of({"room": views[room.id], "free": not reasons, "reasons": reasons}))
    return Availability(rooms=found)


async def alternatives(db: ReadSession, need: RoomNeed, most: int, now: datetime) -> list[Alternative]:
    """Return what else would do, the best first; NotFound without that site, Invalid where the request cannot be met at any time."""
    places = await load_places(db, [need.site_id])
    _check(need, places, rules.LONGEST_STAY)
    if need.room_id is not None and need.room_id not in places.rooms:
        raise Invalid("unknown-room", f"The site has no room {need.room_id}.", field="room_id")
    return (await find_alternatives(db, places, {"asked": need}, now, most))["asked"]


def _check(need: RoomNeed, places: Places, longest: timedelta) -> Site:
    """Return the site of a request, or raise what is wrong with the request."""
    site = require(places.sites.get(need.site_id), "site", need.site_id)
    if not timedelta() < need.ends_at - need.starts_at <= longest:
        hours_ = int(longest / timedelta(hours=1))
        raise Invalid("impossible-time", f"ends_at must be after starts_at, by at most {hours_} hours.", field="ends_at")
    return site
