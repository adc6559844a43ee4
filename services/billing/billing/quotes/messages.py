"""Which messages are quoted."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from chassis.data.database import Transaction
from chassis.messaging.inbox import Handlers, HasTime
from contracts.scheduling import PromisedFact, SessionBooked, SessionRescheduled

from billing.quotes import use_cases


def handlers(zone: ZoneInfo) -> Handlers:
    """Name the use case of each message, for a network in this time zone."""

    async def quote_sessions(messages: Sequence[PromisedFact], tx: Transaction) -> None:
        await use_cases.quote_sessions(messages, zone, tx)

    return {SessionBooked: HasTime(quote_sessions), SessionRescheduled: HasTime(quote_sessions)}
