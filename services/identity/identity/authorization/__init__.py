"""OpenID Connect and OAuth 2.0: codes, tokens, and what describes them."""

from typing import Final

from chassis.runtime.capability import Capability

from identity.authorization import api
from identity.authorization.jobs import JOBS

capability: Final = Capability(routers=[api.router], jobs=JOBS)
