"""The network's calendar, as it is shown."""

from chassis.bodies.models import View
from contracts.types import Day
from pydantic import ConfigDict


class NetworkView(View):
    """The calendar on which billing dates postings, files and reports, whichever site a session took place at."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"time_zone": "America/New_York", "today": "2026-03-02"}]})

    time_zone: str
    """IANA name."""
    today: Day
    """The day that it is there now."""
