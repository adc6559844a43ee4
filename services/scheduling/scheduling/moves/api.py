"""The HTTP edge of moves of series."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.http.conventions import Cursor, Limit, Once, Patience, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import SeriesId
from fastapi import APIRouter, Request

from scheduling.moves import queries, use_cases
from scheduling.moves.schemas import MovePreview, MoveView, SeriesMove, SeriesMoved, SeriesTarget
from scheduling.series import queries as series_queries
from scheduling.sessions.use_cases import BookingGateway

router = APIRouter(prefix="/series", tags=["series"])


@router.post(
    "/{series_id}/reschedule/preview", summary="What a move of this, the following or all sessions would be",
    operation_id="preview_series_move", responses=documented(404),
)  # fmt: skip
async def preview_move(series_id: SeriesId, body: SeriesTarget, request: Request) -> MovePreview:
    """Show where each date would go and in which room, or every reason why it would stay and what else would do."""
    return await queries.preview(series_id, body, request.app.state.database, request.app.state.questions, datetime.now(UTC))


@router.post(
    "/{series_id}/reschedule", summary="Move this, the following or all sessions", operation_id="reschedule_series",
    responses=documented(404, 409, 412),
)  # fmt: skip
async def reschedule_series(series_id: SeriesId, body: SeriesMove, once: Once, request: Request, patience: Patience) -> SeriesMoved:
    """Move sessions by as much on the wall clock as the named one; each keeps its room until the new one is held.

    A date that cannot be moved stays where it is, unless `choices` differs. With the `basis` of a preview nothing is moved where one
    of the sessions was changed since (412).
    """
    gateway: BookingGateway = request.app.state.gateway
    waits_until = time.monotonic() + patience

    async def work(tx: Any) -> SeriesMoved:  # noqa: ANN401 (the edge's transaction)
        moved = await use_cases.move(series_id, body, tx, gateway.ask_again_after, gateway.undo_for)
        items = [series_queries.change(session_id, outcome, tx.now) for session_id, outcome in moved.outcomes.items()]
        move = await queries.show(tx, moved.row, moved.sessions, tx.now) if moved.row else None
        return SeriesMoved(id=series_id, items=items, move=move)

    requested = await once(work, SeriesMoved)
    state = request.app.state
    about = series_queries.changed_sessions(requested.items)
    sessions = await series_queries.decided(about, gateway.waiters, state.database, waits_until - time.monotonic())
    now = datetime.now(UTC)
    items = series_queries.with_sessions(requested.items, sessions, now, state.dependencies.away)
    move = await _as_it_is(requested.move, request, now) if requested.move else None
    return requested.model_copy(update={"items": items, "move": move})


@router.get("/{series_id}/moves", summary="Moves of a series", operation_id="list_series_moves", responses=documented(404))
async def list_moves(series_id: SeriesId, db: Reading, limit: Limit = 50, cursor: Cursor = None) -> Page[MoveView]:
    """Return moves, the latest first, with what became of each date by now: at most 10 on a page, as each comes with its dates."""
    return await queries.list_moves(db, series_id, limit, cursor, datetime.now(UTC))


@router.post(
    "/{series_id}/moves/{move_id}/undo", summary="Undo a move of a series", operation_id="undo_series_move",
    responses=documented(404, 409),
)  # fmt: skip
async def undo_move(series_id: SeriesId, move_id: UUID, once: Once, request: Request, patience: Patience) -> MoveView:
    """Take every date of a move back, until its `undo_until`; what somebody changed since stays as it is, and nothing is charged.

    Each date requests the room that it had, and is booked again where the move cancelled it. Where somebody has the place by now it
    stays as it is, with the reason in `problems`.
    """
    gateway: BookingGateway = request.app.state.gateway
    waits_until = time.monotonic() + patience

    async def work(tx: Any) -> MoveView:  # noqa: ANN401 (the edge's transaction)
        return await queries.show(tx, *await use_cases.undo(series_id, move_id, tx, gateway.ask_again_after, gateway.undo_for), tx.now)

    requested = await once(work, MoveView)
    about = [date.session_id for date in requested.dates]
    await series_queries.decided(about, gateway.waiters, request.app.state.database, waits_until - time.monotonic())
    return await _as_it_is(requested, request, datetime.now(UTC))


async def _as_it_is(move: MoveView, request: Request, now: datetime) -> MoveView:
    """Show a move at ``now`` by what its sessions are."""
    async with request.app.state.database.reading() as db:
        return await queries.find_move(db, move.series_id, move.id, now)
