"""Scheduling, put together: sessions, therapists, clients and the booking saga."""

from chassis.data.database import Database
from chassis.requests.questions import Questions
from chassis.requests.waiting import Waiters
from chassis.runtime.capability import Capability
from chassis.runtime.service import Service
from contracts.scheduling import SessionBooked
from fastapi import FastAPI

from scheduling import (
    absence,
    availability,
    checks,
    day,
    moves,
    people,
    policies,
    progress,
    rates,
    reconciliation,
    replicas,
    series,
    sessions,
    timelines,
    waitlist,
)
from scheduling.access import TABLE
from scheduling.lifecycle.state import Session
from scheduling.settings import Settings


def composed(settings: Settings) -> Service:
    """Assemble the service."""
    database = Database(settings)
    waiters = Waiters[Session]()
    questions = Questions(settings)
    again = settings.ask_again_after
    return Service(
        settings=settings,
        title="scheduling",
        description=__doc__,
        database=database,
        access=TABLE,
        questions=questions,
        waiters=waiters,
        dependencies=("catalog", "rooms", "billing"),
        live=SessionBooked,
        capabilities=[
            Capability(state={"questions": questions}),
            reconciliation.capability(again, settings.compare_every),
            availability.capability,
            day.capability,
            sessions.capability(settings, database, waiters),
            timelines.capability,
            checks.capability,
            series.capability,
            moves.capability,
            people.capability,
            absence.capability,
            policies.capability,
            rates.capability,
            waitlist.capability(again, settings.offer_for),
            progress.capability,
            replicas.capability,
        ],
    )


def build(settings: Settings) -> FastAPI:
    """Assemble the app of the service with these settings."""
    return composed(settings).app()


def app() -> FastAPI:
    """Build the service from its environment; for uvicorn."""
    return build(Settings.from_environment())
