"""What is answered about a booking that was not written."""

from chassis.bodies.models import View
from chassis.named_people import NamedPerson
from chassis.named_times import NamedTime
from contracts.rooms import Alternative
from contracts.types import Code, Instant, Money, RoomId, SessionId
from pydantic import ConfigDict, Field


class Obstruction(View):
    """One reason why a session could not be booked, and what would work."""

    group: str
    """therapist | client | room | hours | block | capacity | equipment | inactive | past | policy | state"""
    code: str
    field: str
    message: str
    fix: str
    session_ids: list[SessionId]
    """The sessions that are in the way."""
    times: list[NamedTime] | None = None
    """The days and times that the message names, for whoever writes them in another way."""
    people: list[NamedPerson] | None = None
    """Whom the message is about, where it does not name them."""


class CheckedRoom(View):
    """The room that would be held now."""

    room_id: RoomId
    room_number: str | None


class Check(View):
    """What would become of a booking now; nothing was written."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ok": False,
                    "starts_at": "2026-03-02T14:00:00Z",
                    "ends_at": "2026-03-02T15:00:00Z",
                    "service_code": "90837",
                    "calculated_rate": "185.00",
                    "room": None,
                    "problems": [
                        {
                            "group": "block",
                            "code": "blocked",
                            "field": "room_id",
                            "message": "The room is blocked at that time.",
                            "fix": "Take another room, or a time outside the block.",
                            "session_ids": [],
                        }
                    ],
                    "alternatives": [],
                }
            ]
        }
    )

    ok: bool | None
    """Whether it could be booked now; null when only the room could not be checked."""
    starts_at: Instant
    ends_at: Instant | None
    service_code: Code | None
    calculated_rate: Money | None
    room: CheckedRoom | None
    problems: list[Obstruction]
    """Every reason at once."""
    overrides: list[Obstruction] = Field(default_factory=list[Obstruction])
    """The clinic's rules that the request overrides with its reason, which would otherwise be problems."""
    alternatives: list[Alternative]
    """Rooms and times at which everybody is free, the best first."""
