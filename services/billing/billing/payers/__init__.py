"""Payers and their fees."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.payers import api

capability: Final = Capability(routers=[api.router])
