"""Scheduling's message edge: which message is whose work."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from chassis.consumers import Handlers
from chassis.database import Transaction
from chassis.waiting import Waiters
from contracts.catalog import ServiceChanged
from contracts.rooms import HoldsAnswered, RoomChanged, SiteChanged
from contracts.scheduling import AnnounceCompletedSessions

from scheduling import store, use_cases
from scheduling.saga import Session


def handlers(waiters: Waiters[Session], ask_again_after: timedelta) -> Handlers:
    """Name the use case of each message; those who wait for a session are told."""

    async def hear_answers(messages: Sequence[HoldsAnswered], tx: Transaction) -> None:
        answers = [answer for message in messages for answer in message.answers]
        for session in await use_cases.hear(answers, tx, ask_again_after):
            tx.after_commit.append(partial(waiters.tell, session.id, session))

    return {
        HoldsAnswered: hear_answers,
        ServiceChanged: lambda messages, tx: store.put_services(tx, messages),
        SiteChanged: lambda messages, tx: store.put_sites(tx, messages),
        RoomChanged: lambda messages, tx: store.put_rooms(tx, messages),
        AnnounceCompletedSessions: lambda messages, tx: use_cases.announce_completed(messages[-1].after, tx),
    }
