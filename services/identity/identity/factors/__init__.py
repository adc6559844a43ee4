"""What people prove themselves by beside a password: codes of an authenticator, codes that recover, and passkeys."""

from typing import Final

from chassis.runtime.capability import Capability

from identity.factors import api
from identity.factors.jobs import JOBS

capability: Final = Capability(routers=[api.router], jobs=JOBS)
