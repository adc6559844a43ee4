"""The page on which people see their own account: roles, browsers they are signed in with, password and second factors."""

from typing import Final

from chassis.runtime.capability import Capability

from identity.profile import api

capability: Final = Capability(routers=[api.router])
