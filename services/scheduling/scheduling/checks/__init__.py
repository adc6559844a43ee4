"""What would become of a booking, with every reason against it; nothing is written."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.checks import api

capability: Final = Capability(routers=[api.router])
