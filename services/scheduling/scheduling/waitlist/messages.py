"""Which message is handled by which use case of the waitlist."""

from datetime import timedelta

from chassis.messaging.inbox import Handlers
from contracts.scheduling import OfferSlots

from scheduling.waitlist import use_cases


def handlers(ask_again_after: timedelta, offer_for: timedelta) -> Handlers:
    """Name the use case of each message."""
    return {OfferSlots: lambda messages, tx: use_cases.offer(messages, tx, ask_again_after, offer_for)}
