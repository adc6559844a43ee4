"""Who waits, as they are sent and shown."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from chassis.named_times import NamedTime
from contracts.rooms import WallTime, Weekday
from contracts.scheduling import Modality
from contracts.types import ClientId, EntryId, Equipment, Flag, Instant, ServiceId, SessionId, SiteId, TherapistId, Whole
from pydantic import ConfigDict, Field, model_validator

LONGEST_WAIT: Final = timedelta(days=366)


class EntryStatus(StrEnum):
    """Where somebody stands who waits."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


Hours = Annotated[
    dict[Weekday, Annotated[tuple[tuple[WallTime, WallTime], ...], Field(max_length=12)]],
    Field(json_schema_extra={"additionalProperties": False}),
]


class NewEntry(Body):
    """Somebody who waits for a slot."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "earliest": "2026-03-02T08:00:00-05:00",
                    "latest": "2026-03-20T20:00:00-04:00",
                    "hours": {"tue": [["14:00", "18:00"]], "thu": [["08:00", "12:00"]]},
                    "modality": "video",
                }
            ]
        }
    )

    client_id: ClientId
    service_id: ServiceId
    site_id: SiteId
    therapist_id: TherapistId | None = None
    """Only this therapist; any when absent."""
    earliest: Instant
    """A session starts no earlier."""
    latest: Instant
    """A session ends no later."""
    hours: Hours | None = None
    """When in the week they can come, on the site's clock; always when absent."""
    capacity: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    equipment: Annotated[tuple[Equipment, ...], Field(max_length=20)] = ()
    insurance_applicable: Flag = False
    modality: Modality = Modality.IN_PERSON
    """How therapist and client will meet; what is offered is booked so."""

    @model_validator(mode="after")
    def _has_a_window(self) -> "NewEntry":
        if not self.earliest < self.latest or self.latest - self.earliest > LONGEST_WAIT:
            raise broken("impossible-range", f"latest must be after earliest, by at most {LONGEST_WAIT.days} days.", field="latest")
        return self


class LogLine(View):
    """What was decided about somebody who waits."""

    at: Instant
    event: str
    detail: str
    session_id: SessionId | None
    times: list[NamedTime] | None = None
    """The days and times that the detail names, for whoever writes them in another way."""


class EntryView(View):
    """Somebody who waits, and where they stand."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c81",
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "client_name": "Jonas Weber",
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "therapist_id": None,
                    "earliest": "2026-03-02T13:00:00Z",
                    "latest": "2026-03-21T00:00:00Z",
                    "hours": None,
                    "modality": "in_person",
                    "status": "offered",
                    "position": None,
                    "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                    "offer_until": "2026-03-03T16:00:00Z",
                    "created_at": "2026-03-01T09:00:00Z",
                    "log": [],
                }
            ]
        }
    )

    id: EntryId
    client_id: ClientId
    client_name: str
    service_id: ServiceId
    site_id: SiteId
    therapist_id: TherapistId | None
    earliest: Instant
    latest: Instant
    hours: dict[str, list[tuple[str, str]]] | None
    modality: Modality
    status: EntryStatus
    position: int | None
    """Among those who wait at the site, the first being 1; None when they do not wait."""
    session_id: SessionId | None
    """What is held for them, or was last."""
    offer_until: Instant | None
    """Until when they may take it."""
    created_at: Instant
    log: list[LogLine] = Field(default_factory=list[LogLine])
    """What was decided, and why, oldest first; only when one is read."""
