"""The messages of rooms: holds requested, answered, confirmed and released; sites and rooms."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from contracts.forms import TextForm
from contracts.message import COMMANDS, QUESTIONS, REPLIES, Message, Part
from contracts.open_words import Open
from contracts.types import (
    AlternativeId,
    BlockId,
    ComparisonId,
    Day,
    Equipment,
    Flag,
    GroupId,
    HoldId,
    InquiryId,
    Instant,
    RoomId,
    SessionId,
    SiteId,
    TherapistId,
    Version,
    Whole,
)

WallTime = Annotated[str, TextForm(r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", "Enter a time of day, written as 09:00 or 17:30.")]
"""HH:MM on the site's wall clock; 24:00 is the end of the day."""

Weekday = Annotated[str, Field(pattern=r"^(mon|tue|wed|thu|fri|sat|sun)$")]

OpeningHours = dict[Weekday, tuple[tuple[WallTime, WallTime], ...]]
"""Open spans of each weekday; a weekday that is absent is closed."""


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        message = "this time zone is not known here; name one of the IANA time zone database"
        raise ValueError(message) from None
    return name


TimeZoneName = Annotated[str, AfterValidator(_known)]
"""A name of the IANA time zone database that can be loaded here."""


class SpecialDay(Part):
    """A day on which a site keeps other hours than its weekday has; no spans mean that it is closed."""

    day: Day
    spans: tuple[tuple[WallTime, WallTime], ...] = ()


class SiteChanged(Message, type="rooms.site_changed.v1"):
    """A clinic site was added or changed; the whole state."""

    id: SiteId
    site_name: str
    time_zone: TimeZoneName
    """IANA name."""
    opening_hours: OpeningHours
    special_days: tuple[SpecialDay, ...] = ()
    """Closed days and special hours, from the last month on."""
    address: str
    is_active: Flag
    version: Version

    @property
    def subject(self) -> UUID:
        return self.id

    @property
    def sequence(self) -> int:
        return self.version


class RoomChanged(Message, type="rooms.room_changed.v1"):
    """A room was added or changed; the whole state, without its notes."""

    id: RoomId
    site_id: SiteId
    room_number: str
    room_name: str
    capacity: Whole
    equipment: tuple[Equipment, ...]
    turnover_minutes: Whole
    position: Whole = 0
    """Where the room stands in its site's lists; equal ones are in the order of their numbers."""
    is_active: Flag
    version: Version

    @property
    def subject(self) -> UUID:
        return self.id

    @property
    def sequence(self) -> int:
        return self.version


class BlockFact(Message):
    """What the facts about a blocked room carry: when it is out of use, not why."""

    block_id: BlockId
    room_id: RoomId
    site_id: SiteId
    starts_at: Instant
    ends_at: Instant

    @property
    def subject(self) -> UUID:
        return self.room_id


class RoomBlocked(BlockFact, type="rooms.room_blocked.v1"):
    """A room is out of use for a time; sessions that were booked in it stay booked."""


class RoomUnblocked(BlockFact, type="rooms.room_unblocked.v1"):
    """A block was removed; its room is in use again for that time."""


class AnnounceRooms(Message, type="rooms.announce_rooms.v1", exchange=COMMANDS):
    """Publish every site and room again: sent by a service that starts."""


class HoldRequest(Part):
    """One request for a room: where, when, and what it must offer."""

    hold_id: HoldId
    """Made by scheduling, one for each attempt; an answer to another one is late."""
    session_id: SessionId
    site_id: SiteId
    starts_at: Instant
    ends_at: Instant
    room_id: RoomId | None = None
    """Only this room will do."""
    capacity: Whole | None = None
    equipment: tuple[Equipment, ...] = ()
    not_after: Instant
    """An answer after this moment is of no use."""
    group_id: GroupId | None = None
    """Requests of one message with the same group are granted together or not at all."""


class RequestHolds(Message, type="rooms.request_holds.v1", exchange=COMMANDS):
    """Hold a room for each request, or refuse with the reason and alternatives."""

    requests: tuple[HoldRequest, ...]


class ConfirmHolds(Message, type="rooms.confirm_holds.v1", exchange=COMMANDS):
    """Keep these holds for good: the sessions are booked."""

    hold_ids: tuple[HoldId, ...]


class ReleaseReason(StrEnum):
    """Why a hold is released."""

    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    STALE = "stale"
    TIMED_OUT = "timed_out"
    NO_SHOW = "no_show"


class HoldRelease(Part):
    """A hold that is no longer needed."""

    hold_id: HoldId
    reason: Open[ReleaseReason]


class ReleaseHolds(Message, type="rooms.release_holds.v1", exchange=COMMANDS):
    """Give these rooms back; a release that overtakes its request leaves a tombstone."""

    holds: tuple[HoldRelease, ...]


class AlternativeKind(StrEnum):
    """What an alternative changes of the request."""

    SAME_TIME_OTHER_ROOM = "same_time_other_room"
    SAME_ROOM_OTHER_TIME = "same_room_other_time"
    OTHER_ROOM_OTHER_TIME = "other_room_other_time"


