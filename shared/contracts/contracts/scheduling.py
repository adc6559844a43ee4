"""What scheduling publishes: the life of a session, one fact at a time."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.message import COMMANDS, Deprecation, Message, Part
from contracts.open_words import Open
from contracts.types import (
    Amount,
    ClientId,
    Code,
    Day,
    Flag,
    HoldId,
    Instant,
    ReplanId,
    RoomId,
    ServiceId,
    SessionId,
    SiteId,
    TherapistId,
    Version,
    Whole,
)


class SessionStatus(StrEnum):
    """Where a session is in its life."""

    REQUESTED = "requested"
    OFFERED = "offered"
    BOOKED = "booked"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    NO_SHOW = "no_show"


class CancellationCause(StrEnum):
    """Who or what caused a cancellation; only a client's is ever late."""

    CLIENT = "client"
    THERAPIST = "therapist"
    CLINIC = "clinic"
    WEATHER = "weather"


class UndoneStep(StrEnum):
    """Which step of a session was undone."""

    COMPLETION = "completion"
    NO_SHOW = "no_show"
    CANCELLATION = "cancellation"


class Modality(StrEnum):
    """How therapist and client meet."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    AUDIO = "audio"
    """By telephone, or by another connection without picture."""


class ClientLocation(StrEnum):
    """Where the client is during a session by video or audio."""

    HOME = "home"
    OTHER = "other"


class Slot(Part):
    """A room and the time it is taken for."""

    room_id: RoomId | None
    starts_at: Instant
    ends_at: Instant


class SessionFact(Message):
    """What every fact about a session carries: ids, codes and times, never a name."""

    session_id: SessionId
    client_id: ClientId
    client_ids: tuple[ClientId, ...] = ()
    """Everybody who is treated in a group session, the first of whom is client_id; those who attended, once it is completed."""
    therapist_id: TherapistId
    service_id: ServiceId
    service_code: Code
    site_id: SiteId
    room_id: RoomId | None
    starts_at: Instant
    ends_at: Instant
    status: Open[SessionStatus]
    version: Version

    @property
    def subject(self) -> UUID:
        return self.session_id

    @property
    def correlation(self) -> UUID:
        return self.session_id

    @property
    def sequence(self) -> int:
        return self.version


class SessionRequested(SessionFact, type="scheduling.session_requested.v1"):
    """A session was requested; its people's time is taken, a room is being requested."""


class SessionOffered(SessionFact, type="scheduling.session_offered.v1"):
    """No room at the requested time, and alternatives wait for a choice; or a freed one is held for somebody who waited for it."""

    offer_until: Instant | None = None
    """Until when a held room waits for an answer."""


class PromisedFact(SessionFact):
    """What a fact carries from which a quote follows."""

    rate_per_unit: Amount | None = None
    """What was promised; billing keeps the quote that follows from it."""
    insurance_applicable: Flag = False
    therapist_credential: str | None = None
    """Some contracts pay by it."""


class SessionBooked(PromisedFact, type="scheduling.session_booked.v1"):
    """The session has its room."""


class SessionRescheduled(PromisedFact, type="scheduling.session_rescheduled.v1"):
    """The session moved; its former room and time are free again."""

    previous: Slot


class SessionClientsChanged(SessionFact, type="scheduling.session_clients_changed.v1"):
    """Somebody joined or left a group session; client_ids are those who are treated now."""


class RescheduleRefused(SessionFact, type="scheduling.reschedule_refused.v1"):
    """The session could not be moved and keeps its room and time."""


class SessionCancelled(SessionFact, type="scheduling.session_cancelled.v1"):
    """The session will not take place."""

    late: Flag
    """By the client, within the cancellation window before its start."""
    cause: Open[CancellationCause] = CancellationCause.CLIENT
    """Who or what caused it."""
    fee_waived: Flag = False
    """The fee for a late cancellation is not charged."""


class SessionRejected(SessionFact, type="scheduling.session_rejected.v1"):
    """No room, and no alternative to offer."""


class SessionNoShow(SessionFact, type="scheduling.session_no_show.v1"):
    """The client did not come."""

    fee_waived: Flag = False
    """The fee for a missed session is not charged."""


class SessionRestored(PromisedFact, type="scheduling.session_restored.v1"):
    """A completion, no-show or cancellation was undone: the session is booked again, and its end that carries a lower version is void."""

    undone: Open[UndoneStep]


class UndoRefused(SessionFact, type="scheduling.undo_refused.v1"):
    """No room for the session any more: its no-show or cancellation could not be undone and stays."""


