"""Records as the boxes of the CMS-1500 form, and as FHIR R4."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.exports import api

capability: Final = Capability(routers=[api.router])
