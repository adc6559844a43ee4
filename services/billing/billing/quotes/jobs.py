"""Quotes of long ago are deleted."""

from datetime import timedelta
from typing import Final

from chassis.runtime.jobs import ScheduledJob

from billing.quotes import use_cases

FORGET_EVERY: Final = timedelta(minutes=10)

JOBS: Final = (ScheduledJob("forget quotes", FORGET_EVERY, use_cases.forget_quotes, use_cases.FORGET_AT_ONCE),)
