"""How far the booking sagas are, and which wait longest for what."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.progress import api, queries

capability: Final = Capability(routers=[api.router], gauges=queries.set_gauges)
