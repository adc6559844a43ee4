"""What scheduling keeps of other teams' facts: services of catalog, sites and rooms of rooms. The newest version wins."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, Transaction
from contracts.catalog import EffectiveRate, Kind, ServiceChanged
from contracts.hours import Opening, Span, Timetable, Week
from contracts.rooms import RoomChanged, SiteChanged
from contracts.types import ClientId, RoomId, ServiceId, SiteId, TherapistId
from pydantic import TypeAdapter
from pydantic_core import from_json
from sqlalchemy import ARRAY, Integer, Select, Text, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain import BACKDATED_AT_MOST, Board, Room, Service, Site, Therapist, Wish
from scheduling.policy import Policies, Policy
from scheduling.store import IDS, ClientRow, Table, TherapistRow, TimeOffRow
from scheduling.working_time import WorkingTime

RATES: Final = TypeAdapter(tuple[EffectiveRate, ...])


class ServiceRow(Table):
    """Replica of a service, fed by catalog."""

    __tablename__ = "service_replica"

    id: Mapped[ServiceId] = mapped_column(primary_key=True)
    service_code: Mapped[str]
    service_name: Mapped[str]
    standard_duration: Mapped[int]
    kind: Mapped[str]
    is_active: Mapped[bool]
    rates: Mapped[list[Any]] = mapped_column(JSONB)
    version: Mapped[int]
    min_clients: Mapped[int] = mapped_column(default=1, server_default="1")


class SiteRow(Table):
    """Replica of a site, fed by rooms."""

    __tablename__ = "site_replica"

    id: Mapped[SiteId] = mapped_column(primary_key=True)
    site_name: Mapped[str]
    time_zone: Mapped[str]
    opening_hours: Mapped[dict[str, Any]] = mapped_column(JSONB)
    special_days: Mapped[list[Any]] = mapped_column(JSONB)
    is_active: Mapped[bool]
    version: Mapped[int]


class RoomRow(Table):
    """Replica of a room, fed by rooms."""

    __tablename__ = "room_replica"

    id: Mapped[RoomId] = mapped_column(primary_key=True)
    site_id: Mapped[SiteId]
    room_number: Mapped[str]
    room_name: Mapped[str]
    capacity: Mapped[int]
    equipment: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_active: Mapped[bool]
    version: Mapped[int]


BY_ID: Final[dict[type[Table], Select[*tuple[Any, ...]]]] = {
    row: select(row.__table__).where(row.__table__.c.id == func.any(IDS)) for row in (ServiceRow, SiteRow, RoomRow, TherapistRow)
}
ALONE: Final = text("SELECT id FROM therapist WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE")
"""Working hours, time off and the clinic's rules are judged before a session is written, so one batch at a time judges a therapist."""
THERAPISTS_AT_MOST: Final = 1_000
"""Of a site, in a search for free times."""
THERAPISTS_AT_ONCE: Final = 100
"""In one step of the event loop."""
CACHED_WEEKS: Final = 1_000
WORKING_AT: Final = text("""
    SELECT id, full_name, CAST(working_hours -> CAST(:site AS text) AS text) AS week, CAST(breaks AS text) AS breaks FROM therapist
    WHERE is_active AND (cardinality(site_ids) = 0 OR :site = ANY(site_ids)) AND (CAST(:only AS uuid) IS NULL OR id = :only)
    ORDER BY full_name, id LIMIT :most
""").bindparams(bindparam("site", type_=Uuid), bindparam("only", type_=Uuid))
OFF_AT: Final = text("""
    SELECT therapist_id, starts_at, ends_at FROM time_off
    WHERE starts_at < :until AND ends_at > :since AND (CAST(:only AS uuid) IS NULL OR therapist_id = :only)
""")
DEFAULT_SCOPE: Final = "default"
RULES: Final = text("""
    SELECT scope, CAST(NULL AS uuid) AS other, rules, 0 AS minutes FROM policy
    UNION ALL
    SELECT CAST(one_site_id AS text), other_site_id, NULL, minutes FROM travel_time
    ORDER BY scope DESC
""").columns(scope=Text, other=Uuid, rules=JSONB, minutes=Integer)
"""Descending, so that "default" comes before every id."""
RULE_NAMES: Final[dict[str, tuple[str, timedelta | None]]] = {
    "book_ahead_days": ("book_ahead", timedelta(days=1)),
    "notice_minutes": ("notice", timedelta(minutes=1)),
    "buffer_before_minutes": ("buffer_before", timedelta(minutes=1)),
    "buffer_after_minutes": ("buffer_after", timedelta(minutes=1)),
    "therapist_sessions_a_day": ("therapist_a_day", None),
    "client_sessions_a_day": ("client_a_day", None),
    "cancellation_window_minutes": ("late_within", timedelta(minutes=1)),
}
"""How each rule is written, and in which unit."""
KNOWN_CLIENTS: Final = select(ClientRow.__table__.c.id).where(ClientRow.__table__.c.id == func.any(IDS))


