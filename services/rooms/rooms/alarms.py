"""What happens in rooms by itself after time passes."""

from datetime import timedelta
from functools import partial
from typing import Final

from chassis.alarms import Alarm, ItemAlarm
from contracts.types import HoldId

from rooms import store, use_cases

AT_ONCE: Final = 200


def alarms(check_every: timedelta, hold_time: timedelta) -> list[Alarm | ItemAlarm[HoldId]]:
    """Return the alarms of rooms: unconfirmed holds are asked for again, abandoned ones expire, ended ones are forgotten in time."""
    ask = partial(use_cases.ask_for_confirmations, again_after=hold_time)
    return [
        ItemAlarm("ask for confirmations", check_every, store.unanswered, ask, _same, AT_ONCE),
        ItemAlarm("expire holds", check_every, store.abandoned, use_cases.expire_holds, _same, AT_ONCE),
        Alarm("forget ended holds", timedelta(minutes=10), use_cases.forget_holds, use_cases.FORGET_AT_ONCE),
    ]


def _same(hold: HoldId) -> HoldId:
    return hold
