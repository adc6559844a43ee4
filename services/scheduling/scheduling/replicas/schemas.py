"""When something starts: a moment, or what the clock at the site shows."""

import re
from datetime import datetime
from typing import Annotated, Final

from chassis.bodies.models import Body
from chassis.bodies.rules import broken
from contracts.types import Instant
from pydantic import BeforeValidator, Field, NaiveDatetime, Strict, ValidationInfo, WithJsonSchema, field_validator

LOCAL_TIME: Final = r"^(20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"


def _on_the_calendar(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if not (isinstance(value, str) and re.fullmatch(LOCAL_TIME, value)):
        sentence = "Enter a date and a time as the clock at the site shows them, without an offset: written as 2026-03-02T09:00."
        raise broken("no-local-time", sentence)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise broken("no-such-day", f"There is no day {value[:10]}.") from None


LocalTime = Annotated[
    NaiveDatetime,
    BeforeValidator(_on_the_calendar),
    Strict(strict=False),
    WithJsonSchema({"type": "string", "pattern": LOCAL_TIME, "examples": ["2026-11-01T01:30"]}),
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
            raise broken("impossible-time", f"A session starts between {FIRST_START:%Y} and {LAST_START.year - 1}.")
        return start

    @field_validator("starts_at", mode="after")
    @classmethod
    def _is_stated_once(cls, starts_at: datetime | None, info: ValidationInfo) -> datetime | None:
        is_readable = "local_start" in info.data  # one that is not is refused by itself
        if is_readable and (starts_at is None) == (info.data["local_start"] is None):
            sentence = "State when it starts: starts_at with an offset, or local_start as the clock at the site shows it, and not both."
            raise broken("ambiguous-start", sentence)
        return starts_at
