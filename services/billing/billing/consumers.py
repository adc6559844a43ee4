"""Billing's message edge: which message is whose work."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from chassis.consumers import Handlers
from chassis.database import Transaction
from contracts.billing import CompareRecords
from contracts.catalog import ServiceChanged
from contracts.scheduling import SessionCompleted

from billing import comparison, use_cases


def handlers(zone: ZoneInfo) -> Handlers:
    """Name the use case of each message, for a network in this time zone."""

    async def bill_sessions(messages: Sequence[SessionCompleted], tx: Transaction) -> None:
        await use_cases.bill_sessions(messages, zone, tx)

    return {
        SessionCompleted: bill_sessions,
        ServiceChanged: use_cases.hear_services,
        CompareRecords: comparison.compare_records,
    }
