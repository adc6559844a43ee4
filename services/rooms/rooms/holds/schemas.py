"""What is answered about holds."""

from typing import Any, Final, Literal

from chassis.bodies.models import View
from chassis.rows.paging import Page
from contracts.types import HoldId, Instant, RoomId, SessionId, SiteId
from pydantic import ConfigDict, Field

from rooms.holds.rules import HoldStatus
from rooms.places.schemas import ROOM_ID, SITE_ID, WRITTEN

HOLD_ID: Final = "01890a5d-ac96-7aa2-9b6e-0f6d4c1e7a33"

SESSION_ID: Final = "01890a5d-ac96-7c44-b2d5-8e9f0a1b2c45"

ONE_HOUR: Final[dict[str, Any]] = {"starts_at": "2026-12-07T14:00:00Z", "ends_at": "2026-12-07T15:00:00Z"}

HOLD_EXAMPLE: Final[dict[str, Any]] = {
    "id": HOLD_ID,
    "session_id": SESSION_ID,
    "site_id": SITE_ID,
    "room_id": ROOM_ID,
    **ONE_HOUR,
    "status": "held",
    "expires_at": "2026-03-01T12:02:00Z",
    "reason": None,
    "needs_replanning": False,
    "displaced_by": [],
    **WRITTEN,
}


Displacement = Literal["site_closed", "room_out_of_use", "blocked", "outside_hours", "unsuitable_room"]


class Booked(View):
    """A session that has a room."""

    session_id: SessionId
    hold_id: HoldId
    room_id: RoomId
    starts_at: Instant
    ends_at: Instant
    status: HoldStatus
    capacity: int | None = None
    """Places that it needs; null where it stated none."""
    equipment: list[str] = Field(default_factory=list)
    """Equipment that it needs."""


class HoldView(View):
    """One attempt of a session to get a room; a tombstone, left by a release before its request, has only its id."""

    model_config = ConfigDict(json_schema_extra={"examples": [HOLD_EXAMPLE]})

    id: HoldId
    session_id: SessionId | None
    site_id: SiteId | None
    room_id: RoomId | None
    starts_at: Instant | None
    ends_at: Instant | None
    status: HoldStatus
    expires_at: Instant | None
    """When its grant is repeated unless it is confirmed by then; the hold stays, with a later time. Null once confirmed."""
    reason: str | None
    """Why it was refused or released."""
    needs_replanning: bool
    """Somebody insisted on a change although it was booked: its room is blocked, closed or out of use then, or lacks what it needs."""
    displaced_by: list[Displacement]
    """Why it needs re-planning; empty where it does not."""
    created_at: Instant
    updated_at: Instant


class HoldPage(Page[HoldView]):
    """A piece of the list of holds."""

    total: int | None = Field(None, description="How many there are on all pages; on the first page of those listed by start only.")
