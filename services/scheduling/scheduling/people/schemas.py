"""Therapists, clients, working hours and time off, as they are sent and shown."""

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from chassis.hours import check_spans, in_week_order
from chassis.text import PRINTABLE, Line, Seen, Tidy, TimeZone
from contracts.forms import TextForm
from contracts.rooms import WallTime, Weekday
from contracts.types import ClientId, Flag, Instant, SiteId, TherapistId, Version
from pydantic import MISSING, AfterValidator, ConfigDict, Field, StringConstraints, model_validator


class TherapistView(View):
    """Somebody who treats clients."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "full_name": "Ruth Adler",
                    "npi": "1234567893",
                    "credential": "LCSW",
                    "time_zone": "America/New_York",
                    "site_ids": ["01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14"],
                    "is_active": True,
                    "version": 1,
                    "created_at": "2026-01-05T08:00:00Z",
                    "updated_at": "2026-01-05T08:00:00Z",
                }
            ]
        }
    )

    id: TherapistId
    full_name: str
    npi: str | None
    credential: str | None
    time_zone: str
    site_ids: list[SiteId]
    is_active: bool
    version: int
    created_at: Instant
    updated_at: Instant


class ClientView(View):
    """Somebody who is treated."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "full_name": "Jonas Weber",
                    "email": "jonas@example.com",
                    "phone": "+1 212 555 0134",
                    "time_zone": "America/New_York",
                    "version": 1,
                    "created_at": "2026-01-05T08:00:00Z",
                    "updated_at": "2026-01-05T08:00:00Z",
                }
            ]
        }
    )

    id: ClientId
    full_name: str
    email: str | None
    phone: str | None
    time_zone: str
    version: int
    created_at: Instant
    updated_at: Instant


Npi = Annotated[str, TextForm(r"^\d{10}$", "An NPI has ten digits, such as 1234567893.")]

Credential = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=PRINTABLE), Seen, Tidy]

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    TextForm(r"^[^@:\s\x00]+@[^@:\s\x00]+$", "Enter an e-mail address, such as name@example.com."),
]

Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=40),
    TextForm(r"^[+()\-./ 0-9x]{3,}$", "Enter a phone number, such as +1 212 555 0134 or 212-555-0134 x12."),
]


class NewTherapist(Body):
    """A therapist to add."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"full_name": "Ruth Adler", "npi": "1234567893", "credential": "LCSW", "time_zone": "America/New_York", "site_ids": []}
            ]
        }
    )

    full_name: Line
    npi: Npi | None = None
    """National Provider Identifier, ten digits."""
    credential: Credential | None = None
    time_zone: TimeZone = "UTC"
    site_ids: Annotated[tuple[SiteId, ...], Field(max_length=100)] = ()
    """Where they work; anywhere when empty."""
    is_active: Flag = True


class TherapistChange(Body):
    """What to change of a therapist; what is absent stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"credential": "PhD"}]})

    full_name: Line | MISSING = MISSING
    npi: Npi | MISSING | None = MISSING
    credential: Credential | MISSING | None = MISSING
    time_zone: TimeZone | MISSING = MISSING
    site_ids: Annotated[tuple[SiteId, ...], Field(max_length=100)] | MISSING = MISSING
    is_active: Flag | MISSING = MISSING


class NewClient(Body):
    """A client to add."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"full_name": "Jonas Weber", "email": "jonas@example.com", "phone": "+1 212 555 0134", "time_zone": "America/New_York"}
            ]
        }
    )

    full_name: Line
    email: Email | None = None
    phone: Phone | None = None
    time_zone: TimeZone = "UTC"


class ClientChange(Body):
    """What to change of a client; what is absent stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "+1 212 555 0199"}]})

    full_name: Line | MISSING = MISSING
    email: Email | MISSING | None = MISSING
    phone: Phone | MISSING | None = MISSING
    time_zone: TimeZone | MISSING = MISSING


MOST_SITES: Final = 100

SITE: Final = "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14"


def _in_order(spans: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    if problems := check_spans(spans):
        raise broken("disordered-hours", f"{'; '.join(problems)}.")
    return spans


def _ordered(week: Mapping[str, tuple[tuple[str, str], ...]]) -> dict[str, tuple[tuple[str, str], ...]]:
    return in_week_order(week)


Spans = Annotated[tuple[tuple[WallTime, WallTime], ...], Field(max_length=12), AfterValidator(_in_order)]

Hours = Annotated[dict[Weekday, Spans], AfterValidator(_ordered), Field(json_schema_extra={"additionalProperties": False})]


class WorkingHours(Body):
    """When a therapist works, on the wall clock of each site."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"hours": {SITE: {"mon": [["09:00", "17:00"]]}}, "breaks": {"mon": [["12:00", "13:00"]]}}]}
    )

    hours: Annotated[dict[SiteId, Hours], Field(max_length=MOST_SITES, default_factory=dict)]
    """At a site that is not named they work whenever it is open; a weekday that is absent is free."""
    breaks: Annotated[Hours, Field(default_factory=dict)]
    """Lunch, for example; at every site."""


class WorkingHoursView(View):
    """When a therapist works."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"hours": {SITE: {"mon": [["09:00", "17:00"]]}}, "breaks": {"mon": [["12:00", "13:00"]]}, "version": 2}]
        }
    )

    hours: dict[str, dict[str, list[tuple[str, str]]]]
    breaks: dict[str, list[tuple[str, str]]]
    version: Version
    """Of the therapist."""


class NewTimeOff(Body):
    """A time in which a therapist is not there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"starts_at": "2026-07-06T00:00:00-04:00", "ends_at": "2026-07-20T00:00:00-04:00", "reason": "holiday"}]
        }
    )

    starts_at: Instant
    ends_at: Instant
    reason: Line

    @model_validator(mode="after")
    def _takes_time(self) -> "NewTimeOff":
        if not self.starts_at < self.ends_at:
            raise broken("impossible-time", "ends_at must be after starts_at.", field="ends_at")
        return self


class TimeOffView(View):
    """A time in which a therapist is not there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c71",
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "starts_at": "2026-07-06T04:00:00Z",
                    "ends_at": "2026-07-20T04:00:00Z",
                    "reason": "holiday",
                }
            ]
        }
    )

    id: UUID
    therapist_id: TherapistId
    starts_at: Instant
    ends_at: Instant
    reason: str
