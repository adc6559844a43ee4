"""Records are checked and become one file of claims."""

from typing import Literal
from zoneinfo import ZoneInfo

from chassis.runtime.capability import Capability

from billing.claims.schemas import ClaimSettings
from billing.submissions import api


def capability(zone: ZoneInfo, usage: Literal["T", "P"]) -> Capability:
    """Return what submissions bring; files are dated in this time zone, for tests or production."""
    return Capability(routers=[api.router], state={"claim_settings": ClaimSettings(zone, usage)})
