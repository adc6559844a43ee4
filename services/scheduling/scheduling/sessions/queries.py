"""Read sessions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from chassis.data.database import ReadSession, Transaction
from chassis.errors import Conflict, FieldError, Invalid
from chassis.rows.changes import require
from contracts.open_words import open_word
from contracts.rooms import Alternative, Obstacle
from contracts.scheduling import AddOn, CancellationCause, ClientLocation, Modality, SessionStatus
from contracts.types import LONGEST_SESSION, ClientId, HoldId, SeriesId, SessionId, TherapistId
from pydantic import TypeAdapter
from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, bindparam, func, or_, select, text, union_all

from scheduling.decisions.booking import OVERRIDABLE
from scheduling.lifecycle import refusals
from scheduling.lifecycle.busy_times import BusyTimes, Taken, merged
from scheduling.lifecycle.reasons import Refusal
from scheduling.lifecycle.state import Attempt, SeriesDate, Session
from scheduling.people.queries import CLIENTS
from scheduling.sessions.schemas import Degraded, RejectionReason, SessionView, SlotOffer, Waiting
from scheduling.sessions.tables import BOOKED_AS, BUSY_TIMES, FIND, FREE_STARTS, IN_PLACE, LOCK, SessionRow, session_table

ALTERNATIVES: Final = TypeAdapter(tuple[Alternative, ...])

ADD_ONS: Final = TypeAdapter(tuple[AddOn, ...])

COLUMNS: Final = tuple(session_table.columns.keys())
"""Of the session table; a row is read by position, which is much faster than by name."""


async def load_busy(
    tx: ReadSession, times: Sequence[tuple[UUID, datetime, datetime]], dates: Iterable[SeriesDate | None] = ()
) -> BusyTimes:
    """Load who is taken in any of these (person, start, end), and which session is booked in place of the series of these dates."""
    busy_times = BusyTimes()
    if series_ids := {date.series_id for date in dates if date}:
        in_place = await sessions_in_place(tx, series_ids)
        busy_times.dates.update({each.in_place_of: each.id for each in in_place if each.in_place_of})
    if times:
        people, starts, ends = zip(*merged(times), strict=True)
        rows = await tx.rows(BUSY_TIMES, {"people": list(people), "starts": list(starts), "ends": list(ends), "longest": LONGEST_SESSION})
        busy_times.add(Taken(*row) for row in rows)
    return busy_times


async def lock_sessions(tx: Transaction, ids: Iterable[SessionId]) -> dict[SessionId, Session]:
    """Load sessions, locked in the order of their ids, so that two batches never wait for each other in a circle."""
    rows = await tx.rows(LOCK, {"ids": list(set(ids))})
    return {row.id: to_session(row) for row in rows}


async def find_holders(tx: Transaction, hold_ids: Iterable[HoldId]) -> dict[HoldId, SessionId]:
    """Return which sessions still wait for an answer about these holds."""
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


async def due_sessions(tx: Transaction, limit: int, except_ids: Collection[UUID]) -> list[Session]:
    """Load and lock sessions whose command is unanswered for too long or whose deadline has passed, without those ``except_ids``."""
    columns = session_table.c
    unanswered = and_(columns.offer_until <= tx.now, columns.status.in_([SessionStatus.REQUESTED.value, SessionStatus.OFFERED.value]))
    due = or_(columns.ask_again_at <= tx.now, columns.pending_not_after <= tx.now, unanswered)
    query = select(session_table).where(due, columns.id.not_in(except_ids)).order_by(columns.id).limit(limit)
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
        in_place_of=SeriesDate(of["in_place_of_series_id"], of["in_place_of_occurrence"]) if of["in_place_of_series_id"] else None,
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
        obstacles=tuple(open_word(Obstacle, obstacle) for obstacle in of["obstacles"]),
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


RELEASED: Final = frozenset({SessionStatus.CANCELLED, SessionStatus.NO_SHOW})
"""Ends at which a session's room is given back."""

OF_SERIES: Final = (
    select(session_table)
    .where(session_table.c.series_id == any_(bindparam("series", type_=ARRAY(Uuid, dimensions=1))))
    .order_by(session_table.c.starts_at, session_table.c.id)
)

OF_SESSION: Final = tuple(name for name in SessionView.model_fields if hasattr(Session, name))
"""Fields that a session has itself."""

AS_NOT_READ: Final = {name: field.get_default() for name, field in SessionView.model_fields.items() if name not in OF_SESSION}

_read: Final = attrgetter(*OF_SESSION)


def view(session: Session, now: datetime, away: Collection[str] = ()) -> SessionView:
    """Show a session as it is at ``now``, while these parts of the platform are away."""
    known = {**AS_NOT_READ, **dict(zip(OF_SESSION, _read(session), strict=True)), "alternatives": list(session.alternatives)}
    if session.obstacles:
        known["rejection_reasons"] = rejections(session.obstacles, bool(session.alternatives), session.undo_until, now)
    if away:
        known["degraded"] = degraded(session, away)
    return SessionView.of(known)


