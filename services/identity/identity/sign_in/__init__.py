"""Signing in and out, and setting a password by a one-time link, on pages that this service serves itself."""

from typing import Final

from chassis.runtime.capability import Capability

from identity.sign_in import api
from identity.sign_in.jobs import JOBS

capability: Final = Capability(routers=[api.router], jobs=JOBS)
