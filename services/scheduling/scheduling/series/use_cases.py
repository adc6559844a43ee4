"""Sessions that recur: every occurrence is decided, in one transaction, and requested in one message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chassis.data.database import Database, ReadSession, Transaction
from chassis.errors import Invalid
from chassis.requests.questions import Questions
from contracts.rooms import Alternative, HoldFinding, HoldRequest, ReleaseHolds, RequestHolds
from contracts.scheduling import OfferSlots, SessionCancelled, SessionRequested, SessionStatus
from contracts.types import GroupId, HoldId, SeriesId, SessionId, new_id
from pydantic_core import to_jsonable_python

from scheduling.decisions import booking
from scheduling.decisions import queries as decisions_queries
from scheduling.decisions import requests as decisions_requests
from scheduling.decisions.requests import BookingRequest, Named
from scheduling.inquiries import queries as inquiries_queries
from scheduling.lifecycle.busy_times import BusyTimes
from scheduling.lifecycle.outgoing import TakenSteps
from scheduling.lifecycle.reasons import Refusal
from scheduling.lifecycle.state import Session
from scheduling.people.queries import client_names
from scheduling.policies import use_cases as policies_use_cases
from scheduling.series import queries, recurrence
from scheduling.series.recurrence import Mode, Occurrence, SeriesRequest, Unusable
from scheduling.series.tables import SeriesRow
from scheduling.sessions import queries as sessions_queries
from scheduling.sessions import use_cases as sessions_use_cases
from scheduling.sessions.actions import ActionOutcome, CancelSession, Impossible, StepRequest, UndoEnd


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one occurrence: a session that requests its room, or every reason why not."""

    occurrence: Occurrence
    outcome: Session | Refusal
    is_left: bool = False
    """Whether it was left out, as it was chosen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What would become of one occurrence."""

    decided: Decided
    finding: HoldFinding | None
    """Rooms' answer; None where there was no question or no answer."""
    alternatives: Sequence[Alternative] = ()
    """What would do instead, the best first."""

    @property
    def can_be_had(self) -> bool:
        """Whether its people are free and rooms has a room."""
        return self.finding is not None and self.finding.room_id is not None and not self.finding.reasons