class Alternative(Part):
    """A room and time that were free when this was written, never shorter than what was requested."""

    id: AlternativeId
    kind: Open[AlternativeKind]
    room_id: RoomId
    room_number: str
    room_name: str
    site_id: SiteId
    starts_at: Instant
    ends_at: Instant
    therapist_id: TherapistId | None = None
    """Another therapist who is free; None keeps the requested one."""
    shift_minutes: Whole
    """Signed minutes from the requested start; 0 is the requested time."""
    score: Annotated[float, Field(ge=0, le=100)]
    """100 is as good as the request itself; the list is sorted by it."""
    reasons: tuple[str, ...]
    """Spoken reasons, the most important first."""
    reason_codes: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_:]{0,59}$")], ...] = ()
    """The same reasons for machines, one for each spoken one: same_time, earlier:15, later:15, later_day:1, same_room,
    same_floor, has:video, least_waste, no_gap, other_therapist."""


class Outcome(StrEnum):
    """What became of a hold."""

    GRANTED = "granted"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    RELEASED = "released"


class RefusalReason(StrEnum):
    """Why no room could be held; the values are those of availability."""

    BOOKED = "booked"
    HELD = "held"
    BLOCKED = "blocked"
    CLOSED = "closed"
    TOO_SMALL = "too_small"
    LACKS_EQUIPMENT = "lacks_equipment"
    INACTIVE = "inactive"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_ROOM = "unknown_room"
    TOO_LATE = "too_late"


class Obstacle(StrEnum):
    """Everything that can stand between a request and a room: the refusal reasons, and obstacles that were added since."""

    BOOKED = "booked"
    HELD = "held"
    BLOCKED = "blocked"
    CLOSED = "closed"
    TOO_SMALL = "too_small"
    LACKS_EQUIPMENT = "lacks_equipment"
    INACTIVE = "inactive"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_ROOM = "unknown_room"
    TOO_LATE = "too_late"
    TOO_LONG = "too_long"
    GROUP_REFUSED = "group_refused"
    """Another request of its group cannot be granted."""


class HoldAnswer(Part):
    """What became of one hold; repeated unchanged when the command is repeated."""

    hold_id: HoldId
    session_id: SessionId | None
    """None for a hold that rooms never received."""
    outcome: Open[Outcome]
    room_id: RoomId | None = None
    room_number: str | None = None
    reason: Open[RefusalReason] | None = None
    """The first of the obstacles that has a value here."""
    reasons: tuple[Open[Obstacle], ...] = ()
    """Every reason why the nearest room was not held."""
    alternatives: tuple[Alternative, ...] = ()
    expires_at: Instant | None = None
    """When the grant is repeated unless it is confirmed by then; the hold stays, with a later time."""


class HoldsAnswered(Message, type="rooms.holds_answered.v1"):
    """The answers to a batch of hold commands; grants that were not confirmed in time, once more; or holds that expired."""

    answers: tuple[HoldAnswer, ...]


class CheckHolds(Message, type="rooms.check_holds.v1", exchange=QUESTIONS):
    """Return what would become of these requests, each for itself; nothing is held."""

    inquiry_id: InquiryId
    requests: tuple[HoldRequest, ...]
    alternatives: Whole = 0
    """At most so many for each request that would be refused."""
    alternatives_for: tuple[HoldId, ...] | None = None
    """Only for those of these requests that would be refused; None means for every one."""


class HoldFinding(Part):
    """What would become of one request now."""

    hold_id: HoldId
    room_id: RoomId | None = None
    """The room that would be held; None when it would be refused."""
    room_number: str | None = None
    room_name: str | None = None
    reasons: tuple[Open[Obstacle], ...] = ()
    """Every reason why it would be refused."""
    alternatives: tuple[Alternative, ...] = ()


class HoldsChecked(Message, type="rooms.holds_checked.v1", exchange=REPLIES):
    """What would become of the requests of an inquiry, in their order."""

    inquiry_id: InquiryId
    findings: tuple[HoldFinding, ...]


class StandingHold(Part):
    """The hold that a booked session stands on."""

    hold_id: HoldId
    session_id: SessionId
    room_id: RoomId
    starts_at: Instant
    ends_at: Instant


class CompareHolds(Message, type="rooms.compare_holds.v1", exchange=COMMANDS):
    """Compare the holds of every booked session whose id lies behind ``after``, up to and including ``upto``, and has not ended."""

    comparison_id: ComparisonId
    page: Whole
    after: SessionId | None
    """None begins with the first."""
    upto: SessionId | None
    """None goes to the last."""
    holds: tuple[StandingHold, ...]


class HoldDifferenceKind(StrEnum):
    """How a booked session and rooms' holds differ."""

    MISSING = "missing"
    """A session stands on a hold that takes no room."""
    UNCONFIRMED = "unconfirmed"
    """A session stands on a hold that may still expire."""
    ELSEWHERE = "elsewhere"
    """Room or time of hold and session differ."""
    ORPHAN = "orphan"
    """A hold keeps a room for which no session stands."""


class HoldDifference(Part):
    """One difference between a booked session and rooms' holds."""

    kind: Open[HoldDifferenceKind]
    hold_id: HoldId
    session_id: SessionId


class HoldsCompared(Message, type="rooms.holds_compared.v1"):
    """Where booked sessions and rooms' holds differ, for one page of a comparison."""

    comparison_id: ComparisonId
    page: Whole
    upto: SessionId | None = None
    """The id of the last session that was compared; None where this page ends with the last of all."""
    differences: tuple[HoldDifference, ...]
