"""What people read: sessions, their timelines, therapists and clients."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.database import ReadSession, named
from chassis.edge import Page, View, page, read_cursor
from chassis.problems import FieldError, not_found
from chassis.search import foldable, occur
from contracts.rooms import Alternative, Obstacle
from contracts.scheduling import AddOn, CancellationCause, ClientLocation, Modality, SessionStatus
from contracts.types import LONGEST_SESSION, ClientId, Code, Instant, Money, RoomId, SeriesId, ServiceId, SessionId, SiteId, TherapistId
from pydantic import ConfigDict, Field
from sqlalchemy import ARRAY, ColumnElement, CompoundSelect, Select, Uuid, any_, bindparam, func, or_, select, tuple_, union_all
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from scheduling import refusals, session_search
from scheduling.degraded import Degraded, degraded
from scheduling.replicas import SiteRow
from scheduling.session import Session
from scheduling.store import ClientRow, SeriesRow, TherapistRow, TimelineRow, session_table, to_session

RELEASED: Final = frozenset({SessionStatus.CANCELLED, SessionStatus.NO_SHOW})
"""Ends at which a session's room is given back."""
SERIES_AT_MOST: Final = 5
"""On a page: each comes with all of its sessions."""
OF_SERIES: Final = (
    select(session_table)
    .where(session_table.c.series_id == any_(bindparam("series", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(session_table.c.starts_at, session_table.c.id)
)
WALKED_AT_MOST: Final = 3_000
"""Clients, in the order of names, who are looked at before the index of their search is asked."""


class Waiting(View):
    """What a session waits for, and where in the queue it is."""

    what: Annotated[str, Field(serialization_alias="for")] = "room"
    position: int
    """1 is the next to be answered."""


class RejectionReason(View):
    """One reason why no room could be held, and what would work."""

    group: str
    code: str
    message: str
    fix: str


class SlotOffer(View):
    """Who was offered, from the waitlist, what the end of a session made free."""

    session_id: SessionId
    """The session that is held for them; it is accepted or declined on the waitlist."""
    client_name: str
    until: Instant
    """Until when they may take it."""


class SessionView(View):
    """A therapy session."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "client_ids": ["01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11"],
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "service_code": "90837",
                    "service_name": "Individual Psychotherapy, 60 minutes",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22",
                    "room_number": "201",
                    "starts_at": "2026-03-02T14:00:00Z",
                    "ends_at": "2026-03-02T15:00:00Z",
                    "status": "booked",
                    "calculated_rate": "185.00",
                    "insurance_applicable": False,
                    "billing_notes": None,
                    "alternatives": [],
                    "rejection_reason": None,
                    "rejection_reasons": [],
                    "cancellation_reason": None,
                    "cancellation_cause": None,
                    "fee_waiver": None,
                    "undo_until": None,
                    "slot_offer": None,
                    "rescheduling": False,
                    "waiting": None,
                    "degraded": [{"part": "catalog", "effect": "service, duration and rate come from scheduling's own copy"}],
                    "series_id": None,
                    "actual_start": None,
                    "actual_end": None,
                    "attended": [],
                    "modality": "in_person",
                    "client_location": None,
                    "telehealth": False,
                    "add_ons": [],
                    "offer_until": None,
                    "version": 2,
                    "created_at": "2026-02-20T09:30:00Z",
                    "updated_at": "2026-02-20T09:30:00.031Z",
                }
            ]
        }
    )

    id: SessionId
    client_id: ClientId
    client_ids: tuple[ClientId, ...]
    """Everybody who is treated; several in a group."""
    therapist_id: TherapistId
    service_id: ServiceId
    service_code: Code
    service_name: str
    site_id: SiteId
    room_id: RoomId | None
    room_number: str | None
    starts_at: Instant
    ends_at: Instant
    status: SessionStatus
    calculated_rate: Money
    """The rate in force on the date of service, promised when the session was booked."""
    insurance_applicable: bool
    billing_notes: str | None
    alternatives: list[Alternative]
    """What to choose from when there was no room; accept one by its id."""
    rejection_reason: str | None
    rejection_reasons: tuple[RejectionReason, ...] = ()
    """Everything that stood in the way, each with what would work."""
    cancellation_reason: str | None
    cancellation_cause: CancellationCause | None = None
    """Who or what caused its cancellation."""
    fee_waiver: str | None = None
    """Why the fee for its late cancellation or no-show is not charged."""
    undo_until: Instant | None = None
    """Until when its completion, no-show or cancellation can be undone."""
    undoing: bool = False
    """Whether an undo waits for rooms' answer; until then the session stays as it is."""
    slot_offer: SlotOffer | None = None
    """Who is offered its room or its therapist's time while its end can be undone; only when one session is read."""
    rescheduling: bool
    """Whether a move waits for rooms' answer; until then the session keeps its room and time."""
    waiting: Waiting | None = None
    """While rooms has not answered."""
    degraded: tuple[Degraded, ...] = ()
    """Parts of the platform that are away now, and what that means for this session."""
    client_name: str | None = None
    """In lists."""
    therapist_name: str | None = None
    """In lists."""
    series_id: SeriesId | None
    actual_start: Instant | None
    actual_end: Instant | None
    attended: tuple[ClientId, ...] = ()
    """Who came, once it is completed."""
    modality: Modality
    """How therapist and client meet: as planned, and as it was once it is completed."""
    client_location: ClientLocation | None
    """Where the client was, once a session by video or audio is completed."""
    telehealth: bool = False
    """Whether the modality is video or audio."""
    add_ons: tuple[AddOn, ...] = ()
    """What was done besides the booked service, once it is completed."""
    offer_until: Instant | None = None
    """Until when a freed slot is held for who waited for it."""
    version: int
    created_at: Instant
    updated_at: Instant


class ProblemAt(View):
    """An occurrence of a series that could not be asked for, and every reason why."""

    starts_at: Instant
    local_start: str
    problems: list[FieldError]


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
    """Occurrences that could not be asked for."""


class TimelineEntry(View):
    """One step of a session's saga."""

    at: Instant
    event: str
    detail: str
    message_id: UUID | None
    """The message that carried it."""
    elapsed_ms: float
    """Milliseconds since the session was asked for."""


class Timeline(View):
    """A session's saga, oldest step first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "at": "2026-02-20T09:30:00Z",
                            "event": "requested",
                            "detail": "asked rooms for a hold",
                            "message_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c31",
                            "elapsed_ms": 0.0,
                        },
                        {
                            "at": "2026-02-20T09:30:00.031Z",
                            "event": "booked",
                            "detail": "room 201 is held",
                            "message_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c32",
                            "elapsed_ms": 31.0,
                        },
                    ]
                }
            ]
        }
    )

    items: list[TimelineEntry]


class TherapistView(View):
    """Somebody who treats clients."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "full_name": "Ruth Adler",
                    "npi": "1234567893",
                    "credential": "LCSW",
                    "time_zone": "America/New_York",
                    "site_ids": ["01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14"],
                    "is_active": True,
                    "version": 1,
                    "created_at": "2026-01-05T08:00:00Z",
                    "updated_at": "2026-01-05T08:00:00Z",
                }
            ]
        }
    )

    id: TherapistId
    full_name: str
    npi: str | None
    credential: str | None
    time_zone: str
    site_ids: list[SiteId]
    is_active: bool
    version: int
    created_at: Instant
    updated_at: Instant


