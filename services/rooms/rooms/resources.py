"""What rooms takes and answers over HTTP."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from chassis.edge import Body, View
from chassis.text import PRINTABLE, Line, Note, Seen, Tidy, TimeZone
from contracts.hours import check_spans, in_week_order
from contracts.rooms import Obstacle, OpeningHours, WallTime, Weekday
from contracts.types import BlockId, Day, Equipment, Flag, HoldId, Instant, RoomId, SessionId, SiteId, Version, Whole
from pydantic import MISSING, AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from rooms.domain import LONGEST_TURNOVER, HoldStatus

MOST_SPANS: Final = 12
MOST_EQUIPMENT: Final = 50
LARGEST_ROOM: Final = 1000
LONGEST_TURNOVER_MINUTES: Final = int(LONGEST_TURNOVER.total_seconds() / 60)
LONGEST_BLOCK_DAYS: Final = 366
MOST_SPECIAL_DAYS: Final = 1_000


def _in_order(spans: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    if problems := check_spans(spans):
        raise ValueError("; ".join(problems))
    return spans


def _each_once(equipment: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(equipment)))


Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=PRINTABLE), Seen, Tidy]
DayHours = Annotated[tuple[tuple[WallTime, WallTime], ...], Field(max_length=MOST_SPANS), AfterValidator(_in_order)]
Hours = Annotated[dict[Weekday, DayHours], AfterValidator(in_week_order)]
Capacity = Annotated[Whole, Field(ge=1, le=LARGEST_ROOM)]
Offered = Annotated[tuple[Equipment, ...], Field(max_length=MOST_EQUIPMENT), AfterValidator(_each_once)]
Position = Annotated[Whole, Field(ge=0, le=100_000)]
Turnover = Annotated[Whole, Field(ge=0, le=LONGEST_TURNOVER_MINUTES)]

SITE_EXAMPLE: Final[dict[str, Any]] = {
    "site_name": "Harbor Street Clinic",
    "time_zone": "America/New_York",
    "opening_hours": {"mon": [["08:00", "20:00"]], "sat": [["09:00", "12:30"], ["13:30", "16:00"]]},
    "address": "12 Harbor Street, Boston, MA 02110",
}
ROOM_EXAMPLE: Final[dict[str, Any]] = {
    "site_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "room_number": "203",
    "room_name": "Willow",
    "capacity": 4,
    "equipment": ["video", "whiteboard"],
    "turnover_minutes": 10,
}
BLOCK_EXAMPLE: Final[dict[str, Any]] = {
    "starts_at": "2026-12-07T09:00:00-05:00",
    "ends_at": "2026-12-07T12:00:00-05:00",
    "reason": "new carpet",
}
SITE_ID: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
ROOM_ID: Final = "01890a5d-ac96-7f3c-8a10-4be1c2a95d21"
HOLD_ID: Final = "01890a5d-ac96-7aa2-9b6e-0f6d4c1e7a33"
SESSION_ID: Final = "01890a5d-ac96-7c44-b2d5-8e9f0a1b2c45"
WRITTEN: Final[dict[str, Any]] = {"created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z"}
ONE_HOUR: Final[dict[str, Any]] = {"starts_at": "2026-12-07T14:00:00Z", "ends_at": "2026-12-07T15:00:00Z"}
SITE_VIEW_EXAMPLE: Final[dict[str, Any]] = {**SITE_EXAMPLE, "id": SITE_ID, "is_active": True, "version": 1, **WRITTEN}
ROOM_VIEW_EXAMPLE: Final[dict[str, Any]] = {
    **ROOM_EXAMPLE,
    "id": ROOM_ID,
    "position": 1,
    "is_active": True,
    "notes": "",
    "version": 1,
    **WRITTEN,
}
BLOCK_VIEW_EXAMPLE: Final[dict[str, Any]] = {
    "id": "01890a5d-ac96-7e55-a1b2-c3d4e5f60718",
    "room_id": ROOM_ID,
    "starts_at": "2026-12-07T14:00:00Z",
    "ends_at": "2026-12-07T17:00:00Z",
    "reason": "new carpet",
    "created_at": "2026-03-01T12:00:00Z",
}
HOLD_EXAMPLE: Final[dict[str, Any]] = {
    "id": HOLD_ID,
    "session_id": SESSION_ID,
    "site_id": SITE_ID,
    "room_id": ROOM_ID,
    **ONE_HOUR,
    "status": "held",
    "expires_at": "2026-03-01T12:02:00Z",
    "reason": None,
    "needs_replanning": False,
    **WRITTEN,
}
NAMED_ROOM: Final[dict[str, Any]] = {"room_id": ROOM_ID, "room_number": "203", "room_name": "Willow"}
AVAILABILITY_EXAMPLE: Final[dict[str, Any]] = {"rooms": [{"room": ROOM_VIEW_EXAMPLE, "free": False, "reasons": ["booked"]}]}
CALENDAR_ENTRY: Final[dict[str, Any]] = {
    "kind": "booked",
    **ONE_HOUR,
    "occupied_until": "2026-12-07T15:10:00Z",
    "session_id": SESSION_ID,
    "hold_id": HOLD_ID,
    "block_id": None,
    "reason": None,
    "expires_at": None,
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
ALTERNATIVES_EXAMPLE: Final[dict[str, Any]] = {
    "items": [
        {
            "id": "01890a5d-ac96-7d77-8e88-f90a1b2c3d99",
            "kind": "same_room_other_time",
            **NAMED_ROOM,
            "site_id": SITE_ID,
            "starts_at": "2026-12-07T15:15:00Z",
            "ends_at": "2026-12-07T16:15:00Z",
            "shift_minutes": 15,
            "score": 92.5,
            "reasons": ["15 min later", "same room"],
            "reason_codes": ["later:15", "same_room"],
        }
    ],
    "next_cursor": None,
}


class NewSite(Body):
    """A site to add."""

    model_config = ConfigDict(json_schema_extra={"examples": [SITE_EXAMPLE]})

    site_name: Line
    time_zone: TimeZone
    """IANA name; everything at the site happens on this clock."""
    opening_hours: Hours
    """Open spans of each weekday on the site's wall clock; a weekday that is absent is closed."""
    address: Note = ""
    is_active: Flag = True


