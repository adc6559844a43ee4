"""The catalog service, put together."""

from chassis.data.database import Database
from chassis.runtime.capability import Capability
from chassis.runtime.service import Service
from fastapi import FastAPI

from catalog import api, messages
from catalog.access import TABLE
from catalog.jobs import jobs
from catalog.settings import Settings


def composed(settings: Settings) -> Service:
    """Put the catalog together from its settings."""
    return Service(
        settings=settings,
        title="catalog",
        description="Services, their billing codes and their effective-dated rates.",
        database=Database(settings),
        access=TABLE,
        capabilities=[
            Capability(
                routers=[api.sheets, api.services, api.rates],
                handlers=messages.HANDLERS,
                jobs=jobs(settings.network_time_zone),
                state={"zone": settings.network_time_zone},
            )
        ],
    )


def build(settings: Settings) -> FastAPI:
    """Assemble the app of the service with these settings."""
    return composed(settings).app()


def app() -> FastAPI:
    """Run the catalog from the environment: ``uvicorn --factory catalog.main:app``."""
    return build(Settings.from_environment())
