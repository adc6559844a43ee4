"""The HTTP edge of series: sessions that recur by a rule."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final

from chassis.database import Database
from chassis.edge import Body, Cursor, Limit, Once, Page, Patience, Reading, View
from chassis.problems import FieldError, Problem, documented, refused
from chassis.text import PRINTABLE
from contracts.rooms import Alternative
from contracts.types import ClientId, Instant, RoomId, SeriesId, SessionId
from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, StringConstraints

from scheduling import queries, refusals, replicas, series, starts
from scheduling.api import CONFLICTS, REPLICATED, Cancellation, Desk, NewSession, waived
from scheduling.queries import ProblemAt, SeriesView, SessionView
from scheduling.reasons import Reason, Refusal
from scheduling.recurrence import Unusable
from scheduling.series import Decided, Mode, Scope, Seen
from scheduling.session import Session
from scheduling.starts import LOOK_AGAIN_S, Start
from scheduling.use_cases import CancelSession

router = APIRouter(prefix="/series", tags=["series"])

EXAMPLE: Final[dict[str, Any]] = {
    "client_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c11",
    "therapist_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c12",
    "service_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c13",
    "site_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c14",
    "starts_at": "2026-03-02T09:00:00-05:00",
    "recurrence": {"rrule": "FREQ=WEEKLY;COUNT=12"},
    "mode": "best_effort",
}

Rule = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PRINTABLE)]


class Recurrence(Body):
    """When a series recurs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rrule": "FREQ=WEEKLY;COUNT=12"}]})

    rrule: Rule
    """RFC 5545, on the site's wall clock; it ends with COUNT or UNTIL and has at most 200 occurrences."""


class NewSeries(NewSession):
    """A session that recurs; ``starts_at`` is the first one."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    recurrence: Recurrence
    mode: Mode = Mode.BEST_EFFORT


class SeriesMove(Start):
    """Where one session of a series moves; the others move by as much on the wall clock."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21", "scope": "following", "starts_at": "2026-03-09T10:00:00-04:00"}
            ]
        }
    )

    session_id: SessionId
    scope: Scope = Scope.THIS
    room_id: RoomId | None = None
    """Only this room will do."""


class SeriesCancellation(Cancellation):
    """Which sessions of a series are called off, and why; cause and waiver count for each of them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c21",
                    "scope": "following",
                    "reason": "Therapy has ended",
                    "cause": "client",
                    "waiver": {"reason": "Agreed with the therapist"},
                }
            ]
        }
    )

    session_id: SessionId | None = None
    """Where "this" and "following" begin."""
    scope: Scope = Scope.ALL


class Change(View):
    """What became of one session of a changed series."""

    session_id: SessionId
    problems: list[FieldError]
    """Every reason why it stays as it was; empty when it was changed, or moves as soon as its new room is held."""
    session: SessionView | None


class SeriesChange(View):
    """What became of every session that a change was about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c41", "items": []}]})

    id: SeriesId
    items: list[Change]


class PreviewedRoom(View):
    """The room that an occurrence would get now."""

    room_id: RoomId
    room_number: str | None


class Previewed(View):
    """What would become of one occurrence."""

    starts_at: Instant
    ends_at: Instant | None
    local_start: str
    """What the clock at the site shows."""
    utc_offset: str
    clock_changes: bool
    """Whether the clocks changed since the occurrence before."""
    room: PreviewedRoom | None
    problems: list[FieldError]
    """Every reason why it could not be had; empty when it could."""
    alternative: Alternative | None
    """The best that would do instead."""


