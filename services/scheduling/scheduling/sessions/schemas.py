"""Sessions, as they are sent and shown."""

from datetime import datetime
from typing import Annotated, Final

from chassis.bodies.models import Body, View
from chassis.text import PRINTABLE, Seen
from contracts.rooms import Alternative
from contracts.scheduling import AddOn, CancellationCause, ClientLocation, Modality, SessionStatus
from contracts.types import (
    AlternativeId,
    ClientId,
    Code,
    Equipment,
    Flag,
    Instant,
    Money,
    RoomId,
    SeriesId,
    ServiceId,
    SessionId,
    SiteId,
    TherapistId,
    Whole,
)
from pydantic import ConfigDict, Field, StringConstraints

from scheduling.decisions.booking import GROUP_AT_MOST
from scheduling.decisions.requests import BookingRequest
from scheduling.lifecycle.reasons import Override
from scheduling.lifecycle.state import SeriesDate
from scheduling.replicas.schemas import Start


class Waiting(View):
    """What a session waits for, and where in the queue it is."""

    what: Annotated[str, Field(serialization_alias="for")] = "room"
    position: int
    """1 is the next to be answered."""


class RejectionReason(View):
    """One reason why no room could be held, and what would work."""

    group: str
    code: str
    message: str
    fix: str


class SlotOffer(View):
    """Who was offered, from the waitlist, what the end of a session made free."""

    session_id: SessionId
    """The session that is held for them; it is accepted or declined on the waitlist."""
    client_name: str
    until: Instant
    """Until when they may take it."""


class Degraded(View):
    """A part that is away, and what that means for this answer."""

    part: str
    """broker | rooms | catalog | billing"""
    effect: str


class SessionView(View):
    """A therapy session."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "client_ids": ["01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11"],
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "service_code": "90837",
                    "service_name": "Individual Psychotherapy, 60 minutes",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22",
                    "room_number": "201",
                    "starts_at": "2026-03-02T14:00:00Z",
                    "ends_at": "2026-03-02T15:00:00Z",
                    "status": "booked",
                    "calculated_rate": "185.00",
                    "insurance_applicable": False,
                    "billing_notes": None,
                    "alternatives": [],
                    "rejection_reason": None,
                    "rejection_reasons": [],
                    "cancellation_reason": None,
                    "cancellation_cause": None,
                    "fee_waiver": None,
                    "undo_until": None,
                    "slot_offer": None,
                    "rescheduling": False,
                    "waiting": None,
                    "degraded": [{"part": "catalog", "effect": "service, duration and rate come from scheduling's own copy"}],
                    "series_id": None,
                    "in_place_of": None,
                    "actual_start": None,
                    "actual_end": None,
                    "attended": [],
                    "modality": "in_person",
                    "client_location": None,
                    "telehealth": False,
                    "add_ons": [],
                    "offer_until": None,
                    "version": 2,
                    "created_at": "2026-02-20T09:30:00Z",
                    "updated_at": "2026-02-20T09:30:00.031Z",
                }
            ]
        }
    )

    id: SessionId
    client_id: ClientId
    client_ids: tuple[ClientId, ...]
    """Everybody who is treated; several in a group."""
    therapist_id: TherapistId
    service_id: ServiceId
    service_code: Code
    service_name: str
    site_id: SiteId
    room_id: RoomId | None
    room_number: str | None
    starts_at: Instant
    ends_at: Instant
    status: SessionStatus
    calculated_rate: Money
    """The rate in force on the date of service, promised when the session was booked."""
    insurance_applicable: bool
    billing_notes: str | None
    alternatives: list[Alternative]
    """What to choose from when there was no room; accept one by its id."""
    rejection_reason: str | None
    rejection_reasons: tuple[RejectionReason, ...] = ()
    """Everything that stood in the way, each with what would work."""
    cancellation_reason: str | None
    cancellation_cause: CancellationCause | None = None
    """Who or what caused its cancellation."""
    fee_waiver: str | None = None
    """Why the fee for its late cancellation or no-show is not charged."""
    undo_until: Instant | None = None
    """Until when its completion, no-show or cancellation can be undone."""
    undoing: bool = False
    """Whether an undo waits for rooms' answer; until then the session stays as it is."""
    slot_offer: SlotOffer | None = None
    """Who is offered its room or its therapist's time while its end can be undone; only when one session is read."""
    rescheduling: bool
    """Whether a move waits for rooms' answer; until then the session keeps its room and time."""
    waiting: Waiting | None = None
    """While rooms has not answered."""
    degraded: tuple[Degraded, ...] = ()
    """Parts of the platform that are away now, and what that means for this session."""
    client_name: str | None = None
    """In lists."""
    therapist_name: str | None = None
    """In lists."""
    therapist_off: bool = False
    """Whether it can still take place and its therapist is off during a part of it; in lists."""
    series_id: SeriesId | None
    in_place_of: SeriesDate | None = None
    """The date of a series that was not booked, and in whose place this session is, without being of that series; not in lists."""
    actual_start: Instant | None
    actual_end: Instant | None
    attended: tuple[ClientId, ...] = ()
    """Who came, once it is completed."""
    modality: Modality
    """How therapist and client meet: as planned, and as it was once it is completed."""
    client_location: ClientLocation | None
    """Where the client was, once a session by video or audio is completed."""
    telehealth: bool = False
    """Whether the modality is video or audio."""
    add_ons: tuple[AddOn, ...] = ()
    """What was done in addition to the booked service, once it is completed."""
    offer_until: Instant | None = None
    """Until when a freed slot is held for who waited for it."""
    version: int
    created_at: Instant
    updated_at: Instant


