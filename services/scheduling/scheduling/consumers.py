"""Scheduling's message edge: which message is whose work."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from chassis.consumers import Handlers
from chassis.database import Transaction
from chassis.metrics import FAST
from chassis.waiting import Waiters
from contracts.billing import RecordsCompared
from contracts.catalog import ServiceChanged
from contracts.rooms import HoldsAnswered, HoldsCompared, RoomChanged, SiteChanged
from contracts.scheduling import AnnounceCancellationPolicy, AnnounceCompletedSessions, MoveSessions, OfferSlots, StartReconciliation
from prometheus_client import Histogram

from scheduling import moves, policies, reconciliation, replicas, use_cases, waitlist
from scheduling.session import Session

FIRST_DECISION: Final = 2
"""The version of a session after rooms' first answer."""
SAGA_SECONDS: Final = Histogram("holdfast_saga_seconds", "From the request to rooms' first answer, by outcome.", ["outcome"], buckets=FAST)


def handlers(waiters: Waiters[Session], ask_again_after: timedelta, offer_for: timedelta) -> Handlers:
    """Name the use case of each message; those who wait for a session are told."""

    async def hear_answers(messages: Sequence[HoldsAnswered], tx: Transaction) -> None:
        answers = [answer for message in messages for answer in message.answers]
        for session in await use_cases.hear(answers, tx, ask_again_after):
            tx.after_commit.append(partial(waiters.tell, session.id, session))
            if session.version == FIRST_DECISION:
                waited = (session.updated_at - session.created_at).total_seconds()
                tx.after_commit.append(partial(SAGA_SECONDS.labels(session.status.value).observe, waited))

    return {
        HoldsAnswered: hear_answers,
        ServiceChanged: lambda messages, tx: replicas.put_services(tx, messages),
        SiteChanged: lambda messages, tx: replicas.put_sites(tx, messages),
        RoomChanged: lambda messages, tx: replicas.put_rooms(tx, messages),
        HoldsCompared: lambda messages, tx: reconciliation.hear_rooms(messages, tx, ask_again_after),
        RecordsCompared: reconciliation.hear_billing,
        StartReconciliation: reconciliation.start_as_asked,
        MoveSessions: lambda messages, tx: moves.move_sessions(messages, tx, ask_again_after),
        OfferSlots: lambda messages, tx: waitlist.offer(messages, tx, ask_again_after, offer_for),
        AnnounceCancellationPolicy: policies.state_cancellation_policy,
        AnnounceCompletedSessions: lambda messages, tx: use_cases.announce_completed(messages[-1].after, tx),
    }
