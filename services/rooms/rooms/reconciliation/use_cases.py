"""Compares what sessions stand on with the holds that rooms keeps, a page at a time, and states where they differ."""

from collections.abc import Sequence

from chassis.data.database import Transaction
from contracts.rooms import CompareHolds, HoldsCompared

from rooms.holds.queries import standing
from rooms.reconciliation.differences import differ


async def compare_holds(messages: Sequence[CompareHolds], tx: Transaction) -> None:
    """Answer each page with what differs in it."""
    for page in messages:
        differences = tuple(differ(page, await standing(tx, page.after, page.upto, tx.now), tx.now))
        tx.send(HoldsCompared(comparison_id=page.comparison_id, page=page.page, upto=page.upto, differences=differences))
