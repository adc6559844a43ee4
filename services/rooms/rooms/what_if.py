"""What would have become of a past month's sessions with other rooms: the same engine that re-plans a room, and nothing written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from chassis.database import ReadSession
from chassis.edge import Body, View
from chassis.problems import not_found, refused
from contracts.hours import EVERY_DAY
from contracts.types import HoldId, Instant, RoomId, SessionId, SiteId, new_id
from pydantic import ConfigDict, Field, model_validator
from sqlalchemy import or_, select

from rooms import replan, usage
from rooms.board import Window, load_places, load_taken
from rooms.domain import Board, HoldStatus, Room, Wish
from rooms.replan import Displaced
from rooms.replanning import NamedRoom
from rooms.resources import Capacity, Offered, Turnover
from rooms.store import Hold

A_MONTH: Final = timedelta(days=31)
LONGEST: Final = timedelta(days=62)
MOST_CHANGES: Final = 50
MOST_SESSIONS: Final = 20_000
ROOM_ID: Final = "01890a5d-ac96-7f3c-8a10-4be1c2a95d21"


class AddedRoom(Body):
    """A room that there might have been."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"capacity": 4, "equipment": ["video"], "turnover_minutes": 10}]})

    capacity: Capacity
    equipment: Offered = ()
    turnover_minutes: Turnover = 0


class Imagined(Body):
    """One thing that might have been different: exactly one of a closed room, an added one, or another turnover."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"close_room": ROOM_ID}]})

    close_room: RoomId | None = None
    add_room: AddedRoom | None = None
    turnover_minutes: Turnover | None = None
    """Kept free after each stay."""
    room_id: RoomId | None = None
    """Where that turnover counts; in every room when absent."""

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Imagined":
        said = [self.close_room, self.add_room, self.turnover_minutes]
        if sum(each is not None for each in said) != 1 or (self.room_id is not None and self.turnover_minutes is None):
            message = "say one of close_room, add_room and turnover_minutes; room_id goes with turnover_minutes alone"
            raise ValueError(message)
        return self


class Question(Body):
    """What might have been different at a site, and when."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"site_id": "01890a5d-ac96-774b-bcce-b302099a8057", "changes": [{"close_room": ROOM_ID}]}]}
    )

    site_id: SiteId
    since: Annotated[Instant | None, Field(alias="from")] = None
    """A month before the end, unless said otherwise."""
    until: Annotated[Instant | None, Field(alias="to")] = None
    """Now, unless said otherwise; at most 62 days after from."""
    changes: Annotated[tuple[Imagined, ...], Field(min_length=1, max_length=MOST_CHANGES)]


class Imaginary(View):
    """A session, and where it would have been."""

    session_id: SessionId
    hold_id: HoldId
    starts_at: Instant
    ends_at: Instant
    from_room: NamedRoom
    to_room: NamedRoom | None
    """None where no room would have been free at its time."""


class Used(View):
    """How much of the open time all rooms together were used."""

    open_minutes: int
    booked_minutes: int
    share: float


class Answer(View):
    """What would have become of the sessions of that time; nothing was written."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "starts_at": "2026-02-01T05:00:00Z",
                    "ends_at": "2026-03-01T05:00:00Z",
                    "sessions": 412,
                    "stayed": 380,
                    "moved": [],
                    "without_room": [],
                    "refused_requests": 9,
                    "refused_that_would_fit": 0,
                    "before": {"open_minutes": 216000, "booked_minutes": 24720, "share": 0.1144},
                    "after": {"open_minutes": 187200, "booked_minutes": 24720, "share": 0.1321},
                }
            ]
        }
    )

    starts_at: Instant
    ends_at: Instant
    sessions: int
    stayed: int
    """Sessions that would have kept their room."""
    moved: list[Imaginary]
    without_room: list[Imaginary]
    refused_requests: int
    """Requests that found no room then."""
    refused_that_would_fit: int
    """How many of those would have found one."""
    before: Used
    after: Used


async def imagine(question: Question, db: ReadSession, now: datetime) -> Answer:
    """Replay a site's booked sessions, then its refused requests, with other rooms."""
    until = question.until or now
    since = question.since or until - A_MONTH
    if not since < until or until - since > LONGEST:
        raise refused("impossible-range", f"to must lie after from, by at most {LONGEST.days} days. Ask in parts.", field="to")
    places = await load_places(db, [question.site_id])
    if question.site_id not in places.sites:
        raise not_found("site", question.site_id)
    changed = _change(places, question)
    known = await load_taken(db, places, [Window(question.site_id, None, since, until)])
    holds = await _holds(db, question.site_id, since, until)
    booked = [_displaced(hold) for hold in holds if hold.status is HoldStatus.CONFIRMED]
    wished = [_displaced(hold) for hold in holds if hold.status is HoldStatus.REFUSED]
    outcome = replan.replay(booked, _always_open(replace(changed, blocks=known.blocks)))
    fitting = replan.place(wished, replace(changed, blocks=known.blocks, stays=outcome.stays))
    lost = {each.displaced.hold_id for each in outcome.placed if each.room is None}
    return Answer(
        starts_at=since,
        ends_at=until,
        sessions=len(booked),
        stayed=len(outcome.stayed),
        moved=[_imaginary(each.displaced, places, each.room) for each in outcome.placed if each.room is not None],
        without_room=[_imaginary(each.displaced, places, None) for each in outcome.placed if each.room is None],
        refused_requests=len(wished),
        refused_that_would_fit=sum(each.room is not None for each in fitting),
        before=_used(places, known, booked, since, until),
        after=_used(changed, known, [each for each in booked if each.hold_id not in lost], since, until),
    )


