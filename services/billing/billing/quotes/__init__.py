"""What sessions were quoted at when they were booked."""

from zoneinfo import ZoneInfo

from chassis.runtime.capability import Capability

from billing.quotes import api
from billing.quotes.jobs import JOBS
from billing.quotes.messages import handlers


def capability(zone: ZoneInfo) -> Capability:
    """Return what quotes bring; a session's day is that of its site, else of this time zone."""
    return Capability(routers=[api.prices], handlers=handlers(zone), jobs=JOBS)
