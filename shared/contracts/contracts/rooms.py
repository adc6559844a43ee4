"""What is said to rooms and what rooms says: holds asked, answered, confirmed and released; sites and rooms."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.message import COMMANDS, Message, Part
from contracts.types import AlternativeId, Equipment, Flag, HoldId, Instant, RoomId, SessionId, SiteId, Version, Whole

WallTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
"""HH:MM on the site's wall clock; 24:00 is the end of the day."""

Weekday = Annotated[str, Field(pattern=r"^(mon|tue|wed|thu|fri|sat|sun)$")]

OpeningHours = dict[Weekday, tuple[tuple[WallTime, WallTime], ...]]
"""Open spans of each weekday; a weekday that is absent is closed."""


class SiteChanged(Message, type="rooms.site_changed.v1"):
    """A clinic site was added or changed; the whole state."""

    id: SiteId
    site_name: str
    time_zone: str
    """IANA name."""
    opening_hours: OpeningHours
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
    is_active: Flag
    version: Version

    @property
    def subject(self) -> UUID:
        return self.id

    @property
    def sequence(self) -> int:
        return self.version


class AnnounceRooms(Message, type="rooms.announce_rooms.v1", exchange=COMMANDS):
    """Say every site and room again: asked by a service that starts."""


class HoldRequest(Part):
    """One wish for a room: where, when, and what it must offer."""

    hold_id: HoldId
    """Minted by the asker, one per attempt; it fences every answer."""
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


class RequestHolds(Message, type="rooms.request_holds.v1", exchange=COMMANDS):
    """Hold a room for each request, or say why not and what would do instead."""

    requests: tuple[HoldRequest, ...]


class ConfirmHolds(Message, type="rooms.confirm_holds.v1", exchange=COMMANDS):
    """Keep these holds for good: the sessions are booked."""

    hold_ids: tuple[HoldId, ...]


class ReleaseReason(StrEnum):
    """Why a hold is handed back."""

    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    STALE = "stale"
    TIMED_OUT = "timed_out"
    NO_SHOW = "no_show"


class HoldRelease(Part):
    """A hold that is no longer needed."""

    hold_id: HoldId
    reason: ReleaseReason


class ReleaseHolds(Message, type="rooms.release_holds.v1", exchange=COMMANDS):
    """Give these rooms back; a release that overtakes its request leaves a tombstone."""

    holds: tuple[HoldRelease, ...]


class AlternativeKind(StrEnum):
    """What an alternative changes of the wish."""

    SAME_TIME_OTHER_ROOM = "same_time_other_room"
    SAME_ROOM_OTHER_TIME = "same_room_other_time"
    OTHER_ROOM_OTHER_TIME = "other_room_other_time"


class Alternative(Part):
    """A room and time that were free when this was written, never shorter than what was asked for."""

    id: AlternativeId
    kind: AlternativeKind
    room_id: RoomId
    room_number: str
    room_name: str
    site_id: SiteId
    starts_at: Instant
    ends_at: Instant
    shift_minutes: Whole
    """Signed minutes from the wished start; 0 is the wished time."""
    score: Annotated[float, Field(ge=0, le=100)]
    """100 is as good as the wish itself; the list is sorted by it."""
    reasons: tuple[str, ...]
    """Spoken reasons, the most important first."""


class Outcome(StrEnum):
    """What became of a hold."""

    GRANTED = "granted"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    RELEASED = "released"


class RefusalReason(StrEnum):
    """Why no room could be held; the words are those of availability."""

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


class HoldAnswer(Part):
    """What became of one hold; repeated word for word when the command is repeated."""

    hold_id: HoldId
    session_id: SessionId | None
    """None for a hold that rooms never heard of."""
    outcome: Outcome
    room_id: RoomId | None = None
    room_number: str | None = None
    reason: RefusalReason | None = None
    alternatives: tuple[Alternative, ...] = ()
    expires_at: Instant | None = None


class HoldsAnswered(Message, type="rooms.holds_answered.v1"):
    """The answers to a batch of hold commands, or holds that expired by themselves."""

    answers: tuple[HoldAnswer, ...]
