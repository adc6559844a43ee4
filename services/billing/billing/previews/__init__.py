"""The price of a visit before it is booked."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.previews import api

capability: Final = Capability(routers=[api.prices])
