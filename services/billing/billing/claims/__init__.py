"""Claims, their batches and files, and those that are to be withdrawn."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.claims import api

capability: Final = Capability(routers=[api.voids, api.router])
