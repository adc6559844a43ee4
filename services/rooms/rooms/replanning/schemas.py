"""What re-planning takes and answers over HTTP."""

from typing import Annotated, Final

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from chassis.text import Line
from contracts.rooms import Alternative
from contracts.types import Flag, HoldId, Instant, ReplanId, RoomId, SessionId, SiteId
from pydantic import MISSING, ConfigDict, Field, model_validator

from rooms.places.schemas import LONGEST_BLOCK_DAYS, ROOM_ID, SITE_ID, Capacity, Offered, RoomChanges, Turnover

MOST_CHANGES: Final = 50


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
        stated = [self.close_room, self.add_room, self.turnover_minutes]
        if sum(each is not None for each in stated) != 1 or (self.room_id is not None and self.turnover_minutes is None):
            sentence = "State one of close_room, add_room and turnover_minutes; room_id goes with turnover_minutes alone."
            raise broken("ambiguous-change", sentence)
        return self


class Question(Body):
    """What might have been different at a site, and when."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_id": SITE_ID, "changes": [{"close_room": ROOM_ID}]}]})

    site_id: SiteId
    since: Annotated[Instant | None, Field(alias="from")] = None
    """A month before the end, unless stated otherwise."""
    until: Annotated[Instant | None, Field(alias="to")] = None
    """Now, unless stated otherwise; at most 62 days after from."""
    changes: Annotated[tuple[Imagined, ...], Field(min_length=1, max_length=MOST_CHANGES)]


class NamedRoom(View):
    """A room as staff name it."""

    room_id: RoomId
    room_number: str
    room_name: str


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


class NewReplan(Body):
    """A room that goes out of use for a time or for good, or is changed so that some of its sessions need another."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "starts_at": "2026-12-07T08:00:00-05:00",
                    "ends_at": "2026-12-11T20:00:00-05:00",
                    "reason": "water damage",
                    "dry_run": True,
                }
            ]
        }
    )

    starts_at: Instant
    ends_at: Instant | None = None
    """Needed, unless the room goes out of use for good or is only changed."""
    reason: Line
    deactivate: Flag = False
    """Takes the room out of use for good when it is confirmed."""
    changes: RoomChanges | None = None
    """Changes the room when it is confirmed; only sessions are planned that need more places or equipment than it has then."""
    dry_run: Flag = True
    """Only shows what would be done; confirm it afterwards."""
    block: Flag = True
    """Blocks the room for that time when it is confirmed."""

    @model_validator(mode="after")
    def _takes_time(self) -> "NewReplan":
        if self.deactivate or self.changes is not None:
            if self.ends_at is not None or (self.deactivate and self.changes is not None):
                raise broken("ambiguous-replan", "Give one of ends_at, deactivate and changes.")
            if self.changes is not None and self.changes.is_active is not MISSING:
                raise broken("not-a-change", "Use deactivate, not changes, for a room that goes out of use.", field="changes")
        elif self.ends_at is None or not self.starts_at < self.ends_at or (self.ends_at - self.starts_at).days >= LONGEST_BLOCK_DAYS:
            sentence = f"ends_at must be after starts_at, by less than {LONGEST_BLOCK_DAYS} days. Deactivate one that is gone for longer."
            raise broken("impossible-time", sentence, field="ends_at")
        return self


class PlannedMove(View):
    """A session that gets another room at its own time."""

    session_id: SessionId
    hold_id: HoldId
    starts_at: Instant
    ends_at: Instant
    to_room: NamedRoom
    state: str = "proposed"
    """proposed | waiting | moved | refused (the other room is taken by now) | gone (cancelled, or moved by somebody else meanwhile)"""


class Unmoved(View):
    """A session for which no other room is free at its time."""

    session_id: SessionId
    hold_id: HoldId
    starts_at: Instant
    ends_at: Instant
    alternatives: list[Alternative]
    """Other times; somebody must ask the people."""


class Replan(View):
    """What becomes of the sessions of a room that goes out of use or is changed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01890a5d-ac96-7d77-8e88-f90a1b2c3d98",
                    "room_id": "01890a5d-ac96-7f3c-8a10-4be1c2a95d21",
                    "starts_at": "2026-12-07T13:00:00Z",
                    "ends_at": "2026-12-12T01:00:00Z",
                    "reason": "water damage",
                    "block": True,
                    "deactivate": False,
                    "changes": None,
                    "created_at": "2026-12-01T12:00:00Z",
                    "confirmed_at": None,
                    "moves": [],
                    "unmoved": [],
                }
            ]
        }
    )

    id: ReplanId
    room_id: RoomId
    starts_at: Instant
    ends_at: Instant | None
    """None when the room goes out of use for good, or is changed."""
    reason: str
    block: bool
    deactivate: bool
    changes: RoomChanges | None
    """What the room becomes; null when it goes out of use."""
    created_at: Instant
    confirmed_at: Instant | None
    """None while it is only proposed."""
    moves: list[PlannedMove]
    unmoved: list[Unmoved]