@dataclass(frozen=True, slots=True)
class Booked:
    """A series that requests its rooms."""

    row: SeriesRow
    decided: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of one session when its series was changed."""

    session_id: SessionId
    outcome: ActionOutcome


async def book(requested: SeriesRequest, tx: Transaction, ask_again_after: timedelta) -> Booked | Unusable | tuple[Decided, ...]:
    """Request every occurrence; what nobody can have is returned as decided, and nothing is written then.

    Invalid where a choice names a time that is no occurrence.
    """
    series_id = SeriesId(new_id())
    busy_times = BusyTimes()
    decided = await _decide(requested, series_id, busy_times, tx, tx.now, alone=True)
    if isinstance(decided, Unusable):
        return decided
    sessions = [each.outcome for each in decided if isinstance(each.outcome, Session)]
    if not sessions or (requested.mode is Mode.ALL_OR_NOTHING and len(sessions) < sum(not each.is_left for each in decided)):
        return decided
    problems = [_written(each) for each in decided if isinstance(each.outcome, Refusal)]
    row = SeriesRow(
        id=series_id,
        client_id=requested.first.client_id,
        site_id=requested.first.site_id,
        rrule=requested.rule,
        mode=requested.mode,
        problems=problems,
        created_at=tx.now,
    )
    tx.add(row)
    await tx.flush()
    steps = [booking.begin(session) for session in sessions]
    sessions_use_cases.add(tx, sessions, ask_again_after)
    sessions_use_cases.send(tx, TakenSteps(steps), RequestHolds, SessionRequested)
    await policies_use_cases.note_waived(tx, busy_times.waived)
    return Booked(row, decided)


async def preview(requested: SeriesRequest, database: Database, questions: Questions, now: datetime) -> list[Seen] | Unusable:
    """Return what would become of every occurrence, with one query to rooms about all of them, and what would do instead.

    Invalid where a choice names a time that is no occurrence.
    """
    async with database.reading() as db:
        decided = await _decide(requested, SeriesId(new_id()), BusyTimes(), db, now)
    if isinstance(decided, Unusable):
        return decided
    requests = {number: request for number, each in enumerate(decided) if (request := _request(each)) is not None}
    found = await inquiries_queries.query_rooms(questions, list(requests.values()))
    if found is None:
        return [Seen(each, None) for each in decided]
    seen = [Seen(each, found.get(requests[number].hold_id) if number in requests else None) for number, each in enumerate(decided)]
    return await _with_alternatives(seen, requested.first, database, questions, now)


async def _with_alternatives(
    seen: list[Seen], first: BookingRequest, database: Database, questions: Questions, now: datetime
) -> list[Seen]:
    """Return occurrences with what would do instead for those that cannot be had."""
    refused = [each for each in seen if not each.can_be_had and not each.decided.is_left]
    if not refused:
        return seen
    async with database.reading() as db:
        reference_data = await decisions_queries.load_reference_data(db, Named.by([first]))
    if not reference_data.knows(first):
        return seen
    taken = [
        (each.decided.outcome.pending.starts_at, each.decided.outcome.pending.ends_at)
        for each in seen
        if each.can_be_had and isinstance(each.decided.outcome, Session) and each.decided.outcome.pending
    ]
    unplaced = [queries.Unplaced(replace(first, starts_at=each.decided.occurrence.starts_at)) for each in refused]
    offers = await queries.alternatives(unplaced, taken, reference_data, database, questions, now)
    instead = {each.decided.occurrence: offered for each, offered in zip(refused, offers, strict=True)}
    return [replace(each, alternatives=instead.get(each.decided.occurrence, ())) for each in seen]


async def find(db: Transaction, series_id: SeriesId) -> list[Session]:
    """Return the sessions of a series in the order of time, locked."""
    ids = await sessions_queries.series_sessions(db, series_id)
    return sorted((await sessions_queries.lock_sessions(db, ids)).values(), key=lambda session: (session.starts_at, session.id))


async def cancel(steps: Sequence[CancelSession], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta) -> list[Changed]:
    """Cancel each session."""
    outcomes, taken, _ = await sessions_use_cases.take([StepRequest(step) for step in steps], tx, ask_again_after, undo_for)
    sessions_use_cases.send(tx, taken, ReleaseHolds, SessionCancelled, OfferSlots)
    return [Changed(step.session_id, outcome) for step, outcome in zip(steps, outcomes, strict=True)]


async def undo(about: Sequence[Session], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta) -> list[Changed]:
    """Request the room of each cancelled session again; a session that is not cancelled, or whose people are taken, stays as it is."""
    outcomes: dict[SessionId, ActionOutcome] = {
        session.id: Impossible(
            session.status, f"A session that is {session.status.value} has no cancellation to undo. Read the series again."
        )
        for session in about
        if session.status is not SessionStatus.CANCELLED
    }
    cancelled = [session.id for session in about if session.id not in outcomes]
    step_requests = [StepRequest(UndoEnd(session_id)) for session_id in cancelled]
    answers, taken, _ = await sessions_use_cases.take(step_requests, tx, ask_again_after, undo_for)
    sessions_use_cases.send(tx, taken, RequestHolds)
    outcomes |= dict(zip(cancelled, answers, strict=True))
    names = await client_names(tx, frozenset().union(*(each.client_ids for each in outcomes.values() if isinstance(each, Refusal))))
    named = {key: each.with_names(names) if isinstance(each, Refusal) else each for key, each in outcomes.items()}
    return [Changed(session.id, named[session.id]) for session in about]


async def _decide(
    requested: SeriesRequest,
    series_id: SeriesId,
    busy_times: BusyTimes,
    db: ReadSession,
    now: datetime,
    *,
    alone: bool = False,
) -> tuple[Decided, ...] | Unusable:
    wanted = requested.first
    own_rooms = [own.room_id for own in requested.choices.values() if own]
    named = replace(Named.by([wanted]), rooms=[wanted.room_id, *own_rooms])
    reference_data = await decisions_queries.load_reference_data(db, named, alone=alone)
    site = reference_data.sites.get(wanted.site_id)
    if site is None:
        return (
            Decided(
                Occurrence(wanted.starts_at, (wanted.starts_at,)),
                _book(wanted, reference_data, busy_times, series_id, None, now),
            ),
        )
    occurrences = recurrence.expand(requested.rule, wanted.starts_at, site.zone)
    if isinstance(occurrences, Unusable):
        return occurrences
    if requested.choices.keys() - {occurrence.starts_at for occurrence in occurrences}:
        detail = "A choice names a time that is no occurrence of the rule. Name occurrences as the preview has them."
        raise Invalid("not-of-the-series", detail, field="choices")
    placed = [_placed(occurrence, requested, site.zone) for occurrence in occurrences]
    requests = [each for _, each in placed if each is not None]
    intervals = [each.interval(SessionId(new_id()), reference_data.ends(each)) for each in requests]
    busy_times.taken |= (
        await sessions_queries.load_busy(db, [times for interval in intervals for times in reference_data.concerning(interval)])
    ).taken
    group = GroupId(new_id()) if requested.mode is Mode.ALL_OR_NOTHING else None
    decided = [
        Decided(occurrence, Refusal((recurrence.LEFT_OUT,)), is_left=True)
        if each is None
        else Decided(
            occurrence,
            _book(each, reference_data, busy_times, series_id, group, now)
            if occurrence.is_certain
            else Refusal((recurrence.uncertain(occurrence.moments, site.zone),)),
        )
        for occurrence, each in placed
    ]
    return tuple(await _with_names(decided, db))


def _placed(occurrence: Occurrence, requested: SeriesRequest, zone: ZoneInfo) -> tuple[Occurrence, BookingRequest | None]:
    """Return an occurrence by the rule or at the time that was chosen for it, and its request; None where it is left out."""
    if occurrence.starts_at not in requested.choices:
        return occurrence, replace(requested.first, starts_at=occurrence.starts_at)
    own = requested.choices[occurrence.starts_at]
    if own is None:
        return occurrence, None
    room_id = own.room_id or requested.first.room_id
    return occurrence.at(own.starts_at, zone), replace(requested.first, starts_at=own.starts_at, room_id=room_id)


def _book(
    wanted: BookingRequest,
    reference_data: decisions_requests.ReferenceData,
    busy_times: BusyTimes,
    series_id: SeriesId,
    group: GroupId | None,
    now: datetime,
) -> Session | Refusal:
    return booking.book(wanted, SessionId(new_id()), HoldId(new_id()), reference_data, busy_times, now, series_id, group)


def _request(decided: Decided) -> HoldRequest | None:
    if not isinstance(decided.outcome, Session):
        return None
    return next(command for command in booking.begin(decided.outcome).commands if isinstance(command, HoldRequest))


def _written(decided: Decided) -> dict[str, object]:
    reasons = decided.outcome.reasons if isinstance(decided.outcome, Refusal) else ()
    errors = [
        {
            "field": reason.field,
            "code": reason.code,
            "message": reason.message,
            "times": to_jsonable_python(reason.times) or None,
            "people": to_jsonable_python(reason.people) or None,
        }
        for reason in reasons
    ]
    return {"starts_at": decided.occurrence.starts_at.isoformat(), "local_start": decided.occurrence.wall.isoformat(), "problems": errors}


async def _with_names(decided: Sequence[Decided], db: ReadSession) -> list[Decided]:
    """Return what was decided with the names of the clients whom refusals are about."""
    refusals = [each.outcome for each in decided if isinstance(each.outcome, Refusal)]
    names = await client_names(db, frozenset().union(*(refusal.client_ids for refusal in refusals)))
    return [replace(each, outcome=each.outcome.with_names(names)) if isinstance(each.outcome, Refusal) else each for each in decided]
