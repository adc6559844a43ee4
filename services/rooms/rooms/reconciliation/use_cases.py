"""Compares what sessions stand on with the holds that rooms keeps, a page at a time, and states where they differ."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from chassis.data.database import Transaction
from contracts.rooms import CompareHolds, HoldDifference, HoldDifferenceKind, HoldsCompared
from contracts.types import HoldId

from rooms.holds.queries import standing
from rooms.holds.rules import HoldStatus, Standing

UNDER_WAY: Final = timedelta(minutes=2)
"""Scheduling may not have received yet a hold that changed so recently."""


async def compare_holds(messages: Sequence[CompareHolds], tx: Transaction) -> None:
    """Answer each page with what differs in it."""
    for page in messages:
        differences = tuple(differ(page, await standing(tx, page.after, page.upto, tx.now), tx.now))
        tx.send(HoldsCompared(comparison_id=page.comparison_id, page=page.page, upto=page.upto, differences=differences))


def differ(page: CompareHolds, taking: Mapping[HoldId, Standing], now: datetime) -> Iterable[HoldDifference]:
    """Name the sessions whose hold is not what they stand on, and the holds on which no session stands."""
    named = {hold.hold_id for hold in page.holds}
    for stated in page.holds:
        kind, kept = None, taking.get(stated.hold_id)
        if kept is None:
            kind = HoldDifferenceKind.MISSING
        elif (kept.room_id, kept.starts_at, kept.ends_at) != (stated.room_id, stated.starts_at, stated.ends_at):
            kind = HoldDifferenceKind.ELSEWHERE
        elif kept.status is HoldStatus.HELD:
            kind = HoldDifferenceKind.UNCONFIRMED
        if kind is not None:
            yield HoldDifference(kind=kind, hold_id=stated.hold_id, session_id=stated.session_id)
    for key, kept in taking.items():
        if key not in named and kept.session_id is not None and kept.updated_at < now - UNDER_WAY:
            yield HoldDifference(kind=HoldDifferenceKind.ORPHAN, hold_id=key, session_id=kept.session_id)
