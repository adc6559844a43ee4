"""What places take and answer over HTTP."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Final

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from chassis.hours import check_spans, in_week_order
from chassis.text import PRINTABLE, Line, Note, Seen, Tidy, TimeZone
from contracts.rooms import OpeningHours, WallTime, Weekday
from contracts.types import BlockId, Equipment, Flag, Instant, RoomId, SiteId, Version, Whole
from pydantic import MISSING, AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from rooms.places.facts import LONGEST_TURNOVER

MOST_SPANS: Final = 12

MOST_EQUIPMENT_OF_A_ROOM: Final = 50

MOST_EQUIPMENT_KINDS: Final = 1_000

LARGEST_ROOM: Final = 1000

LONGEST_TURNOVER_MINUTES: Final = int(LONGEST_TURNOVER.total_seconds() / 60)

LONGEST_BLOCK_DAYS: Final = 366

MOST_SPECIAL_DAYS: Final = 1_000


def _in_order(spans: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    if problems := check_spans(spans):
        raise broken("disordered-hours", f"{'; '.join(problems)}.")
    return spans


def _each_once(equipment: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(equipment)))


Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=PRINTABLE), Seen, Tidy]

DayHours = Annotated[tuple[tuple[WallTime, WallTime], ...], Field(max_length=MOST_SPANS), AfterValidator(_in_order)]

Hours = Annotated[dict[Weekday, DayHours], AfterValidator(in_week_order), Field(json_schema_extra={"additionalProperties": False})]

Capacity = Annotated[Whole, Field(ge=1, le=LARGEST_ROOM)]

Offered = Annotated[tuple[Equipment, ...], Field(max_length=MOST_EQUIPMENT_OF_A_ROOM), AfterValidator(_each_once)]

Position = Annotated[Whole, Field(ge=0, le=100_000)]

Turnover = Annotated[Whole, Field(ge=0, le=LONGEST_TURNOVER_MINUTES)]

SITE_ID: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
ROOM_ID: Final = "01890a5d-ac96-7f3c-8a10-4be1c2a95d21"
NAMED_ROOM: Final[dict[str, Any]] = {"room_id": ROOM_ID, "room_number": "203", "room_name": "Willow"}
WRITTEN: Final[dict[str, Any]] = {"created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z"}
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
    """What a site does on one day instead of what its weekday states."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"spans": [["09:00", "12:00"]], "reason": "Christmas Eve"}]})

    spans: DayHours
    """When it is open on the wall clock; none mean closed."""
    reason: Line


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
    """The rooms of a site in the order in which staff list them."""

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
            raise broken("impossible-time", "ends_at must be after starts_at.", field="ends_at")
        if (self.ends_at - self.starts_at).days >= LONGEST_BLOCK_DAYS:
            sentence = f"A block takes at most {LONGEST_BLOCK_DAYS} days. Deactivate a room that is gone for longer."
            raise broken("impossible-time", sentence, field="ends_at")
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


class Label(Body):
    """What people call it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"label": "Video link"}]})

    label: Line


class NewEquipment(Label):
    """A kind of equipment that rooms may have."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "sand_tray", "label": "Sand tray"}]})

    name: Equipment
    """The name that rooms and requests use."""


class EquipmentView(View):
    """Something that rooms have."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "video", "label": "Video link", "rooms": 4}]})

    name: Equipment
    """The name that rooms and requests use."""
    label: str
    """What people call it."""
    rooms: int
    """How many rooms have it."""


FIRST_DAY: Final = date(2000, 1, 1)

LAST_DAY: Final = date(2199, 12, 31)
