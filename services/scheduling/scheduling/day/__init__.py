"""A day's work: the list of sessions and the day sheet."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.day import api

capability: Final = Capability(routers=[api.sessions, api.front_desk])
