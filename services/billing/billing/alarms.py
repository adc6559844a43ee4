"""What happens in billing by itself: somebody looks whether the books balance, and quotes of long ago are forgotten."""

from datetime import timedelta
from typing import Final

from chassis.alarms import Alarm
from chassis.database import Transaction

from billing import queries, store

LOOK_EVERY: Final = timedelta(minutes=1)
GATHERED_AT_ONCE: Final = 20_000
"""So many changes of the books are added to the totals by one look; the next follows at once where there are more."""

FORGET_EVERY: Final = timedelta(minutes=10)


async def _look(tx: Transaction) -> int:
    gathered = await store.gather_changes(tx, GATHERED_AT_ONCE)
    await queries.measure_books(tx)
    return gathered


ALARMS: Final = (
    Alarm("measure the books", LOOK_EVERY, _look, GATHERED_AT_ONCE),
    Alarm("forget quotes", FORGET_EVERY, store.forget_quotes, store.FORGET_AT_ONCE),
)
