"""Diagnoses of records that are not claimed."""

from typing import Final

from chassis.runtime.capability import Capability

from billing.record_diagnoses import api

capability: Final = Capability(routers=[api.router])
