"""A session's timeline."""

from uuid import UUID

from chassis.bodies.models import View
from contracts.types import ClientId, Instant
from pydantic import ConfigDict, Field


class TimelineEntry(View):
    """One step of a session's saga."""

    at: Instant
    event: str
    detail: str
    message_id: UUID | None
    """The message that carried it."""
    client_ids: list[ClientId] = Field(default_factory=list[ClientId])
    """Who joins or leaves."""
    elapsed_ms: float
    """Milliseconds since the session was requested."""


class Timeline(View):
    """A session's saga, oldest step first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "at": "2026-02-20T09:30:00Z",
                            "event": "requested",
                            "detail": "a room is requested",
                            "message_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c31",
                            "elapsed_ms": 0.0,
                        },
                        {
                            "at": "2026-02-20T09:30:00.031Z",
                            "event": "booked",
                            "detail": "room 201 is held",
                            "message_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c32",
                            "elapsed_ms": 31.0,
                        },
                    ]
                }
            ]
        }
    )

    items: list[TimelineEntry]