class ClientView(View):
    """Somebody who is treated."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "full_name": "Jonas Weber",
                    "email": "jonas@example.com",
                    "phone": "+1 212 555 0134",
                    "time_zone": "America/New_York",
                    "version": 1,
                    "created_at": "2026-01-05T08:00:00Z",
                    "updated_at": "2026-01-05T08:00:00Z",
                }
            ]
        }
    )

    id: ClientId
    full_name: str
    email: str | None
    phone: str | None
    time_zone: str
    version: int
    created_at: Instant
    updated_at: Instant


OF_SESSION: Final = tuple(name for name in SessionView.model_fields if hasattr(Session, name))
"""Fields that a session has itself."""
BESIDES: Final = {name: field.get_default() for name, field in SessionView.model_fields.items() if name not in OF_SESSION}
_read: Final = attrgetter(*OF_SESSION)


def view(session: Session, away: Collection[str] = (), **more: Any) -> SessionView:
    """Show a session, while these parts of the platform are away; ``more`` are fields that it has not itself."""
    known = {**BESIDES, **dict(zip(OF_SESSION, _read(session), strict=True)), "alternatives": list(session.alternatives), **more}
    if session.obstacles:
        can_be_undone = session.undo_until is not None and session.undo_until > datetime.now(UTC)
        fix = refusals.UNDO_FIX if can_be_undone else None if session.alternatives else refusals.ELSEWHERE_FIX
        known["rejection_reasons"] = tuple(_rejection(obstacle, fix) for obstacle in session.obstacles)
    if away:
        known["degraded"] = degraded(session, away)
    return SessionView.of(known)


async def find_session(db: ReadSession, session_id: SessionId) -> Session:
    """Return one session, or the problem that there is none."""
    rows = await db.rows(select(session_table).where(session_table.c.id == session_id))
    if not rows:
        what = "session"
        raise not_found(what, session_id)
    return to_session(rows[0])


async def waiting(db: ReadSession, session: Session) -> Waiting | None:
    """Say where a session is among those that wait for rooms' answer."""
    if session.pending is None:
        return None
    before = select(func.count()).where(session_table.c.pending_hold_id <= session.pending.hold_id)
    return Waiting(position=await db.scalar(before) or 1)


