"""A session's hold is missing, elsewhere or unconfirmed, or a hold is an orphan; the recent ones may still be on their way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from contracts.rooms import CompareHolds, HoldDifferenceKind, StandingHold
from contracts.types import ComparisonId, HoldId, RoomId, SessionId, new_id
from requester import at
from rooms.holds.rules import HoldStatus, Standing
from rooms.reconciliation.differences import UNDER_WAY, differ

NOW: Final = at(8)
HOUR: Final = timedelta(hours=1)
STATED: Final = StandingHold(
    hold_id=HoldId(new_id()), session_id=SessionId(new_id()), room_id=RoomId(new_id()), starts_at=at(10), ends_at=at(11)
)
KEPT: Final = Standing(STATED.session_id, STATED.room_id, STATED.starts_at, STATED.ends_at, HoldStatus.CONFIRMED, NOW - HOUR)


def found(taking: Mapping[HoldId, Standing], *stated: StandingHold) -> list[tuple[HoldDifferenceKind | str, HoldId, SessionId]]:
    page = CompareHolds(comparison_id=ComparisonId(new_id()), page=1, after=None, upto=None, holds=stated)
    return [(each.kind, each.hold_id, each.session_id) for each in differ(page, taking, NOW)]


def test_a_confirmed_hold_of_the_same_room_and_time_does_not_differ() -> None:
    assert found({STATED.hold_id: KEPT}, STATED) == []


def test_a_session_whose_hold_takes_no_room_is_named() -> None:
    assert found({}, STATED) == [(HoldDifferenceKind.MISSING, STATED.hold_id, STATED.session_id)]


@pytest.mark.parametrize(
    "other",
    [
        {"room_id": RoomId(new_id())},
        {"starts_at": STATED.starts_at + HOUR / 4},
        {"ends_at": STATED.ends_at + HOUR / 4},
        {"room_id": RoomId(new_id()), "status": HoldStatus.HELD},
    ],
    ids=["room", "start", "end", "room of an unconfirmed hold"],
)
def test_a_hold_of_another_room_or_time_is_elsewhere(other: Mapping[str, Any]) -> None:
    assert found({STATED.hold_id: replace(KEPT, **other)}, STATED) == [(HoldDifferenceKind.ELSEWHERE, STATED.hold_id, STATED.session_id)]


def test_a_hold_that_is_not_confirmed_may_still_expire() -> None:
    held = replace(KEPT, status=HoldStatus.HELD)
    assert found({STATED.hold_id: held}, STATED) == [(HoldDifferenceKind.UNCONFIRMED, STATED.hold_id, STATED.session_id)]


def test_a_hold_on_which_no_session_stands_is_an_orphan_once_scheduling_must_have_received_it() -> None:
    recent, overdue = [replace(KEPT, updated_at=NOW - UNDER_WAY - timedelta(seconds=late)) for late in (0, 1)]
    assert found({STATED.hold_id: recent}) == []
    assert found({STATED.hold_id: overdue}) == [(HoldDifferenceKind.ORPHAN, STATED.hold_id, STATED.session_id)]


def test_a_hold_that_belongs_to_no_session_is_no_orphan() -> None:
    assert found({STATED.hold_id: replace(KEPT, session_id=None)}) == []
