"""The HTTP edge of series: sessions that recur by a rule."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from chassis.errors import Conflict, FieldError, Invalid
from chassis.http.conventions import Cursor, Limit, Once, Patience, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from contracts.types import ClientId, SeriesId
from fastapi import APIRouter, Request, Response

from scheduling.lifecycle import refusals
from scheduling.lifecycle.reasons import Reason, Refusal
from scheduling.lifecycle.state import Session
from scheduling.replicas import queries as replicas_queries
from scheduling.series import changes, queries, use_cases
from scheduling.series.recurrence import Scope, Unusable
from scheduling.series.schemas import (
    NewInPlace,
    NewSeries,
    Preview,
    Previewed,
    PreviewedRoom,
    ProblemAt,
    SeriesCancellation,
    SeriesChange,
    SeriesUndo,
    SeriesView,
)
from scheduling.series.use_cases import Decided, Seen
from scheduling.sessions import queries as sessions_queries
from scheduling.sessions.actions import CancelSession
from scheduling.sessions.api import Requested, Undecided
from scheduling.sessions.queries import CONFLICTS
from scheduling.sessions.schemas import SessionView, waived
from scheduling.sessions.use_cases import BookingGateway

router = APIRouter(prefix="/series", tags=["series"])


@router.post(
    "", status_code=201, summary="Book a series", operation_id="book_series", responses=documented(409) | {202: {"model": SeriesView}}
)
async def book_series(body: NewSeries, once: Once, request: Request, response: Response, patience: Patience) -> SeriesView:
    """Request every occurrence in one message; 202 while some still wait for a room."""
    gateway: BookingGateway = request.app.state.gateway
    waits_until = time.monotonic() + patience
    wanted = body.series_request(
        await replicas_queries.moment_soon(body, body.site_id, request.app.state.database, gateway.replica_patience_s)
    )

    async def work(tx: Any) -> SeriesView:  # noqa: ANN401 (the edge's transaction)
        outcome = await use_cases.book(wanted, tx, gateway.ask_again_after)
        if isinstance(outcome, Unusable):
            raise Invalid("unusable-rule", outcome.why, field="recurrence.rrule")
        if not isinstance(outcome, use_cases.Booked):
            raise _refused(outcome)
        return queries.series_view(outcome.row, [each.outcome for each in outcome.decided if isinstance(each.outcome, Session)], tx.now)

    requested = await replicas_queries.when_announced(lambda: once(work, SeriesView), gateway.replica_patience_s)
    patience_s = waits_until - time.monotonic()
    seen = await queries.decided([each.id for each in requested.occurrences], gateway.waiters, request.app.state.database, patience_s)
    response.headers["Location"] = f"/series/{requested.id}"
    response.status_code = HTTPStatus.CREATED if all(session.pending is None for session in seen) else HTTPStatus.ACCEPTED
    now, away = datetime.now(UTC), request.app.state.dependencies.away
    return requested.model_copy(update={"occurrences": [sessions_queries.view(session, now, away) for session in seen]})


@router.post("/preview", summary="What a series would be", operation_id="preview_series")
async def preview_series(body: NewSeries, request: Request) -> Preview:
    """Show every occurrence with its room, or its problems and what would do instead; nothing is booked.

    The first 12 occurrences that cannot be had get alternatives; `choices` of the booking takes them.
    """
    state = request.app.state
    patience_s = state.gateway.replica_patience_s
    wanted = body.series_request(await replicas_queries.moment_soon(body, body.site_id, state.database, patience_s))

    now = datetime.now(UTC)

    async def look() -> Sequence[Seen]:
        seen = await use_cases.preview(wanted, state.database, state.questions, now)
        if isinstance(seen, Unusable):
            raise Invalid("unusable-rule", seen.why, field="recurrence.rrule")
        return seen

    seen = await replicas_queries.when_announced(
        look, patience_s, lambda found: [reason.code for each in found for reason in _reasons(each.decided)]
    )
    async with state.database.reading() as db:
        site = (await replicas_queries.load_sites(db, {body.site_id})).get(body.site_id)
    occurrences: list[Previewed] = []
    offset = None
    for each in seen:
        local = each.decided.occurrence.starts_at.astimezone(site.zone if site else None)
        occurrences.append(_previewed(each, local.isoformat()[-6:], clock_changes=offset not in {None, local.utcoffset()}))
        offset = local.utcoffset()
    bookable = sum(not occurrence.problems for occurrence in occurrences)
    return Preview(
        occurrences=occurrences,
        bookable=bookable,
        with_problems=len(occurrences) - bookable,
        clock_changes=[occurrence.local_start[:10] for occurrence in occurrences if occurrence.clock_changes],
    )


@router.get("", summary="Series of a client", operation_id="list_series")
async def list_series(db: Reading, client_id: ClientId | None = None, limit: Limit = 50, cursor: Cursor = None) -> Page[SeriesView]:
    """Return series, the latest first: at most 5 on a page, as each comes with its sessions."""
    return await queries.list_series(db, client_id, limit, cursor, datetime.now(UTC))


@router.get("/{series_id}", summary="One series", operation_id="get_series", responses=documented(404))
async def get_series(series_id: SeriesId, db: Reading) -> SeriesView:
    """Return a series with its sessions in the order of time."""
    return await queries.find_series(db, series_id, datetime.now(UTC))


@router.post(
    "/{series_id}/sessions", status_code=201, summary="Book a session in place of an occurrence", operation_id="book_in_place",
    responses=documented(404, 409) | Undecided,
)  # fmt: skip
async def book_in_place(series_id: SeriesId, body: NewInPlace, request: Requested) -> SessionView:
    """Book a session in place of an occurrence that the series could not have; changes of the series do not reach it.

    One session has the place of an occurrence; when it is cancelled or rejected, another one may be booked. 409 names the one that has it.
    """
    async with request.database.reading() as db:
        date = await queries.find_date(db, series_id, body)
    return await request.book(body, date)


@router.post(
    "/{series_id}/cancel", summary="Cancel this, the following or all sessions", operation_id="cancel_series",
    responses=documented(404, 409),
)  # fmt: skip
async def cancel_series(series_id: SeriesId, body: SeriesCancellation, once: Once, request: Request) -> SeriesChange:
    """Cancel sessions; those that have begun stay as they are, unless one is named alone."""
    gateway = request.app.state.gateway

    async def work(tx: Any) -> SeriesChange:  # noqa: ANN401 (the edge's transaction)
        sessions = await use_cases.find(tx, series_id)
        if not sessions or (body.scope is not Scope.ALL and body.session_id not in {session.id for session in sessions}):
            raise queries.not_of_series(series_id, body.session_id)
        about = changes.chosen(sessions, body.scope, body.session_id, tx.now)
        steps = [CancelSession(session.id, body.reason, body.cause, waived(body.waiver)) for session in about]
        changed = await use_cases.cancel(steps, tx, gateway.ask_again_after, gateway.undo_for)
        return SeriesChange(id=series_id, items=[queries.change(each.session_id, each.outcome, tx.now) for each in changed])

    cancelled = await once(work, SeriesChange)
    state = request.app.state
    sessions = await queries.decided(queries.changed_sessions(cancelled.items), gateway.waiters, state.database, 0)
    return cancelled.model_copy(
        update={"items": queries.with_sessions(cancelled.items, sessions, datetime.now(UTC), state.dependencies.away)}
    )


@router.post(
    "/{series_id}/cancel/undo", summary="Undo a cancellation of sessions", operation_id="undo_series_cancellation",
    responses=documented(404, 409),
)  # fmt: skip
async def undo_cancellation(series_id: SeriesId, body: SeriesUndo, once: Once, request: Request, patience: Patience) -> SeriesChange:
    """Book cancelled sessions again, each until its `undo_until`: those that are named, or those of the last cancellation.

    Each requests the room that it had. Where somebody has its place by now it stays cancelled, with the reason in `problems`.
    """
    gateway: BookingGateway = request.app.state.gateway
    waits_until = time.monotonic() + patience

    async def work(tx: Any) -> SeriesChange:  # noqa: ANN401 (the edge's transaction)
        sessions = await use_cases.find(tx, series_id)
        unknown = [session_id for session_id in body.session_ids if session_id not in {session.id for session in sessions}]
        if not sessions or unknown:
            raise queries.not_of_series(series_id, next(iter(unknown), None))
        about = changes.to_undo(sessions, body.session_ids, tx.now)
        if not about:
            raise Conflict("impossible-step", "No cancellation of this series can be undone any more. Book the sessions again.")
        undone = await use_cases.undo(about, tx, gateway.ask_again_after, gateway.undo_for)
        return SeriesChange(id=series_id, items=[queries.change(each.session_id, each.outcome, tx.now) for each in undone])

    requested = await once(work, SeriesChange)
    state = request.app.state
    waiting = queries.changed_sessions(requested.items)
    sessions = await queries.decided(waiting, gateway.waiters, state.database, waits_until - time.monotonic())
    async with state.database.reading() as db:
        items = await queries.undone(db, requested.items, sessions, datetime.now(UTC), state.dependencies.away)
    return requested.model_copy(update={"items": items})


def _previewed(seen: Seen, utc_offset: str, *, clock_changes: bool) -> Previewed:
    outcome, finding, occurrence = seen.decided.outcome, seen.finding, seen.decided.occurrence
    problems = queries.field_errors(_reasons(seen.decided))
    if not problems and finding is None:
        problems = [FieldError(field="room_id", code=refusals.ROOMS_AWAY, message=" ".join(refusals.AWAY[1:]))]
    if finding is not None:
        problems += [
            FieldError(field="room_id", code=refusals.slug(obstacle), message=" ".join(refusals.as_text(obstacle)[1:]))
            for obstacle in finding.reasons
        ]
    found = finding is not None and finding.room_id is not None
    return Previewed(
        starts_at=occurrence.starts_at,
        ends_at=outcome.pending.ends_at if isinstance(outcome, Session) and outcome.pending else None,
        local_start=occurrence.wall.isoformat(),
        utc_offset=utc_offset,
        clock_changes=clock_changes,
        room=PreviewedRoom(room_id=finding.room_id, room_number=finding.room_number) if found and finding and finding.room_id else None,
        problems=problems,
        alternative=next(iter(seen.alternatives), None),
        alternatives=list(seen.alternatives),
    )


def _reasons(decided: Decided) -> tuple[Reason, ...]:
    return decided.outcome.reasons if isinstance(decided.outcome, Refusal) else ()


def _refused(decided: Sequence[Decided]) -> Conflict | Invalid:
    decided = [each for each in decided if not each.is_left] or decided
    reasons = [(each, reason) for each in decided for reason in _reasons(each)]
    only_conflicts = all(reason.code in CONFLICTS for _, reason in reasons)
    kind = Conflict if only_conflicts else Invalid
    seen = {(reason.field, reason.code, reason.message, reason.client_id): reason for _, reason in reasons}
    problems = [
        ProblemAt(
            starts_at=each.occurrence.starts_at, local_start=each.occurrence.wall.isoformat(), problems=queries.field_errors(_reasons(each))
        )
        for each in decided
        if _reasons(each)
    ]
    first = next(reason for _, reason in reasons if only_conflicts or reason.code not in CONFLICTS)
    detail = f"{len(problems)} of {len(decided)} sessions cannot be had, so none is booked. {first.message}"
    return kind(
        first.code,
        detail,
        queries.field_errors(list(seen.values())),
        occurrences=[problem.model_dump(mode="json", exclude={"booked_instead"}) for problem in problems],
    )
