"""What happens to claims' records by itself: those that a failure left behind are priced anew."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.runtime.jobs import ScheduledItems

from billing.repricing import queries, use_cases

REPRICE_EVERY: Final = timedelta(minutes=1)


def repricing(zone: ZoneInfo) -> ScheduledItems[UUID]:
    """Price records anew whose coverage's payer was corrected, where the request that corrected it did not come to its end."""

    async def act(waiting: Sequence[UUID], tx: Transaction) -> None:
        for coverage_id in waiting:
            await use_cases.reprice(coverage_id, zone, tx)

    return ScheduledItems("price records anew", REPRICE_EVERY, queries.waiting, act, key=lambda coverage_id: coverage_id, batch=1)
