"""Which message is handled by which use case of sessions."""

from collections.abc import Sequence
from datetime import timedelta

from chassis.data.database import Transaction
from chassis.messaging.inbox import Handlers, HasTime
from chassis.requests.waiting import Waiters
from contracts.rooms import HoldsAnswered, Outcome
from contracts.scheduling import AnnounceCompletedSessions, MoveSessions

from scheduling.lifecycle.state import Session
from scheduling.sessions import use_cases


def handlers(waiters: Waiters[Session], ask_again_after: timedelta) -> Handlers:
    """Name the use case of each message; requests that wait for a session are answered once it is decided."""
    return {
        HoldsAnswered: HasTime(
            lambda messages, tx: use_cases.apply_hold_answers(messages, tx, ask_again_after, waiters),
            is_awaited=lambda message: any(answer.outcome != Outcome.CONFIRMED for answer in message.answers),
        ),
        MoveSessions: lambda messages, tx: use_cases.move_sessions(messages, tx, ask_again_after),
        AnnounceCompletedSessions: _announce_completed,
    }


async def _announce_completed(messages: Sequence[AnnounceCompletedSessions], tx: Transaction) -> None:
    await use_cases.announce_completed(messages[-1].after, tx)
