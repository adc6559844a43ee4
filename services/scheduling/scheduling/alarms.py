"""What scheduling does by itself: rooms that do not answer are asked again, and what came too late is given up."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from chassis.alarms import Alarm, ItemAlarm

from scheduling import reconciliation, store, use_cases
from scheduling.session import Session


def alarms(ask_again_after: timedelta, compare_every: timedelta) -> Sequence[Alarm | ItemAlarm[Session]]:
    """Name the alarms."""
    chase = partial(use_cases.chase, ask_again_after=ask_again_after)
    compare = partial(reconciliation.ring, every=compare_every)
    return (
        ItemAlarm(
            "chase unanswered holds", timedelta(seconds=2), store.due_sessions, chase, lambda session: session.id, use_cases.ALARM_BATCH
        ),
        Alarm("compare with rooms and billing", timedelta(minutes=1), compare),
    )
