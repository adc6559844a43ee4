"""A therapy session: what was agreed, and where its saga stands."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.rooms import Alternative, Obstacle
from contracts.scheduling import SessionStatus
from contracts.types import ClientId, GroupId, HoldId, RoomId, SeriesId, ServiceId, SessionId, SiteId, TherapistId


@dataclass(frozen=True, slots=True)
class Attempt:
    """A wish for a room that rooms has not answered yet."""

    hold_id: HoldId
    starts_at: datetime
    ends_at: datetime
    room_id: RoomId | None
    """Only this room will do."""
    not_after: datetime
    """An answer after this moment is of no use."""
    rate: Decimal
    """The rate in force on the day it would take place."""
    group_id: GroupId | None = None
    """Granted together with the others of this group, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A therapy session: what was agreed, and where its saga stands."""

    id: SessionId
    client_id: ClientId
    therapist_id: TherapistId
    service_id: ServiceId
    service_code: str
    service_name: str
    site_id: SiteId
    starts_at: datetime
    ends_at: datetime
    calculated_rate: Decimal
    insurance_applicable: bool
    billing_notes: str | None = None
    series_id: SeriesId | None = None
    capacity: int | None = None
    equipment: tuple[str, ...] = ()
    status: SessionStatus = SessionStatus.REQUESTED
    room_id: RoomId | None = None
    room_number: str | None = None
    only_room_id: RoomId | None = None
    """The room that was asked for by name; no other will do."""
    hold_id: HoldId | None = None
    """The hold that the session stands on."""
    confirmed: bool = False
    """Whether rooms has said that this hold no longer expires."""
    pending: Attempt | None = None
    alternatives: tuple[Alternative, ...] = ()
    rejection_reason: str | None = None
    obstacles: tuple[Obstacle, ...] = ()
    """Everything that stood between the last refused attempt and a room."""
    asks: int = 0
    """How often the outstanding command was repeated."""
    cancellation_reason: str | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def waits_for_rooms(self) -> bool:
        """Whether a command to rooms is unanswered."""
        return self.pending is not None or (self.status is SessionStatus.BOOKED and not self.confirmed)

    @property
    def rescheduling(self) -> bool:
        """Whether a move waits for rooms' answer; until then the session keeps its room and time."""
        return self.status is SessionStatus.BOOKED and self.pending is not None

    @property
    def takes_time(self) -> set[tuple[datetime, datetime]]:
        """When its therapist and client cannot be anywhere else."""
        slots = {(self.pending.starts_at, self.pending.ends_at)} if self.pending else set()
        return slots | {(self.starts_at, self.ends_at)} if self.status in {SessionStatus.BOOKED, SessionStatus.COMPLETED} else slots
