"""Removes what nobody will use any more: challenges, counts of failures, sign-ins that are long over."""

from datetime import timedelta
from typing import Final

from chassis.runtime.jobs import ScheduledJob

from identity.attempts import use_cases as attempts_use_cases
from identity.factors import use_cases
from identity.sessions import use_cases as sessions_use_cases

LOOK_EVERY: Final = timedelta(minutes=10)

JOBS: Final = (
    ScheduledJob("forget passkey challenges", LOOK_EVERY, use_cases.forget, use_cases.FORGET_LIMIT),
    ScheduledJob("forget failed attempts", LOOK_EVERY, attempts_use_cases.forget, attempts_use_cases.FORGET_LIMIT),
    ScheduledJob("forget sign-ins", LOOK_EVERY, sessions_use_cases.forget, sessions_use_cases.FORGET_LIMIT),
)