def rejections(
    obstacles: Iterable[str],
    is_offered_others: bool,  # noqa: FBT001
    undo_until: datetime | None,
    now: datetime,
) -> tuple[RejectionReason, ...]:
    """Return why there was no room, and what would work instead, such as another place where no alternative is offered."""
    can_be_undone = undo_until is not None and undo_until > now
    fix = refusals.UNDO_FIX if can_be_undone else None if is_offered_others else refusals.ELSEWHERE_FIX
    return tuple(_rejection(Obstacle(obstacle), fix) for obstacle in obstacles)


async def find_sessions(db: ReadSession, ids: Collection[SessionId]) -> dict[SessionId, Session]:
    """Return these sessions, of those that there are."""
    return {row.id: to_session(row) for row in await db.rows(FIND, {"ids": list(ids)})}


async def find_session(db: ReadSession, session_id: SessionId) -> Session:
    """Return one session; NotFound where there is none."""
    found = await db.rows(select(session_table).where(session_table.c.id == session_id))
    [row] = require(found or None, "session", session_id)
    return to_session(row)


async def waiting(db: ReadSession, session: Session) -> Waiting | None:
    """Return where a session is among those that wait for rooms' answer."""
    if session.pending is None:
        return None
    before = select(func.count()).where(session_table.c.pending_hold_id <= session.pending.hold_id)
    return Waiting(position=await db.scalar(before) or 1)


async def show(db: ReadSession, session: Session, now: datetime, away: Collection[str]) -> SessionView:
    """Show a session with its place in the queue, and with who is offered its slot."""
    seen, offer = view(session, now, away), await slot_offer(db, session, now)
    if offer is not None:
        reasons = tuple(_rejection(obstacle, refusals.DECLINE_FIX) for obstacle in session.obstacles)
        seen = seen.model_copy(update={"slot_offer": offer, "rejection_reasons": reasons})
    return seen.model_copy(update={"waiting": await waiting(db, session)})


async def slot_offer(db: ReadSession, session: Session, now: datetime) -> SlotOffer | None:
    """Return who is offered, from the waitlist, the room or the therapist of a session whose end can be undone still."""
    if session.status not in RELEASED or session.undo_until is None or session.undo_until <= now:
        return None
    [offer] = await slot_offers(db, [session])
    return offer


async def slot_offers(db: ReadSession, slots: Sequence[Session]) -> list[SlotOffer | None]:
    """Return for each session who is offered, from the waitlist, its room or its therapist at its time."""
    if not slots:
        return []
    columns, client = session_table.c, CLIENTS.c
    found = await db.rows(
        select(
            columns.id,
            columns.offer_until,
            columns.starts_at,
            columns.ends_at,
            columns.room_id,
            columns.therapist_id,
            client.full_name,
        )
        .join(CLIENTS, client.id == columns.client_id)
        .where(
            columns.entry_id.is_not(None),
            columns.offer_until.is_not(None),
            columns.status.in_([SessionStatus.REQUESTED.value, SessionStatus.OFFERED.value]),
            or_(
                *(
                    and_(
                        columns.site_id == slot.site_id,
                        columns.starts_at < slot.ends_at,
                        columns.starts_at > slot.starts_at - LONGEST_SESSION,
                        columns.ends_at > slot.starts_at,
                        or_(columns.room_id == slot.room_id, columns.therapist_id == slot.therapist_id),
                    )
                    for slot in slots
                )
            ),
        )
        .order_by(columns.starts_at, columns.id)
    )

    def offer_of(slot: Session) -> SlotOffer | None:
        for row in found:
            is_then = row.starts_at < slot.ends_at and row.ends_at > slot.starts_at
            if is_then and (row.room_id == slot.room_id or row.therapist_id == slot.therapist_id):
                return SlotOffer(session_id=row.id, client_name=row.full_name, until=row.offer_until)
        return None

    return [offer_of(slot) for slot in slots]


def _rejection(obstacle: Obstacle, taken_fix: str | None = None) -> RejectionReason:
    """Return why there was no room; ``taken_fix`` is what would work where another session has it and nothing is offered instead."""
    group, message, fix = refusals.as_text(obstacle)
    fix = taken_fix if taken_fix and obstacle in refusals.TAKEN else fix
    return RejectionReason(group=group, code=refusals.slug(obstacle), message=message, fix=fix)


CONFLICTS: Final = {"therapist-busy", "client-busy", "date-booked"}


