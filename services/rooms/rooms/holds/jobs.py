"""What happens to holds when time has passed."""

from datetime import timedelta
from functools import partial
from typing import Final

from chassis.runtime.jobs import ScheduledItems, ScheduledJob
from contracts.types import HoldId

from rooms.holds import tables, use_cases

AT_ONCE: Final = 200


def jobs(check_every: timedelta, hold_time: timedelta) -> list[ScheduledJob | ScheduledItems[HoldId]]:
    """Return the jobs of holds: unanswered confirmations are requested again, abandoned ones expire, ended ones are forgotten in time."""
    request = partial(use_cases.request_confirmations, again_after=hold_time)
    return [
        ScheduledItems("request confirmations", check_every, tables.unanswered, request, _same, AT_ONCE),
        ScheduledItems("expire holds", check_every, tables.abandoned, use_cases.expire_holds, _same, AT_ONCE),
        ScheduledJob("forget ended holds", timedelta(minutes=10), use_cases.forget_holds, use_cases.FORGET_AT_ONCE),
    ]


def _same(hold: HoldId) -> HoldId:
    return hold
