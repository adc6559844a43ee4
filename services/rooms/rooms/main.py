"""The rooms service, put together."""

from datetime import timedelta

from chassis.data.database import Database
from chassis.runtime.service import Service
from fastapi import FastAPI

from rooms import availability, calendar, closures, holds, places, reconciliation, replanning
from rooms.access import TABLE
from rooms.settings import Settings

DESCRIPTION = "Sites, rooms, opening hours, blocks, holds and bookings, availability, alternatives, utilization."


def composed(settings: Settings) -> Service:
    """Assemble the service with these settings."""
    return Service(
        settings,
        title="rooms",
        description=DESCRIPTION,
        database=Database(settings),
        access=TABLE,
        capabilities=[
            places.capability,
            closures.capability,
            availability.capability,
            calendar.capability,
            holds.capability(settings.hold_time, timedelta(seconds=settings.expiry_check_seconds)),
            replanning.capability,
            reconciliation.capability,
        ],
    )


def build(settings: Settings) -> FastAPI:
    """Assemble the app of the service with these settings."""
    return composed(settings).app()


def app() -> FastAPI:
    """Assemble the service with the settings of the environment."""
    return build(Settings.from_environment())