async def show(db: ReadSession, session: Session, away: Collection[str]) -> SessionView:
    """Show a session with its place in the queue, and with who is offered its slot."""
    seen, offer = view(session, away), await slot_offer(db, session)
    if offer is not None:
        reasons = tuple(_rejection(obstacle, refusals.DECLINE_FIX) for obstacle in session.obstacles)
        seen = seen.model_copy(update={"slot_offer": offer, "rejection_reasons": reasons})
    return seen.model_copy(update={"waiting": await waiting(db, session)})


async def slot_offer(db: ReadSession, session: Session) -> SlotOffer | None:
    """Return who is offered, from the waitlist, the room or the therapist of a session whose end can be undone still."""
    if session.status not in RELEASED or session.undo_until is None or session.undo_until <= datetime.now(UTC):
        return None
    columns, client = session_table.c, ClientRow.__table__.c
    rows = await db.rows(
        select(columns.id, columns.offer_until, client.full_name)
        .join(ClientRow.__table__, client.id == columns.client_id)
        .where(
            columns.entry_id.is_not(None),
            columns.offer_until.is_not(None),
            columns.status.in_([SessionStatus.REQUESTED.value, SessionStatus.OFFERED.value]),
            columns.site_id == session.site_id,
            columns.starts_at < session.ends_at,
            columns.starts_at > session.starts_at - LONGEST_SESSION,
            columns.ends_at > session.starts_at,
            or_(columns.room_id == session.room_id, columns.therapist_id == session.therapist_id),
        )
        .order_by(columns.starts_at, columns.id)
        .limit(1)
    )
    return next((SlotOffer(session_id=row.id, client_name=row.full_name, until=row.offer_until) for row in rows), None)


async def list_sessions(
    db: ReadSession,
    limit: int,
    cursor: str | None,
    *,
    since: datetime | None,
    until: datetime | None,
    statuses: Collection[SessionStatus] = (),
    words: str | None = None,
    client_id: ClientId | None = None,
    **equal: Any,
) -> Page[SessionView]:
    """Return sessions by start that overlap a time, whose columns ``equal`` the values that are given and that every word is found in."""
    columns = session_table.c
    client, therapist = ClientRow.__table__.c, TherapistRow.__table__.c
    wanted = list(_equal(equal, client_id))
    if since is not None:
        wanted += [columns.ends_at > since, columns.starts_at > since - LONGEST_SESSION]  # the second bounds the index
    if until is not None:
        wanted.append(columns.starts_at < until)
    if cursor:
        starts_at, last = read_cursor(cursor, datetime, UUID)
        wanted.append(tuple_(columns.starts_at, columns.id) > (starts_at, last))
    query = (
        select(session_table, client.full_name.label("client_name"), therapist.full_name.label("therapist_name"))
        .join(ClientRow.__table__, client.id == columns.client_id)
        .join(TherapistRow.__table__, therapist.id == columns.therapist_id)
    )
    searched = await session_search.look_up(db, words.split()) if words else []
    if any(word.is_unknown for word in searched):
        return Page(items=[])
    narrow = min((word for word in searched if word.is_narrow), key=lambda word: len(word.clients) + len(word.therapists), default=None)
    wanted += [word.fits() for word in searched if word is not narrow]
    if statuses and searched:
        wanted.append(columns.status.in_([status.value for status in statuses]))
    elif statuses:
        wanted = [columns.id.in_(_first_of_each(statuses, wanted, limit + 1))]
    if narrow is not None:
        wanted = [columns.id.in_(narrow.first(wanted, limit + 1))]
    rows = await db.rows(query.where(*wanted).order_by(columns.starts_at, columns.id).limit(limit + 1))
    found = [view(to_session(row), client_name=row.client_name, therapist_name=row.therapist_name) for row in rows]
    return page(found, limit, lambda session: (session.starts_at, session.id))


