"""A therapy session: what was agreed, and where its saga stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from contracts.rooms import Alternative, Obstacle
from contracts.scheduling import AddOn, CancellationCause, ClientLocation, Modality, SessionStatus
from contracts.types import ClientId, EntryId, GroupId, HoldId, Instant, RoomId, SeriesId, ServiceId, SessionId, SiteId, TherapistId

GONE: Final = frozenset({SessionStatus.CANCELLED, SessionStatus.REJECTED, SessionStatus.NO_SHOW})
"""In these a session does not take place."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A requested room that rooms has not answered yet."""

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
    client_ids: tuple[ClientId, ...] = ()
    """Who will be treated then; none when they stay the same."""
    is_chosen: bool = True
    """Whether that room was requested by name; a plan did otherwise."""


@dataclass(frozen=True, slots=True)
class SeriesDate:
    """A date of a series on which the series itself has no session."""

    series_id: SeriesId
    occurrence: Instant
    """When it would have started by the rule."""


@dataclass(frozen=True, slots=True)
class BilledAs:
    """The service that a completed session is billed as, where it is another one than was booked."""

    service_id: ServiceId
    service_code: str
    service_name: str
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A therapy session: what was agreed, and where its saga stands."""

    id: SessionId
    client_id: ClientId
    other_client_ids: tuple[ClientId, ...] = ()
    """The others of a group."""
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
    therapist_credential: str | None = None
    """As it was when the session was booked; some contracts pay by it."""
    series_id: SeriesId | None = None
    in_place_of: SeriesDate | None = None
    """In whose place it was booked; it is no session of that series."""
    capacity: int | None = None
    equipment: tuple[str, ...] = ()
    status: SessionStatus = SessionStatus.REQUESTED
    room_id: RoomId | None = None
    room_number: str | None = None
    only_room_id: RoomId | None = None
    """The room that was requested by name; no other will do."""
    hold_id: HoldId | None = None
    """The hold that the session stands on."""
    confirmed: bool = False
    """Whether rooms has confirmed that this hold no longer expires."""
    pending: Attempt | None = None
    alternatives: tuple[Alternative, ...] = ()
    rejection_reason: str | None = None
    obstacles: tuple[Obstacle, ...] = ()
    """Everything that stood between the last refused attempt and a room."""
    asks: int = 0
    """How often the outstanding command was repeated."""
    cancellation_reason: str | None = None
    cancellation_cause: CancellationCause | None = None
    fee_waiver: str | None = None
    """Why the fee for a late cancellation or a no-show is not charged; None where nothing was waived."""
    undo_until: datetime | None = None
    """Until when its completion, no-show or cancellation can be undone; None when it cannot."""
    booked_as: BilledAs | None = None
    """The service that was booked, where its completion is billed as another one; an undo brings it back."""
    offer_until: datetime | None = None
    """A freed slot, held for somebody who waited for it, until they answer; None once they took it."""
    entry_id: EntryId | None = None
    """Where on the waitlist it came from."""
    attended: tuple[ClientId, ...] = ()
    """Who came, once it is completed."""
    modality: Modality = Modality.IN_PERSON
    """How therapist and client meet: as planned, and as it was once it is completed."""
    booked_modality: Modality | None = None
    """The modality that was booked, once it is completed; an undo brings it back."""
    client_location: ClientLocation | None = None
    """Where the client was, once a session by video or audio is completed."""
    add_ons: tuple[AddOn, ...] = ()
    """The add-ons, once it is completed."""
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime

    @property
    def telehealth(self) -> bool:
        """Whether therapist and client meet by video or audio."""
        return self.modality is not Modality.IN_PERSON

    @property
    def joining(self) -> tuple[ClientId, ...]:
        """Return the clients who join when the room is held that is requested."""
        return tuple(client for client in self.pending.client_ids if client not in self.client_ids) if self.pending else ()

    @property
    def undoing(self) -> bool:
        """Whether the undo of its no-show or cancellation waits for rooms' answer; until then it stays as it is."""
        return self.pending is not None and self.status in {SessionStatus.CANCELLED, SessionStatus.NO_SHOW}

    @property
    def waits_for_rooms(self) -> bool:
        """Whether a command to rooms is unanswered."""
        return self.pending is not None or (self.stands and not self.confirmed)

    @property
    def stands(self) -> bool:
        """Whether it has a room: booked, or held for somebody who was offered it."""
        return self.status is SessionStatus.BOOKED or (self.status is SessionStatus.OFFERED and self.hold_id is not None)

    @property
    def client_ids(self) -> tuple[ClientId, ...]:
        """Everybody who is treated."""
        return (self.client_id, *self.other_client_ids)

    def places_for(self, client_ids: Sequence[ClientId]) -> int | None:
        """Return how many people the room must take with these clients; None when any room will do."""
        return places_for(client_ids, self.capacity)

    @property
    def rescheduling(self) -> bool:
        """Whether a move waits for rooms' answer; until then the session keeps its room and time."""
        return self.status is SessionStatus.BOOKED and self.pending is not None

    @property
    def takes(self) -> frozenset[tuple[UUID, datetime, datetime]]:
        """Whose time it has, and when: (person, from, until)."""
        taken: set[tuple[UUID, datetime, datetime]] = set()
        if self.pending:
            clients = self.pending.client_ids or self.client_ids
            taken |= {(person, self.pending.starts_at, self.pending.ends_at) for person in (self.therapist_id, *clients)}
        if self.stands or self.status is SessionStatus.COMPLETED:
            taken |= {(person, self.starts_at, self.ends_at) for person in (self.therapist_id, *self.client_ids)}
        return frozenset(taken)


def places_for(client_ids: Sequence[ClientId], capacity: int | None) -> int | None:
    """Return how many people a room must take: all of a group and the therapist, or more where that was requested."""
    return max(capacity or 1, len(client_ids) + 1) if len(client_ids) > 1 else capacity
