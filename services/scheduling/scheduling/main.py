"""Scheduling, put together: sessions, therapists, clients and the booking saga."""

from functools import partial
from typing import Final

from chassis.database import Database
from chassis.group_commit import GroupCommit
from chassis.questions import Questions
from chassis.service import Service
from chassis.waiting import Waiters
from contracts.scheduling import SessionBooked
from fastapi import FastAPI

from scheduling import (
    api,
    api_absence,
    api_availability,
    api_checks,
    api_operations,
    api_people,
    api_policies,
    api_rates,
    api_reconciliation,
    api_series,
    api_waitlist,
    sagas,
    use_cases,
)
from scheduling.alarms import alarms
from scheduling.consumers import handlers
from scheduling.session import Session
from scheduling.settings import Settings

HTTP_PATIENCE_S: Final = 5
"""A booking waits this long for a database that restarts, then answers 503."""


def build(settings: Settings) -> FastAPI:
    """Assemble the service."""
    database = Database(settings)
    waiters = Waiters[Session]()
    questions = Questions(settings)
    again = settings.ask_again_after
    return Service(
        settings=settings,
        title="scheduling",
        description=__doc__,
        routers=[
            api_reconciliation.router,
            api_availability.router,
            api.router,
            api_checks.router,
            api_series.router,
            api_people.router,
            api_absence.router,
            api_policies.router,
            api_rates.router,
            api_waitlist.router,
            api_operations.router,
        ],
        database=database,
        handlers=handlers(waiters, again, settings.offer_for),
        questions=questions,
        waiters=waiters,
        alarms=alarms(again, settings.compare_every),
        gauges=sagas.set_gauges,
        on_start=use_cases.ask_for_replicas,
        neighbours=("catalog", "rooms", "billing"),
        live=SessionBooked,
        state={
            "questions": questions,
            "desk": api.Desk(
                bookings=GroupCommit("bookings", database, partial(use_cases.book, ask_again_after=again), patience_s=HTTP_PATIENCE_S),
                actions=GroupCommit(
                    "actions",
                    database,
                    partial(use_cases.act, ask_again_after=again, undo_for=settings.undo_for),
                    patience_s=HTTP_PATIENCE_S,
                ),
                waiters=waiters,
                replica_patience_s=settings.replica_patience.total_seconds(),
                ask_again_after=again,
                undo_for=settings.undo_for,
            ),
        },
    ).app()


def app() -> FastAPI:
    """Build the service from its environment; for uvicorn."""
    return build(Settings())
