"""Scheduling's tables, and the set-based statements that its use cases need."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from chassis.database import ReadSession, Transaction
from contracts.rooms import Alternative, Obstacle
from contracts.scheduling import AddOn, CancellationCause, ClientLocation, Modality, SessionStatus
from contracts.types import (
    LONGEST_SESSION,
    ClientId,
    ComparisonId,
    EntryId,
    GroupId,
    HoldId,
    RecordId,
    RoomId,
    SeriesId,
    ServiceId,
    SessionId,
    SiteId,
    TherapistId,
)
from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Text,
    Update,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from scheduling.diary import Diary, Taken
from scheduling.reasons import Waived
from scheduling.saga import Step
from scheduling.session import Attempt, BilledAs, Session

ASK_AGAIN_AT_MOST: Final = timedelta(minutes=5)

Moment = DateTime(timezone=True)
ALTERNATIVES: Final = TypeAdapter(tuple[Alternative, ...])
ADD_ONS: Final = TypeAdapter(tuple[AddOn, ...])
BOOKED_AS: Final = TypeAdapter(BilledAs | None)


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Base of scheduling's tables."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's way to say it)
        datetime: Moment,
        Decimal: Numeric(12, 2),
        str: Text,
        **dict.fromkeys((ClientId, ComparisonId, EntryId, GroupId, HoldId, RecordId, RoomId), Uuid),
        **dict.fromkeys((SeriesId, ServiceId, SessionId, SiteId, TherapistId), Uuid),
    }


class TherapistRow(Table):
    """Somebody who treats clients."""

    __tablename__ = "therapist"

    id: Mapped[TherapistId] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    npi: Mapped[str | None]
    credential: Mapped[str | None]
    time_zone: Mapped[str]
    site_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    working_hours: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
    """Weeks by site; at others they work whenever it is open."""
    breaks: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)


class TimeOffRow(Table):
    """A time in which a therapist is not there."""

    __tablename__ = "time_off"
    __table_args__ = (
        Index("time_off_therapist", "therapist_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="absence_lasts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    therapist_id: Mapped[TherapistId] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]


class ClientRow(Table):
    """Somebody who is treated."""

    __tablename__ = "client"
    __table_args__ = (
        Index("client_name", "full_name", "id"),
        Index("client_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    id: Mapped[ClientId] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    search: Mapped[str] = mapped_column(FetchedValue(), init=False, deferred=True)
    """What they are found by: made by the database of name, e-mail and telephone."""
    time_zone: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class SessionRow(Table):
    """A session and where its saga stands."""

    __tablename__ = "session"
    __table_args__ = (
        Index("session_starts_at", "starts_at", "id"),
        Index("session_site", "site_id", "starts_at", "id"),
        Index("session_site_status", "site_id", "status", "starts_at", "id"),
        Index("session_room", "room_id", "starts_at", "id", postgresql_where=text("room_id IS NOT NULL")),
        Index("session_status", "status", "starts_at", "id"),
        Index("session_therapist", "therapist_id", "starts_at"),
        Index("session_client", "client_id", "starts_at"),
        Index("session_other_clients", "other_client_ids", postgresql_using="gin", postgresql_where=text("other_client_ids <> '{}'")),
        Index("session_entry", "entry_id", "starts_at", postgresql_where=text("entry_id IS NOT NULL")),
        Index("session_offer_until", "offer_until", postgresql_where=text("offer_until IS NOT NULL")),
        Index("session_series", "series_id", "starts_at", postgresql_where=text("series_id IS NOT NULL")),
        Index("session_pending_hold", "pending_hold_id", postgresql_where=text("pending_hold_id IS NOT NULL")),
        Index("session_ask_again", "ask_again_at", postgresql_where=text("ask_again_at IS NOT NULL")),
        Index("session_pending_until", "pending_not_after", postgresql_where=text("pending_not_after IS NOT NULL")),
        CheckConstraint("starts_at < ends_at", name="session_lasts"),
    )

    id: Mapped[SessionId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id"))
    other_client_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    therapist_id: Mapped[TherapistId] = mapped_column(ForeignKey("therapist.id"))
    service_id: Mapped[ServiceId]
    service_code: Mapped[str]
    service_name: Mapped[str]
    site_id: Mapped[SiteId]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    calculated_rate: Mapped[Decimal]
    insurance_applicable: Mapped[bool]
    billing_notes: Mapped[str | None]
    therapist_credential: Mapped[str | None]
    series_id: Mapped[SeriesId | None]
    capacity: Mapped[int | None]
    equipment: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str]
    room_id: Mapped[RoomId | None]
    room_number: Mapped[str | None]
    only_room_id: Mapped[RoomId | None]
    hold_id: Mapped[HoldId | None]
    confirmed: Mapped[bool]
    pending_hold_id: Mapped[HoldId | None]
    pending_starts_at: Mapped[datetime | None]
    pending_ends_at: Mapped[datetime | None]
    pending_room_id: Mapped[RoomId | None]
    pending_not_after: Mapped[datetime | None]
    pending_rate: Mapped[Decimal | None]
    pending_group_id: Mapped[GroupId | None]
    pending_client_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    pending_is_chosen: Mapped[bool]
    alternatives: Mapped[list[Any]] = mapped_column(JSONB)
    rejection_reason: Mapped[str | None]
    obstacles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    cancellation_reason: Mapped[str | None]
    cancellation_cause: Mapped[str | None]
    fee_waiver: Mapped[str | None]
    undo_until: Mapped[datetime | None]
    booked_as: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    offer_until: Mapped[datetime | None]
    entry_id: Mapped[EntryId | None]
    attended: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    asks: Mapped[int]
    ask_again_at: Mapped[datetime | None]
    modality: Mapped[str]
    booked_modality: Mapped[str | None]
    client_location: Mapped[str | None]
    add_ons: Mapped[list[Any]] = mapped_column(JSONB)
    actual_start: Mapped[datetime | None]
    actual_end: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TakenRow(Table):
    """A person's time that a session has; the guard against double booking of therapists and clients."""

    __tablename__ = "taken"
    __table_args__ = (
        ExcludeConstraint(
            (Column("person_id", Uuid), "="),
            (func.tstzrange(column("starts_at"), column("ends_at")), "&&"),
            (Column("session_id", Uuid), "<>"),
            name="nobody_is_in_two_sessions",
            using="gist",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True)
    session_id: Mapped[SessionId] = mapped_column(primary_key=True)


class TimelineRow(Table):
    """One step of a session's saga, as it happened."""

    __tablename__ = "timeline"
    __table_args__ = (Index("timeline_session", "session_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    session_id: Mapped[SessionId]
    at: Mapped[datetime]
    event: Mapped[str]
    detail: Mapped[str]
    message_id: Mapped[UUID | None]


session_table: Final = cast("CoreTable", SessionRow.__table__)
COLUMNS: Final = tuple(session_table.columns.keys())
"""Of the session table; a row is read by position, which is much faster than by name."""
taken_table: Final = cast("CoreTable", TakenRow.__table__)
timeline_table: Final = cast("CoreTable", TimelineRow.__table__)

IDS: Final = bindparam("ids", type_=ARRAY(Uuid))
LOCK: Final = select(session_table).where(session_table.c.id == func.any(IDS)).order_by(session_table.c.id).with_for_update()
DIARY: Final = text("""
    SELECT DISTINCT busy.person_id, busy.session_id, busy.starts_at, busy.ends_at, session.site_id, session.service_id
    FROM unnest(CAST(:people AS uuid[]), CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]))
        AS asked (person_id, starts_at, ends_at)
    CROSS JOIN LATERAL (
        SELECT * FROM taken
        WHERE person_id = asked.person_id AND starts_at < asked.ends_at AND ends_at > asked.starts_at
          AND starts_at > asked.starts_at - CAST(:longest AS interval)
        OFFSET 0
    ) AS busy
    JOIN session ON session.id = busy.session_id
""")
"""OFFSET 0 keeps the planner at the B-tree on person and start, bounded by the longest session."""
FREE: Final = text("""
    DELETE FROM taken WHERE person_id = :person_id AND starts_at = :starts_at AND ends_at = :ends_at AND session_id = :session_id
""")


class PolicyRow(Table):
    """The clinic's rules for every booking, or instead of them for those of one service."""

    __tablename__ = "policy"

    scope: Mapped[str] = mapped_column(primary_key=True)
    """"default", or the id of a service."""
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]
    updated_at: Mapped[datetime]


class TravelRow(Table):
    """How long therapists travel between two sites; written once, the smaller id first."""

    __tablename__ = "travel_time"
    __table_args__ = (CheckConstraint("one_site_id < other_site_id", name="travel_is_written_once"),)

    one_site_id: Mapped[SiteId] = mapped_column(primary_key=True)
    other_site_id: Mapped[SiteId] = mapped_column(primary_key=True)
    minutes: Mapped[int]


class OverrideRow(Table):
    """A rule that staff overrode, and why; never changed."""

    __tablename__ = "override"
    __table_args__ = (Index("override_at", "at"), Index("override_session", "session_id", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    session_id: Mapped[SessionId]
    at: Mapped[datetime]
    reason: Mapped[str]
    by: Mapped[str | None]
    rules: Mapped[list[Any]] = mapped_column(JSONB)
    """What each rule said."""


class EntryRow(Table):
    """Somebody who waits for a slot."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        Index("waitlist_waiting", "site_id", "id", postgresql_where=text("withdrawn_at IS NULL")),
        Index("waitlist_until", "latest", "site_id", postgresql_where=text("withdrawn_at IS NULL")),
        Index("waitlist_site", "site_id", "id"),
        Index("waitlist_client", "client_id", "id"),
        CheckConstraint("earliest < latest", name="wait_lasts"),
    )

    id: Mapped[EntryId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id"))
    service_id: Mapped[ServiceId]
    site_id: Mapped[SiteId]
    therapist_id: Mapped[TherapistId | None] = mapped_column(ForeignKey("therapist.id"))
    """Only this one; anybody when None."""
    earliest: Mapped[datetime]
    latest: Mapped[datetime]
    hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """When in the week they can come, on the site's clock; always when None."""
    capacity: Mapped[int | None]
    equipment: Mapped[list[str]] = mapped_column(ARRAY(Text))
    insurance_applicable: Mapped[bool]
    modality: Mapped[str]
    created_at: Mapped[datetime]
    session_id: Mapped[SessionId | None] = mapped_column(default=None)
    """What they were offered last."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


class WaitlistLogRow(Table):
    """What was decided about somebody who waits, and why; never changed."""

    __tablename__ = "waitlist_log"
    __table_args__ = (Index("waitlist_log_entry", "entry_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    entry_id: Mapped[EntryId] = mapped_column(ForeignKey("waitlist_entry.id"))
    at: Mapped[datetime]
    event: Mapped[str]
    detail: Mapped[str]
    session_id: Mapped[SessionId | None] = mapped_column(default=None)


class SeriesRow(Table):
    """Sessions that were booked by one rule."""

    __tablename__ = "series"
    __table_args__ = (Index("series_client", "client_id", "id"),)

    id: Mapped[SeriesId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId] = mapped_column(ForeignKey("client.id"))
    site_id: Mapped[SiteId]
    rrule: Mapped[str]
    mode: Mapped[str]
    problems: Mapped[list[Any]] = mapped_column(JSONB)
    """Occurrences that could not be asked for, and why."""
    created_at: Mapped[datetime]


class ComparisonRow(Table):
    """One comparison of sessions with rooms' holds and billing's records, page by page."""

    __tablename__ = "comparison"

    id: Mapped[ComparisonId] = mapped_column(primary_key=True)
    repair: Mapped[bool]
    started_at: Mapped[datetime]
    holds_page: Mapped[int] = mapped_column(default=0)
    """The page that rooms is asked about now."""
    records_page: Mapped[int] = mapped_column(default=0)
    """The page that billing is asked about now."""
    holds_compared_at: Mapped[datetime | None] = mapped_column(default=None)
    records_compared_at: Mapped[datetime | None] = mapped_column(default=None)


class DifferenceRow(Table):
    """One difference that a comparison found."""

    __tablename__ = "difference"
    __table_args__ = (Index("difference_comparison", "comparison_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    comparison_id: Mapped[ComparisonId] = mapped_column(ForeignKey("comparison.id", ondelete="CASCADE"))
    kind: Mapped[str]
    session_id: Mapped[SessionId]
    hold_id: Mapped[HoldId | None] = mapped_column(default=None)
    client_id: Mapped[ClientId | None] = mapped_column(default=None)
    record_id: Mapped[RecordId | None] = mapped_column(default=None)
    repair: Mapped[str | None] = mapped_column(default=None)
    """What was sent to mend it."""


async def load_diary(tx: ReadSession, times: Sequence[tuple[UUID, datetime, datetime]]) -> Diary:
    """Load who is taken in any of these (person, start, end)."""
    diary = Diary()
    if times:
        people, starts, ends = zip(*_merged(times), strict=True)
        rows = await tx.rows(DIARY, {"people": list(people), "starts": list(starts), "ends": list(ends), "longest": LONGEST_SESSION})
        diary.add(Taken(*row) for row in rows)
    return diary


def _merged(times: Iterable[tuple[UUID, datetime, datetime]]) -> list[tuple[UUID, datetime, datetime]]:
    """Put times of a person that overlap or touch together: starts near each other concern nearly the same time."""
    merged: list[tuple[UUID, datetime, datetime]] = []
    for person, start, end in sorted(times):
        if merged and merged[-1][0] == person and start <= merged[-1][2]:
            merged[-1] = (person, merged[-1][1], max(merged[-1][2], end))
        else:
            merged.append((person, start, end))
    return merged


async def lock_sessions(tx: Transaction, ids: Iterable[SessionId]) -> dict[SessionId, Session]:
    """Load sessions, locked in the order of their ids, so that two batches never wait for each other in a circle."""
    rows = await tx.rows(LOCK, {"ids": list(set(ids))})
    return {row.id: to_session(row) for row in rows}


async def find_holders(tx: Transaction, hold_ids: Iterable[HoldId]) -> dict[HoldId, SessionId]:
    """Say which sessions still wait for an answer about these holds."""
    holds = list(hold_ids)
    if not holds:
        return {}
    waiting = session_table.c.ask_again_at.is_not(None)
    columns = session_table.c.id, session_table.c.hold_id, session_table.c.pending_hold_id
    either = or_(session_table.c.hold_id.in_(holds), session_table.c.pending_hold_id.in_(holds))
    rows = await tx.rows(select(*columns).where(waiting, either))
    return {hold: row.id for row in rows for hold in (row.hold_id, row.pending_hold_id) if hold is not None}


async def completed_sessions(tx: Transaction, after: SessionId | None, limit: int) -> list[Session]:
    """Load completed sessions by id, behind one."""
    query = select(session_table).where(session_table.c.status == SessionStatus.COMPLETED.value)
    if after is not None:
        query = query.where(session_table.c.id > after)
    return [to_session(row) for row in await tx.rows(query.order_by(session_table.c.id).limit(limit))]


async def series_sessions(tx: ReadSession, series_id: SeriesId) -> Sequence[SessionId]:
    """Return the ids of the sessions of a series in the order of time."""
    return await tx.scalars(select(SessionRow.id).where(SessionRow.series_id == series_id).order_by(SessionRow.starts_at, SessionRow.id))


async def standing_sessions(tx: Transaction, after: SessionId | None, limit: int) -> list[Session]:
    """Load sessions that stand on a hold and have not ended, by id, behind one."""
    columns = session_table.c
    standing = columns.status.in_([SessionStatus.BOOKED.value, SessionStatus.OFFERED.value])
    query = select(session_table).where(standing, columns.hold_id.is_not(None), columns.room_id.is_not(None), columns.ends_at > tx.now)
    if after is not None:
        query = query.where(columns.id > after)
    return [to_session(row) for row in await tx.rows(query.order_by(columns.id).limit(limit))]


async def due_sessions(tx: Transaction, limit: int, besides: Collection[UUID]) -> list[Session]:
    """Load and lock sessions whose command is unanswered for too long or whose deadline has passed, without those ``besides``."""
    columns = session_table.c
    unanswered = and_(columns.offer_until <= tx.now, columns.status.in_([SessionStatus.REQUESTED.value, SessionStatus.OFFERED.value]))
    due = or_(columns.ask_again_at <= tx.now, columns.pending_not_after <= tx.now, unanswered)
    query = select(session_table).where(due, columns.id.not_in(besides)).order_by(columns.id).limit(limit)
    rows = await tx.rows(query.with_for_update(skip_locked=True))
    return [to_session(row) for row in rows]


def to_session(row: Any) -> Session:  # noqa: ANN401 (a row of the session table)
    """Read a session from its row, which may go on with other columns."""
    of = dict(zip(COLUMNS, row, strict=False))
    pending = None
    if of["pending_hold_id"] is not None:
        pending = Attempt(
            of["pending_hold_id"],
            of["pending_starts_at"],
            of["pending_ends_at"],
            of["pending_room_id"],
            of["pending_not_after"],
            of["pending_rate"],
            of["pending_group_id"],
            tuple(of["pending_client_ids"]),
            of["pending_is_chosen"],
        )
    return Session(
        id=of["id"],
        client_id=of["client_id"],
        other_client_ids=tuple(of["other_client_ids"]),
        therapist_id=of["therapist_id"],
        service_id=of["service_id"],
        service_code=of["service_code"],
        service_name=of["service_name"],
        site_id=of["site_id"],
        starts_at=of["starts_at"],
        ends_at=of["ends_at"],
        calculated_rate=of["calculated_rate"],
        insurance_applicable=of["insurance_applicable"],
        billing_notes=of["billing_notes"],
        therapist_credential=of["therapist_credential"],
        series_id=of["series_id"],
        capacity=of["capacity"],
        equipment=tuple(of["equipment"]),
        status=SessionStatus(of["status"]),
        room_id=of["room_id"],
        room_number=of["room_number"],
        only_room_id=of["only_room_id"],
        hold_id=of["hold_id"],
        confirmed=of["confirmed"],
        pending=pending,
        alternatives=ALTERNATIVES.validate_python(of["alternatives"], strict=False) if of["alternatives"] else (),
        rejection_reason=of["rejection_reason"],
        obstacles=tuple(Obstacle(obstacle) for obstacle in of["obstacles"]),
        cancellation_reason=of["cancellation_reason"],
        cancellation_cause=CancellationCause(of["cancellation_cause"]) if of["cancellation_cause"] else None,
        fee_waiver=of["fee_waiver"],
        undo_until=of["undo_until"],
        booked_as=BOOKED_AS.validate_python(of["booked_as"]) if of["booked_as"] else None,
        offer_until=of["offer_until"],
        entry_id=of["entry_id"],
        attended=tuple(of["attended"]),
        modality=Modality(of["modality"]),
        booked_modality=Modality(of["booked_modality"]) if of["booked_modality"] else None,
        client_location=ClientLocation(of["client_location"]) if of["client_location"] else None,
        add_ons=ADD_ONS.validate_python(of["add_ons"], strict=False) if of["add_ons"] else (),
        asks=of["asks"],
        actual_start=of["actual_start"],
        actual_end=of["actual_end"],
        version=of["version"],
        created_at=of["created_at"],
        updated_at=of["updated_at"],
    )


async def add_sessions(tx: Transaction, sessions: Sequence[Session], ask_again_after: timedelta) -> None:
    """Insert new sessions."""
    if sessions:
        await tx.execute(insert(session_table), [_agreed(session) | _changing(session, ask_again_after) for session in sessions])


async def take_time(tx: Transaction, sessions: Iterable[tuple[Session | None, Session]]) -> None:
    """Take what sessions, (before, after) each, need of people's time; an exclusion violation means that somebody was faster."""
    new = [(*taking, after.id) for before, after in sessions for taking in after.takes - (before.takes if before else frozenset())]
    if rows := [_taken(*taking) for taking in sorted(new)]:
        own = upsert(taken_table).on_conflict_do_nothing(index_elements=["person_id", "starts_at", "ends_at", "session_id"])
        await tx.execute(own, rows)


def _taken(person_id: UUID, starts_at: datetime, ends_at: datetime, session_id: SessionId) -> dict[str, Any]:
    return {"person_id": person_id, "starts_at": starts_at, "ends_at": ends_at, "session_id": session_id}


async def save_sessions(tx: Transaction, changes: Sequence[tuple[Session, Session]], ask_again_after: timedelta) -> None:
    """Write what changed of sessions, (before, after) each, and give back the people's time that they no longer take."""
    if not changes:
        return
    alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for before, after in changes:
        was, becomes = _changing(before, ask_again_after), _changing(after, ask_again_after)
        changed = {f"b_{name}": value for name, value in becomes.items() if value != was[name]}
        alike[tuple(changed)].append({"b_id": after.id} | changed)
    for columns, rows in alike.items():
        await tx.execute(_save(columns), rows)
    if freed := [_taken(*taking, after.id) for before, after in changes for taking in before.takes - after.takes]:
        await tx.execute(FREE, freed)


@cache
def _save(parameters: tuple[str, ...]) -> Update:
    values = {parameter.removeprefix("b_"): bindparam(parameter) for parameter in parameters}
    return update(session_table).where(session_table.c.id == bindparam("b_id")).values(values)


async def note_waived(tx: Transaction, waived: Sequence[Waived]) -> None:
    """Write down what staff overrode, for good, and show it in the timelines."""
    for each in waived:
        about: dict[str, Any] = {"session_id": each.session_id, "at": tx.now}
        rules = [{"code": reason.code, "message": reason.message} for reason in each.reasons]
        tx.add(OverrideRow(**about, reason=each.override.reason, by=each.override.by, rules=rules))
        codes = ", ".join(reason.code for reason in each.reasons)
        tx.add(TimelineRow(**about, event="rules overridden", detail=f"{codes}: {each.override.reason}", message_id=None))


async def note(tx: Transaction, entries: Sequence[tuple[Step, UUID | None]]) -> None:
    """Write what happened into the timelines."""
    rows = [
        {"session_id": step.session.id, "at": tx.now, "event": step.event, "detail": step.detail, "message_id": message_id}
        for step, message_id in entries
        if step.event
    ]
    if rows:
        await tx.execute(insert(timeline_table), rows)


def _agreed(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "therapist_id": session.therapist_id,
        "site_id": session.site_id,
        "insurance_applicable": session.insurance_applicable,
        "billing_notes": session.billing_notes,
        "therapist_credential": session.therapist_credential,
        "series_id": session.series_id,
        "capacity": session.capacity,
        "equipment": session.equipment,
        "entry_id": session.entry_id,
        "created_at": session.created_at,
    }


def _changing(session: Session, ask_again_after: timedelta) -> dict[str, Any]:
    pending = session.pending
    again = min(ask_again_after * 2**session.asks, ASK_AGAIN_AT_MOST) if session.asks < 10 else ASK_AGAIN_AT_MOST  # noqa: PLR2004 (keeps the power small)
    return {
        "client_id": session.client_id,
        "other_client_ids": session.other_client_ids,
        "service_id": session.service_id,
        "service_code": session.service_code,
        "service_name": session.service_name,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "status": session.status.value,
        "room_id": session.room_id,
        "room_number": session.room_number,
        "only_room_id": session.only_room_id,
        "calculated_rate": session.calculated_rate,
        "hold_id": session.hold_id,
        "confirmed": session.confirmed,
        "pending_hold_id": pending and pending.hold_id,
        "pending_starts_at": pending and pending.starts_at,
        "pending_ends_at": pending and pending.ends_at,
        "pending_room_id": pending and pending.room_id,
        "pending_not_after": pending and pending.not_after,
        "pending_rate": pending and pending.rate,
        "pending_group_id": pending and pending.group_id,
        "pending_client_ids": pending.client_ids if pending else (),
        "pending_is_chosen": pending.is_chosen if pending else True,
        "alternatives": [alternative.model_dump(mode="json") for alternative in session.alternatives],
        "rejection_reason": session.rejection_reason,
        "obstacles": [obstacle.value for obstacle in session.obstacles],
        "cancellation_reason": session.cancellation_reason,
        "cancellation_cause": session.cancellation_cause and session.cancellation_cause.value,
        "fee_waiver": session.fee_waiver,
        "undo_until": session.undo_until,
        "booked_as": BOOKED_AS.dump_python(session.booked_as, mode="json"),
        "offer_until": session.offer_until,
        "attended": session.attended,
        "modality": session.modality.value,
        "booked_modality": session.booked_modality and session.booked_modality.value,
        "client_location": session.client_location and session.client_location.value,
        "add_ons": [add_on.model_dump(mode="json") for add_on in session.add_ons],
        "asks": session.asks,
        "ask_again_at": session.updated_at + again if session.waits_for_rooms else None,
        "actual_start": session.actual_start,
        "actual_end": session.actual_end,
        "version": session.version,
        "updated_at": session.updated_at,
    }
