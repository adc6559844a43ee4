"""Which messages make records, charge for a session that was missed, and take records back."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.messaging.inbox import Handlers
from contracts.scheduling import SessionCancelled, SessionCompleted, SessionNoShow, SessionRestored

from billing.records import use_cases


def handlers(zone: ZoneInfo) -> Handlers:
    """Name the use case of each message, for a network in this time zone."""

    async def bill_sessions(messages: Sequence[SessionCompleted], tx: Transaction) -> None:
        await use_cases.bill_sessions(messages, zone, tx)

    async def charge_missed(messages: Sequence[SessionCancelled | SessionNoShow], tx: Transaction) -> None:
        await use_cases.charge_missed(messages, zone, tx)

    async def restore_sessions(messages: Sequence[SessionRestored], tx: Transaction) -> None:
        await use_cases.restore_sessions(messages, zone, tx)

    return {
        SessionCompleted: bill_sessions,
        SessionCancelled: charge_missed,
        SessionNoShow: charge_missed,
        SessionRestored: restore_sessions,
    }