def _equal(equal: Mapping[str, Any], client_id: ClientId | None) -> Iterator[ColumnElement[bool]]:
    """Yield what columns must equal; a site beside a person or a room is compared in a way for which no index is used."""
    columns = session_table.c
    is_narrow = client_id is not None or equal.get("therapist_id") is not None or equal.get("room_id") is not None
    for name, value in equal.items():
        if value is not None:
            yield columns[name].is_not_distinct_from(value) if is_narrow and name == "site_id" else columns[name] == value
    if client_id is not None:
        yield columns.id.in_(_sessions_of(client_id))


def _first_of_each(statuses: Collection[SessionStatus], wanted: Sequence[ColumnElement[bool]], most: int) -> Select[*tuple[Any, ...]]:
    """Select the first sessions of each status: in an index that has the status, each lies in the order of the list."""
    columns = session_table.c
    first = [
        select(columns.id)
        .where(*wanted, columns.status == status.value)
        .order_by(columns.starts_at, columns.id)
        .limit(most)
        .subquery(f"first_{status.value}")
        for status in dict.fromkeys(statuses)
    ]
    return select(union_all(*(select(each.c.id) for each in first)).subquery("first").c.id)


def _sessions_of(client_id: ClientId) -> CompoundSelect[*tuple[Any, ...]]:
    """Select the sessions of a client: each half has an index of its own, which an OR over both would not use."""
    columns = session_table.c
    of_groups = select(columns.id).where(session_search.IS_GROUP, columns.other_client_ids.contains([client_id]))
    return union_all(select(columns.id).where(columns.client_id == client_id), of_groups)


