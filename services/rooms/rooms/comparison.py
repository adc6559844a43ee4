"""Compares what sessions stand on with the holds that rooms keeps, a page at a time, and says where they differ."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from chassis.database import Transaction
from contracts.rooms import CompareHolds, HoldDifference, HoldDifferenceKind, HoldsCompared
from contracts.types import HoldId
from sqlalchemy import select

from rooms.domain import HoldStatus
from rooms.store import TAKING, Hold

UNDER_WAY: Final = timedelta(minutes=2)
"""Scheduling may not have heard yet of a hold that changed so recently."""


async def compare_holds(messages: Sequence[CompareHolds], tx: Transaction) -> None:
    """Answer each page with what differs in it."""
    for page in messages:
        differences = tuple(differ(page, await _taking(page, tx), tx.now))
        tx.send(HoldsCompared(comparison_id=page.comparison_id, page=page.page, upto=page.upto, differences=differences))


def differ(page: CompareHolds, taking: Mapping[HoldId, Hold], now: datetime) -> Iterable[HoldDifference]:
    """Name the sessions whose hold is not what they stand on, and the holds on which no session stands."""
    standing = {hold.hold_id for hold in page.holds}
    for said in page.holds:
        kind, kept = None, taking.get(said.hold_id)
        if kept is None:
            kind = HoldDifferenceKind.MISSING
        elif (kept.room_id, kept.starts_at, kept.ends_at) != (said.room_id, said.starts_at, said.ends_at):
            kind = HoldDifferenceKind.ELSEWHERE
        elif kept.status is HoldStatus.HELD:
            kind = HoldDifferenceKind.UNCONFIRMED
        if kind is not None:
            yield HoldDifference(kind=kind, hold_id=said.hold_id, session_id=said.session_id)
    for key, kept in taking.items():
        if key not in standing and kept.session_id is not None and kept.updated_at < now - UNDER_WAY:
            yield HoldDifference(kind=HoldDifferenceKind.ORPHAN, hold_id=key, session_id=kept.session_id)


async def _taking(page: CompareHolds, tx: Transaction) -> dict[HoldId, Hold]:
    query = select(Hold).where(TAKING, Hold.ends_at > tx.now).order_by(Hold.session_id, Hold.id)
    if page.after is not None:
        query = query.where(Hold.session_id > page.after)
    if page.upto is not None:
        query = query.where(Hold.session_id <= page.upto)
    return {hold.id: hold for hold in await tx.scalars(query)}
