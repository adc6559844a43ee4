"""Who waits for a time, what they are offered, and in which order."""

from datetime import timedelta

from chassis.runtime.capability import Capability

from scheduling.waitlist import api
from scheduling.waitlist.messages import handlers


def capability(ask_again_after: timedelta, offer_for: timedelta) -> Capability:
    """Return what the waitlist brings; a free time is held for one client for ``offer_for``."""
    return Capability(routers=[api.router], handlers=handlers(ask_again_after, offer_for))
