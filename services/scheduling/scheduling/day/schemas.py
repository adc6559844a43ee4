"""The day sheet."""

from chassis.bodies.models import View
from contracts.scheduling import SessionStatus
from contracts.types import Code, Day, Instant, SessionId, SiteId
from pydantic import ConfigDict


class SheetLine(View):
    """One session of the day."""

    session_id: SessionId
    starts_at: Instant
    ends_at: Instant
    local_start: str
    """HH:MM as the clock at the site shows it."""
    local_end: str
    room_number: str | None
    therapist_name: str
    client_names: list[str]
    service_code: Code
    service_name: str
    status: SessionStatus
    notes: str | None

    @property
    def cells(self) -> list[str]:
        """What a sheet or a printed page shows of it, in the order of its columns."""
        return [
            self.local_start,
            self.local_end,
            self.room_number or "",
            self.therapist_name,
            ", ".join(self.client_names),
            self.service_code,
            self.service_name,
            self.status.value,
            self.notes or "",
        ]


class DaySheet(View):
    """A site's day, in the order of time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "site_name": "Harbor Street",
                    "day": "2026-03-02",
                    "time_zone": "America/New_York",
                    "items": [
                        {
                            "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                            "starts_at": "2026-03-02T14:00:00Z",
                            "ends_at": "2026-03-02T15:00:00Z",
                            "local_start": "09:00",
                            "local_end": "10:00",
                            "room_number": "201",
                            "therapist_name": "Ruth Adler",
                            "client_names": ["Jonas Weber"],
                            "service_code": "90837",
                            "service_name": "Individual Psychotherapy, 60 minutes",
                            "status": "booked",
                            "notes": None,
                        }
                    ],
                }
            ]
        }
    )

    site_id: SiteId
    site_name: str
    day: Day
    time_zone: str
    items: list[SheetLine]
    """Everything but what was cancelled or rejected; the first 2,000."""

    @property
    def title(self) -> str:
        """The heading of a printed page."""
        return f"{self.site_name}, {self.day:%A %d %B %Y}"

    @property
    def lines(self) -> list[list[str]]:
        """The cells of each session."""
        return [item.cells for item in self.items]
