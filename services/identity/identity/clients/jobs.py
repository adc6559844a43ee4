"""Keeps the client of the web front as the settings state it."""

from datetime import timedelta
from typing import Final

from chassis.data.database import Transaction
from chassis.runtime.jobs import ScheduledJob

from identity.clients import use_cases

LOOK_EVERY: Final = timedelta(minutes=5)


def jobs(redirect_uris: list[str], logout_uris: list[str]) -> list[ScheduledJob]:
    """Return the jobs of clients, for a web front at these addresses."""

    async def keep_web_front(tx: Transaction) -> int:
        return await use_cases.keep_web_front(tx, redirect_uris, logout_uris)

    return [ScheduledJob("keep the web front's client", LOOK_EVERY, keep_web_front)]
