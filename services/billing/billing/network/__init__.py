"""The network's time zone, and which day it is there."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.network import api

capability: Final = Capability(routers=[api.router])
