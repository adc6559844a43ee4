"""What staff say about a therapist's time: working hours at each site, breaks, time off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Body, Page, View, check_version, page, read_cursor
from chassis.problems import conflict, not_found
from chassis.text import Line
from contracts.hours import check_spans, in_week_order
from contracts.rooms import WallTime, Weekday
from contracts.scheduling import SessionStatus, TherapistChanged
from contracts.types import Instant, SessionId, SiteId, TherapistId, Version, new_id
from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, select, tuple_

from scheduling.store import SessionRow, TherapistRow, TimeOffRow

NAMED_AT_MOST: Final = 20
MOST_SITES: Final = 100
SITE: Final = "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14"


def _in_order(spans: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    if problems := check_spans(spans):
        raise ValueError("; ".join(problems))
    return spans


def _ordered(week: Mapping[str, tuple[tuple[str, str], ...]]) -> dict[str, tuple[tuple[str, str], ...]]:
    return in_week_order(week)


Spans = Annotated[tuple[tuple[WallTime, WallTime], ...], Field(max_length=12), AfterValidator(_in_order)]
Hours = Annotated[dict[Weekday, Spans], AfterValidator(_ordered)]


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
            message = "ends_at must be after starts_at"
            raise ValueError(message)
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


async def get_hours(db: ReadSession, therapist_id: TherapistId) -> WorkingHoursView:
    """Return when a therapist works."""
    row = await db.find(TherapistRow, therapist_id)
    if row is None:
        raise not_found("therapist", therapist_id)
    return _hours(row)


async def put_hours(therapist_id: TherapistId, body: WorkingHours, expected: int | None, tx: Transaction) -> WorkingHoursView:
    """Say when a therapist works; what is booked stays booked."""
    row = await tx.lock(TherapistRow, therapist_id)
    if row is None:
        raise not_found("therapist", therapist_id)
    check_version(row.version, expected)
    row.working_hours, row.breaks = to_jsonable_python(body.hours), to_jsonable_python(body.breaks)
    row.version += 1
    row.updated_at = tx.now
    tx.send(TherapistChanged(therapist_id=therapist_id))
    return _hours(row)


async def add_time_off(therapist_id: TherapistId, body: NewTimeOff, tx: Transaction, *, force: bool) -> TimeOffView:
    """Take a therapist out for a time; over booked sessions only by force, and they stay booked."""
    if await tx.lock(TherapistRow, therapist_id) is None:
        raise not_found("therapist", therapist_id)
    booked = await _booked(therapist_id, body.starts_at, body.ends_at, tx)
    if booked and not force:
        detail = f"{len(booked)} booked sessions lie in that time. Move or cancel them first, or repeat with force=true to keep them."
        raise conflict("therapist-has-sessions", detail, session_ids=booked)
    facts: dict[str, Any] = body.model_dump()
    row = TimeOffRow(id=new_id(), therapist_id=therapist_id, **facts)
    tx.add(row)
    tx.send(TherapistChanged(therapist_id=therapist_id))
    return TimeOffView.model_validate(row)


async def list_time_off(
    db: ReadSession, therapist_id: TherapistId, *, since: datetime | None, limit: int, cursor: str | None
) -> Page[TimeOffView]:
    """Return a therapist's time off in order."""
    await get_hours(db, therapist_id)
    query = select(TimeOffRow).where(TimeOffRow.therapist_id == therapist_id)
    if since is not None:
        query = query.where(TimeOffRow.ends_at > since)
    if cursor:
        query = query.where(tuple_(TimeOffRow.starts_at, TimeOffRow.id) > tuple(read_cursor(cursor, datetime, UUID)))
    rows = await db.scalars(query.order_by(TimeOffRow.starts_at, TimeOffRow.id).limit(limit + 1))
    return page([TimeOffView.model_validate(row) for row in rows], limit, lambda row: (row.starts_at, row.id))


async def remove_time_off(key: UUID, tx: Transaction) -> TimeOffView:
    """Have a therapist back for that time."""
    row = await tx.lock(TimeOffRow, key)
    if row is None:
        what = "time off"
        raise not_found(what, key)
    await tx.execute(delete(TimeOffRow).where(TimeOffRow.id == key))
    tx.send(TherapistChanged(therapist_id=row.therapist_id))
    return TimeOffView.model_validate(row)


async def _booked(therapist_id: TherapistId, starts_at: datetime, ends_at: datetime, tx: Transaction) -> list[SessionId]:
    taking = SessionRow.status.in_([SessionStatus.REQUESTED.value, SessionStatus.BOOKED.value])
    query = select(SessionRow.id).where(
        SessionRow.therapist_id == therapist_id, taking, SessionRow.starts_at < ends_at, SessionRow.ends_at > starts_at
    )
    return list(await tx.scalars(query.order_by(SessionRow.starts_at).limit(NAMED_AT_MOST)))


def _hours(row: TherapistRow) -> WorkingHoursView:
    return WorkingHoursView(hours=row.working_hours, breaks=row.breaks, version=row.version)
