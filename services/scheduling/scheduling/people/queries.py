"""Read therapists, clients, and when therapists work."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

from chassis.data.database import ReadSession, named
from chassis.hours import Opening, Week
from chassis.rows.as_json import as_json, one_of
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from chassis.rows.search import foldable, occur
from contracts.types import ClientId, SiteId, TherapistId
from pydantic_core import from_json
from sqlalchemy import ColumnElement, Uuid, bindparam, func, or_, select, text
from sqlalchemy import Table as CoreTable
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from scheduling.people.schemas import ClientView, TherapistView, TimeOffView, WorkingHoursView
from scheduling.people.tables import ClientRow, TherapistRow, TimeOffRow
from scheduling.people.therapist import Therapist
from scheduling.people.working_time import BACKDATED_AT_MOST, WorkingTime
from scheduling.replicas.reference import to_spans

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

CLIENTS: Final = cast("CoreTable", ClientRow.__table__)
"""Clients, to be joined in what other capabilities read."""

THERAPISTS: Final = cast("CoreTable", TherapistRow.__table__)
"""Therapists, to be joined in what other capabilities read."""

ABSENCES: Final = cast("CoreTable", TimeOffRow.__table__)
"""Times in which therapists are not there, to be joined in what other capabilities read."""

THERAPISTS_BY_ID: Final = f"""(
    SELECT json_agg(found) FROM (
        SELECT id, is_active, site_ids, credential, working_hours, breaks, ARRAY(
            SELECT json_build_array(starts_at, ends_at) FROM time_off
            WHERE therapist_id = therapist.id AND ends_at > now() - CAST(:off_since AS interval) ORDER BY starts_at
        ) AS off
        FROM therapist WHERE id = {one_of("therapists")}
    ) AS found
)"""  # noqa: S608 (texts of ours)
"""Those who are named and when they are off, as ``as_json`` selects it."""

CLIENTS_BY_ID: Final = f"(SELECT json_object_agg(id, full_name) FROM client WHERE id = {one_of('clients')})"  # noqa: S608 (texts of ours)
"""The names of those who are named, as ``as_json`` selects them."""

THERAPISTS_ALONE: Final = as_json(therapists=THERAPISTS_BY_ID)

CLIENTS_ALONE: Final = as_json(clients=CLIENTS_BY_ID)

OFF_SINCE: Final = {"off_since": BACKDATED_AT_MOST}


async def judge_alone(tx: ReadSession, ids: Iterable[TherapistId]) -> None:
    """Lock these therapists, so that nobody else decides about them in this transaction."""
    await tx.rows(ALONE, {"ids": list(set(ids))})


async def client_names(db: ReadSession, ids: Collection[ClientId]) -> dict[ClientId, str]:
    """Return the names of these clients, of those that there are."""
    return read_clients(await db.scalar(CLIENTS_ALONE, {"clients": list(ids)})) if ids else {}


async def load_therapists(tx: ReadSession, ids: Collection[TherapistId]) -> dict[TherapistId, Therapist]:
    """Load therapists with when they work, and when they are off from a month ago on."""
    return read_therapists(await tx.scalar(THERAPISTS_ALONE, {"therapists": list(ids), **OFF_SINCE})) if ids else {}


def read_clients(names: Mapping[str, str] | None) -> dict[ClientId, str]:
    """Read what ``CLIENTS_BY_ID`` found."""
    return {ClientId(UUID(client)): name for client, name in (names or {}).items()}


def read_therapists(rows: Sequence[Mapping[str, Any]] | None) -> dict[TherapistId, Therapist]:
    """Read what ``THERAPISTS_BY_ID`` found."""
    return {therapist.id: therapist for therapist in map(_therapist, rows or ())}


def _therapist(row: Mapping[str, Any]) -> Therapist:
    weeks = {SiteId(UUID(site)): {day: to_spans(spans) for day, spans in week.items()} for site, week in row["working_hours"].items()}
    breaks = {day: to_spans(spans) for day, spans in row["breaks"].items()}
    off = tuple((datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in row["off"])
    return Therapist(
        id=TherapistId(UUID(row["id"])),
        is_active=row["is_active"],
        site_ids=tuple(SiteId(UUID(site)) for site in row["site_ids"]),
        credential=row["credential"],
        time=WorkingTime(weeks, breaks, off),
    )


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


@lru_cache(CACHED_WEEKS)
def _week(written: str) -> Week:
    """Read a week as PostgreSQL writes it; many therapists have the same."""
    return {day: to_spans(spans) for day, spans in from_json(written).items()}


WALKED_AT_MOST: Final = 3_000
"""Clients, in the order of names, who are looked at before the index of their search is used."""


async def get_therapist(db: ReadSession, therapist_id: TherapistId) -> TherapistView:
    """Return one therapist; NotFound where there is none."""
    row = require(await db.find(TherapistRow, therapist_id), "therapist", therapist_id)
    return TherapistView.model_validate(row)


BY_NAME: Final = Keyset(TherapistRow.full_name, TherapistRow.id)


async def list_therapists(
    db: ReadSession,
    limit: int,
    cursor: str | None,
    q: str | None,
    site_id: SiteId | None,
    is_active: bool | None,  # noqa: FBT001 (a filter)
    ids: Sequence[TherapistId] | None,
) -> Page[TherapistView]:
    """Return therapists by name."""
    query = select(TherapistRow)
    if ids is not None:
        query = query.where(TherapistRow.id.in_(ids))
    if site_id is not None:
        query = query.where(or_(TherapistRow.site_ids.contains([site_id]), func.cardinality(TherapistRow.site_ids) == 0))
    if is_active is not None:
        query = query.where(TherapistRow.is_active == is_active)
    if q:
        # OFFSET 0: what they are searched by is folded once for each, not once for each word.
        folded = foldable(TherapistRow.full_name, TherapistRow.credential, TherapistRow.npi).label("searched")
        stated = select(TherapistRow.id, folded).offset(0).subquery().c
        query = query.where(TherapistRow.id.in_(select(stated.id).where(occur(q, stated.searched))))
    rows = await db.scalars(BY_NAME.after(query, cursor, limit))
    return BY_NAME.page([TherapistView.model_validate(row) for row in rows], limit)


async def get_client(db: ReadSession, client_id: ClientId) -> ClientView:
    """Return one client; NotFound where there is none."""
    return ClientView.model_validate(require(await db.find(ClientRow, client_id), "client", client_id))


async def list_clients(db: ReadSession, limit: int, cursor: str | None, q: str | None, ids: Sequence[ClientId] | None) -> Page[ClientView]:
    """Return clients by name."""
    columns = CLIENTS.c
    wanted = _clients_by_name(columns).behind(cursor or None)
    if ids is not None:
        wanted.append(columns.id.in_(ids))
    if q and ids is None:
        # Words that many are called by fill a page from the next names; the index would return all who are called so.
        near = select(CLIENTS).where(*wanted).order_by(columns.full_name, columns.id).limit(WALKED_AT_MOST).subquery().c
        found = await _clients(db, near, [occur(q, near.search)], limit)
        if found.next_cursor:
            return found
    if q:
        wanted.append(occur(q, columns.search))
    return await _clients(db, columns, wanted, limit)


async def _clients(
    db: ReadSession, columns: ReadOnlyColumnCollection[str, Any], wanted: Sequence[ColumnElement[bool]], limit: int
) -> Page[ClientView]:
    shown = select(*(columns[name] for name in ClientView.model_fields)).where(*wanted)
    by_name = _clients_by_name(columns)
    return by_name.page([ClientView.of(row) for row in named(await db.rows(by_name.after(shown, None, limit)))], limit)


def _clients_by_name(columns: ReadOnlyColumnCollection[str, Any]) -> Keyset:
    """Return the key of the list of clients, with columns of their table or of a statement that has its columns."""
    return Keyset(columns.full_name, columns.id, of="clients")


async def get_hours(db: ReadSession, therapist_id: TherapistId) -> WorkingHoursView:
    """Return when a therapist works; NotFound without that therapist."""
    return hours_view(require(await db.find(TherapistRow, therapist_id), "therapist", therapist_id))


TIMES_OFF: Final = Keyset(TimeOffRow.starts_at, TimeOffRow.id)


async def list_time_off(
    db: ReadSession, therapist_id: TherapistId, *, since: datetime | None, limit: int, cursor: str | None
) -> Page[TimeOffView]:
    """Return a therapist's time off in order; NotFound where there is no such therapist."""
    await get_hours(db, therapist_id)
    query = select(TimeOffRow).where(TimeOffRow.therapist_id == therapist_id)
    if since is not None:
        query = query.where(TimeOffRow.ends_at > since)
    rows = await db.scalars(TIMES_OFF.after(query, cursor, limit))
    return TIMES_OFF.page([TimeOffView.model_validate(row) for row in rows], limit)


def hours_view(row: TherapistRow) -> WorkingHoursView:
    """Show when a therapist works."""
    return WorkingHoursView(hours=row.working_hours, breaks=row.breaks, version=row.version)
