"""What happens in billing by itself: somebody looks whether the books balance."""

from datetime import timedelta
from typing import Final

from chassis.alarms import Alarm
from chassis.database import Transaction

from billing import queries

LOOK_EVERY: Final = timedelta(minutes=1)
"""The look reads the whole ledger: too much for every scrape."""


async def _look(tx: Transaction) -> int:
    await queries.measure_books(tx)
    return 1


ALARMS: Final = (Alarm("measure the books", LOOK_EVERY, _look),)