class SiteChanges(Body):
    """What to change of a site; what is left out stays, opening hours are replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"opening_hours": {"mon": [["07:00", "21:00"]]}}]})

    site_name: Line | MISSING = MISSING
    time_zone: TimeZone | MISSING = MISSING
    opening_hours: Hours | MISSING = MISSING
    """Over booked sessions only by force; they stay booked."""
    address: Note | MISSING = MISSING
    is_active: Flag | MISSING = MISSING


class SiteView(View):
    """A clinic site."""

    model_config = ConfigDict(json_schema_extra={"examples": [SITE_VIEW_EXAMPLE]})

    id: SiteId
    site_name: str
    time_zone: str
    opening_hours: Annotated[OpeningHours, AfterValidator(in_week_order)]
    address: str
    is_active: bool
    version: Version
    created_at: Instant
    updated_at: Instant


class NewSpecialDay(Body):
    """What a site does on one day instead of what its weekday says."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"spans": [["09:00", "12:00"]], "reason": "Christmas Eve"}]})

    spans: DayHours
    """When it is open on the wall clock; none mean closed."""
    reason: Line


class SpecialDayView(View):
    """A day on which a site keeps other hours than its weekday has, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"site_id": SITE_ID, "day": "2026-12-24", "spans": [["09:00", "12:00"]], "reason": "Christmas Eve", "replanning": []}
            ]
        }
    )

    site_id: SiteId
    day: Day
    spans: list[tuple[str, str]]
    reason: str
    replanning: "list[Booked]" = Field(default_factory=list)
    """Sessions that this leaves outside the open hours; they need another room or time."""


class NewRoom(Body):
    """A room to add."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROOM_EXAMPLE]})

    site_id: SiteId
    room_number: Number
    """Unique within its site; the digits before the last two name the floor."""
    room_name: Line
    capacity: Capacity
    equipment: Offered = ()
    turnover_minutes: Turnover = 0
    """Kept free after each stay."""
    position: Position = 0
    """Where it stands in the lists of its site; equal ones are in the order of their numbers."""
    is_active: Flag = True
    notes: Note = ""