MOST_ADD_ONS: Final = 6
MOST_UNITS: Final = 24
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PRINTABLE), Seen]


class RoomRequirements(Body):
    """What the room must offer when any such room will do."""

    capacity: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    equipment: Annotated[tuple[Equipment, ...], Field(max_length=20)] = ()


class OverrideBody(Body):
    """Why the clinic's own rules do not count for a session."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The client is in a crisis", "by": "Front desk, M. Ortiz"}]})

    reason: Text
    by: Text | None = None
    """Who decided it."""


def stated(override: OverrideBody | None) -> Override | None:
    """Return an override as the domain's value."""
    return Override(override.reason, override.by) if override else None


class NewSession(Start):
    """A session by service: the service decides how long it takes and what it costs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "starts_at": "2026-03-02T09:00:00-05:00",
                    "room_requirements": {"capacity": 2, "equipment": ["video"]},
                    "modality": "video",
                    "insurance_applicable": False,
                }
            ]
        }
    )

    client_id: ClientId
    therapist_id: TherapistId
    service_id: ServiceId
    site_id: SiteId
    other_client_ids: Annotated[tuple[ClientId, ...], Field(max_length=GROUP_AT_MOST - 1)] = ()
    """The others of a group session; the room takes all of them and the therapist."""
    room_id: RoomId | None = None
    """Only this room will do; without it the plainest suitable room is taken."""
    room_requirements: RoomRequirements | None = None
    insurance_applicable: Flag = False
    billing_notes: Annotated[str, StringConstraints(max_length=2000, pattern=PRINTABLE)] | None = None
    backdated: Flag = False
    """Records a walk-in of the last 30 days."""
    modality: Modality = Modality.IN_PERSON
    """How therapist and client will meet; it may be corrected when the session is completed."""
    override: OverrideBody | None = None
    """Books against the clinic's own rules (notice, buffers, daily maximum, working hours …); kept for the audit."""

    def booking_request(self, starts_at: datetime) -> BookingRequest:
        """Return it as the domain's value, for the moment that is meant."""
        needs = self.room_requirements or RoomRequirements()
        return BookingRequest(
            client_id=self.client_id,
            therapist_id=self.therapist_id,
            service_id=self.service_id,
            site_id=self.site_id,
            starts_at=starts_at,
            other_client_ids=self.other_client_ids,
            room_id=self.room_id,
            capacity=needs.capacity,
            equipment=needs.equipment,
            insurance_applicable=self.insurance_applicable,
            billing_notes=self.billing_notes,
            backdated=self.backdated,
            override=stated(self.override),
            modality=self.modality,
        )


class Acceptance(Body):
    """The alternative that somebody chose."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"alternative_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c15"}]})

    alternative_id: AlternativeId


class NewTime(Start):
    """Where a session shall move."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"starts_at": "2026-03-03T10:00:00-05:00"}]})

    room_id: RoomId | None = None
    """Only this room will do."""
    override: OverrideBody | None = None
    """Moves against the clinic's own rules; kept for the audit."""


class Joining(Body):
    """A client who comes into a group."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c16"}]})

    client_id: ClientId
    override: OverrideBody | None = None
    """Joins against the clinic's own rules; kept for the audit."""


class Waiver(Body):
    """Why a fee is not charged."""

    reason: Text
    by: Text | None = None
    """Who decided it."""


def waived(waiver: Waiver | None) -> str | None:
    """Return what is kept of a waiver with the session."""
    by = f" ({waiver.by})" if waiver and waiver.by else ""
    return f"{waiver.reason}{by}" if waiver else None


class Cancellation(Body):
    """Why a session is called off."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The client is ill", "cause": "client", "waiver": {"reason": "For the first time"}}]}
    )

    reason: Text
    cause: CancellationCause = CancellationCause.CLIENT
    """Who or what caused it; only a client's cancellation is ever late, and charged."""
    waiver: Waiver | None = None
    """Does not charge the fee that a late cancellation costs."""


class NoShow(Body):
    """A client who did not come."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"waiver": {"reason": "The bus was late", "by": "M. Ortiz"}}]})

    waiver: Waiver | None = None
    """Does not charge the fee for a missed session."""


class BesideSession(Body):
    """A service that was done within a session in addition to the booked one."""

    service_id: ServiceId
    """An add-on, such as the complexity supplement, or another base service, such as a screening."""
    units: Annotated[Whole, Field(ge=1, le=MOST_UNITS)] = 1


class Completion(Body):
    """When the session really took place, and what was done; as planned where nothing is stated."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "actual_end": "2026-03-02T14:52:00Z",
                    "modality": "audio",
                    "client_location": "home",
                    "add_ons": [{"service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c19", "units": 1}],
                }
            ]
        }
    )

    actual_start: Instant | None = None
    actual_end: Instant | None = None
    attended: Annotated[tuple[ClientId, ...], Field(min_length=1, max_length=GROUP_AT_MOST)] | None = None
    """Who of a group came, each of whom gets a billing record; everybody when nothing is stated."""
    modality: Modality | None = None
    """How therapist and client met; as booked when nothing is stated."""
    client_location: ClientLocation | None = None
    """Where the client was, of a session by video or audio; claims name it as the place of service."""
    telehealth: Flag = False
    """Where no modality is given, true means by video, unless the session was booked by audio."""
    add_ons: Annotated[tuple[BesideSession, ...], Field(max_length=MOST_ADD_ONS)] = ()
    """The add-ons; billed in the same record, at the rates in force on the day."""
    service_id: ServiceId | None = None
    """The service that is billed, at its rate of that day, where the minutes fit another one than was booked, which is billed otherwise."""