TIME_OFF: Final = select(TimeOffRow.__table__).where(
    TimeOffRow.__table__.c.therapist_id == func.any(IDS), TimeOffRow.__table__.c.ends_at > func.now() - BACKDATED_AT_MOST
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a batch of decisions names."""

    services: Iterable[ServiceId] = ()
    sites: Iterable[SiteId] = ()
    rooms: Iterable[RoomId | None] = ()
    therapists: Iterable[TherapistId] = ()
    clients: Iterable[ClientId] = ()

    @classmethod
    def by(cls, wishes: Sequence[Wish]) -> "Named":
        """Return what wishes name."""
        return cls(
            services=[wish.service_id for wish in wishes],
            sites=[wish.site_id for wish in wishes],
            rooms=[wish.room_id for wish in wishes],
            therapists=[wish.therapist_id for wish in wishes],
            clients=[client for wish in wishes for client in (wish.client_id, *wish.other_client_ids)],
        )


async def load_board(tx: ReadSession, named: Named, *, alone: bool = False) -> Board:
    """Load what other teams and our own people say about what is named; ``alone``, nobody else decides about these therapists."""
    if alone:
        await tx.rows(ALONE, {"ids": list(set(named.therapists))})
    services = await load_services(tx, named.services)
    sites = await load_sites(tx, named.sites)
    rooms = await load_rooms(tx, {room for room in named.rooms if room})
    therapists = await load_therapists(tx, named.therapists)
    clients = set(named.clients)
    known = await tx.rows(KNOWN_CLIENTS, {"ids": list(clients)}) if clients else ()
    return Board(
        services=services,
        sites=sites,
        rooms=rooms,
        therapists=therapists,
        clients=frozenset(row.id for row in known),
        policies=await load_policies(tx),
    )


async def load_policies(tx: ReadSession) -> Policies:
    """Load the clinic's rules: the default, what services have instead, and travel between sites."""
    default, services, travel = Policy(), dict[ServiceId, Policy](), dict[frozenset[SiteId], timedelta]()
    for scope, other, rules, minutes in await tx.rows(RULES):
        if other is not None:
            travel[frozenset((SiteId(UUID(scope)), SiteId(other)))] = timedelta(minutes=minutes)
        elif scope == DEFAULT_SCOPE:
            default = to_policy(rules, Policy())
        else:
            services[ServiceId(UUID(scope))] = to_policy(rules, default)
    return Policies(default, services, travel)


def to_policy(rules: Mapping[str, int | None], default: Policy) -> Policy:
    """Read a policy as it is written; what it does not say, the default says."""
    said: dict[str, Any] = {}
    for name, value in rules.items():
        if value is not None:
            field, unit = RULE_NAMES[name]
            said[field] = value * unit if unit else value
    return replace(default, **said)


async def load_therapists(tx: ReadSession, ids: Iterable[TherapistId]) -> dict[TherapistId, Therapist]:
    """Load therapists with when they work, and when they are off from a month ago on."""
    wanted = set(ids)
    off: defaultdict[TherapistId, list[Opening]] = defaultdict(list)
    for row in await tx.rows(TIME_OFF, {"ids": list(wanted)}) if wanted else ():
        off[row.therapist_id].append((row.starts_at, row.ends_at))
    return {row.id: _therapist(row, off[row.id]) for row in await _by_id(tx, TherapistRow, wanted)}


def _therapist(row: Any, off: Sequence[Opening]) -> Therapist:  # noqa: ANN401 (a row of TherapistRow)
    weeks = {SiteId(UUID(site)): {day: _spans(spans) for day, spans in week.items()} for site, week in row.working_hours.items()}
    breaks = {day: _spans(spans) for day, spans in row.breaks.items()}
    sites = tuple(SiteId(key) for key in row.site_ids)
    return Therapist(row.id, row.is_active, sites, row.credential, WorkingTime(weeks, breaks, tuple(off)))


async def load_working_times(
    db: ReadSession, site_id: SiteId, only: TherapistId | None, since: datetime, until: datetime
) -> tuple[dict[TherapistId, str], dict[TherapistId, WorkingTime]]:
    """Load the names of a site's active therapists, or of the one who is named, and when they work there in a time."""
    parameters = {"site": site_id, "only": only, "most": THERAPISTS_AT_MOST, "since": since, "until": until}
    off: defaultdict[TherapistId, list[Opening]] = defaultdict(list)
    for row in await db.rows(OFF_AT, parameters):
        off[row.therapist_id].append((row.starts_at, row.ends_at))
    names: dict[TherapistId, str] = {}
    times: dict[TherapistId, WorkingTime] = {}
    for number, row in enumerate(await db.rows(WORKING_AT, parameters), start=1):
        weeks = {} if row.week is None else {site_id: _week(row.week)}
        names[row.id], times[row.id] = row.full_name, WorkingTime(weeks, _week(row.breaks), tuple(off.get(row.id, ())))
        if number % THERAPISTS_AT_ONCE == 0:
            await asyncio.sleep(0)
    return names, times


async def load_rooms(tx: ReadSession, ids: Iterable[RoomId]) -> Mapping[RoomId, Room]:
    """Load the replica of these rooms."""
    return {row.id: _room(row) for row in await _by_id(tx, RoomRow, set(ids))}


async def load_services(tx: ReadSession, ids: Iterable[ServiceId]) -> Mapping[ServiceId, Service]:
    """Load the replica of these services."""
    return {row.id: _service(row) for row in await _by_id(tx, ServiceRow, set(ids))}


async def load_sites(tx: ReadSession, ids: Iterable[SiteId]) -> Mapping[SiteId, Site]:
    """Load the replica of these sites."""
    rows = await _by_id(tx, SiteRow, set(ids))
    return {row.id: Site(row.id, row.site_name, _hours(row), row.is_active) for row in rows}


def _hours(row: Any) -> Timetable:  # noqa: ANN401 (a row of SiteRow)
    week = {day: _spans(spans) for day, spans in row.opening_hours.items()}
    special = {date.fromisoformat(special["day"]): _spans(special["spans"]) for special in row.special_days}
    return Timetable(week, ZoneInfo(row.time_zone), special)


@lru_cache(CACHED_WEEKS)
def _week(written: str) -> Week:
    """Read a week as PostgreSQL writes it; many therapists have the same."""
    return {day: _spans(spans) for day, spans in from_json(written).items()}


def _spans(spans: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    return tuple((opens, closes) for opens, closes in spans)


async def _by_id(tx: ReadSession, entity: type[Table], ids: set[Any]) -> Sequence[Any]:
    return await tx.rows(BY_ID[entity], {"ids": list(ids)}) if ids else ()


def _room(row: Any) -> Room:  # noqa: ANN401 (a row of RoomRow)
    return Room(row.id, row.site_id, row.room_number, row.room_name, row.capacity, frozenset(row.equipment), row.is_active)


def _service(row: Any) -> Service:  # noqa: ANN401 (a row of ServiceRow)
    duration = timedelta(minutes=row.standard_duration)
    rates = RATES.validate_python(row.rates, strict=False)
    return Service(row.id, row.service_code, row.service_name, duration, Kind(row.kind), row.is_active, rates, row.min_clients)


async def put_services(tx: Transaction, changes: Sequence[ServiceChanged]) -> None:
    """Keep the newest state of services."""
    await _put(
        tx,
        ServiceRow,
        [
            {
                "id": change.id,
                "service_code": change.service_code,
                "service_name": change.service_name,
                "standard_duration": change.standard_duration,
                "kind": change.kind.value,
                "is_active": change.is_active,
                "rates": [rate.model_dump(mode="json") for rate in change.rates],
                "version": change.version,
                "min_clients": change.min_clients,
            }
            for change in changes
        ],
    )


async def put_sites(tx: Transaction, changes: Sequence[SiteChanged]) -> None:
    """Keep the newest state of sites."""
    await _put(tx, SiteRow, [change.model_dump(mode="json", exclude={"address", "id"}) | {"id": change.id} for change in changes])


async def put_rooms(tx: Transaction, changes: Sequence[RoomChanged]) -> None:
    """Keep the newest state of rooms."""
    await _put(tx, RoomRow, [change.model_dump(exclude={"turnover_minutes", "position"}) for change in changes])


async def _put(tx: Transaction, entity: Any, rows: Sequence[dict[str, Any]]) -> None:  # noqa: ANN401 (a replica table)
    table = entity.__table__
    statement = upsert(table)
    newer = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={name: statement.excluded[name] for name in table.c.keys() if name != "id"},  # noqa: SIM118 (a ColumnCollection)
        where=statement.excluded.version >= table.c.version,  # the same one again fills what an older release did not keep
    )
    await tx.execute(newer, sorted(rows, key=lambda row: row["id"]))