async def _holds(db: ReadSession, site_id: SiteId, since: datetime, until: datetime) -> Sequence[Hold]:
    took_place = or_(Hold.status == HoldStatus.CONFIRMED, Hold.status == HoldStatus.REFUSED)
    query = select(Hold).where(Hold.site_id == site_id, took_place, Hold.starts_at >= since, Hold.starts_at < until)
    return await db.scalars(query.order_by(Hold.starts_at, Hold.id).limit(MOST_SESSIONS))


def _displaced(hold: Hold) -> Displaced:
    if hold.session_id is None or hold.site_id is None or hold.starts_at is None or hold.ends_at is None:
        message = f"hold {hold.id} was for nobody"
        raise ValueError(message)
    wish = Wish(hold.site_id, hold.starts_at, hold.ends_at, None, hold.capacity or 1, frozenset(hold.equipment), hold.session_id)
    return Displaced(hold.id, hold.session_id, wish, hold.room_id)


def _change(places: Board, question: Question) -> Board:
    rooms = dict(places.rooms)
    for number, change in enumerate(question.changes, start=1):
        named = change.close_room or change.room_id
        if named is not None and named not in rooms:
            raise refused("unknown-room", f"The site has no room {named}. Name one of its rooms.", field=f"changes.{number - 1}")
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


def _always_open(board: Board) -> Board:
    """Sessions took place, whatever hours the site keeps by now."""
    sites = {key: replace(site, hours=replace(site.hours, week=EVERY_DAY, special_days={})) for key, site in board.sites.items()}
    return replace(board, sites=sites)


def _used(board: Board, known: Board, sessions: Sequence[Displaced], since: datetime, until: datetime) -> Used:
    around = [opening for site in board.sites.values() for opening in usage.within(site.openings(since, until), since, until)]
    active = [room.id for room in board.rooms.values() if room.is_active]
    blocked = {key: [(block.starts_at, block.ends_at) for block in known.blocks.get(key, ())] for key in active}
    open_minutes = sum(usage.length(usage.without(around, blocked[key])) for key in active)
    booked = usage.length(usage.within(((each.wish.starts_at, each.wish.ends_at) for each in sessions), since, until))
    return Used(open_minutes=open_minutes, booked_minutes=booked, share=round(booked / open_minutes, 4) if open_minutes else 0.0)


def _imaginary(displaced: Displaced, places: Board, room: Room | None) -> Imaginary:
    former = _named(places.rooms, displaced.room_id)
    if former is None:
        message = f"hold {displaced.hold_id} had no room"
        raise ValueError(message)
    to_room = NamedRoom(room_id=room.id, room_number=room.number, room_name=room.name) if room else None
    times: dict[str, Any] = {"starts_at": displaced.wish.starts_at, "ends_at": displaced.wish.ends_at}
    return Imaginary(session_id=displaced.session_id, hold_id=displaced.hold_id, from_room=former, to_room=to_room, **times)


def _named(rooms: Mapping[RoomId, Room], room_id: RoomId | None) -> NamedRoom | None:
    room = rooms.get(room_id) if room_id else None
    return NamedRoom(room_id=room.id, room_number=room.number, room_name=room.name) if room else None
