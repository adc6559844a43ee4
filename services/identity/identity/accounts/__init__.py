"""The people who may sign in: their names, passwords, roles, and the one-time links by which they set a password."""

from typing import Final

from chassis.runtime.capability import Capability

from identity.accounts import api

capability: Final = Capability(routers=[api.router])