def refused(refusal: Refusal) -> Conflict | Invalid:
    """Return the error of a refusal: Conflict where only other sessions are in the way, otherwise Invalid."""
    only_conflicts = all(reason.code in CONFLICTS for reason in refusal.reasons)
    kind = Conflict if only_conflicts else Invalid
    first = next(reason for reason in refusal.reasons if only_conflicts or reason.code not in CONFLICTS)
    errors = [
        FieldError(
            field=reason.field,
            code=reason.code,
            message=reason.message,
            fix=refusals.fix(reason.message),
            times=list(reason.times) or None,
            people=list(reason.people) or None,
        )
        for reason in refusal.reasons
    ]
    clashes: defaultdict[str, set[SessionId]] = defaultdict(set)
    for reason in refusal.reasons:
        clashes[reason.code].update(reason.clashes)
    in_the_way = {code: sorted(keys) for code, keys in clashes.items() if keys}
    members: dict[str, Any] = {}
    if in_the_way:
        members = {"clashes": in_the_way, "session_ids": sorted(set().union(*in_the_way.values()))}
    if all(reason.code in OVERRIDABLE for reason in refusal.reasons):
        members["overridable"] = True
    return kind(first.code, " ".join(reason.message for reason in refusal.reasons), errors, **members)


def degraded(session: Session, away: Collection[str]) -> tuple[Degraded, ...]:
    """Return what is different about a session while these parts are away."""
    waits = "the booking is kept and waits for a room, which is requested as soon as "
    effects: dict[str, str] = {}
    if session.pending is not None:
        effects = {"broker": f"{waits}the message broker is back", "rooms": f"{waits}rooms is back"}
    elif session.waits_for_rooms:
        effects = {"broker": "the room is held; rooms confirms it when the message broker is back", "rooms": "the room is held"}
    if session.status in {SessionStatus.REQUESTED, SessionStatus.OFFERED, SessionStatus.BOOKED}:
        effects["catalog"] = "service, duration and rate come from scheduling's own copy"
    if session.status is SessionStatus.COMPLETED:
        effects["billing"] = "the billing record is made as soon as billing is back"
        effects["broker"] = "the billing record is made as soon as the message broker is back"
    return tuple(Degraded(part=part, effect=effect) for part, effect in effects.items() if part in away)


NAMED_AT_MOST: Final = 20


async def taking_sessions(tx: ReadSession, therapist_id: TherapistId, starts_at: datetime, ends_at: datetime) -> list[SessionId]:
    """Return some of the sessions that take a therapist's time between two moments, the earliest first."""
    taking = SessionRow.status.in_([SessionStatus.REQUESTED.value, SessionStatus.BOOKED.value])
    query = select(SessionRow.id).where(
        SessionRow.therapist_id == therapist_id, taking, SessionRow.starts_at < ends_at, SessionRow.ends_at > starts_at
    )
    return list(await tx.scalars(query.order_by(SessionRow.starts_at).limit(NAMED_AT_MOST)))


SESSIONS: Final = session_table
"""Sessions, to be joined in what other capabilities read; sessions alone writes them."""
IS_GROUP: Final = text("other_client_ids <> '{}'")
"""As the index is restricted; a parameter would keep the planner from it."""


async def latest_of_therapist(tx: ReadSession, therapist_id: TherapistId) -> list[SessionId]:
    """Return some of a therapist's sessions, the latest first."""
    return await _latest(tx, SESSIONS.c.therapist_id == therapist_id)


async def latest_of_client(tx: ReadSession, client_id: ClientId) -> list[SessionId]:
    """Return some of the sessions of a client, alone or in a group, the latest first."""
    return await _latest(tx, SESSIONS.c.client_id == client_id, and_(IS_GROUP, SESSIONS.c.other_client_ids.contains([client_id])))


async def _latest(tx: ReadSession, *each: ColumnElement[bool]) -> list[SessionId]:
    """Look up what fulfils any of these, each by an index of its own, before it is put into order: an OR over them would use none."""
    found = union_all(*(select(SESSIONS.c.id, SESSIONS.c.starts_at).where(one) for one in each)).cte("found").prefix_with("MATERIALIZED")
    return list(await tx.scalars(select(found.c.id).order_by(found.c.starts_at.desc()).limit(NAMED_AT_MOST)))


async def first_made(tx: ReadSession) -> datetime | None:
    """Return when the first session was made; None when there is none."""
    return await tx.scalar(select(func.min(SessionRow.created_at)))


async def sessions_of_series(db: ReadSession, series_ids: Sequence[SeriesId]) -> list[Session]:
    """Load the sessions of some series in the order of time."""
    return [to_session(row) for row in await db.rows(OF_SERIES, {"series": list(series_ids)})]


async def sessions_in_place(db: ReadSession, series_ids: Collection[SeriesId]) -> list[Session]:
    """Load the sessions that are booked, or wait for their room, in place of dates of some series."""
    return [to_session(row) for row in await db.rows(IN_PLACE, {"series": list(series_ids)})]


async def free_starts(db: ReadSession, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """Return rows (``at``, ``therapist_ids``) of the earliest quarter hours at which therapists are free."""
    return await db.rows(FREE_STARTS, dict(parameters))
