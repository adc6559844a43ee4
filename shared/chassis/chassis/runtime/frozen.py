"""What a frozen process has locked is free again within seconds, also when it froze in the middle of a statement.

PostgreSQL ends a transaction that does nothing (``idle_in_transaction_session_timeout``). But the driver sends a new statement in two
parts, first its text and then its parameters, and between the two PostgreSQL counts the statement as running: it waits for its client
without a limit, since ``statement_timeout`` is not looked at while it reads. Such connections are ended here.
"""

import asyncio
from typing import Final

import structlog
from sqlalchemy import text

from chassis.data.database import Database
from chassis.driver.connections import application_name

LOOK_EVERY_S: Final = 5
FROZEN_S: Final = 10
"""A process that has not sent the second part for so long does not run; one that runs sends it within milliseconds."""

END_FROZEN: Final = text(
    """
    SELECT pid, application_name, pg_terminate_backend(pid)
    FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name IN (:writer, :reader)
      AND state = 'active' AND wait_event = 'ClientRead' AND state_change < clock_timestamp() - make_interval(secs => :seconds)
    """
)

log = structlog.get_logger()


async def end_frozen(database: Database, service: str) -> None:
    """End the connections of frozen processes of this service until cancelled."""
    while True:
        async with database.reading() as db:
            names = {kind: application_name(service, kind) for kind in ("writer", "reader")}
            for row in await db.rows(END_FROZEN, {"seconds": FROZEN_S, **names}):
                log.warning("a connection of a frozen process is ended", pid=row.pid, application=row.application_name)
        await asyncio.sleep(LOOK_EVERY_S)
