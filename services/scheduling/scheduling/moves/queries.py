"""Read moves of series, and find what would become of one: with one query to rooms about all dates, nothing is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.data.database import Database, ReadSession
from chassis.requests.questions import Questions
from chassis.rows.changes import require
from chassis.rows.paging import Keyset, Page
from contracts.rooms import Alternative, HoldFinding, HoldRequest
from contracts.types import HoldId, SeriesId, SessionId, new_id
from sqlalchemy import select

from scheduling.checks import queries as checks_queries
from scheduling.checks.schemas import Obstruction
from scheduling.decisions import booking
from scheduling.decisions import queries as decisions_queries
from scheduling.decisions.requests import BookingRequest, Named, ReferenceData
from scheduling.inquiries import queries as inquiries_queries
from scheduling.lifecycle import refusals
from scheduling.lifecycle.busy_times import BusyTimes
from scheduling.lifecycle.reasons import Reason, Refusal
from scheduling.lifecycle.state import Session
from scheduling.lifecycle.steps import Move, Step, attempt, hold_request
from scheduling.moves import dates
from scheduling.moves.dates import DateOutcome, Foreseen, Planned
from scheduling.moves.schemas import MovedDateView, MovePreview, MoveView, PreviewedMove, SeriesTarget
from scheduling.moves.tables import DATES, MoveRow
from scheduling.people import queries as people_queries
from scheduling.replicas import queries as replicas_queries
from scheduling.series import changes
from scheduling.series import queries as series_queries
from scheduling.series.recurrence import Scope
from scheduling.series.schemas import PreviewedRoom
from scheduling.sessions import queries as sessions_queries
from scheduling.sessions.actions import Impossible, Reschedule, decide
from scheduling.sessions.schemas import SlotOffer

MOVES_AT_MOST: Final = 10
"""On a page: each comes with all of its dates."""
LATEST: Final = Keyset(MoveRow.id, descending=True)


@dataclass(frozen=True, slots=True)
class Judged:
    """What scheduling states about one date, and the request to rooms about it."""

    planned: Planned
    reasons: tuple[Reason, ...]
    step: Step | None
    """Its move, where nothing of scheduling's own speaks against it."""
    request: HoldRequest | None


async def list_moves(db: ReadSession, series_id: SeriesId, limit: int, cursor: str | None, now: datetime) -> Page[MoveView]:
    """Return the moves of a series, the latest first; NotFound without that series."""
    limit = min(limit, MOVES_AT_MOST)
    query = LATEST.after(select(MoveRow).where(MoveRow.series_id == series_id), cursor, limit)
    found = LATEST.page(await db.scalars(query), limit)
    sessions = await _sessions(db, series_id)
    return Page(items=[await show(db, row, sessions, now) for row in found.items], next_cursor=found.next_cursor)


async def find_move(db: ReadSession, series_id: SeriesId, move_id: UUID, now: datetime) -> MoveView:
    """Return one move; NotFound when there is none."""
    row = require(await db.find(MoveRow, move_id), "move", move_id)
    return await show(db, row, await _sessions(db, series_id), now)


async def _sessions(db: ReadSession, series_id: SeriesId) -> dict[SessionId, Session]:
    found = await sessions_queries.sessions_of_series(db, [series_id])
    return {session.id: session for session in require(found or None, "series", series_id)}


async def show(db: ReadSession, row: MoveRow, sessions: Mapping[SessionId, Session], now: datetime) -> MoveView:
    """Show a move at ``now`` by its sessions."""
    moved = DATES.validate_python(row.dates, strict=False)
    offers = await _slot_offers(db, moved, sessions)
    problems = {
        date.session_id: Refusal(
            dates.reasons(date, sessions[date.session_id], refusals.DECLINE_FIX if offers.get(date.session_id) else refusals.UNDO_FIX)
        )
        for date in moved
    }
    names = await people_queries.client_names(db, frozenset().union(*(each.client_ids for each in problems.values())))
    can_be_undone = row.undo_until > now and dates.is_undoable(moved, sessions)
    return MoveView(
        id=row.id,
        series_id=row.series_id,
        session_id=row.session_id,
        scope=Scope(row.scope),
        created_at=row.created_at,
        undo_until=row.undo_until if can_be_undone else None,
        undone_at=row.undone_at,
        dates=[
            _show_date(date, sessions[date.session_id], problems[date.session_id].with_names(names), offers.get(date.session_id))
            for date in moved
        ],
    )


