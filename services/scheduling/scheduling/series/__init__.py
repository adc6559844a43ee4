"""Sessions that recur by a rule: preview, booking, cancellation of this, the following or all."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.series import api

capability: Final = Capability(routers=[api.router])
