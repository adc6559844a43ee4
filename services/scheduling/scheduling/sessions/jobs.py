"""What sessions do when time has passed: requests that rooms does not answer are repeated, and what came too late is given up."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from chassis.runtime.jobs import ScheduledItems

from scheduling.lifecycle.state import Session
from scheduling.sessions import queries, use_cases


def jobs(ask_again_after: timedelta) -> Sequence[ScheduledItems[Session]]:
    """Name the jobs."""
    retry = partial(use_cases.retry, ask_again_after=ask_again_after)
    every = timedelta(seconds=2)
    return [ScheduledItems("retry unanswered holds", every, queries.due_sessions, retry, lambda session: session.id, use_cases.JOB_BATCH)]
