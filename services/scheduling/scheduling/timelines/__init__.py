"""What happened to each session, step by step."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.timelines import api

capability: Final = Capability(routers=[api.router])
