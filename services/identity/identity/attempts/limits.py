"""How many failures are allowed: of an account whoever fails, and of an address whatever account is tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What failures are counted for."""

    ACCOUNT = "account"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within a time, and how long nothing is tried afterwards."""

    failures: int
    within: timedelta
    locked_for: timedelta


LIMITS: Final = {
    Scope.ACCOUNT: Limit(8, timedelta(minutes=15), timedelta(minutes=15)),
    Scope.ADDRESS: Limit(60, timedelta(minutes=15), timedelta(minutes=15)),
}
"""A clinic has one address for everybody in it."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many failures there were since a moment, and until when nothing is tried."""

    failures: int
    since: datetime
    locked_until: datetime | None


def is_locked(count: Count | None, now: datetime) -> bool:
    """Whether nothing is tried now."""
    return count is not None and count.locked_until is not None and count.locked_until > now


def after_failure(scope: Scope, count: Count | None, now: datetime) -> Count:
    """Return the count after one more failure."""
    limit = LIMITS[scope]
    if count is None or count.since + limit.within <= now or (count.locked_until is not None and count.locked_until <= now):
        count = Count(0, now, None)
    failures = count.failures + 1
    return Count(failures, count.since, now + limit.locked_for if failures >= limit.failures else None)
