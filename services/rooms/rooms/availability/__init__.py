"""Which rooms are free, and what else would do."""

from typing import Final

from chassis.runtime.capability import Capability

from rooms.availability import api

capability: Final = Capability(routers=[api.times])
