"""What is answered about free rooms."""

from typing import Any, Final

from chassis.bodies.models import View
from contracts.rooms import Obstacle
from pydantic import ConfigDict

from rooms.places.schemas import NAMED_ROOM, ROOM_VIEW_EXAMPLE, SITE_ID, RoomView

AVAILABILITY_EXAMPLE: Final[dict[str, Any]] = {"rooms": [{"room": ROOM_VIEW_EXAMPLE, "free": False, "reasons": ["booked"]}]}

ALTERNATIVES_EXAMPLE: Final[dict[str, Any]] = {
    "items": [
        {
            "id": "01890a5d-ac96-7d77-8e88-f90a1b2c3d99",
            "kind": "same_room_other_time",
            **NAMED_ROOM,
            "site_id": SITE_ID,
            "starts_at": "2026-12-07T15:15:00Z",
            "ends_at": "2026-12-07T16:15:00Z",
            "shift_minutes": 15,
            "score": 92.5,
            "reasons": ["15 min later", "same room"],
            "reason_codes": ["later:15", "same_room"],
        }
    ],
    "next_cursor": None,
}


class RoomAvailability(View):
    """Whether a room could be had, and everything that speaks against it."""

    room: RoomView
    free: bool
    reasons: list[Obstacle]


class Availability(View):
    """Every room of a site."""

    model_config = ConfigDict(json_schema_extra={"examples": [AVAILABILITY_EXAMPLE]})

    rooms: list[RoomAvailability]
