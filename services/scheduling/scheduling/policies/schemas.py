"""The clinic's rules, as they are sent and shown."""

from typing import Annotated, Any, Final

from chassis.bodies.models import Body, View
from chassis.named_times import NamedTime
from contracts.types import Instant, ServiceId, SessionId, SiteId, Whole
from pydantic import ConfigDict, Field

LONGEST_WINDOW_DAYS: Final = 730

LONGEST_BUFFER_MINUTES: Final = 240

MINUTES_OF_A_MONTH: Final = 30 * 24 * 60

EXAMPLE: Final[dict[str, Any]] = {
    "notice_minutes": 120,
    "buffer_after_minutes": 10,
    "therapist_sessions_a_day": 8,
    "cancellation_window_minutes": 1440,
}

SITES: Final[Any] = ["01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14", "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c15"]

ALL_RULES: Final[dict[str, Any]] = {"book_ahead_days": None, "buffer_before_minutes": None, "client_sessions_a_day": None, **EXAMPLE}

Minutes = Annotated[Whole, Field(ge=0, le=MINUTES_OF_A_MONTH)]

Buffer = Annotated[Whole, Field(ge=0, le=LONGEST_BUFFER_MINUTES)]

Maximum = Annotated[Whole, Field(ge=1, le=100)]


class Rules(Body):
    """What a clinic requires of a booking; what is absent requires nothing, or for a service is taken from the default."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    book_ahead_days: Annotated[Whole, Field(ge=1, le=LONGEST_WINDOW_DAYS)] | None = None
    """The booking window: nothing is booked earlier before it starts; 730 without a rule."""
    notice_minutes: Minutes | None = None
    """Nothing is booked later before it starts."""
    buffer_before_minutes: Buffer | None = None
    """The therapist is kept free so long before a session."""
    buffer_after_minutes: Buffer | None = None
    """The therapist is kept free so long after a session; it adds to what the next session needs before it."""
    therapist_sessions_a_day: Maximum | None = None
    """On the site's calendar."""
    client_sessions_a_day: Maximum | None = None
    """On the site's calendar."""
    cancellation_window_minutes: Minutes | None = None
    """A cancellation this close to the start is late; 1440 without a rule."""


class PolicyView(View):
    """The rules of one scope."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"service_id": None, **ALL_RULES, "version": 1, "updated_at": "2026-03-02T14:00:00Z"}]}
    )

    service_id: ServiceId | None
    """None for the default."""
    book_ahead_days: int | None = None
    notice_minutes: int | None = None
    buffer_before_minutes: int | None = None
    buffer_after_minutes: int | None = None
    therapist_sessions_a_day: int | None = None
    client_sessions_a_day: int | None = None
    cancellation_window_minutes: int | None = None
    version: int
    """0 before anybody wrote it."""
    updated_at: Instant | None


class NewJourney(Body):
    """How long therapists travel between two sites."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_ids": SITES, "minutes": 35}]})

    site_ids: tuple[SiteId, SiteId]
    minutes: Annotated[Whole, Field(ge=0, le=LONGEST_BUFFER_MINUTES)]
    """0 takes it back."""


class Journey(View):
    """How long therapists travel between two sites, either way."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_ids": SITES, "minutes": 35}]})

    site_ids: tuple[SiteId, SiteId]
    minutes: int


class BrokenRule(View):
    """A rule that was overridden."""

    code: str
    message: str
    fix: str | None = None
    """What would have worked instead, as the message ends with it; none where the message is the rule alone."""
    times: list[NamedTime] | None = None
    """The days and times that the message names, for whoever writes them in another way."""


class OverrideView(View):
    """Rules that staff overrode for a session, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 17,
                    "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                    "at": "2026-03-02T14:00:00Z",
                    "reason": "The client is in a crisis",
                    "by": "Front desk, M. Ortiz",
                    "rules": [{"code": "short-notice", "message": "Sessions are booked at least 2 hours before they start."}],
                }
            ]
        }
    )

    id: int
    session_id: SessionId
    at: Instant
    reason: str
    by: str | None
    rules: list[BrokenRule]