class RoomOrder(Body):
    """The rooms of a site in the order in which people know them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"room_ids": [ROOM_ID]}]})

    room_ids: Annotated[tuple[RoomId, ...], Field(min_length=1, max_length=1_000)]


class RoomChanges(Body):
    """What to change of a room; what is left out stays. Stays that are taken keep the turnover they were taken with."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"room_name": "Willow, quiet side", "turnover_minutes": 15}]})

    room_number: Number | MISSING = MISSING
    room_name: Line | MISSING = MISSING
    capacity: Capacity | MISSING = MISSING
    equipment: Offered | MISSING = MISSING
    turnover_minutes: Turnover | MISSING = MISSING
    position: Position | MISSING = MISSING
    is_active: Flag | MISSING = MISSING
    notes: Note | MISSING = MISSING


class RoomView(View):
    """A room of a site."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROOM_VIEW_EXAMPLE]})

    id: RoomId
    site_id: SiteId
    room_number: str
    room_name: str
    capacity: Whole
    equipment: list[str]
    turnover_minutes: Whole
    position: Whole
    is_active: bool
    notes: str
    version: Version
    created_at: Instant
    updated_at: Instant


class NewBlock(Body):
    """A time for which a room is out of use."""

    model_config = ConfigDict(json_schema_extra={"examples": [BLOCK_EXAMPLE]})

    starts_at: Instant
    ends_at: Instant
    reason: Line

    @model_validator(mode="after")
    def _takes_time(self) -> "NewBlock":
        if not self.starts_at < self.ends_at:
            message = "ends_at must be after starts_at"
            raise ValueError(message)
        if (self.ends_at - self.starts_at).days >= LONGEST_BLOCK_DAYS:
            message = f"a block takes at most {LONGEST_BLOCK_DAYS} days; deactivate a room that is gone for longer"
            raise ValueError(message)
        return self


class BlockView(View):
    """A time for which a room is out of use."""

    model_config = ConfigDict(json_schema_extra={"examples": [BLOCK_VIEW_EXAMPLE]})

    id: BlockId
    room_id: RoomId
    starts_at: Instant
    ends_at: Instant
    reason: str
    created_at: Instant


class Booked(View):
    """A session that has a room."""

    session_id: SessionId
    hold_id: HoldId
    room_id: RoomId
    starts_at: Instant
    ends_at: Instant
    status: HoldStatus


class HoldView(View):
    """One attempt of a session to get a room; a tombstone, left by a release before its request, knows only its id."""

    model_config = ConfigDict(json_schema_extra={"examples": [HOLD_EXAMPLE]})

    id: HoldId
    session_id: SessionId | None
    site_id: SiteId | None
    room_id: RoomId | None
    starts_at: Instant | None
    ends_at: Instant | None
    status: HoldStatus
    expires_at: Instant | None
    """Until when it waits for its confirmation; null once confirmed."""
    reason: str | None
    """Why it was refused or released."""
    needs_replanning: bool
    """Its room is blocked or out of use at that time, by somebody who insisted."""
    created_at: Instant
    updated_at: Instant


class RoomAvailability(View):
    """Whether a room could be had, and everything that speaks against it."""

    room: RoomView
    free: bool
    reasons: list[Obstacle]


class Availability(View):
    """Every room of a site."""

    model_config = ConfigDict(json_schema_extra={"examples": [AVAILABILITY_EXAMPLE]})

    rooms: list[RoomAvailability]


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
    """Until when a held one waits for its confirmation."""


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
    """Hours of the week in which the site was open or something was wished."""
