"""Billing's message edge: which message is whose work."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from chassis.consumers import Handlers
from chassis.database import Transaction
from contracts.billing import CompareRecords
from contracts.catalog import ServiceChanged
from contracts.rooms import SiteChanged
from contracts.scheduling import (
    CancellationPolicyStated,
    PromisedFact,
    SessionBooked,
    SessionCancelled,
    SessionCompleted,
    SessionNoShow,
    SessionRescheduled,
    SessionRestored,
)

from billing import cancellation, comparison, use_cases


def handlers(zone: ZoneInfo) -> Handlers:
    """Name the use case of each message, for a network in this time zone."""

    async def bill_sessions(messages: Sequence[SessionCompleted], tx: Transaction) -> None:
        await use_cases.bill_sessions(messages, zone, tx)

    async def quote_sessions(messages: Sequence[PromisedFact], tx: Transaction) -> None:
        await use_cases.quote_sessions(messages, zone, tx)

    async def charge_missed(messages: Sequence[SessionCancelled | SessionNoShow], tx: Transaction) -> None:
        await use_cases.charge_missed(messages, zone, tx)

    async def restore_sessions(messages: Sequence[SessionRestored], tx: Transaction) -> None:
        await use_cases.void_undone(messages, tx)
        await use_cases.quote_sessions(messages, zone, tx)

    return {
        SessionBooked: quote_sessions,
        SessionRescheduled: quote_sessions,
        SessionCompleted: bill_sessions,
        SessionCancelled: charge_missed,
        SessionNoShow: charge_missed,
        SessionRestored: restore_sessions,
        CancellationPolicyStated: cancellation.hear,
        SiteChanged: use_cases.hear_sites,
        ServiceChanged: use_cases.hear_services,
        CompareRecords: comparison.compare_records,
    }
