"""What happens in rooms by itself after time passes."""

from datetime import timedelta
from functools import partial
from typing import Final

from chassis.alarms import Alarm

from rooms import use_cases

EXPIRE_AT_ONCE: Final = 200


def alarms(expiry_check: timedelta) -> list[Alarm]:
    """Return the alarms of rooms: holds that nobody confirmed expire."""
    return [Alarm("expire holds", expiry_check, partial(use_cases.expire_holds, most=EXPIRE_AT_ONCE), EXPIRE_AT_ONCE)]
