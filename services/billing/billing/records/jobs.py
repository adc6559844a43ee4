"""The books are measured: what changed is added to their totals."""

from datetime import timedelta
from typing import Final

from chassis.data.database import ReadSession, Transaction
from chassis.runtime.jobs import ScheduledJob
from contracts.billing import PaymentStatus
from prometheus_client import Gauge

from billing.records import queries, tables, use_cases

LOOK_EVERY: Final = timedelta(minutes=1)
GATHERED_AT_ONCE: Final = 20_000
"""So many changes of the books are added to the totals by one run; the next follows at once where there are more."""


RECORDS: Final = Gauge("holdfast_billing_records", "Records by payment status.", ["payment_status"])

IMBALANCE: Final = Gauge(
    "holdfast_billing_ledger_imbalance",
    "What all entries sum to, and what the records' balances miss of the receivables; anything but 0 is an error.",
    ["of"],
)


async def _look(tx: Transaction) -> int:
    gathered = await use_cases.gather_changes(tx, GATHERED_AT_ONCE)
    await _measure(tx)
    return gathered


async def _measure(db: ReadSession) -> None:
    """Measure the records, and whether the books balance and tie at one moment, from what is counted with each change."""
    amounts = await queries.books_totals(db)
    for status in PaymentStatus:
        RECORDS.labels(status.value).set(float(amounts.get(status, 0)))
    IMBALANCE.labels("entries").set(float(amounts.get(tables.ENTRIES, 0)))
    IMBALANCE.labels("balances").set(float(amounts.get(tables.UNTIED, 0)))


JOBS: Final = (ScheduledJob("measure the books", LOOK_EVERY, _look, GATHERED_AT_ONCE),)
