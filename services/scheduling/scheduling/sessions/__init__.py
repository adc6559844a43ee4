"""Booking and every step of a session's life: the saga."""

from chassis.data.database import Database
from chassis.requests.waiting import Waiters
from chassis.runtime.capability import Capability

from scheduling.lifecycle.state import Session
from scheduling.sessions import api
from scheduling.sessions.jobs import jobs
from scheduling.sessions.messages import handlers
from scheduling.settings import Settings


def capability(settings: Settings, database: Database, waiters: Waiters[Session]) -> Capability:
    """Return what sessions bring; requests that arrive together share a transaction."""
    again = settings.ask_again_after
    state = {"gateway": api.gateway(settings, database, waiters)}
    return Capability(routers=[api.router], handlers=handlers(waiters, again), jobs=jobs(again), state=state)
