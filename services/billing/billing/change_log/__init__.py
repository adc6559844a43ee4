"""The log of changes, with what each of them is about."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.change_log import api

capability: Final = Capability(routers=[api.router])
