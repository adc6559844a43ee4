"""People who leave or are away: what is decided with a look at their sessions."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.absence import api

capability: Final = Capability(routers=[api.router])
