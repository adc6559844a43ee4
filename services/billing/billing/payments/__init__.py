"""Payments, adjustments, write-offs, refunds and unapplied credit."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.payments import api

capability: Final = Capability(routers=[api.records, api.router])
