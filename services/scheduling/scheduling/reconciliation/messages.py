"""Which message is handled by which use case of the reconciliation."""

from datetime import timedelta

from chassis.messaging.inbox import Handlers
from contracts.billing import RecordsCompared
from contracts.rooms import HoldsCompared
from contracts.scheduling import StartReconciliation

from scheduling.reconciliation import use_cases


def handlers(ask_again_after: timedelta) -> Handlers:
    """Name the use case of each message."""
    return {
        HoldsCompared: lambda messages, tx: use_cases.apply_holds_compared(messages, tx, ask_again_after),
        RecordsCompared: use_cases.apply_records_compared,
        StartReconciliation: use_cases.start_reconciliations,
    }
