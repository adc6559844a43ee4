"""One record of each completed session and client, and its ledger."""

from zoneinfo import ZoneInfo

from chassis.runtime.capability import Capability

from billing.records import api
from billing.records.jobs import JOBS
from billing.records.messages import handlers
from billing.records.use_cases import request_completed_sessions


def capability(zone: ZoneInfo) -> Capability:
    """Return what records bring; bills are dated in this time zone."""
    return Capability(routers=[api.records], handlers=handlers(zone), jobs=JOBS, on_start=request_completed_sessions, state={"zone": zone})
