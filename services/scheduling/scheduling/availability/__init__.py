"""The next free times for a service, and what else would do; nothing is held."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.availability import api

capability: Final = Capability(routers=[api.router])
