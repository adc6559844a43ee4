"""What a change of a fee would mean for sessions that are booked."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.fee_impact import api

capability: Final = Capability(routers=[api.router])
