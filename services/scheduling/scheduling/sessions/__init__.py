"""Booking and every step of a session's life: the saga."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from chassis.data import idempotency
from chassis.data.database import Database, Transaction
from chassis.data.group_commit import GroupCommit
from chassis.errors import DomainError
from chassis.requests.waiting import Waiters
from chassis.runtime.capability import Capability
from contracts.types import SessionId

from scheduling.lifecycle.state import Session
from scheduling.sessions import api, use_cases
from scheduling.sessions.actions import ActionOutcome, Book, BookingOutcome, DoneBefore, StepRequest
from scheduling.sessions.jobs import jobs
from scheduling.sessions.messages import handlers
from scheduling.settings import Settings

HTTP_PATIENCE_S: Final = 5
"""A booking waits this long for a database that restarts, then answers 503."""
REMEMBERED_BEFORE: Final = "done"
"""What a process of the release before stored of a step in place of the session's id."""


def capability(settings: Settings, database: Database, waiters: Waiters[Session]) -> Capability:
    """Return what sessions bring; requests that arrive together share a transaction."""
    again = settings.ask_again_after
    book = partial(_book, ask_again_after=again)
    act = partial(_act, ask_again_after=again, undo_for=settings.undo_for)
    gateway = use_cases.BookingGateway(
        bookings=GroupCommit("bookings", database, book, patience_s=HTTP_PATIENCE_S),
        actions=GroupCommit("actions", database, act, patience_s=HTTP_PATIENCE_S),
        waiters=waiters,
        replica_patience_s=settings.replica_patience.total_seconds(),
        ask_again_after=again,
        undo_for=settings.undo_for,
    )
    return Capability(routers=[api.router], handlers=handlers(waiters, again), jobs=jobs(again), state={"gateway": gateway})


async def _book(bookings: Sequence[Book], tx: Transaction, ask_again_after: timedelta) -> list[BookingOutcome | DomainError]:
    """Book; a booking whose key was used before is answered with the session of then."""
    return await idempotency.once(
        tx,
        bookings,
        partial(use_cases.book, tx=tx, ask_again_after=ask_again_after),
        kept=lambda outcome: str(outcome.id) if isinstance(outcome, Session) else None,
        repeat=lambda _, session_id: DoneBefore(SessionId(UUID(session_id))),
    )


async def _act(
    requests: Sequence[StepRequest], tx: Transaction, ask_again_after: timedelta, undo_for: timedelta
) -> list[ActionOutcome | DomainError]:
    """Take steps; one whose key was used before is answered with its session."""
    return await idempotency.once(
        tx,
        requests,
        partial(use_cases.act, tx=tx, ask_again_after=ask_again_after, undo_for=undo_for),
        kept=lambda outcome: str(outcome.id) if isinstance(outcome, Session) else None,
        repeat=_repeat_step,
    )


def _repeat_step(request: StepRequest, remembered: str) -> DoneBefore:
    return DoneBefore(request.action.session_id if remembered == REMEMBERED_BEFORE else SessionId(UUID(remembered)))
