"""Which message compares what scheduling has with the records."""

from typing import Final

from chassis.messaging.inbox import Handlers
from contracts.billing import CompareRecords

from billing.reconciliation import use_cases

HANDLERS: Final[Handlers] = {CompareRecords: use_cases.compare_records}
