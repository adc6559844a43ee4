"""Therapists, clients, working hours and time off."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.people import api

capability: Final = Capability(routers=[api.router, api.times])
