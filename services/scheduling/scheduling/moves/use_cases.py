"""Move sessions of a series, each for itself, and take a move back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.data.database import Transaction
from chassis.errors import Conflict, Invalid, Stale
from chassis.rows.changes import require
from contracts.rooms import ReleaseHolds, RequestHolds
from contracts.scheduling import OfferSlots, RescheduleRefused, SessionCancelled, SessionRequested
from contracts.types import SeriesId, SessionId, new_id

from scheduling.lifecycle.reasons import Refusal
from scheduling.lifecycle.state import Session
from scheduling.moves import dates
from scheduling.moves.dates import Back, Choice, MovedDate, Planned
from scheduling.moves.schemas import DateChoice, SeriesMove
from scheduling.moves.tables import DATES, MoveRow
from scheduling.people import queries as people_queries
from scheduling.replicas import queries as replicas_queries
from scheduling.series import changes
from scheduling.series import queries as series_queries
from scheduling.series import use_cases as series_use_cases
from scheduling.sessions import use_cases as sessions_use_cases
from scheduling.sessions.actions import Action, ActionOutcome, CancelSession, Reschedule, StepRequest
from scheduling.sessions.schemas import waived


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that was requested: what became of each session at once, and what is kept of it."""

    row: MoveRow | None
    outcomes: Mapping[SessionId, ActionOutcome]
    sessions: Mapping[SessionId, Session]
    """All of the series, with those that the move changed."""


async def move(series_id: SeriesId, requested: SeriesMove, tx: Transaction, ask_again_after: timedelta, undo_for: timedelta) -> Moved:
    """Move the sessions by as much as the anchor moves on the wall clock; each keeps its room until the new one is held.

    A date that cannot be moved stays where it is. Stale where the sessions are not those that were seen before, Invalid where a choice
    names another session or lacks its start or reason.
    """
    sessions = await series_use_cases.find(tx, series_id)
    anchor = next((session for session in sessions if session.id == requested.session_id), None)
    if anchor is None:
        raise series_queries.not_of_series(series_id, requested.session_id)
    about = changes.chosen(sessions, requested.scope, anchor.id, tx.now)
    choices = _choices(requested, about)
    if not about:
        return Moved(None, {}, {session.id: session for session in sessions})
    target = await replicas_queries.moment(requested, anchor.site_id, tx)
    zone = (await replicas_queries.load_sites(tx, {anchor.site_id}))[anchor.site_id].zone
    planned = dates.plan(about, anchor, target, zone, requested.room_id)

    actions = {each.session.id: _action(each, choices.get(each.session.id), requested) for each in planned}
    step_requests = [StepRequest(action) for action in actions.values() if action is not None]
    answers, taken, _ = await sessions_use_cases.take(step_requests, tx, ask_again_after, undo_for)
    outcomes: dict[SessionId, ActionOutcome] = {session.id: session for session in about}
    outcomes |= {each.session.id: Refusal(each.uncertain) for each in planned if each.uncertain and each.session.id not in choices}
    outcomes |= {step_request.action.session_id: outcome for step_request, outcome in zip(step_requests, answers, strict=True)}

    kept = [_recorded(each, choices.get(each.session.id), outcomes[each.session.id]) for each in planned]
    row = MoveRow(
        id=new_id(),
        series_id=series_id,
        session_id=anchor.id,
        scope=requested.scope,
        dates=DATES.dump_python(tuple(kept), mode="json"),
        created_at=tx.now,
        undo_until=tx.now + undo_for,
    )
    tx.add(row)
    sessions_use_cases.send(tx, taken, RequestHolds, ReleaseHolds, SessionRequested, SessionCancelled, OfferSlots)
    return Moved(row, await _with_names(outcomes, tx), _after(sessions, outcomes))


async def _with_names(outcomes: Mapping[SessionId, ActionOutcome], tx: Transaction) -> dict[SessionId, ActionOutcome]:
    """Return outcomes with the names of the clients whom refusals are about; what is kept of a move has no names."""
    refusals = [outcome for outcome in outcomes.values() if isinstance(outcome, Refusal)]
    names = await people_queries.client_names(tx, frozenset().union(*(refusal.client_ids for refusal in refusals)))
    return {key: outcome.with_names(names) if isinstance(outcome, Refusal) else outcome for key, outcome in outcomes.items()}


