"""Coverages that are added or corrected, and the records that follow."""

from zoneinfo import ZoneInfo

from chassis.runtime.capability import Capability

from billing.repricing import api
from billing.repricing.jobs import repricing


def capability(zone: ZoneInfo) -> Capability:
    """Return what repricing brings; bills are dated in this time zone."""
    return Capability(routers=[api.router], jobs=(repricing(zone),))
