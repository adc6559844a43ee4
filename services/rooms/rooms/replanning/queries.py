"""What would have become of a past month's sessions with other rooms: the same engine that re-plans a room, and nothing written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from chassis.data.database import ReadSession
from chassis.errors import Invalid
from chassis.hours import EVERY_DAY
from chassis.rows.changes import require
from contracts.types import RoomId, SiteId, new_id

from rooms.calendar import usage
from rooms.holds.queries import load_occupancy, took_place
from rooms.holds.rules import Displaced, Occupancy, Window
from rooms.places.facts import Places, Room, Site
from rooms.places.queries import load_places
from rooms.replanning import relocation
from rooms.replanning.schemas import AddedRoom, Answer, Imaginary, NamedRoom, Question, Used

A_MONTH: Final = timedelta(days=31)

LONGEST: Final = timedelta(days=62)

MOST_SESSIONS: Final = 20_000


async def imagine(question: Question, db: ReadSession, now: datetime) -> Answer:
    """Replay a site's booked sessions, then its refused requests, with other rooms.

    NotFound without that site, Invalid where the change names what the site does not have.
    """
    until = question.until or now
    since = question.since or until - A_MONTH
    if not since < until or until - since > LONGEST:
        raise Invalid("impossible-range", f"to must lie after from, by at most {LONGEST.days} days. Request it in parts.", field="to")
    places = await load_places(db, [question.site_id])
    require(places.sites.get(question.site_id), "site", question.site_id)
    changed = _change(places, question)
    known = await load_occupancy(db, places, [Window(question.site_id, None, since, until)])
    booked, needed = await took_place(db, question.site_id, since, until, MOST_SESSIONS)
    outcome = relocation.replay(booked, Occupancy(_always_open(changed), changed.rooms, blocks=known.blocks))
    fitting = relocation.place(needed, Occupancy(changed.sites, changed.rooms, outcome.stays, known.blocks))
    lost = {each.displaced.hold_id for each in outcome.placed if each.room is None}
    return Answer(
        starts_at=since,
        ends_at=until,
        sessions=len(booked),
        stayed=len(outcome.stayed),
        moved=[_imaginary(each.displaced, places, each.room) for each in outcome.placed if each.room is not None],
        without_room=[_imaginary(each.displaced, places, None) for each in outcome.placed if each.room is None],
        refused_requests=len(needed),
        refused_that_would_fit=sum(each.room is not None for each in fitting),
        before=_used(places, known, booked, since, until),
        after=_used(changed, known, [each for each in booked if each.hold_id not in lost], since, until),
    )


def _change(places: Places, question: Question) -> Places:
    rooms = dict(places.rooms)
    for number, change in enumerate(question.changes, start=1):
        named = change.close_room or change.room_id
        if named is not None and named not in rooms:
            raise Invalid("unknown-room", f"The site has no room {named}. Name one of its rooms.", field=f"changes.{number - 1}")
        if change.close_room is not None:
            rooms[change.close_room] = replace(rooms[change.close_room], is_active=False)
        elif change.add_room is not None:
            added = _added(question.site_id, number, change.add_room)
            rooms[added.id] = added
        elif change.turnover_minutes is not None:
            turnover = timedelta(minutes=change.turnover_minutes)
            rooms |= {key: replace(room, turnover=turnover) for key, room in rooms.items() if change.room_id in {None, key}}
    return replace(places, rooms=rooms)


def _added(site_id: SiteId, number: int, room: AddedRoom) -> Room:
    name = f"added {number}"
    turnover = timedelta(minutes=room.turnover_minutes)
    return Room(RoomId(new_id()), site_id, name, name, room.capacity, frozenset(room.equipment), turnover, is_active=True)


def _always_open(places: Places) -> dict[SiteId, Site]:
    """Return the sites open at any time: sessions took place, whatever the hours are by now."""
    return {key: replace(site, hours=replace(site.hours, week=EVERY_DAY, special_days={})) for key, site in places.sites.items()}


def _used(places: Places, known: Occupancy, sessions: Sequence[Displaced], since: datetime, until: datetime) -> Used:
    around = [opening for site in places.sites.values() for opening in usage.within(site.openings(since, until), since, until)]
    active = [room.id for room in places.rooms.values() if room.is_active]
    blocked = {key: [(block.starts_at, block.ends_at) for block in known.blocks.get(key, ())] for key in active}
    open_minutes = sum(usage.length(usage.without(around, blocked[key])) for key in active)
    booked = usage.length(usage.within(((each.need.starts_at, each.need.ends_at) for each in sessions), since, until))
    return Used(open_minutes=open_minutes, booked_minutes=booked, share=round(booked / open_minutes, 4) if open_minutes else 0.0)


def _imaginary(displaced: Displaced, places: Places, room: Room | None) -> Imaginary:
    former = _named(places.rooms, displaced.room_id)
    if former is None:
        message = f"hold {displaced.hold_id} had no room"
        raise ValueError(message)
    to_room = NamedRoom(room_id=room.id, room_number=room.number, room_name=room.name) if room else None
    times: dict[str, Any] = {"starts_at": displaced.need.starts_at, "ends_at": displaced.need.ends_at}
    return Imaginary(session_id=displaced.session_id, hold_id=displaced.hold_id, from_room=former, to_room=to_room, **times)


def _named(rooms: Mapping[RoomId, Room], room_id: RoomId | None) -> NamedRoom | None:
    room = rooms.get(room_id) if room_id else None
    return NamedRoom(room_id=room.id, room_number=room.number, room_name=room.name) if room else None
