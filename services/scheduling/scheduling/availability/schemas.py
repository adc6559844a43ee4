"""The HTTP bodies and views of free times."""

from typing import Annotated

from chassis.bodies.models import View
from contracts.rooms import Alternative
from contracts.types import Flag, Instant, Money, RoomId, TherapistId
from pydantic import ConfigDict, Field, StrictInt

from scheduling.sessions.schemas import NewSession


class AlternativesRequest(NewSession):
    """A session that somebody wants, and how freely to look for something else."""

    other_therapists: Flag = False
    """Also other therapists of the site at the requested time."""
    limit: Annotated[StrictInt, Field(ge=1, le=50)] = 5


class Slot(View):
    """A time at which a service could be had; one POST /sessions books it."""

    starts_at: Instant
    ends_at: Instant
    local_start: str
    """What the clock at the site shows."""
    therapist_id: TherapistId
    therapist_name: str
    room_id: RoomId | None
    """The room that would be held now; None when rooms does not answer."""
    room_number: str | None
    calculated_rate: Money


class FirstAvailable(View):
    """The next free slots, the earliest first; nothing is held."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "starts_at": "2026-03-02T14:00:00Z",
                            "ends_at": "2026-03-02T15:00:00Z",
                            "local_start": "2026-03-02T09:00:00",
                            "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                            "therapist_name": "Ruth Adler",
                            "room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22",
                            "room_number": "201",
                            "calculated_rate": "185.00",
                        }
                    ],
                    "rooms_checked": True,
                    "searched_until": "2026-03-16T14:00:00Z",
                }
            ]
        }
    )

    items: list[Slot]
    rooms_checked: bool
    """False when rooms does not answer: the people are free, the rooms are not known."""
    searched_until: Instant
    """Nothing is known of what comes after."""


class OpenAlternative(Alternative):
    """What would do instead: POST /sessions with its start, room and therapist takes it, and holds it first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c15",
                    "kind": "same_time_other_room",
                    "room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22",
                    "room_number": "201",
                    "room_name": "Oak",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "starts_at": "2026-03-02T14:00:00Z",
                    "ends_at": "2026-03-02T15:00:00Z",
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c16",
                    "therapist_name": "Zora Neale",
                    "shift_minutes": 0,
                    "score": 87.5,
                    "reasons": ["same time", "another therapist: Zora Neale"],
                    "reason_codes": ["same_time", "other_therapist"],
                }
            ]
        }
    )

    therapist_name: str | None = None
    """Of another therapist."""
