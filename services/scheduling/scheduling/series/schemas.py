"""Series, as they are sent and shown."""

from datetime import datetime
from typing import Annotated, Any, Final

from chassis.bodies.models import Body, View
from chassis.bodies.rules import broken
from chassis.errors import FieldError
from chassis.text import PRINTABLE
from contracts.rooms import Alternative
from contracts.types import ClientId, Instant, RoomId, SeriesId, SessionId, SiteId
from pydantic import ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from scheduling.series.recurrence import MOST, Instead, Mode, OwnPlace, Scope, SeriesRequest
from scheduling.sessions.schemas import Cancellation, NewSession, SessionView


class ProblemAt(View):
    """An occurrence of a series that could not be requested, and every reason why."""

    starts_at: Instant
    local_start: str
    problems: list[FieldError]
    booked_instead: SessionView | None = None
    """The session that is booked in its place, once one is; it does not belong to the series."""


class SeriesView(View):
    """Sessions that were booked by one rule."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c41",
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "rrule": "FREQ=WEEKLY;COUNT=12",
                    "mode": "best_effort",
                    "created_at": "2026-02-20T09:30:00Z",
                    "occurrences": [],
                    "problems": [],
                }
            ]
        }
    )

    id: SeriesId
    client_id: ClientId
    site_id: SiteId
    rrule: str
    mode: str
    created_at: Instant
    occurrences: list[SessionView]
    problems: list[ProblemAt]
    """Occurrences that could not be requested."""


EXAMPLE: Final[dict[str, Any]] = {
    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
    "starts_at": "2026-03-02T09:00:00-05:00",
    "recurrence": {"rrule": "FREQ=WEEKLY;COUNT=12"},
    "mode": "best_effort",
}

Rule = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PRINTABLE)]


class Recurrence(Body):
    """When a series recurs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rrule": "FREQ=WEEKLY;COUNT=12"}]})

    rrule: Rule
    """RFC 5545, on the site's wall clock; it ends with COUNT or UNTIL and has at most 200 occurrences."""


class OccurrenceChoice(Body):
    """What becomes of one occurrence that does not take place by the rule."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"occurrence": "2026-03-09T13:00:00Z", "choice": "alternative", "starts_at": "2026-03-09T14:00:00Z"}]
        }
    )

    occurrence: Instant
    """When it starts by the rule."""
    choice: Instead
    starts_at: Annotated[Instant | None, Field(validate_default=True)] = None
    """When it takes place instead, of an alternative."""
    room_id: RoomId | None = None
    """Only this room will do, of an alternative."""

    @field_validator("starts_at", mode="after")
    @classmethod
    def _belongs_to_an_alternative(cls, starts_at: datetime | None, info: ValidationInfo) -> datetime | None:
        if (starts_at is None) == (info.data.get("choice") is Instead.ALTERNATIVE):
            sentence = "An alternative needs starts_at, such as the one that the preview offers; an occurrence that is left out has none."
            raise broken("ambiguous-start", sentence)
        return starts_at


class NewSeries(NewSession):
    """A session that recurs; ``starts_at`` is the first one."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    recurrence: Recurrence
    mode: Mode = Mode.BEST_EFFORT
    choices: Annotated[tuple[OccurrenceChoice, ...], Field(max_length=MOST)] = ()
    """Occurrences that take place at a time of their own, or are left out; the others take place by the rule."""

    def series_request(self, starts_at: datetime) -> SeriesRequest:
        """Return what is requested, with the first session at this moment."""
        choices = {each.occurrence: OwnPlace(each.starts_at, each.room_id) if each.starts_at is not None else None for each in self.choices}
        return SeriesRequest(self.booking_request(starts_at), self.recurrence.rrule, self.mode, choices)


class NewInPlace(NewSession):
    """A session in place of an occurrence that a series could not have."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {key: value for key, value in EXAMPLE.items() if key in NewSession.model_fields} | {"occurrence": "2026-03-09T13:00:00Z"}
            ]
        }
    )

    occurrence: Instant
    """The occurrence, as `problems` of the series names its start."""


class SeriesCancellation(Cancellation):
    """Which sessions of a series are called off, and why; cause and waiver count for each of them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                    "scope": "following",
                    "reason": "Therapy has ended",
                    "cause": "client",
                    "waiver": {"reason": "Agreed with the therapist"},
                }
            ]
        }
    )

    session_id: SessionId | None = None
    """Where "this" and "following" begin."""
    scope: Scope = Scope.ALL


class SeriesUndo(Body):
    """Which cancelled sessions of a series are booked again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"session_ids": ["01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21"]}]})

    session_ids: Annotated[tuple[SessionId, ...], Field(max_length=MOST)] = ()
    """The sessions; without any, those of the last cancellation."""


class Change(View):
    """What became of one session of a changed series."""

    session_id: SessionId
    problems: list[FieldError]
    """Every reason why it stays as it was; empty when it was changed, or moves as soon as its new room is held."""
    session: SessionView | None


class SeriesChange(View):
    """What became of every session that a change was about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c41", "items": []}]})

    id: SeriesId
    items: list[Change]


class PreviewedRoom(View):
    """The room that an occurrence would get now."""

    room_id: RoomId
    room_number: str | None


class Previewed(View):
    """What would become of one occurrence."""

    starts_at: Instant
    ends_at: Instant | None
    local_start: str
    """What the clock at the site shows."""
    utc_offset: str
    clock_changes: bool
    """Whether the clocks changed since the occurrence before."""
    room: PreviewedRoom | None
    problems: list[FieldError]
    """Every reason why it could not be had; empty when it could."""
    alternative: Alternative | None
    """The best that would do instead."""
    alternatives: list[Alternative]
    """What would do instead, the best first: times and rooms that no other occurrence takes."""


class Preview(View):
    """What a series would be; nothing was booked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "occurrences": [
                        {
                            "starts_at": "2026-03-09T13:00:00Z",
                            "ends_at": "2026-03-09T14:00:00Z",
                            "local_start": "2026-03-09T09:00:00",
                            "utc_offset": "-04:00",
                            "clock_changes": True,
                            "room": {"room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22", "room_number": "201"},
                            "problems": [],
                            "alternative": None,
                            "alternatives": [],
                        }
                    ],
                    "bookable": 1,
                    "with_problems": 0,
                    "clock_changes": ["2026-03-09"],
                }
            ]
        }
    )

    occurrences: list[Previewed]
    bookable: int
    with_problems: int
    clock_changes: list[str]
    """Local dates of the first occurrences after the clocks changed."""
