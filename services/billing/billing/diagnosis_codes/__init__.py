"""The list of diagnosis codes: import, search, and whether a code is valid on a day."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.diagnosis_codes import api

capability: Final = Capability(routers=[api.router], larger_bodies=api.LARGER_BODIES)
