"""Those who wait: what is free again is held and offered to the first who fits, until a deadline, then to the next.

Where somebody stands follows from the session they were offered last, so that there is one truth. An offer is a session
whose hold is confirmed at once, with its people's time taken: who takes it has it, and who declines frees it for the next.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from chassis.database import ReadSession, Transaction
from chassis.edge import Body, Page, View, page, read_cursor
from chassis.problems import Problem, conflict, not_found, refused
from contracts.hours import Timetable
from contracts.rooms import WallTime, Weekday
from contracts.scheduling import FreedSlot, Modality, OfferSlots, SessionStatus
from contracts.types import ClientId, EntryId, Equipment, Flag, HoldId, Instant, ServiceId, SessionId, SiteId, TherapistId, Whole, new_id
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import to_jsonable_python
from sqlalchemy import BindParameter, ColumnElement, Integer, Row, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from scheduling import domain, replicas, store, use_cases
from scheduling.diary import Diary
from scheduling.domain import Board, Service, Site, Wish
from scheduling.reasons import Reason
from scheduling.replicas import Named, ServiceRow, SiteRow
from scheduling.session import Session
from scheduling.store import ClientRow, EntryRow, Moment, SessionRow, TherapistRow, WaitlistLogRow

SHORTEST_OFFER: Final = timedelta(minutes=10)
"""A slot that starts sooner is not offered: nobody could answer in time."""
ASKED_AT_MOST: Final = 200
"""People who are looked at for one slot."""
LONGEST_WAIT: Final = timedelta(days=366)
SHOWN: Final = 200
GONE: Final = (SessionStatus.CANCELLED.value, SessionStatus.REJECTED.value)
NOW: Final = bindparam("now", type_=Moment)
MOST: Final[BindParameter[int]] = bindparam("most", type_=Integer())
BY: Final = {
    "site": EntryRow.site_id == bindparam("site"),
    "client": EntryRow.client_id == bindparam("client"),
    "after": EntryRow.id > bindparam("after"),
}
"""What a list may be bounded by."""
LAST: Final = aliased(SessionRow)
"""The session that somebody was offered last; made once, because an alias takes longer than a statement."""


class EntryStatus(StrEnum):
    """Where somebody stands who waits."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class NewEntry(Body):
    """Somebody who waits for a slot."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
                    "earliest": "2026-03-02T08:00:00-05:00",
                    "latest": "2026-03-20T20:00:00-04:00",
                    "hours": {"tue": [["14:00", "18:00"]], "thu": [["08:00", "12:00"]]},
                    "modality": "video",
                }
            ]
        }
    )

    client_id: ClientId
    service_id: ServiceId
    site_id: SiteId
    therapist_id: TherapistId | None = None
    """Only this therapist; any when absent."""
    earliest: Instant
    """A session starts no earlier."""
    latest: Instant
    """A session ends no later."""
    hours: dict[Weekday, Annotated[tuple[tuple[WallTime, WallTime], ...], Field(max_length=12)]] | None = None
    """When in the week they can come, on the site's clock; always when absent."""
    capacity: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    equipment: Annotated[tuple[Equipment, ...], Field(max_length=20)] = ()
    insurance_applicable: Flag = False
    modality: Modality = Modality.IN_PERSON
    """How therapist and client will meet; what is offered is booked so."""

    @model_validator(mode="after")
    def _has_a_window(self) -> "NewEntry":
        if not self.earliest < self.latest or self.latest - self.earliest > LONGEST_WAIT:
            message = f"latest must be after earliest, by at most {LONGEST_WAIT.days} days"
            raise ValueError(message)
        return self


class LogLine(View):
    """What was decided about somebody who waits."""

    at: Instant
    event: str
    detail: str
    session_id: SessionId | None


