"""What billing needs to know beyond the chassis."""

from typing import Literal
from zoneinfo import ZoneInfo

from chassis import settings


class Settings(settings.Settings):
    """Billing's knobs."""

    service: str = "billing"
    network_time_zone: ZoneInfo = ZoneInfo("America/New_York")
    """Where the network's day begins: a preview that names no date is for today there, and bills are dated there."""
    claim_usage: Literal["T", "P"] = "T"
    """What files of claims are (ISA15): T for tests, which no payer pays, P for production."""
