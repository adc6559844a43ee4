"""How far the booking sagas are."""

from enum import StrEnum
from typing import Final

from chassis.bodies.models import View
from contracts.scheduling import SessionStatus
from contracts.types import Instant, SessionId
from pydantic import ConfigDict

COUNTED_AT_MOST: Final = 10_000
"""Sessions that are counted of each kind: what there are more of does not make the answer slower."""


class Wait(StrEnum):
    """What a saga waits for."""

    ROOM = "room"
    """Rooms has not answered for a room."""
    MOVE = "move"
    """Rooms has not answered for the room of a move; the session keeps its old one meanwhile."""
    UNDO = "undo"
    """Rooms has not answered for the room of a cancelled or missed session that is to be booked again."""
    CONFIRMATION = "confirmation"
    """The room is held; rooms has not confirmed that the hold no longer expires."""
    CLIENT = "client"
    """A freed slot is held for somebody who waited for it, and who has not answered."""


class WaitingSaga(View):
    """A session whose saga waits."""

    session_id: SessionId
    status: SessionStatus
    waits_for: Wait
    since: Instant
    """When what it waits for was first requested."""
    age_seconds: float
    asks: int
    """How often it was requested again."""
    next_ask_at: Instant | None
    gives_up_at: Instant | None
    """When waiting ends by itself."""


class Sagas(View):
    """How the booking sagas are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sessions": {"requested": 1, "offered": 0, "booked": 212},
                    "waiting": {"room": 1, "move": 0, "undo": 0, "confirmation": 0, "client": 0},
                    "counted_at_most": COUNTED_AT_MOST,
                    "items": [
                        {
                            "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                            "status": "requested",
                            "waits_for": "room",
                            "since": "2026-02-20T09:30:00Z",
                            "age_seconds": 72.4,
                            "asks": 3,
                            "next_ask_at": "2026-02-20T09:32:30Z",
                            "gives_up_at": "2026-03-02T14:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    sessions: dict[SessionStatus, int]
    """Sessions that are not finished, by status; booked ones that are over do not count."""
    waiting: dict[Wait, int]
    """How many wait for what."""
    counted_at_most: int
    """No count above is larger, and no sum of those that wait; where one is as large, there may be more."""
    items: list[WaitingSaga]
    """Those that wait longest, first."""
