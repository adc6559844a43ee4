"""What happens in the catalog by itself: at the network's midnight scheduled rates come into force."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis.alarms import Alarm
from chassis.database import Transaction

from catalog import use_cases

LOOK_EVERY: Final = timedelta(seconds=5)
"""How long after midnight the rest of the network may believe in yesterday's base rate."""


def alarms(zone: ZoneInfo) -> tuple[Alarm, ...]:
    """Return the catalog's alarms for a network in this time zone."""

    async def ring(tx: Transaction) -> int:
        return await use_cases.put_rates_in_force(zone, tx)

    return (Alarm("put rates in force", LOOK_EVERY, ring, use_cases.PRICED_AT_ONCE),)
