"""Booking and every step of a session's life: the saga."""

from functools import partial
from typing import Final

from chassis.data.database import Database
from chassis.data.group_commit import GroupCommit
from chassis.http.waiting import Waiters
from chassis.runtime.capability import Capability

from scheduling.lifecycle.state import Session
from scheduling.sessions import api, use_cases
from scheduling.sessions.jobs import jobs
from scheduling.sessions.messages import handlers
from scheduling.settings import Settings

HTTP_PATIENCE_S: Final = 5
"""A booking waits this long for a database that restarts, then answers 503."""


def capability(settings: Settings, database: Database, waiters: Waiters[Session]) -> Capability:
    """Return what sessions bring; requests that arrive together share a transaction."""
    again = settings.ask_again_after
    book = partial(use_cases.book_once, ask_again_after=again)
    act = partial(use_cases.act_once, ask_again_after=again, undo_for=settings.undo_for)
    gateway = use_cases.BookingGateway(
        bookings=GroupCommit("bookings", database, book, patience_s=HTTP_PATIENCE_S),
        actions=GroupCommit("actions", database, act, patience_s=HTTP_PATIENCE_S),
        waiters=waiters,
        replica_patience_s=settings.replica_patience.total_seconds(),
        ask_again_after=again,
        undo_for=settings.undo_for,
    )
    return Capability(routers=[api.router], handlers=handlers(waiters, again), jobs=jobs(again), state={"gateway": gateway})