def _choices(requested: SeriesMove, about: list[Session]) -> dict[SessionId, DateChoice]:
    """Return what was chosen for single dates, or the problem that it does not fit the sessions as they are."""
    if requested.basis is not None and requested.basis != dates.basis(about):
        detail = "Sessions of the series were changed since the preview. Nothing was moved: look at the preview again."
        raise Stale("series-changed", detail)
    choices = {each.session_id: each for each in requested.choices}
    if choices.keys() - {session.id for session in about}:
        detail = "A choice names a session that this move is not about. Name only sessions of the preview."
        raise Invalid("not-of-the-move", detail, field="choices")
    if any(each.choice is Choice.ALTERNATIVE and each.starts_at is None for each in choices.values()):
        raise Invalid("start-missing", "An alternative needs starts_at: give the one that the preview offers.", field="choices")
    if requested.cancellation is None and any(each.choice is Choice.CANCEL for each in choices.values()):
        raise Invalid("reason-missing", "Dates are cancelled with a reason: give a cancellation.", field="cancellation")
    return choices


def _action(planned: Planned, choice: DateChoice | None, requested: SeriesMove) -> Action | None:
    """Return the step that a date is to take; None where it stays."""
    session_id = planned.session.id
    match choice.choice if choice else Choice.MOVE:
        case Choice.LEAVE:
            return None
        case Choice.CANCEL if requested.cancellation is not None:
            why = requested.cancellation
            return CancelSession(session_id, why.reason, why.cause, waived(why.waiver))
        case Choice.ALTERNATIVE if choice and choice.starts_at is not None:
            return Reschedule(session_id, choice.starts_at, choice.room_id)
        case _:
            return None if planned.is_same or planned.uncertain else Reschedule(session_id, planned.starts_at, requested.room_id)


def _recorded(planned: Planned, choice: DateChoice | None, outcome: ActionOutcome) -> MovedDate:
    what = choice.choice if choice else Choice.MOVE
    starts_at: datetime | None = None
    if what is Choice.ALTERNATIVE and choice:
        starts_at = choice.starts_at
    elif what is Choice.MOVE:
        starts_at = planned.starts_at
    after = outcome if isinstance(outcome, Session) else planned.session
    return dates.recorded(planned, what, starts_at, after, changes.why(outcome))


async def undo(
    series_id: SeriesId, move_id: UUID, tx: Transaction, ask_again_after: timedelta, undo_for: timedelta
) -> tuple[MoveRow, dict[SessionId, Session]]:
    """Take every date of a move back that nobody changed since: the clinic's rules do not count again, and nothing is charged.

    NotFound when there is no such move, Conflict where it can be undone no more.

    Each date requests the room that it had and stays where it is when that is taken; a move that waits for its room is withdrawn.
    Returned are the move and the sessions of the series.
    """
    found = await tx.lock(MoveRow, move_id)
    row = require(found if found and found.series_id == series_id else None, "move", move_id)
    if tx.now > row.undo_until:
        raise Conflict("impossible-step", "The move cannot be undone: the time in which that was possible has passed.")
    before = DATES.validate_python(row.dates, strict=False)
    sessions = {session.id: session for session in await series_use_cases.find(tx, series_id)}
    steps = {date.session_id: dates.undoing(date, sessions[date.session_id]) for date in before}
    step_requests = [StepRequest(step) for step in steps.values() if step is not None and not isinstance(step, Refusal)]
    if not step_requests:
        raise Conflict("impossible-step", "Nothing of this move can be undone: its dates are where they were, or were changed since.")
    answers, taken, _ = await sessions_use_cases.take(step_requests, tx, ask_again_after, undo_for)
    outcomes: dict[SessionId, ActionOutcome] = {key: step for key, step in steps.items() if isinstance(step, Refusal)}
    outcomes |= {step_request.action.session_id: outcome for step_request, outcome in zip(step_requests, answers, strict=True)}

    after = tuple(replace(date, back=_back(outcomes[key])) if (key := date.session_id) in outcomes else date for date in before)
    row.dates, row.undone_at = DATES.dump_python(after, mode="json"), tx.now
    sessions_use_cases.send(tx, taken, RequestHolds, ReleaseHolds, RescheduleRefused)
    await tx.flush()
    return row, _after(list(sessions.values()), outcomes)


def _back(outcome: ActionOutcome) -> Back:
    if isinstance(outcome, Session):
        return Back(outcome.pending.hold_id if outcome.pending else None)
    return Back(None, changes.why(outcome))


def _after(sessions: list[Session], outcomes: Mapping[SessionId, ActionOutcome]) -> dict[SessionId, Session]:
    changed = {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, Session)}
    return {session.id: changed.get(session.id, session) for session in sessions}