async def _slot_offers(
    db: ReadSession, moved: Sequence[dates.MovedDate], sessions: Mapping[SessionId, Session]
) -> dict[SessionId, SlotOffer | None]:
    """Return who is offered the former slots of those dates that could not be taken back."""
    former = [
        replace(session, starts_at=date.starts_at, ends_at=date.ends_at, room_id=date.room_id)
        for date in moved
        if dates.outcome(date, session := sessions[date.session_id]) is DateOutcome.NOT_RETURNED
    ]
    found = await sessions_queries.slot_offers(db, former)
    return {session.id: offer for session, offer in zip(former, found, strict=True)}


def _show_date(date: dates.MovedDate, session: Session, problems: Refusal, offer: SlotOffer | None) -> MovedDateView:
    outcome = dates.outcome(date, session)
    return MovedDateView(
        session_id=date.session_id,
        choice=date.choice,
        outcome=outcome,
        status=session.status,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        room_number=date.room_number,
        new_starts_at=date.new_starts_at,
        new_ends_at=date.new_ends_at,
        new_room_number=session.room_number if session.hold_id == date.new_hold_id else None,
        problems=series_queries.field_errors(problems.reasons),
        alternatives=list(session.alternatives) if outcome is DateOutcome.STAYS else [],
        slot_offer=offer,
    )


async def preview(series_id: SeriesId, requested: SeriesTarget, database: Database, questions: Questions, now: datetime) -> MovePreview:
    """Return where each date would go, or why it would stay and what else would do; NotFound without that series or session of it."""
    async with database.reading() as db:
        sessions = await _sessions(db, series_id)
        anchor = sessions.get(requested.session_id)
        if anchor is None:
            raise series_queries.not_of_series(series_id, requested.session_id)
        about = changes.chosen(list(sessions.values()), requested.scope, anchor.id, now)
        target = await replicas_queries.moment(requested, anchor.site_id, db)
        reference_data = await decisions_queries.load_reference_data(db, _named(about or [anchor], requested))
        planned = dates.plan(about, anchor, target, reference_data.sites[anchor.site_id].zone, requested.room_id)
        intervals = [booking.interval_of_move(each.session, _place(each, requested)) for each in planned]
        busy_times = await sessions_queries.load_busy(
            db, [times for interval in intervals for times in reference_data.concerning(interval)]
        )
        judged = [_judge(each, requested, reference_data, busy_times, now) for each in planned]
        names = await people_queries.client_names(db, frozenset().union(*(Refusal(each.reasons).client_ids for each in judged)))
    judged = [replace(each, reasons=Refusal(each.reasons).with_names(names).reasons) for each in judged]
    hold_requests = [each.request for each in judged if each.request is not None]
    found = await inquiries_queries.query_rooms(questions, hold_requests)
    findings = [(found or {}).get(each.request.hold_id) if each.request else None for each in judged]
    problems = [_problems(each, finding) for each, finding in zip(judged, findings, strict=True)]
    offers = await _alternatives(judged, problems, requested, reference_data, database, questions, now) if found is not None else {}
    previewed = [
        _previewed(each, finding, against, offers.get(each.planned.session.id, []), reference_data, now)
        for each, finding, against in zip(judged, findings, problems, strict=True)
    ]
    return MovePreview(
        id=series_id,
        basis=dates.basis(about),
        moving=sum(each.outcome in {Foreseen.MOVES, Foreseen.UNCHECKED} for each in previewed),
        staying=sum(each.outcome is Foreseen.STAYS for each in previewed),
        dates=previewed,
    )


def _named(sessions: Sequence[Session], requested: SeriesTarget) -> Named:
    return Named(
        services={session.service_id for session in sessions},
        sites={session.site_id for session in sessions},
        rooms=[requested.room_id],
        therapists={session.therapist_id for session in sessions},
        clients={client for session in sessions for client in session.client_ids},
    )


