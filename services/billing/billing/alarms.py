"""What happens in billing by itself: somebody looks whether the books balance, and quotes of long ago are forgotten."""

from datetime import timedelta
from typing import Final

from chassis.alarms import Alarm
from chassis.database import Transaction

from billing import queries, store

LOOK_EVERY: Final = timedelta(minutes=1)
"""The look reads the whole ledger: too much for every scrape."""

FORGET_EVERY: Final = timedelta(minutes=10)


async def _look(tx: Transaction) -> int:
    await queries.measure_books(tx)
    return 1


ALARMS: Final = (
    Alarm("measure the books", LOOK_EVERY, _look),
    Alarm("forget quotes", FORGET_EVERY, store.forget_quotes, store.FORGET_AT_ONCE),
)
