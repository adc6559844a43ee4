"""Which message is whose work: requests, confirmations and releases of holds."""

from collections.abc import Sequence
from datetime import timedelta

from chassis.data.database import Transaction
from chassis.messaging.inbox import Handlers, HasTime
from chassis.requests.questions import Answers
from contracts.rooms import CheckHolds, ConfirmHolds, ReleaseHolds, RequestHolds

from rooms.holds import use_cases


def handlers(hold_time: timedelta) -> Handlers:
    """Return what rooms does about each message; holds wait this long for their confirmation."""

    async def request_holds(messages: Sequence[RequestHolds], tx: Transaction) -> None:
        requests = [request for message in messages for request in message.requests]
        await use_cases.answer_hold_requests(requests, tx, hold_time)

    return {
        RequestHolds: request_holds,
        ConfirmHolds: HasTime(_confirm_holds),
        ReleaseHolds: _release_holds,
    }


def answers() -> Answers:
    """Return how rooms answers each question."""
    return {CheckHolds: use_cases.check_holds}


async def _confirm_holds(messages: Sequence[ConfirmHolds], tx: Transaction) -> None:
    await use_cases.confirm_holds({hold for message in messages for hold in message.hold_ids}, tx)


async def _release_holds(messages: Sequence[ReleaseHolds], tx: Transaction) -> None:
    await use_cases.release_holds([hold for message in messages for hold in message.holds], tx)
