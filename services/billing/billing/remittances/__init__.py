"""Insurers' payments: each is posted as a whole, or kept until somebody decides."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.remittances import api

capability: Final = Capability(routers=[api.router])
