"""Read the list of sessions and the day sheet."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from contracts.scheduling import Modality, SessionStatus
from contracts.types import LONGEST_SESSION, ClientId, SessionId, SiteId, TherapistId
from pydantic_core import to_json
from sqlalchemy import ARRAY, ColumnElement, CompoundSelect, Text, Uuid, any_, bindparam, cast, exists, func, select, union_all

from scheduling.day.schemas import DaySheet, SheetLine
from scheduling.people.queries import ABSENCES, CLIENTS, THERAPISTS
from scheduling.replicas.queries import day_of, load_sites
from scheduling.search import queries as search_queries
from scheduling.sessions.queries import ADD_ONS, ALTERNATIVES, IS_GROUP, RELEASED, SESSIONS, rejections
from scheduling.sessions.schemas import SessionView

BY_START: Final = Keyset(SESSIONS.c.starts_at, SESSIONS.c.id, of="sessions")

TO_COME: Final = frozenset({SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED})

NOT_IN_LISTS: Final = {name: field.get_default() for name, field in SessionView.model_fields.items()}
"""What is written of fields that only a session by itself has, in the order of all fields."""


def _columns() -> Iterator[ColumnElement[Any]]:
    """Yield what a list shows of sessions. Ids and money are read as text: as such they are written several times faster."""
    columns, off = SESSIONS.c, ABSENCES.c
    is_off = exists().where(off.therapist_id == columns.therapist_id, off.starts_at < columns.ends_at, off.ends_at > columns.starts_at)
    computed: dict[str, ColumnElement[Any]] = {
        "client_ids": cast(func.array_prepend(columns.client_id, columns.other_client_ids), ARRAY(Text)),
        "attended": cast(columns.attended, ARRAY(Text)),
        "rejection_reasons": columns.obstacles,
        "undoing": columns.pending_hold_id.is_not(None) & columns.status.in_([status.value for status in RELEASED]),
        "rescheduling": columns.pending_hold_id.is_not(None) & (columns.status == SessionStatus.BOOKED.value),
        "telehealth": columns.modality != Modality.IN_PERSON.value,
        "therapist_off": columns.status.in_([status.value for status in TO_COME]) & (columns.ends_at > func.now()) & is_off,
        "client_name": CLIENTS.c.full_name,
        "therapist_name": THERAPISTS.c.full_name,
    }
    for name in SessionView.model_fields:
        if name in computed:
            yield computed[name].label(name)
        elif name in columns:
            is_written = columns[name].type.python_type in {UUID, Decimal}
            yield cast(columns[name], Text).label(name) if is_written else columns[name]


LISTED: Final = (
    select(*_columns()).join(CLIENTS, CLIENTS.c.id == SESSIONS.c.client_id).join(THERAPISTS, THERAPISTS.c.id == SESSIONS.c.therapist_id)
)

LISTED_NAMES: Final = tuple(LISTED.selected_columns.keys())


async def list_sessions(
    db: ReadSession,
    limit: int,
    cursor: str | None,
    now: datetime,
    *,
    since: datetime | None,
    until: datetime | None,
    statuses: Collection[SessionStatus] = (),
    words: str | None = None,
    ids: Collection[SessionId] | None = None,
    client_id: ClientId | None = None,
    **equal: Any,
) -> bytes:
    """Return the JSON of a ``Page[SessionView]``, as it is at ``now``.

    It has the sessions by start that overlap a time, whose columns ``equal`` the values that are given and that every word is found in.
    """
    columns = SESSIONS.c
    wanted = list(_equal(equal, client_id))
    if ids is not None:
        wanted.append(columns.id.in_(ids))
    if since is not None:
        wanted += [columns.ends_at > since, columns.starts_at > since - LONGEST_SESSION]  # the second bounds the index
    if until is not None:
        wanted.append(columns.starts_at < until)
    wanted += BY_START.behind(cursor or None)  # also in the statements that find the first of them
    searched = await search_queries.look_up(db, words.split()) if words else []
    if any(word.is_unknown for word in searched):
        return to_json(Page(items=[]))
    narrow = min((word for word in searched if word.is_narrow), key=lambda word: len(word.clients) + len(word.therapists), default=None)
    wanted += [word.fits() for word in searched if word is not narrow]
    if statuses and searched:
        wanted.append(columns.status.in_([status.value for status in statuses]))
    elif statuses:
        wanted = [columns.id.in_(_first_of_each(statuses, wanted, limit + 1))]
    if narrow is not None:
        wanted = [columns.id.in_(narrow.first(wanted, limit + 1))]
    rows = await db.rows(BY_START.after(LISTED.where(*wanted), None, limit))
    found = [_listed(dict(zip(LISTED_NAMES, row, strict=True)), now) for row in rows]
    return to_json(BY_START.page(found, limit, itemgetter("starts_at", "id")))


def _listed(known: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return what is written of a session in a list, of its row of ``LISTED``."""
    for name, kept in (("alternatives", ALTERNATIVES), ("add_ons", ADD_ONS)):
        if known[name]:
            known[name] = kept.validate_python(known[name], strict=False)
    if obstacles := known["rejection_reasons"]:
        known["rejection_reasons"] = rejections(obstacles, bool(known["alternatives"]), known["undo_until"], now)
    return NOT_IN_LISTS | known