class AnnounceCompletedSessions(Message, type="scheduling.announce_completed_sessions.v1", exchange=COMMANDS):
    """Publish every completed session again: sent by a service that starts after sessions were completed."""

    after: SessionId | None = None
    """Go on behind this one; scheduling sends this to itself when there are more than fit one transaction."""


class StartReconciliation(Message, type="scheduling.start_reconciliation.v1", exchange=COMMANDS):
    """Compare sessions with holds and records: sent by whoever suspects that something was missed."""

    repair: Flag = True
    """Publish again what repairs a difference."""


class AddOn(Part):
    """A service that was done within a session, in addition to the one that was booked."""

    service_id: ServiceId
    service_code: Code
    units: Annotated[Whole, Field(ge=1)]
    rate_per_unit: Amount
    """In force on the day of the session."""


class SessionCompleted(SessionFact, type="scheduling.session_completed.v1"):
    """The session took place; all that billing needs, at the price promised when it was booked."""

    rate_per_unit: Amount
    insurance_applicable: Flag
    actual_start: Instant
    actual_end: Instant
    service_date: Day
    """The day it started, in the site's time zone."""
    therapist_credential: str | None = None
    """Some contracts pay by it."""
    primary_client_id: ClientId | None = None
    """For whom the session is booked, whether they attended or not; client_id when absent."""
    telehealth: Flag = False
    """Therapist and client met by video or telephone."""
    modality: Open[Modality] | None = None
    """How they met; where it is absent, telehealth means by video."""
    client_location: Open[ClientLocation] | None = None
    """Where the client was, of a session by video or audio, as far as it is known."""
    add_ons: tuple[AddOn, ...] = ()
    """The add-ons, for the same client on the same occasion."""


class CancellationWindow(Part):
    """How close to its start a cancellation is late."""

    service_id: ServiceId | None
    """None for every service that is not named."""
    minutes: Annotated[Whole, Field(ge=0)]


class CancellationPolicyStated(
    Message,
    type="scheduling.cancellation_policy_stated.v1",
    deprecation=Deprecation(date(2026, 11, 28), date(2027, 5, 31), "scheduling.cancellation_policy_stated.v2"),
):
    """What counts as a late cancellation from now on: the whole policy, whenever some of it changes or it is requested."""

    windows: tuple[CancellationWindow, ...]
    stated_at: Instant
    """The latest one holds."""


class ServiceWindow(Part):
    """How close to its start a cancellation of a service's session is late."""

    service_id: ServiceId
    minutes: Annotated[Whole, Field(ge=0)]


class CancellationPolicyStatedV2(Message, type="scheduling.cancellation_policy_stated.v2"):
    """What counts as a late cancellation: the whole policy, whenever the clinic's rules change or a service requests it."""

    version: Version
    """Raised with every change of the rules; a statement with a lower version is out of date, whenever it was made."""
    minutes: Annotated[Whole, Field(ge=0)]
    """How close to its start a cancellation is late where the service has no window of its own."""
    services: tuple[ServiceWindow, ...]
    """The services that have a window of their own."""
    stated_at: Instant

    @property
    def sequence(self) -> int:
        return self.version


class TherapistChanged(Message, type="scheduling.therapist_changed.v1"):
    """A therapist was added, changed or removed, or their hours or time off were; no data about them: read them with permission."""

    therapist_id: TherapistId

    @property
    def subject(self) -> UUID:
        return self.therapist_id


class ClientChanged(Message, type="scheduling.client_changed.v1"):
    """A client was added, changed or removed; no data about them: read them with permission."""

    client_id: ClientId

    @property
    def subject(self) -> UUID:
        return self.client_id


class AnnounceCancellationPolicy(Message, type="scheduling.announce_cancellation_policy.v1", exchange=COMMANDS):
    """Publish the cancellation policy again: sent by a service that starts."""


class FreedSlot(Part):
    """A room and a therapist's time that are free again."""

    site_id: SiteId
    therapist_id: TherapistId
    room_id: RoomId | None
    starts_at: Instant
    ends_at: Instant


class OfferSlots(Message, type="scheduling.offer_slots.v1", exchange=COMMANDS):
    """Offer these slots to those who wait for one: scheduling sends this to itself when a session gives up its room."""

    slots: tuple[FreedSlot, ...]


class SessionMove(Part):
    """Another room for a booked session, at the same time."""

    session_id: SessionId
    hold_id: HoldId
    """What the session stands on; it is not moved when it has moved by itself."""
    room_id: RoomId


class MoveSessions(Message, type="scheduling.move_sessions.v1", exchange=COMMANDS):
    """Move these booked sessions into other rooms: theirs goes out of use."""

    replan_id: ReplanId
    moves: tuple[SessionMove, ...]
