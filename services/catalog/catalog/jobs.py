"""What happens in the catalog by itself: at the network's midnight scheduled rates come into force."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.runtime.jobs import ScheduledItems
from contracts.types import ServiceId

from catalog import domain, tables, use_cases

LOOK_EVERY: Final = timedelta(seconds=5)
"""How long after midnight the rest of the network may believe in yesterday's base rate."""
PRICED_AT_ONCE: Final = 200


def jobs(zone: ZoneInfo) -> tuple[ScheduledItems[ServiceId]]:
    """Return the catalog's scheduled jobs for a network in this time zone."""

    async def due(tx: Transaction, limit: int, except_ids: Collection[UUID]) -> Sequence[ServiceId]:
        return await tables.wrongly_announced(tx, domain.day_of(tx.now, zone), limit, except_ids)

    async def put_in_force(services: Sequence[ServiceId], tx: Transaction) -> None:
        await use_cases.put_rates_in_force(services, zone, tx)

    return (ScheduledItems("put rates in force", LOOK_EVERY, due, put_in_force, lambda service: service, PRICED_AT_ONCE),)
