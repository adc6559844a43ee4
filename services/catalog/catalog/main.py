"""The catalog service, put together."""

from chassis.data.database import Database
from chassis.runtime.capability import Capability
from chassis.runtime.service import Service
from fastapi import FastAPI

from catalog import api, messages
from catalog.jobs import jobs
from catalog.settings import Settings


def build(settings: Settings) -> FastAPI:
    """Put the catalog together from its settings."""
    service = Service(
        settings=settings,
        title="catalog",
        description="Services, their billing codes and their effective-dated rates.",
        database=Database(settings),
        capabilities=[
            Capability(
                routers=[api.sheets, api.services, api.rates],
                handlers=messages.HANDLERS,
                jobs=jobs(settings.network_time_zone),
                state={"zone": settings.network_time_zone},
            )
        ],
    )
    return service.app()


def app() -> FastAPI:
    """Run the catalog from the environment: ``uvicorn --factory catalog.main:app``."""
    return build(Settings.from_environment())
