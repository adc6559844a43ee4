"""Money of a claim that was left out of a payment is assigned to a record."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.assignments import api

capability: Final = Capability(routers=[api.router])
