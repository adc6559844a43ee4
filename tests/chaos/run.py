"""A run: desks work while faults happen, then everything settles and is written down."""

import asyncio
import json
from collections.abc import Iterable
from typing import Final, TextIO

import asyncpg
from support.origin import Origin
from support.platform import Platform
from support.truth import database, settled

from chaos.faults import Planned, happen
from chaos.workload import History, desks

DESKS: Final = 12
SETTLING_S: Final = 180.0
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
OUTBOX: Final = "SELECT id, type FROM outbox WHERE $1::uuid IS NOT NULL"


async def run(platform: Platform, file: TextIO, seed: int, faults: Iterable[Planned]) -> dict[str, int]:
    """Let desks work, as the seed decides, while faults happen; return how many lines of each kind were written."""
    history, stop = History(file), asyncio.Event()
    async with Origin(platform.url).client() as http:
        staff = await desks(http, history, seed, DESKS)
        site = staff[0].clinic.site["id"]
        async with asyncio.TaskGroup() as group:
            for desk in staff:
                group.create_task(desk.work(stop))
            for fault in faults:
                history.write("fault", what=str(fault))
                await happen(fault, platform)
            stop.set()
    await settled(platform, SETTLING_S)
    for service, statements in STORED.items():
        async with database(platform, service) as connection:
            for table, statement in {**statements, "outbox": OUTBOX}.items():
                history.write("rows", service=service, table=table, rows=[_plain(row) for row in await connection.fetch(statement, site)])
    return history.counts


def _plain(row: asyncpg.Record) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(dict(row), default=str))
    return found
