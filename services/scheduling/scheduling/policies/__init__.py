"""The clinic's own rules, travel times, and which rules were overridden."""

from typing import Final

from chassis.runtime.capability import Capability

from scheduling.policies import api
from scheduling.policies.messages import HANDLERS

capability: Final = Capability(routers=[api.router], handlers=HANDLERS)
