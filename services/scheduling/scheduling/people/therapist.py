"""What decisions need of a therapist; pure."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.types import SiteId, TherapistId

from scheduling.lifecycle.reasons import Reason
from scheduling.people.working_time import WorkingTime
from scheduling.replicas.reference import Site


@dataclass(frozen=True, slots=True)
class Therapist:
    """What booking needs of a therapist."""

    id: TherapistId
    is_active: bool
    site_ids: tuple[SiteId, ...]
    """Where they work; anywhere when empty."""
    credential: str | None = None
    time: WorkingTime = field(default_factory=WorkingTime)

    def not_at_work(self, site: Site | None, starts_at: datetime, ends_at: datetime) -> list[Reason]:
        """Return why they cannot be booked at that time, as far as their own time is concerned."""
        found = self.time.obstacles(site.id, site.zone, starts_at, ends_at) if site else []
        return [Reason(each.code, "therapist_id", each.message, times=(each.named,)) for each in found]
