"""Notifications among the processes of one service: PostgreSQL's NOTIFY, sent after a commit and never within it.

A process that is alone in its database sends none. What comes up while one notification is on its way is sent together with
the next. A notification that is lost costs time and nothing else: whoever waits for it also looks at intervals.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg
import structlog

from chassis.address import Address
from chassis.telemetry.logs import describe

if TYPE_CHECKING:
    from chassis.settings import Settings

OUTBOX: Final = "holdfast_outbox"
CHANGED: Final = "holdfast_changed"
STARTED: Final = "holdfast_started"

KEYS_IN_ONE: Final = 200
"""PostgreSQL takes at most 8,000 bytes; a key and its comma are 33."""
MOST_KEYS: Final = 10_000
"""Keys that may wait to be sent; the receivers find any further ones when they look by themselves."""
COUNT_EVERY_S: Final = 5.0
"""How often a process looks whether there are others; one that starts is noticed at once."""
STATEMENT_S: Final = 10
RETRY_S: Final = 1.0

NAME: Final = "holdfast-notifications"
SEND: Final = "SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS sent (channel, payload)"
OTHERS: Final = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()
    )
"""
DATABASE_ERRORS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)

log = structlog.get_logger()


class Notifications:
    """Sends notifications to the other processes of this service, and calls what handles theirs."""

    def __init__(self, settings: "Settings") -> None:
        """Prepare; ``run`` does the work."""
        self._address = Address.read(settings.database_url)
        self._has_others = False
        self._count_at = 0.0
        self._outbox = False
        self._changed: set[UUID] = set()
        self._woken = asyncio.Event()
        self.on_outbox: Callable[[], None] = lambda: None
        """Called when another process has committed outgoing messages, or may have; must not fail or wait."""
        self.on_changed: Callable[[Collection[UUID] | None], None] = lambda _: None
        """Called with the keys of what another process has changed; None when any may have changed. Must not fail or wait."""

    def outbox(self) -> None:
        """Notify the other processes that outgoing messages were committed."""
        if self._has_others:
            self._outbox = True
            self._woken.set()

    def changed(self, key: UUID) -> None:
        """Notify the other processes that what has this key was changed, and that the change is committed."""
        if self._has_others and len(self._changed) < MOST_KEYS:
            self._changed.add(key)
            self._woken.set()

    async def run(self) -> None:
        """Send and receive until cancelled; a lost database is waited for."""
        while True:
            try:
                connection = await self._address.connect(NAME, statement_s=STATEMENT_S)
                try:
                    await self._exchange(connection)
                finally:
                    self._has_others = False
                    connection.terminate()
            except DATABASE_ERRORS as error:
                log.warning("notifications wait for the database", error=describe(error))
            await asyncio.sleep(RETRY_S)

    async def _exchange(self, connection: asyncpg.Connection) -> None:
        """Send what comes up until the connection is lost."""
        connection.add_termination_listener(self._end)
        for channel in (OUTBOX, CHANGED, STARTED):
            await connection.add_listener(channel, self._receive)
        await connection.execute(SEND, [STARTED], [""])
        self._outbox, self._changed, self._count_at = False, set(), 0.0
        self.on_outbox()  # what was committed while this process did not listen
        self.on_changed(None)
        while not connection.is_closed():
            self._woken.clear()
            if time.monotonic() >= self._count_at:
                self._count_at = time.monotonic() + COUNT_EVERY_S
                self._has_others = bool(await connection.fetchval(OTHERS, NAME))
            if messages := self._take():
                await connection.execute(SEND, *map(list, zip(*messages, strict=True)))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._count_at - time.monotonic()):
                    await self._woken.wait()

    def _take(self) -> list[tuple[str, str]]:
        """Return what waits to be sent, as channels and payloads."""
        has_outbox, keys = self._outbox, sorted(self._changed)
        self._outbox, self._changed = False, set()
        some = [keys[first : first + KEYS_IN_ONE] for first in range(0, len(keys), KEYS_IN_ONE)]
        changes = [(CHANGED, ",".join(key.hex for key in each)) for each in some]
        return [(OUTBOX, ""), *changes] if has_outbox else changes

    def _end(self, _: object) -> None:
        self._woken.set()

    def _receive(self, connection: asyncpg.Connection, pid: int, channel: str, payload: str) -> None:
        if pid == connection.get_server_pid():
            return
        if channel == OUTBOX:
            self.on_outbox()
        elif channel == CHANGED:
            self.on_changed([UUID(key) for key in payload.split(",")])
        else:
            self._count_at = 0.0
            self._woken.set()
