"""What is answered about what takes rooms."""

from typing import Any, Final, Literal

from chassis.bodies.models import View
from contracts.rooms import Weekday
from contracts.types import BlockId, HoldId, Instant, RoomId, SessionId, Whole
from pydantic import ConfigDict

from rooms.holds.schemas import HOLD_ID, ONE_HOUR, SESSION_ID, Displacement
from rooms.places.schemas import NAMED_ROOM

CALENDAR_ENTRY: Final[dict[str, Any]] = {
    "kind": "booked",
    **ONE_HOUR,
    "occupied_until": "2026-12-07T15:10:00Z",
    "session_id": SESSION_ID,
    "hold_id": HOLD_ID,
    "block_id": None,
    "reason": None,
    "expires_at": None,
    "displaced_by": [],
}

CALENDAR_EXAMPLE: Final[dict[str, Any]] = {
    "rooms": [{**NAMED_ROOM, "entries": [CALENDAR_ENTRY]}],
    "time_zone": "America/New_York",
    "starts_at": "2026-12-07T05:00:00Z",
    "ends_at": "2026-12-08T05:00:00Z",
    "openings": [{"starts_at": "2026-12-07T13:00:00Z", "ends_at": "2026-12-08T01:00:00Z"}],
}

MINUTES: Final[dict[str, Any]] = {
    "open_minutes": 3600,
    "booked_minutes": 2400,
    "held_minutes": 60,
    "turnover_minutes": 410,
    "no_show_minutes": 60,
    "refused_requests": 4,
}

UTILIZATION_EXAMPLE: Final[dict[str, Any]] = {
    "rooms": [{**NAMED_ROOM, **MINUTES, "share": 0.6833}],
    "refused_requests": 9,
    "by_hour": [{"weekday": "mon", "hour": 9, **MINUTES}],
}


class CalendarEntry(View):
    """Something that takes a room for a time."""

    kind: Literal["held", "booked", "block"]
    starts_at: Instant
    ends_at: Instant
    occupied_until: Instant
    """With the turnover after it."""
    session_id: SessionId | None
    hold_id: HoldId | None
    block_id: BlockId | None
    reason: str | None
    """Why it is blocked."""
    expires_at: Instant | None
    """When the grant of a held one is repeated unless it is confirmed by then; it stays, with a later time."""
    displaced_by: list[Displacement]
    """Why a session needs another room or time; empty where it does not."""


class RoomCalendar(View):
    """What takes a room, in the order of time."""

    room_id: RoomId
    room_number: str
    room_name: str
    entries: list[CalendarEntry]


class Open(View):
    """A time in which a site is open."""

    starts_at: Instant
    ends_at: Instant


class Calendar(View):
    """What takes the rooms of a site in a range."""

    model_config = ConfigDict(json_schema_extra={"examples": [CALENDAR_EXAMPLE]})

    rooms: list[RoomCalendar]
    time_zone: str
    starts_at: Instant
    """The range, as it was understood."""
    ends_at: Instant
    openings: list[Open]
    """When the site is open in the range."""


class RoomUtilization(View):
    """How much of a room's open time was used."""

    room_id: RoomId
    room_number: str
    room_name: str
    open_minutes: Whole
    """Opening hours, closed days and blocks taken out."""
    booked_minutes: Whole
    held_minutes: Whole
    turnover_minutes: Whole
    """Kept free after stays."""
    no_show_minutes: Whole
    """Booked by clients who did not come."""
    share: float
    """Booked and held minutes of the open ones, 0 to 1 or a little more where somebody stayed beyond opening hours."""
    refused_requests: Whole
    """Requests that wanted this very room and were refused."""


class UsedHour(View):
    """One hour of the week, all rooms and weeks of the range together."""

    weekday: Weekday
    hour: Whole
    """0 to 23, as the clock at the site shows it."""
    open_minutes: Whole
    booked_minutes: Whole
    held_minutes: Whole
    turnover_minutes: Whole
    no_show_minutes: Whole
    refused_requests: Whole
    """Requests for a start in this hour that were refused: demand that found no room."""


class Utilization(View):
    """How much of a site's open time was used."""

    model_config = ConfigDict(json_schema_extra={"examples": [UTILIZATION_EXAMPLE]})

    rooms: list[RoomUtilization]
    refused_requests: Whole
    """Every refused request at the site, also those that named no room."""
    by_hour: list[UsedHour]
    """Hours of the week in which the site was open or something was requested."""
