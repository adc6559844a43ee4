"""Scheduling's own settings."""

from datetime import timedelta

from chassis import settings
from chassis.settings import Duration
from pydantic import Field


class Settings(settings.Settings):
    """What scheduling reads from its environment."""

    service: str = Field("scheduling", pattern="^scheduling$")
    ask_again_after: Duration = Field(timedelta(seconds=10), gt=timedelta(0))
    """Without an answer from rooms for this long, the same command is sent again; doubled each time, up to five minutes."""
    replica_patience: Duration = Field(timedelta(seconds=3), gt=timedelta(0))
    """How long a booking waits for a service, site or room that another team has only just announced."""
    offer_for: Duration = Field(timedelta(hours=2), gt=timedelta(0))
    """How long a freed slot is held for somebody on the waitlist before it is offered to the next."""
    undo_for: Duration = timedelta(minutes=15)
    """How long a completion, no-show or cancellation can be undone."""
    compare_every: Duration = Field(timedelta(hours=1), gt=timedelta(0))
    """How often sessions are compared with rooms' holds and billing's records."""
