"""What happens in rooms by itself after time passes."""

from datetime import timedelta
from functools import partial
from typing import Final

from chassis.alarms import Alarm

from rooms import use_cases

AT_ONCE: Final = 200


def alarms(check_every: timedelta, hold_time: timedelta) -> list[Alarm]:
    """Return the alarms of rooms: a hold that is not confirmed in time is asked for again, and expires long after its stay."""
    return [
        Alarm("ask for confirmations", check_every, partial(use_cases.ask_for_confirmations, most=AT_ONCE, again_after=hold_time), AT_ONCE),
        Alarm("expire holds", check_every, partial(use_cases.expire_holds, most=AT_ONCE), AT_ONCE),
    ]
