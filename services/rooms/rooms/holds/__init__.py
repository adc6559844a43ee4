"""Who has which room when: requests are decided, held, confirmed and released; each room has one session at a time."""

from datetime import timedelta

from chassis.runtime.capability import Capability

from rooms.holds import api, queries
from rooms.holds.jobs import jobs
from rooms.holds.messages import answers, handlers


def capability(hold_time: timedelta, check_every: timedelta) -> Capability:
    """Return what holds bring; the confirmation of an unconfirmed one is requested again after ``hold_time``, looked for this often."""
    return Capability(
        routers=[api.holds],
        handlers=handlers(hold_time),
        answers=answers(),
        jobs=jobs(check_every, hold_time),
        gauges=queries.measure_holds,
    )
