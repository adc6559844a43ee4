"""The comparison that is due by itself, and the next page of the one under way."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from chassis.runtime.jobs import ScheduledJob

from scheduling.reconciliation import use_cases


def jobs(compare_every: timedelta) -> Sequence[ScheduledJob]:
    """Name the jobs."""
    return [
        ScheduledJob("compare with rooms and billing", timedelta(minutes=1), partial(use_cases.run, every=compare_every)),
        ScheduledJob("compare the next page", timedelta(seconds=1), use_cases.advance),
    ]
