"""Organization, sites, therapists and clients as claims and documents name them."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.parties import api

capability: Final = Capability(routers=[api.router])
