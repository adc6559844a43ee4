"""When something starts: a moment, or what the clock at the site shows, which must mean one moment."""

import asyncio
import time
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from chassis.database import Database, ReadSession
from chassis.edge import Body
from chassis.problems import FieldError, Problem, refused
from contracts.hours import readings
from contracts.named_times import NamedTime
from contracts.types import Instant, SiteId
from pydantic import Field, NaiveDatetime, Strict, ValidationInfo, WithJsonSchema, field_validator

from scheduling import replicas

LOOK_AGAIN_S: Final = 0.1

LocalTime = Annotated[
    NaiveDatetime,
    Strict(strict=False),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$", "examples": ["2026-11-01T01:30"]}),
]
"""What the clock at the site shows: a date and a time without an offset."""


class Start(Body):
    """When something starts: exactly one of the two."""

    local_start: LocalTime | None = None
    """What the clock at the site shows; a time that it shows twice or never is refused with both moments that may be meant."""
    starts_at: Annotated[Instant | None, Field(validate_default=True)] = None
    """The moment, with any offset."""

    @property
    def at(self) -> datetime:
        """The moment, where it was said as one."""
        if self.starts_at is None:
            raise AssertionError
        return self.starts_at

    @field_validator("starts_at", mode="after")
    @classmethod
    def _is_said_once(cls, starts_at: datetime | None, info: ValidationInfo) -> datetime | None:
        if (starts_at is None) == (info.data.get("local_start") is None):
            message = "say when it starts: starts_at with an offset, or local_start as the clock at the site shows it, and not both"
            raise ValueError(message)
        return starts_at


async def moment(start: Start, site_id: SiteId, db: ReadSession) -> datetime:
    """Return the moment that is meant, or the problem that there are two; a site that nobody knows is a problem too."""
    if start.local_start is None:
        return start.at
    site = (await replicas.load_sites(db, {site_id})).get(site_id)
    if site is None:
        raise refused("unknown-site", "There is no such site.", field="site_id")
    found = readings(start.local_start, site.zone)
    if len(found) == 1:
        return found[0]
    times = [NamedTime.instant(candidate, site.zone) for candidate in found]
    candidates = [each.text for each in times]
    words = f"The clock at {site.site_name} shows {start.local_start:%Y-%m-%d %H:%M} twice or never. Choose {' or '.join(candidates)}."
    error = FieldError(
        field="local_start", code="uncertain-local-time", message=words, fix=f"Choose {' or '.join(candidates)}.", times=times
    )
    raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "uncertain-local-time", words, [error], candidates=candidates)


async def moment_soon(start: Start, site_id: SiteId, database: Database, patience_s: float) -> datetime:
    """Return the moment that is meant; wait a little for a site that was announced only just now."""
    deadline = time.monotonic() + patience_s
    while start.local_start is not None:
        try:
            async with database.reading() as db:
                return await moment(start, site_id, db)
        except Problem as problem:
            if problem.errors[0].code != "unknown-site" or time.monotonic() > deadline:
                raise
            await asyncio.sleep(LOOK_AGAIN_S)
    return start.at
