"""The catalog's own settings."""

from zoneinfo import ZoneInfo

from chassis import settings
from pydantic import Field


class Settings(settings.Settings):
    """What the catalog reads from its environment."""

    service: str = Field("catalog", pattern="^catalog$")
    network_time_zone: ZoneInfo = ZoneInfo("America/New_York")
    """Where the network's day begins: prices change at midnight there."""
