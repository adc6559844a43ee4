"""What is answered about other hours and the sessions outside them."""

from chassis.bodies.models import View
from contracts.types import Day, SiteId
from pydantic import ConfigDict, Field

from rooms.holds.schemas import Booked
from rooms.places.schemas import SITE_ID


class SpecialDayView(View):
    """A day on which a site keeps other hours than its weekday has, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"site_id": SITE_ID, "day": "2026-12-24", "spans": [["09:00", "12:00"]], "reason": "Christmas Eve", "replanning": []}
            ]
        }
    )

    site_id: SiteId
    day: Day
    spans: list[tuple[str, str]]
    reason: str
    replanning: "list[Booked]" = Field(default_factory=list)
    """Sessions that this leaves outside the open hours; they need another room or time."""
