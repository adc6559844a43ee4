"""What differs between the sessions of a page and the holds that take rooms; values in, differences out."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from contracts.rooms import CompareHolds, HoldDifference, HoldDifferenceKind, StandingHold
from contracts.types import HoldId

from rooms.holds.rules import HoldStatus, Standing

UNDER_WAY: Final = timedelta(minutes=2)
"""Scheduling may not have received yet a hold that changed so recently."""


def differ(page: CompareHolds, taking: Mapping[HoldId, Standing], now: datetime) -> Iterator[HoldDifference]:
    """Yield the sessions whose hold is not what they stand on, in the order of the page, then the holds on which no session stands."""
    for stated in page.holds:
        if kind := _difference(stated, taking.get(stated.hold_id)):
            yield HoldDifference(kind=kind, hold_id=stated.hold_id, session_id=stated.session_id)
    named = {stated.hold_id for stated in page.holds}
    for key, kept in taking.items():
        if key not in named and kept.session_id is not None and kept.updated_at < now - UNDER_WAY:
            yield HoldDifference(kind=HoldDifferenceKind.ORPHAN, hold_id=key, session_id=kept.session_id)


def _difference(stated: StandingHold, kept: Standing | None) -> HoldDifferenceKind | None:
    if kept is None:
        return HoldDifferenceKind.MISSING
    if (kept.room_id, kept.starts_at, kept.ends_at) != (stated.room_id, stated.starts_at, stated.ends_at):
        return HoldDifferenceKind.ELSEWHERE
    return HoldDifferenceKind.UNCONFIRMED if kept.status is HoldStatus.HELD else None
