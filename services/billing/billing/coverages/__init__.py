"""What clients are covered by, and their discounts."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.coverages import api

capability: Final = Capability(routers=[api.router])
