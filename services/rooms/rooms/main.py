"""The rooms service, put together."""

from datetime import timedelta

from chassis.database import Database
from chassis.service import Service
from fastapi import FastAPI

from rooms import api, api_replan, queries
from rooms.alarms import alarms
from rooms.consumers import answers, handlers
from rooms.settings import Settings

DESCRIPTION = "Sites, rooms, opening hours, blocks, holds and bookings, availability, alternatives, utilization."


def build(settings: Settings) -> FastAPI:
    """Assemble the service with these settings."""
    return Service(
        settings,
        title="rooms",
        description=DESCRIPTION,
        routers=[api.sites, api.rooms, api.words, api.blocks, api.times, api.holds, api_replan.router],
        database=Database(settings),
        handlers=handlers(settings.hold_time),
        alarms=alarms(timedelta(seconds=settings.expiry_check_seconds), settings.hold_time),
        answers=answers(),
        gauges=queries.measure_holds,
    ).app()


def app() -> FastAPI:
    """Assemble the service with the settings of the environment."""
    return build(Settings())
