"""Sessions are compared with rooms' holds and billing's records, and what can be repaired is sent again."""

from datetime import timedelta

from chassis.runtime.capability import Capability

from scheduling.reconciliation import api
from scheduling.reconciliation.jobs import jobs
from scheduling.reconciliation.messages import handlers


def capability(ask_again_after: timedelta, compare_every: timedelta) -> Capability:
    """Return what the reconciliation brings; it runs by itself after each ``compare_every``."""
    return Capability(routers=[api.router], handlers=handlers(ask_again_after), jobs=jobs(compare_every))
