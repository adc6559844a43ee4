"""One process of a service leads a piece of work: an advisory lock decides which one, a lease shows that the leader is running.

A leader that ends loses its connection, and with it the lock, at once. A leader that is frozen keeps its connection, but does not renew
its lease: another process ends that connection, so that the frozen one, when it continues, can change nothing in the database.
"""

import asyncio
import os
import socket
import time
from typing import Any, Final, TypeVar

import asyncpg
import structlog

LEASE_S: Final = 10.0
"""Longer than the broker takes to give up a connection of a frozen process, which is at most three of its heartbeats."""
RENEW_S: Final = 2.0
RETRY_S: Final = 1.0
LOOKS: Final = 2
"""So often in a row a lease is seen to have run out before its leader is replaced: one that has only just begun is left alone."""

HOLDER: Final = f"{socket.gethostname()}:{os.getpid()}"

LOCK: Final = "SELECT pg_try_advisory_lock($1, hashtext($2))"
RENEW: Final = """
    INSERT INTO lease (name, holder, until) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
"""
HAS_RUN_OUT: Final = "SELECT until < clock_timestamp() FROM lease WHERE name = $1"
END: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid = $1::bigint::oid AND objid = (hashtext($2)::bigint & 4294967295)::oid
"""

log = structlog.get_logger()

Result = TypeVar("Result")


class NotLeadingError(Exception):
    """The lease has run out: another process may lead by now."""


class Leadership:
    """This process's part in who leads; one connection at a time."""

    def __init__(self, lock: int, name: str) -> None:
        """Compete for this piece of work under this advisory lock."""
        self._lock = lock
        self._name = name
        self._until = 0.0

    async def win(self, connection: asyncpg.Connection) -> None:
        """Return when this process leads on this connection."""
        self._until, run_out = 0.0, 0
        while not await connection.fetchval(LOCK, self._lock, self._name):
            run_out = run_out + 1 if await connection.fetchval(HAS_RUN_OUT, self._name) else 0
            if run_out >= LOOKS:
                log.warning("a leader that does not renew its lease is replaced", work=self._name)
                await connection.fetch(END, self._lock, self._name)
                run_out = 0
            else:
                await asyncio.sleep(RETRY_S)
        await self._renew(connection)

    async def keep(self, connection: asyncpg.Connection) -> None:
        """Renew the lease when it is time to."""
        if time.monotonic() > self._until - LEASE_S + RENEW_S:
            await self._renew(connection)

    async def keep_during(self, work: "asyncio.Future[Result]", connection: asyncpg.Connection) -> Result:
        """Return what the work does, which must not use the connection, and renew the lease while it lasts."""
        try:
            while not work.done():
                await asyncio.wait([work], timeout=RENEW_S)
                await self.keep(connection)
        finally:
            work.add_done_callback(_look_at)
            work.cancel()
        return work.result()

    def check(self) -> None:
        """Raise NotLeadingError once another process may lead."""
        if time.monotonic() > self._until:
            raise NotLeadingError

    async def _renew(self, connection: asyncpg.Connection) -> None:
        begun = time.monotonic()
        await connection.execute(RENEW, self._name, HOLDER, LEASE_S)
        self._until = begun + LEASE_S


def _look_at(work: "asyncio.Future[Any]") -> None:
    """Look at how cancelled work ended; what nobody has looked at, the event loop reports as an error."""
    if not work.cancelled():
        work.exception()