def _equal(equal: Mapping[str, Any], client_id: ClientId | None) -> Iterator[ColumnElement[bool]]:
    """Yield what columns must equal; a site beside a person or a room is compared in a way for which no index is used."""
    columns = SESSIONS.c
    is_narrow = client_id is not None or equal.get("therapist_id") is not None or equal.get("room_id") is not None
    for name, value in equal.items():
        if value is not None:
            yield columns[name].is_not_distinct_from(value) if is_narrow and name == "site_id" else columns[name] == value
    if client_id is not None:
        yield columns.id.in_(_sessions_of(client_id))


def _first_of_each(
    statuses: Collection[SessionStatus], wanted: Sequence[ColumnElement[bool]], most: int
) -> CompoundSelect[*tuple[Any, ...]]:
    """Select the first sessions of each status: in an index that has the status, each lies in the order of the list."""
    columns = SESSIONS.c
    order = columns.starts_at, columns.id
    first = select(columns.id).where(*wanted).order_by(*order).limit(most)
    return union_all(*(first.where(columns.status == status.value) for status in dict.fromkeys(statuses)))


def _sessions_of(client_id: ClientId) -> CompoundSelect[*tuple[Any, ...]]:
    """Select the sessions of a client: each half has an index of its own, which an OR over both would not use."""
    columns = SESSIONS.c
    of_groups = select(columns.id).where(IS_GROUP, columns.other_client_ids.contains([client_id]))
    return union_all(select(columns.id).where(columns.client_id == client_id), of_groups)


MOST_SESSIONS: Final = 2_000

SHOWN: Final = [status.value for status in SessionStatus if status not in {SessionStatus.CANCELLED, SessionStatus.REJECTED}]

SHOWN_OF_SESSION: Final = [
    SESSIONS.c[name]
    for name in (
        *("id", "client_id", "other_client_ids", "starts_at", "ends_at", "room_number"),
        *("service_code", "service_name", "status", "billing_notes"),
    )
]

NAMES: Final = select(CLIENTS.c.id, CLIENTS.c.full_name).where(CLIENTS.c.id == any_(bindparam("clients", type_=ARRAY(Uuid, dimensions=1))))


async def read(db: ReadSession, site_id: SiteId, day: date, therapist_id: TherapistId | None) -> DaySheet:
    """Return a site's day, or a therapist's part of it; NotFound without that site or therapist."""
    site = require((await load_sites(db, [site_id])).get(site_id), "site", site_id)
    begin, end = await day_of(db, site_id, day)
    columns = SESSIONS.c
    query = (
        select(*SHOWN_OF_SESSION, THERAPISTS.c.full_name.label("therapist_name"))
        .join(THERAPISTS, THERAPISTS.c.id == columns.therapist_id)
        .where(columns.site_id == site_id, columns.starts_at >= begin, columns.starts_at < end, columns.status.in_(SHOWN))
        .order_by(columns.starts_at, columns.room_number, columns.id)
        .limit(MOST_SESSIONS)
    )
    if therapist_id is not None:
        query = query.where(columns.therapist_id == therapist_id)
    rows = await db.rows(query)
    clients = {client for row in rows for client in (row.client_id, *row.other_client_ids)}
    named = await db.rows(NAMES, {"clients": list(clients)})
    names = {row.id: row.full_name for row in named}
    zone = site.zone
    lines = [
        SheetLine.of(
            {
                "session_id": row.id,
                "starts_at": row.starts_at,
                "ends_at": row.ends_at,
                "local_start": f"{row.starts_at.astimezone(zone):%H:%M}",
                "local_end": f"{row.ends_at.astimezone(zone):%H:%M}",
                "room_number": row.room_number,
                "therapist_name": row.therapist_name,
                "client_names": [names[client] for client in (row.client_id, *row.other_client_ids)],
                "service_code": row.service_code,
                "service_name": row.service_name,
                "status": SessionStatus(row.status),
                "notes": row.billing_notes,
            }
        )
        for row in rows
    ]
    return DaySheet(site_id=site_id, site_name=site.site_name, day=day, time_zone=zone.key, items=lines)