class EntryView(View):
    """Somebody who waits, and where they stand."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c81",
                    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
                    "client_name": "Jonas Weber",
                    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
                    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
                    "therapist_id": None,
                    "earliest": "2026-03-02T13:00:00Z",
                    "latest": "2026-03-21T00:00:00Z",
                    "hours": None,
                    "modality": "in_person",
                    "status": "offered",
                    "position": None,
                    "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                    "offer_until": "2026-03-03T16:00:00Z",
                    "created_at": "2026-03-01T09:00:00Z",
                    "log": [],
                }
            ]
        }
    )

    id: EntryId
    client_id: ClientId
    client_name: str
    service_id: ServiceId
    site_id: SiteId
    therapist_id: TherapistId | None
    earliest: Instant
    latest: Instant
    hours: dict[str, list[tuple[str, str]]] | None
    modality: Modality
    status: EntryStatus
    position: int | None
    """Among those who wait at the site, the first being 1; None when they do not wait."""
    session_id: SessionId | None
    """What is held for them, or was last."""
    offer_until: Instant | None
    """Until when they may take it."""
    created_at: Instant
    log: list[LogLine] = Field(default_factory=list[LogLine])
    """What was decided, and why, oldest first; only when one is read."""


async def add(body: NewEntry, tx: Transaction) -> EntryView:
    """Let a client wait; whoever comes first is asked first."""
    found = {
        "client": await tx.find(ClientRow, body.client_id),
        "service": await tx.find(ServiceRow, body.service_id),
        "site": await tx.find(SiteRow, body.site_id),
        "therapist": body.therapist_id is None or await tx.find(TherapistRow, body.therapist_id),
    }
    if unknown := [what for what, row in found.items() if not row]:
        raise refused(f"unknown-{unknown[0]}", f"There is no such {unknown[0]}.", field=f"{unknown[0]}_id")
    service = found["service"]
    if isinstance(service, ServiceRow) and service.min_clients > 1:
        message = f"{service.service_code} is for at least {service.min_clients} clients, and one alone waits. Book it for all of them."
        raise refused("too-few-clients", message, field="service_id")
    if body.latest <= tx.now:
        raise refused("in-the-past", "The time has passed. Name one to come.", field="latest")
    facts: dict[str, Any] = body.model_dump(exclude={"hours"})
    row = EntryRow(id=EntryId(new_id()), hours=to_jsonable_python(body.hours), created_at=tx.now, **facts)
    tx.add(row)
    _log(tx, row.id, "waits")
    await tx.flush()
    return await find(tx, row.id)


async def withdraw(entry_id: EntryId, tx: Transaction) -> EntryView:
    """Let a client wait no more; what is held for them is declined first."""
    row = await tx.lock(EntryRow, entry_id)
    seen = await find(tx, entry_id)
    if seen.status is EntryStatus.OFFERED:
        raise conflict("slot-is-held", "A slot is held for this client. Accept or decline it first.", session_id=seen.session_id)
    if row is not None and row.withdrawn_at is None:
        row.withdrawn_at = tx.now
        _log(tx, entry_id, "withdrawn")
        await tx.flush()
    return await find(tx, entry_id)


async def last_offer(db: ReadSession, entry_id: EntryId) -> SessionId:
    """Return the session that was offered to somebody last, whatever became of it, or the problem that there never was one."""
    seen = await find(db, entry_id)
    if seen.session_id is None:
        raise nothing_offered(seen)
    return seen.session_id


def nothing_offered(entry: EntryView) -> Problem:
    """Say that nothing is held for somebody now."""
    detail = f"Nothing is held for this client: the entry is {entry.status.value}. Read it again, and its log."
    return Problem(HTTPStatus.CONFLICT, "nothing-offered", detail, entry_status=entry.status)


async def find(db: ReadSession, entry_id: EntryId) -> EntryView:
    """Return one entry with its log."""
    rows = await db.rows(_entries().where(EntryRow.id == entry_id), {"now": datetime.now(UTC)})
    if not rows:
        what = "waitlist entry"
        raise not_found(what, entry_id)
    lines = await db.scalars(
        select(WaitlistLogRow).where(WaitlistLogRow.entry_id == entry_id).order_by(WaitlistLogRow.id.desc()).limit(SHOWN)
    )
    return _view(rows[0]).model_copy(update={"log": [LogLine.model_validate(line) for line in reversed(list(lines))]})


async def list_entries(
    db: ReadSession, site_id: SiteId | None, client_id: ClientId | None, status: EntryStatus | None, limit: int, cursor: str | None
) -> Page[EntryView]:
    """Return those who wait, the first to be asked first."""
    asked = {"site": site_id, "client": client_id, "after": read_cursor(cursor, UUID)[0] if cursor else None}
    bound = {name: value for name, value in asked.items() if value is not None}
    rows = await db.rows(_list(status, tuple(bound)), {"now": datetime.now(UTC), "most": limit + 1, **bound})
    return page([_view(row) for row in rows], limit, lambda entry: (entry.id,))


async def offer(messages: Sequence[OfferSlots], tx: Transaction, ask_again_after: timedelta, offer_for: timedelta) -> None:
    """Hold each slot for the first who fits, and note about everybody before them why they were passed over."""
    for slot in dict.fromkeys(slot for message in messages for slot in message.slots):
        if slot.starts_at - tx.now >= SHORTEST_OFFER:
            await _offer(slot, tx, ask_again_after, min(tx.now + offer_for, slot.starts_at))


async def _offer(slot: FreedSlot, tx: Transaction, ask_again_after: timedelta, until: datetime) -> None:
    entries = await _lock_waiting(slot, tx)
    if not entries:
        return
    wishes = [_wish(entry, slot, until) for entry in entries]
    board = await replicas.load_board(tx, Named.by(wishes), alone=True)
    plans = [wish.plan(SessionId(new_id()), board.ends(wish)) for wish in wishes]
    diary = await store.load_diary(tx, [times for plan in plans for times in board.concerning(plan)])
    for entry, wish, plan in zip(entries, wishes, plans, strict=True):
        if unfit := _does_not_fit(entry, slot, board):
            _log(tx, entry.id, "passed over", unfit)
            continue
        outcome = domain.book(wish, plan.session_id, HoldId(new_id()), board, diary, tx.now)
        if isinstance(outcome, Session):
            entry.session_id = outcome.id
            await tx.flush()
            await use_cases.begin(tx, [outcome], Diary(), ask_again_after)
            _log(tx, entry.id, "offered", f"{slot.starts_at:%Y-%m-%d %H:%M} UTC, until {until:%Y-%m-%d %H:%M} UTC", outcome.id)
            return
        _log(tx, entry.id, "passed over", _said(slot, outcome.reasons))


async def _lock_waiting(slot: FreedSlot, tx: Transaction) -> Sequence[EntryRow]:
    """Lock and return those who wait, judged after their locks are held.

    A statement that waited for a lock sees the new entry beside the sessions of before the wait, so the second one decides.
    """
    waiting = _who_waits_for(slot, tx.now)
    locked = [entry.id for entry in await tx.scalars(waiting.with_for_update(of=EntryRow))]
    return await tx.scalars(waiting.where(EntryRow.id.in_(locked))) if locked else []


def _who_waits_for(slot: FreedSlot, now: datetime) -> Any:  # noqa: ANN401 (a select of entries)
    """Select those who wait at the site at that time and were not offered it before, the first come first."""
    before = aliased(SessionRow)
    had_it = exists().where(before.entry_id == EntryRow.id, before.starts_at == slot.starts_at)
    return (
        select(EntryRow)
        .outerjoin(SessionRow, SessionRow.id == EntryRow.session_id)
        .where(
            EntryRow.site_id == slot.site_id,
            EntryRow.earliest <= slot.starts_at,
            EntryRow.latest > slot.starts_at,
            _status(now) == EntryStatus.WAITING.value,
            ~had_it,
        )
        .order_by(EntryRow.id)
        .limit(ASKED_AT_MOST)
    )


def _wish(entry: EntryRow, slot: FreedSlot, until: datetime) -> Wish:
    return Wish(
        client_id=entry.client_id,
        therapist_id=entry.therapist_id or slot.therapist_id,
        service_id=entry.service_id,
        site_id=entry.site_id,
        starts_at=slot.starts_at,
        capacity=entry.capacity,
        equipment=tuple(entry.equipment),
        insurance_applicable=entry.insurance_applicable,
        modality=Modality(entry.modality),
        offer_until=until,
        entry_id=entry.id,
    )


def _does_not_fit(entry: EntryRow, slot: FreedSlot, board: Board) -> str:
    """Say why a slot is none that somebody waits for; empty when it is one."""
    service, site = board.services.get(entry.service_id), board.sites.get(entry.site_id)
    if service is None or site is None:
        return "the service or the site is not known"
    ends_at = slot.starts_at + service.duration
    if ends_at > entry.latest:
        return "it would end after the time in which they can come"
    if entry.hours is not None and not _can_come(entry.hours, site).is_open(slot.starts_at, ends_at):
        return "they cannot come at that time of the week"
    return "their service takes longer than the slot" if _too_long(service, slot) else ""


def _too_long(service: Service, slot: FreedSlot) -> bool:
    return slot.starts_at + service.duration > slot.ends_at


def _can_come(hours: dict[str, Any], site: Site) -> Timetable:
    return Timetable({day: tuple((begin, end) for begin, end in spans) for day, spans in hours.items()}, site.zone)


def _said(slot: FreedSlot, reasons: Sequence[Reason]) -> str:
    return f"{slot.starts_at:%Y-%m-%d %H:%M} UTC: {', '.join(dict.fromkeys(reason.code for reason in reasons))}"


def _status(now: datetime | BindParameter[datetime]) -> ColumnElement[str]:
    """Say where somebody stands: an offer that they took has no deadline any more, whatever became of it later."""
    free = or_(SessionRow.id.is_(None), and_(SessionRow.status.in_(GONE), SessionRow.offer_until.is_not(None)))
    return case(
        (EntryRow.withdrawn_at.is_not(None), EntryStatus.WITHDRAWN.value),
        (~free & SessionRow.offer_until.is_not(None), EntryStatus.OFFERED.value),
        (~free, EntryStatus.BOOKED.value),
        (EntryRow.latest <= now, EntryStatus.EXPIRED.value),
        else_=EntryStatus.WAITING.value,
    )


def _bounds(status: EntryStatus) -> Iterator[ColumnElement[bool]]:
    """Yield what a status is at ``NOW``, and what it entails for an entry itself, which an index can find."""
    if status is EntryStatus.WITHDRAWN:
        yield EntryRow.withdrawn_at.is_not(None)
        return
    yield EntryRow.withdrawn_at.is_(None)
    yield _status(NOW) == status.value
    if status is EntryStatus.BOOKED:
        yield EntryRow.session_id.is_not(None)
    if status is EntryStatus.OFFERED:
        offered = select(SessionRow.entry_id).where(SessionRow.offer_until.is_not(None), SessionRow.status.not_in(GONE))
        yield EntryRow.id.in_(offered.where(SessionRow.entry_id.is_not(None)).correlate(None))


@cache
def _list(status: EntryStatus | None, by: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """Select at most ``MOST`` entries in the order in which they are asked; there are few such lists, and each is built once."""
    wanted: list[ColumnElement[bool]] = [BY[name] for name in by]
    if status is EntryStatus.WAITING:
        wanted = [EntryRow.id.in_(_first_waiting(wanted))]
    elif status is not None:
        wanted += _bounds(status)
    return _entries().where(*wanted).order_by(EntryRow.id).limit(MOST)


def _first_waiting(wanted: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """Select the first who wait at ``NOW``: in their order, their sessions are looked up until there are enough."""
    could = select(EntryRow.id, EntryRow.session_id).where(EntryRow.withdrawn_at.is_(None), EntryRow.latest > NOW, *wanted)
    could_wait = could.order_by(EntryRow.id).offset(0).subquery().c
    free = or_(LAST.id.is_(None), and_(LAST.status.in_(GONE), LAST.offer_until.is_not(None)))
    waiting = select(could_wait.id).outerjoin(LAST, LAST.id == could_wait.session_id).where(free)
    return waiting.order_by(could_wait.id).limit(MOST)


SHOWN_OF_ENTRY: Final = tuple(column for column in EntryRow.__table__.columns if column.name in EntryView.model_fields)
"""Columns, because an object for each row takes longer than the rest of the page."""
NAMES_OF_ENTRY: Final = tuple(column.name for column in SHOWN_OF_ENTRY)


@cache
def _entries() -> Select[*tuple[Any, ...]]:
    """Select what is shown of entries at ``NOW``; built once, because that takes longer than to run it."""
    other, others_session = aliased(EntryRow), aliased(SessionRow)
    free = or_(others_session.id.is_(None), and_(others_session.status.in_(GONE), others_session.offer_until.is_not(None)))
    position = (
        select(func.count())
        .select_from(other)
        .outerjoin(others_session, others_session.id == other.session_id)
        .where(other.site_id == EntryRow.site_id, other.id <= EntryRow.id, other.withdrawn_at.is_(None), other.latest > NOW, free)
        .scalar_subquery()
    )
    return (
        select(*SHOWN_OF_ENTRY, _status(NOW), SessionRow.offer_until, position, ClientRow.full_name)
        .outerjoin(SessionRow, SessionRow.id == EntryRow.session_id)
        .join(ClientRow, ClientRow.id == EntryRow.client_id)
    )


def _view(row: Row[*tuple[Any, ...]]) -> EntryView:
    """Make a view of a row of ``_entries``."""
    *entry, status, offer_until, position, client_name = row
    kept = dict(zip(NAMES_OF_ENTRY, entry, strict=True))
    hours = kept["hours"]
    said: dict[str, Any] = {
        "client_name": client_name,
        "modality": Modality(kept["modality"]),
        "hours": hours and {day: [(begin, end) for begin, end in spans] for day, spans in hours.items()},
        "status": EntryStatus(status),
        "position": position if status == EntryStatus.WAITING.value else None,
        "offer_until": offer_until if status == EntryStatus.OFFERED.value else None,
        "log": [],
    }
    return EntryView.of(kept | said)


def _log(tx: Transaction, entry_id: EntryId, event: str, detail: str = "", session_id: SessionId | None = None) -> None:
    tx.add(WaitlistLogRow(entry_id=entry_id, at=tx.now, event=event, detail=detail, session_id=session_id))
