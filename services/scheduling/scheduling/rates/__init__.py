"""What a change of a rate would mean for booked sessions."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.rates import api

capability: Final = Capability(routers=[api.router])
