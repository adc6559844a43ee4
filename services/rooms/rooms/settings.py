"""Rooms' own settings."""

from datetime import timedelta

from chassis import settings
from pydantic import Field


class Settings(settings.Settings):
    """What rooms reads from its environment."""

    service: str = Field("rooms", pattern="^rooms$")
    hold_seconds: float = Field(default=300, gt=0, le=86_400)
    """How long a hold waits before its confirmation is requested again, by repeating its grant."""
    expiry_check_seconds: float = Field(default=1, gt=0, le=60)
    """How often holds are looked for that were not confirmed in time: their grants are repeated, and they stay."""

    @property
    def hold_time(self) -> timedelta:
        """How long a hold waits for its confirmation."""
        return timedelta(seconds=self.hold_seconds)
