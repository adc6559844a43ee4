"""Removes sign-ins that were not completed in time."""

from datetime import timedelta
from typing import Final

from chassis.runtime.jobs import ScheduledJob

from identity.sign_in import use_cases

LOOK_EVERY: Final = timedelta(minutes=10)

JOBS: Final = (ScheduledJob("forget pending sign-ins", LOOK_EVERY, use_cases.forget, use_cases.FORGET_LIMIT),)
