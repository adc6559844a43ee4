"""The catalog service, put together."""

from chassis.database import Database
from chassis.service import Service
from fastapi import FastAPI

from catalog import api, consumers
from catalog.alarms import alarms
from catalog.settings import Settings


def build(settings: Settings) -> FastAPI:
    """Put the catalog together from its settings."""
    service = Service(
        settings=settings,
        title="catalog",
        description="Services, their billing codes and their effective-dated rates.",
        routers=[api.sheets, api.services, api.rates],
        database=Database(settings),
        handlers=consumers.HANDLERS,
        alarms=alarms(settings.network_time_zone),
        state={"zone": settings.network_time_zone},
    )
    return service.app()


def app() -> FastAPI:
    """Run the catalog from the environment: ``uvicorn --factory catalog.main:app``."""
    return build(Settings())