def _place(planned: Planned, requested: SeriesTarget) -> Move:
    return Move(planned.starts_at, planned.ends_at, requested.room_id, planned.session.calculated_rate)


def _judge(planned: Planned, requested: SeriesTarget, reference_data: ReferenceData, busy_times: BusyTimes, now: datetime) -> Judged:
    if planned.is_same or planned.uncertain:
        return Judged(planned, planned.uncertain, None, None)
    session = planned.session
    action = Reschedule(session.id, planned.starts_at, requested.room_id)
    outcome = decide(session, action, reference_data, busy_times, now, HoldId(new_id()), now)
    match outcome:
        case Step(commands=commands):
            return Judged(planned, (), outcome, next((each for each in commands if isinstance(each, HoldRequest)), None))
        case Refusal(reasons):
            return Judged(planned, reasons, None, hold_request(session, attempt(HoldId(new_id()), _place(planned, requested), now)))
        case Impossible():
            return Judged(planned, changes.why(outcome), None, None)


def _problems(judged: Judged, finding: HoldFinding | None) -> list[Obstruction]:
    problems = [checks_queries.obstruction(reason) for reason in judged.reasons]
    if finding is not None:
        problems += [checks_queries.obstruction_of_room(obstacle) for obstacle in checks_queries.further(finding, judged.reasons)]
    elif judged.request is not None:
        problems.append(checks_queries.rooms_away())
    return problems


async def _alternatives(
    judged: Sequence[Judged],
    problems: Sequence[list[Obstruction]],
    requested: SeriesTarget,
    reference_data: ReferenceData,
    database: Database,
    questions: Questions,
    now: datetime,
) -> dict[SessionId, list[Alternative]]:
    """Return when the people and a room are free for dates that would stay, and no other date of the move would be."""
    staying = [
        each.planned
        for each, against in zip(judged, problems, strict=True)
        if against and (each.request is not None or each.planned.uncertain)
    ]
    taken = [
        (each.planned.starts_at, each.planned.ends_at)
        for each, against in zip(judged, problems, strict=True)
        if not against and each.step is not None
    ]
    unplaced = [series_queries.Unplaced(_wanted(planned, requested), planned.session) for planned in staying]
    offers = await series_queries.alternatives(unplaced, taken, reference_data, database, questions, now)
    return {planned.session.id: list(offered) for planned, offered in zip(staying, offers, strict=True)}


def _wanted(planned: Planned, requested: SeriesTarget) -> BookingRequest:
    session = planned.session
    return BookingRequest(
        client_id=session.client_id,
        other_client_ids=session.other_client_ids,
        therapist_id=session.therapist_id,
        service_id=session.service_id,
        site_id=session.site_id,
        starts_at=planned.starts_at,
        room_id=requested.room_id,
        capacity=session.capacity,
        equipment=session.equipment,
        modality=session.modality,
    )


def _previewed(
    judged: Judged,
    finding: HoldFinding | None,
    problems: list[Obstruction],
    alternatives: list[Alternative],
    reference_data: ReferenceData,
    now: datetime,
) -> PreviewedMove:
    planned, session = judged.planned, judged.planned.session
    pending = judged.step.session.pending if judged.step else None
    if planned.is_same:
        outcome = Foreseen.SAME
    elif judged.step is not None and finding is None:
        outcome = Foreseen.UNCHECKED
    else:
        outcome = Foreseen.STAYS if problems else Foreseen.MOVES
    has_room = finding is not None and finding.room_id is not None and outcome is Foreseen.MOVES
    return PreviewedMove(
        session_id=session.id,
        outcome=outcome,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        room=PreviewedRoom(room_id=session.room_id, room_number=session.room_number) if session.room_id else None,
        new_starts_at=planned.starts_at,
        new_ends_at=planned.ends_at,
        new_room=PreviewedRoom(room_id=finding.room_id, room_number=finding.room_number)
        if has_room and finding and finding.room_id
        else None,
        problems=problems,
        alternatives=alternatives,
        calculated_rate=session.calculated_rate,
        new_rate=pending.rate if pending else None,
        late_if_cancelled=booking.is_late(session, reference_data.policies, now),
    )