async def day_of(db: ReadSession, site_id: SiteId | None, day: date) -> tuple[datetime, datetime]:
    """Return when a day begins and ends: on the clock of the site, or of the world where none is named."""
    zone = await db.scalar(select(SiteRow.time_zone).where(SiteRow.id == site_id)) if site_id else None
    clock = ZoneInfo(zone or "UTC")
    begin, end = (datetime.combine(each, time(), clock).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return begin, end


def _rejection(obstacle: Obstacle, taken_fix: str | None = None) -> RejectionReason:
    """Say why there was no room; ``taken_fix`` is what would work where another session has it and nothing is offered instead."""
    group, message, fix = refusals.ROOMS[obstacle]
    fix = taken_fix if taken_fix and obstacle in refusals.TAKEN else fix
    return RejectionReason(group=group, code=refusals.slug(obstacle), message=message, fix=fix)


def series_view(row: SeriesRow, sessions: Sequence[Session]) -> SeriesView:
    """Show a series."""
    return SeriesView(
        id=row.id,
        client_id=row.client_id,
        site_id=row.site_id,
        rrule=row.rrule,
        mode=row.mode,
        created_at=row.created_at,
        occurrences=[view(session) for session in sessions],
        problems=[ProblemAt.model_validate(problem) for problem in row.problems],
    )


async def find_series(db: ReadSession, series_id: SeriesId) -> SeriesView:
    """Return a series, or the problem that there is none."""
    row = await db.find(SeriesRow, series_id)
    if row is None:
        what = "series"
        raise not_found(what, series_id)
    return (await _series(db, [row]))[0]


async def list_series(db: ReadSession, client_id: ClientId | None, limit: int, cursor: str | None) -> Page[SeriesView]:
    """Return series, the latest first."""
    limit = min(limit, SERIES_AT_MOST)
    query = select(SeriesRow).order_by(SeriesRow.id.desc()).limit(limit + 1)
    if client_id is not None:
        query = query.where(SeriesRow.client_id == client_id)
    if cursor:
        query = query.where(SeriesRow.id < read_cursor(cursor, UUID)[0])
    found = page(await db.scalars(query), limit, lambda series: (series.id,))
    return Page(items=await _series(db, found.items), next_cursor=found.next_cursor)


async def _series(db: ReadSession, found: Sequence[SeriesRow]) -> list[SeriesView]:
    sessions = [to_session(row) for row in await db.rows(OF_SERIES, {"series": [row.id for row in found]})]
    occurrences: defaultdict[SeriesId | None, list[Session]] = defaultdict(list)
    for session in sessions:
        occurrences[session.series_id].append(session)
    return [series_view(row, occurrences[row.id]) for row in found]


async def get_timeline(db: ReadSession, session_id: SessionId) -> Timeline:
    """Return what happened to a session, step by step."""
    rows = await db.scalars(select(TimelineRow).where(TimelineRow.session_id == session_id).order_by(TimelineRow.id))
    if not rows:
        raise not_found("session", session_id)
    begun = rows[0].at
    return Timeline(
        items=[
            TimelineEntry(
                at=row.at,
                event=row.event,
                detail=row.detail,
                message_id=row.message_id,
                elapsed_ms=round((row.at - begun).total_seconds() * 1000, 1),
            )
            for row in rows
        ]
    )


async def get_therapist(db: ReadSession, therapist_id: TherapistId) -> TherapistView:
    """Return one therapist, or the problem that there is none."""
    row = await db.find(TherapistRow, therapist_id)
    if row is None:
        raise not_found("therapist", therapist_id)
    return TherapistView.model_validate(row)


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
    row = TherapistRow
    query = select(row)
    if ids is not None:
        query = query.where(row.id.in_(ids))
    if site_id is not None:
        query = query.where(or_(row.site_ids.contains([site_id]), func.cardinality(row.site_ids) == 0))
    if is_active is not None:
        query = query.where(row.is_active == is_active)
    if q:
        # OFFSET 0: what they are searched by is folded once for each, not once for each word.
        said = select(row.id, foldable(row.full_name, row.credential, row.npi).label("said")).offset(0).subquery().c
        query = query.where(row.id.in_(select(said.id).where(occur(q, said.said))))
    return await _people(db, query, row, TherapistView, limit, cursor)


async def get_client(db: ReadSession, client_id: ClientId) -> ClientView:
    """Return one client, or the problem that there is none."""
    row = await db.find(ClientRow, client_id)
    if row is None:
        raise not_found("client", client_id)
    return ClientView.model_validate(row)


async def list_clients(db: ReadSession, limit: int, cursor: str | None, q: str | None, ids: Sequence[ClientId] | None) -> Page[ClientView]:
    """Return clients by name."""
    columns, wanted = ClientRow.__table__.c, list[ColumnElement[bool]]()
    if cursor:
        wanted.append(tuple_(columns.full_name, columns.id) > tuple(read_cursor(cursor, str, UUID)))
    if ids is not None:
        wanted.append(columns.id.in_(ids))
    if q and ids is None:
        # Words that many are called by fill a page from the next names; the index would return all who are called so.
        near = select(ClientRow.__table__).where(*wanted).order_by(columns.full_name, columns.id).limit(WALKED_AT_MOST).subquery().c
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
    rows = await db.rows(shown.order_by(columns.full_name, columns.id).limit(limit + 1))
    return page([ClientView.of(row) for row in named(rows)], limit, lambda client: (client.full_name, client.id))


async def _people(db: ReadSession, query: Any, row: Any, view: Any, limit: int, cursor: str | None) -> Any:  # noqa: ANN401 (both kinds of people)
    if cursor:
        name, last = read_cursor(cursor, str, UUID)
        query = query.where(tuple_(row.full_name, row.id) > (name, last))
    rows = await db.scalars(query.order_by(row.full_name, row.id).limit(limit + 1))
    return page([view.model_validate(found) for found in rows], limit, lambda person: (person.full_name, person.id))
