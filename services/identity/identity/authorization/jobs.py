"""Removes codes and refresh tokens that have expired."""

from datetime import timedelta
from typing import Final

from chassis.runtime.jobs import ScheduledJob

from identity.authorization import use_cases

LOOK_EVERY: Final = timedelta(minutes=10)

JOBS: Final = (ScheduledJob("forget codes and tokens", LOOK_EVERY, use_cases.forget, use_cases.FORGET_LIMIT),)
