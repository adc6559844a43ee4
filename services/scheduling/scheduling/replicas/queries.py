"""Read services, sites and rooms; moments and days on the clock of a site."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import Database, ReadSession
from chassis.errors import DomainError, FieldError, Invalid
from chassis.hours import Timetable, readings
from chassis.named_times import NamedTime
from chassis.rows.as_json import as_json, one_of
from contracts.catalog import Kind
from contracts.open_words import open_word
from contracts.types import RoomId, ServiceId, SiteId
from sqlalchemy import select

from scheduling.replicas.reference import Room, Service, Site, to_spans
from scheduling.replicas.schemas import Start
from scheduling.replicas.tables import RATES, SiteReplicaRow, room_table, service_table, site_table

ROOMS_BY_ID: Final = f"(SELECT json_agg(room) FROM room_replica AS room WHERE id = {one_of('rooms')})"  # noqa: S608 (texts of ours)
SERVICES_BY_ID: Final = f"(SELECT json_agg(service) FROM service_replica AS service WHERE id = {one_of('services')})"  # noqa: S608 (texts of ours)
SITES_BY_ID: Final = f"(SELECT json_agg(site) FROM site_replica AS site WHERE id = {one_of('sites')})"  # noqa: S608 (texts of ours)
"""The replica of those that are named, as ``as_json`` selects it."""

ROOMS_ALONE: Final = as_json(rooms=ROOMS_BY_ID)
SERVICES_ALONE: Final = as_json(services=SERVICES_BY_ID)
SITES_ALONE: Final = as_json(sites=SITES_BY_ID)

Rows = Sequence[dict[str, Any]] | None
"""As JSON has them; None without any."""


async def load_rooms(tx: ReadSession, ids: Iterable[RoomId]) -> Mapping[RoomId, Room]:
    """Load the replica of these rooms."""
    return read_rooms(await tx.scalar(ROOMS_ALONE, {"rooms": list(ids)}))


async def load_services(tx: ReadSession, ids: Iterable[ServiceId]) -> Mapping[ServiceId, Service]:
    """Load the replica of these services."""
    return read_services(await tx.scalar(SERVICES_ALONE, {"services": list(ids)}))


async def load_sites(tx: ReadSession, ids: Iterable[SiteId]) -> Mapping[SiteId, Site]:
    """Load the replica of these sites."""
    return read_sites(await tx.scalar(SITES_ALONE, {"sites": list(ids)}))


def read_rooms(rows: Rows) -> dict[RoomId, Room]:
    """Read what ``ROOMS_BY_ID`` found."""
    return {room.id: room for room in map(_room, rows or ())}


def read_services(rows: Rows) -> dict[ServiceId, Service]:
    """Read what ``SERVICES_BY_ID`` found."""
    return {service.id: service for service in map(_service, rows or ())}


def read_sites(rows: Rows) -> dict[SiteId, Site]:
    """Read what ``SITES_BY_ID`` found."""
    return {site.id: site for site in map(_site, rows or ())}


def _site(row: Mapping[str, Any]) -> Site:
    week = {day: to_spans(spans) for day, spans in row["opening_hours"].items()}
    special = {date.fromisoformat(special["day"]): to_spans(special["spans"]) for special in row["special_days"]}
    hours = Timetable(week, ZoneInfo(row["time_zone"]), special)
    return Site(SiteId(UUID(row["id"])), row["site_name"], hours, row["is_active"])


def _room(row: Mapping[str, Any]) -> Room:
    return Room(
        id=RoomId(UUID(row["id"])),
        site_id=SiteId(UUID(row["site_id"])),
        room_number=row["room_number"],
        room_name=row["room_name"],
        capacity=row["capacity"],
        equipment=frozenset(row["equipment"]),
        is_active=row["is_active"],
    )


def _service(row: Mapping[str, Any]) -> Service:
    return Service(
        id=ServiceId(UUID(row["id"])),
        service_code=row["service_code"],
        service_name=row["service_name"],
        duration=timedelta(minutes=row["standard_duration"]),
        kind=open_word(Kind, row["kind"]),
        is_active=row["is_active"],
        rates=RATES.validate_python(row["rates"], strict=False),
        min_clients=row["min_clients"],
    )


UNKNOWN: Final = {"unknown-service", "unknown-site", "unknown-room"}
"""Codes of what is not in the replica, which its owner may announce at any moment."""

FIRST_PAUSE_S: Final = 0.1

T = TypeVar("T")


async def when_announced(look: Callable[[], Awaitable[T]], patience_s: float, codes: Callable[[T], Iterable[str]] = lambda _: ()) -> T:
    """Look until nothing is unknown any more, after pauses that double; return or raise what the last look found.

    What is unknown is stated by the codes of an error that ``look`` raises, or by the codes of what it returns.
    """
    deadline, pause = time.monotonic() + patience_s, FIRST_PAUSE_S
    while True:
        left = deadline - time.monotonic()
        try:
            found = await look()
        except DomainError as problem:
            if left <= 0 or UNKNOWN.isdisjoint(error.code for error in problem.errors):
                raise
        else:
            if left <= 0 or UNKNOWN.isdisjoint(codes(found)):
                return found
        await asyncio.sleep(min(pause, left))
        pause *= 2


async def moment(start: Start, site_id: SiteId, db: ReadSession) -> datetime:
    """Return the moment that is meant, or the problem that there are two; an unknown site is a problem too; Invalid for both."""
    if start.local_start is None:
        return start.at
    site = (await load_sites(db, {site_id})).get(site_id)
    if site is None:
        raise Invalid("unknown-site", "There is no such site.", field="site_id")
    found = readings(start.local_start, site.zone)
    if len(found) == 1:
        return found[0]
    times = [NamedTime.instant(candidate, site.zone) for candidate in found]
    candidates = [each.text for each in times]
    text = f"The clock at {site.site_name} shows {start.local_start:%Y-%m-%d %H:%M} twice or never. Choose {' or '.join(candidates)}."
    error = FieldError(
        field="local_start", code="uncertain-local-time", message=text, fix=f"Choose {' or '.join(candidates)}.", times=times
    )
    raise Invalid("uncertain-local-time", text, [error], candidates=candidates)


async def moment_soon(start: Start, site_id: SiteId, database: Database, patience_s: float) -> datetime:
    """Return the moment that is meant; wait a little for a site that was announced only just now."""

    async def look() -> datetime:
        async with database.reading() as db:
            return await moment(start, site_id, db)

    return start.at if start.local_start is None else await when_announced(look, patience_s)


async def day_of(db: ReadSession, site_id: SiteId | None, day: date) -> tuple[datetime, datetime]:
    """Return when a day begins and ends: on the clock of the site, or of the world where none is named."""
    zone = await db.scalar(select(SiteReplicaRow.time_zone).where(SiteReplicaRow.id == site_id)) if site_id else None
    clock = ZoneInfo(zone or "UTC")
    begin, end = (datetime.combine(each, datetime.min.time(), clock).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return begin, end


SERVICES: Final = service_table
"""Services, to be joined in what other capabilities read."""
ROOMS: Final = room_table
"""Rooms, to be joined in what other capabilities read."""
SITES: Final = site_table
"""Sites, to be joined in what other capabilities read."""