class Preview(View):
    """What a series would be; nothing was booked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "occurrences": [
                        {
                            "starts_at": "2026-03-09T13:00:00Z",
                            "ends_at": "2026-03-09T14:00:00Z",
                            "local_start": "2026-03-09T09:00:00",
                            "utc_offset": "-04:00",
                            "clock_changes": True,
                            "room": {"room_id": "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c22", "room_number": "201"},
                            "problems": [],
                            "alternative": None,
                        }
                    ],
                    "bookable": 1,
                    "with_problems": 0,
                    "clock_changes": ["2026-03-09"],
                }
            ]
        }
    )

    occurrences: list[Previewed]
    bookable: int
    with_problems: int
    clock_changes: list[str]
    """Local dates of the first occurrences after the clocks changed."""


@router.post(
    "", status_code=201, summary="Book a series", operation_id="book_series", responses=documented(409) | {202: {"model": SeriesView}}
)
async def book_series(body: NewSeries, once: Once, request: Request, response: Response, patience: Patience) -> SeriesView:
    """Ask for every occurrence in one message; 202 while some still wait for a room."""
    desk: Desk = request.app.state.desk
    waits_until, deadline = time.monotonic() + patience, time.monotonic() + desk.replica_patience_s
    wish = body.wish(await starts.moment_soon(body, body.site_id, request.app.state.database, desk.replica_patience_s))

    async def work(tx: Any) -> SeriesView:  # noqa: ANN401 (the edge's transaction)
        outcome = await series.book(wish, body.recurrence.rrule, body.mode, tx, desk.ask_again_after)
        if isinstance(outcome, Unusable):
            raise refused("unusable-rule", outcome.why, field="recurrence.rrule")
        if not isinstance(outcome, series.Booked):
            raise _refused(outcome)
        return queries.series_view(outcome.row, [each.outcome for each in outcome.decided if isinstance(each.outcome, Session)])

    while True:
        try:
            asked = await once(work, SeriesView)
            break
        except Problem as problem:
            if not any(error.code in REPLICATED for error in problem.errors) or time.monotonic() > deadline:
                raise
            await asyncio.sleep(LOOK_AGAIN_S)
    seen = await _wait([occurrence.id for occurrence in asked.occurrences], request, waits_until - time.monotonic())
    response.headers["Location"] = f"/series/{asked.id}"
    response.status_code = HTTPStatus.CREATED if all(session.pending is None for session in seen) else HTTPStatus.ACCEPTED
    return asked.model_copy(update={"occurrences": [queries.view(session, request.app.state.neighbours.away) for session in seen]})


@router.post("/preview", summary="What a series would be", operation_id="preview_series")
async def preview_series(body: NewSeries, request: Request) -> Preview:
    """Show every occurrence with its room, its problems or its best alternative; nothing is booked."""
    state = request.app.state
    deadline = time.monotonic() + state.desk.replica_patience_s
    wish = body.wish(await starts.moment_soon(body, body.site_id, state.database, state.desk.replica_patience_s))
    while True:
        seen = await series.preview(wish, body.recurrence.rrule, body.mode, state.database, state.questions)
        if isinstance(seen, Unusable):
            raise refused("unusable-rule", seen.why, field="recurrence.rrule")
        if time.monotonic() > deadline or not any(reason.code in REPLICATED for each in seen for reason in _reasons(each.decided)):
            break
        await asyncio.sleep(LOOK_AGAIN_S)
    async with state.database.reading() as db:
        site = (await replicas.load_sites(db, {body.site_id})).get(body.site_id)
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
    """Return series, the latest first: at most 10 on a page, as each comes with its sessions."""
    return await queries.list_series(db, client_id, limit, cursor)


@router.get("/{series_id}", summary="One series", operation_id="get_series", responses=documented(404))
async def get_series(series_id: SeriesId, db: Reading) -> SeriesView:
    """Return a series with its sessions in the order of time."""
    return await queries.find_series(db, series_id)


@router.post(
    "/{series_id}/reschedule", summary="Move this, the following or all sessions", operation_id="reschedule_series",
    responses=documented(404, 409),
)  # fmt: skip
async def reschedule_series(series_id: SeriesId, body: SeriesMove, once: Once, request: Request, patience: Patience) -> SeriesChange:
    """Move sessions by as much on the wall clock as the named one; each keeps its room until the new one is held."""
    again, waits_until = request.app.state.desk.ask_again_after, time.monotonic() + patience

    async def work(tx: Any) -> SeriesChange:  # noqa: ANN401 (the edge's transaction)
        sessions = await series.find(tx, series_id)
        anchor = next((session for session in sessions if session.id == body.session_id), None)
        if anchor is None:
            raise _not_of_series(series_id, body.session_id)
        about = series.chosen(sessions, body.scope, anchor.id, tx.now)
        target = await starts.moment(body, anchor.site_id, tx)
        return _change(series_id, await series.reschedule(about, anchor, target, body.room_id, tx, again))

    change = await once(work, SeriesChange)
    return await _decided(change, request, waits_until - time.monotonic())


@router.post(
    "/{series_id}/cancel", summary="Cancel this, the following or all sessions", operation_id="cancel_series",
    responses=documented(404, 409),
)  # fmt: skip
async def cancel_series(series_id: SeriesId, body: SeriesCancellation, once: Once, request: Request) -> SeriesChange:
    """Call sessions off; those that have begun stay as they are, unless one is named alone."""
    desk = request.app.state.desk

    async def work(tx: Any) -> SeriesChange:  # noqa: ANN401 (the edge's transaction)
        sessions = await series.find(tx, series_id)
        if not sessions or (body.scope is not Scope.ALL and body.session_id not in {session.id for session in sessions}):
            raise _not_of_series(series_id, body.session_id)
        about = series.chosen(sessions, body.scope, body.session_id, tx.now)
        steps = [CancelSession(session.id, body.reason, body.cause, waived(body.waiver)) for session in about]
        return _change(series_id, await series.cancel(steps, tx, desk.ask_again_after, desk.undo_for))

    return await _decided(await once(work, SeriesChange), request, 0)


async def _wait(session_ids: Sequence[SessionId], request: Request, patience_s: float) -> list[Session]:
    """Return the sessions once all are decided, or as they are when patience ends."""
    desk: Desk = request.app.state.desk
    database: Database = request.app.state.database

    async def look(session_id: SessionId) -> Session:
        async with database.reading() as db:
            return await queries.find_session(db, session_id)

    async def decided(session_id: SessionId) -> Session:
        seen = await look(session_id)
        return await desk.waiters.wait(session_id, seen, partial(look, session_id), lambda session: session.pending is None, patience_s)

    return list(await asyncio.gather(*(decided(session_id) for session_id in session_ids)))


async def _decided(change: SeriesChange, request: Request, patience_s: float) -> SeriesChange:
    sessions = await _wait([item.session_id for item in change.items if item.session is not None], request, patience_s)
    now = {session.id: queries.view(session, request.app.state.neighbours.away) for session in sessions}
    items = [item.model_copy(update={"session": now.get(item.session_id, item.session)}) for item in change.items]
    return change.model_copy(update={"items": items})


def _change(series_id: SeriesId, changed: Sequence[series.Changed]) -> SeriesChange:
    items = [
        Change(
            session_id=each.session_id,
            problems=_errors(series.why(each.outcome)),
            session=queries.view(each.outcome) if isinstance(each.outcome, Session) else None,
        )
        for each in changed
    ]
    return SeriesChange(id=series_id, items=items)


def _previewed(seen: Seen, utc_offset: str, *, clock_changes: bool) -> Previewed:
    outcome, finding, occurrence = seen.decided.outcome, seen.finding, seen.decided.occurrence
    problems = _errors(_reasons(seen.decided))
    if not problems and finding is None:
        problems = [FieldError(field="room_id", code=refusals.ROOMS_AWAY, message=" ".join(refusals.AWAY[1:]))]
    if finding is not None:
        problems += [
            FieldError(field="room_id", code=refusals.slug(obstacle), message=" ".join(refusals.ROOMS[obstacle][1:]))
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
        alternative=seen.alternative,
    )


def _reasons(decided: Decided) -> tuple[Reason, ...]:
    return decided.outcome.reasons if isinstance(decided.outcome, Refusal) else ()


def _errors(reasons: Sequence[Reason]) -> list[FieldError]:
    return [
        FieldError(field=reason.field, code=reason.code, message=reason.message, times=list(reason.times) or None) for reason in reasons
    ]


def _refused(decided: Sequence[Decided]) -> Problem:
    reasons = [(each, reason) for each in decided for reason in _reasons(each)]
    only_conflicts = all(reason.code in CONFLICTS for _, reason in reasons)
    status = HTTPStatus.CONFLICT if only_conflicts else HTTPStatus.UNPROCESSABLE_ENTITY
    seen = {(reason.field, reason.code, reason.message): reason for _, reason in reasons}
    problems = [
        ProblemAt(starts_at=each.occurrence.starts_at, local_start=each.occurrence.wall.isoformat(), problems=_errors(_reasons(each)))
        for each in decided
        if _reasons(each)
    ]
    first = next(reason for _, reason in reasons if only_conflicts or reason.code not in CONFLICTS)
    detail = f"{len(problems)} of {len(decided)} sessions cannot be had, so none is booked. {first.message}"
    return Problem(
        status, first.code, detail, _errors(list(seen.values())), occurrences=[problem.model_dump(mode="json") for problem in problems]
    )


def _not_of_series(series_id: SeriesId, session_id: SessionId | None) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "not-found", f"There is no series {series_id} with a session {session_id}. Read the series again.")
