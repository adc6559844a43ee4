"""When something starts: a moment, or what the clock at the site shows."""

from datetime import datetime
from typing import Annotated, Final

from chassis.bodies.models import Body
from contracts.types import Instant
from pydantic import Field, NaiveDatetime, Strict, ValidationInfo, WithJsonSchema, field_validator

LocalTime = Annotated[
    NaiveDatetime,
    Strict(strict=False),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$", "examples": ["2026-11-01T01:30"]}),
]
"""What the clock at the site shows: a date and a time without an offset."""


FIRST_START: Final = datetime(2000, 1, 2)  # noqa: DTZ001 (on any clock)
LAST_START: Final = datetime(2199, 1, 1)  # noqa: DTZ001 (as above)
"""What is looked at around a session, such as other times for it, still lies within what a moment may be."""


class Start(Body):
    """When something starts: exactly one of the two."""

    local_start: LocalTime | None = None
    """What the clock at the site shows; a time that it shows twice or never is refused with both moments that may be meant."""
    starts_at: Annotated[Instant | None, Field(validate_default=True)] = None
    """The moment, with any offset."""

    @property
    def at(self) -> datetime:
        """The moment, where it was given as one."""
        if self.starts_at is None:
            raise AssertionError
        return self.starts_at

    @field_validator("local_start", "starts_at", mode="after")
    @classmethod
    def _is_bounded(cls, start: datetime | None) -> datetime | None:
        if start is not None and not FIRST_START <= start.replace(tzinfo=None) < LAST_START:
            message = f"A session starts between {FIRST_START:%Y} and {LAST_START.year - 1}"
            raise ValueError(message)
        return start

    @field_validator("starts_at", mode="after")
    @classmethod
    def _is_stated_once(cls, starts_at: datetime | None, info: ValidationInfo) -> datetime | None:
        if (starts_at is None) == (info.data.get("local_start") is None):
            message = "state when it starts: starts_at with an offset, or local_start as the clock at the site shows it, and not both"
            raise ValueError(message)
        return starts_at
