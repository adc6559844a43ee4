"""A run: desks work while faults happen, then everything settles and is written down."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, TextIO

import asyncpg
from contracts.scheduling import SessionBooked
from support.listener import PREFIX, replaying
from support.origin import Origin
from support.platform import Platform
from support.truth import database, metric, settled

from chaos.faults import FAILED, Measured, happen
from chaos.plan import Planned
from chaos.replicas import Replicas
from chaos.workload import History, open_desks

DESKS: Final = 8
AT_ONCE: Final = 5
"""Faults that happen at the same time."""
ALONE: Final = -1
SETTLING_S: Final = 180.0
QUIET_S: Final = 2.0
"""The log has been read when nothing came for so long."""
STORED: Final[dict[str, dict[str, str]]] = {
    "scheduling": {
        "session": """
            SELECT id, status, version, therapist_id, client_id, other_client_ids, attended, starts_at, ends_at, room_id, hold_id,
                pending_hold_id
            FROM session WHERE site_id = $1""",
    },
    "rooms": {"hold": "SELECT id, session_id, room_id, status, starts_at, ends_at, occupied_until FROM hold WHERE site_id = $1"},
    "billing": {
        "record": "SELECT id, session_id, client_id, payment_status FROM record WHERE kind = 'session' AND site_id = $1",
        "unbalanced": """
            SELECT entry.transaction_id, sum(entry.amount) AS sum FROM ledger_entry entry JOIN record ON record.id = entry.record_id
            WHERE record.site_id = $1 GROUP BY entry.transaction_id HAVING sum(entry.amount) <> 0""",
    },
    "catalog": {},
}
"""What is judged of the clinic's site."""
Make = Callable[[Planned, Replicas], Awaitable[Measured]]
"""Makes a fault, undoes it, and returns what was measured of it."""
OUTBOX: Final = "SELECT id, type FROM outbox WHERE $1::uuid IS NOT NULL"


@dataclass(slots=True)
class Part:
    """Something that faults happen to: to several that need it, or to one alone."""

    users: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def taken(self, *, alone: bool) -> AsyncIterator[None]:
        """Use it within the block, alone or with others that do not want it alone."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.users == 0 or (self.users > 0 and not alone))
            self.users = ALONE if alone else self.users + 1
        try:
            yield
        finally:
            async with self.changed:
                self.users = 0 if alone else self.users - 1
                self.changed.notify_all()


async def run(
    replicas: Replicas,
    file: TextIO,
    seed: int,
    rounds: Iterable[Sequence[Planned]],
    desks: int = DESKS,
    make: Make = happen,
) -> dict[str, int]:
    """Let desks work, as the seed decides, while faults are made; return how many lines of each kind were written."""
    history, stop, platform = History(file), asyncio.Event(), replicas.platform
    history.write("seed", seed=seed)
    async with Origin(platform.url).client() as http:
        staff = await open_desks(http, history, seed, desks, replicas.second_scheduling)
        site = staff[0].clinic.site["id"]
        async with asyncio.TaskGroup() as group:
            for desk in staff:
                group.create_task(desk.work(stop))
            try:
                for faults in rounds:
                    if not await _happen(faults, replicas, history, make):
                        break
            finally:
                stop.set()
    history.write("drained", settled=await _settles(platform))
    history.write("rows", service="scheduling", table="announced", rows=await _announced(platform, site))
    for service, statements in STORED.items():
        async with database(platform, service) as connection:
            for table, statement in {**statements, "outbox": OUTBOX}.items():
                history.write("rows", service=service, table=table, rows=[_plain(row) for row in await connection.fetch(statement, site)])
        parked = await metric(platform, service, "holdfast_parked_messages")
        history.write("rows", service=service, table="parked", rows=[{"messages": parked}] if parked else [])
    return history.counts


async def _happen(faults: Sequence[Planned], replicas: Replicas, history: History, make: Make) -> bool:
    """Let faults happen, a few at a time, none of them to what another happens to; return whether everything is ready again."""
    waiting, parts = iter(faults), defaultdict[str, Part](Part)

    async def happen_in_turn() -> None:
        for fault in waiting:
            await asyncio.sleep(fault.pause_s)
            async with AsyncExitStack() as stack:
                for name, alone in fault.takes.items():  # in one order everywhere: none waits for another in a circle
                    await stack.enter_async_context(parts[name].taken(alone=alone))
                history.write("fault", what=str(fault), how=fault.how, of=fault.what)
                try:
                    history.write("mended", what=str(fault), measured=await make(fault, replicas))
                except FAILED as error:
                    history.write("not mended", what=str(fault), error=repr(error))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(happen_in_turn())
    begun = time.monotonic()
    try:
        await asyncio.to_thread(replicas.platform.heal)
    except FAILED as error:
        history.write("not mended", what="all of a round", error=repr(error))
        return False
    history.write("ready", within_s=round(time.monotonic() - begun, 2))
    return True


async def _settles(platform: Platform) -> bool:
    """Wait until nothing is under way; what is after so long, the judge finds."""
    try:
        await settled(platform, SETTLING_S)
    except AssertionError:
        return False
    return True


async def _announced(platform: Platform, site: str) -> list[dict[str, str]]:
    """Return every booking at this site that was published, each as often as it was, from the log of events."""
    async with replaying(platform.rabbitmq.admin_url) as log:
        seen = -1
        while seen < len(log.messages):  # nothing more is published
            seen = len(log.messages)
            await asyncio.sleep(QUIET_S)
    booked = [received for received in log.messages if received.type == SessionBooked.type and received.data["site_id"] == site]
    return [{"id": received.headers[f"{PREFIX}id"], "session_id": received.data["session_id"]} for received in booked]


def _plain(row: asyncpg.Record) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(dict(row), default=str))
    return found
