"""When a therapist works: hours at each site, breaks, and time off; pure, on the site's wall clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis.hours import Opening, Timetable, Week
from chassis.named_times import NamedTime
from contracts.types import SiteId

BACKDATED_AT_MOST: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What speaks against a time: as a code and as text, with the time that the text names."""

    code: str
    message: str
    named: NamedTime


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When somebody can be booked, as far as their own time is concerned."""

    hours: Mapping[SiteId, Week] = field(default_factory=dict[SiteId, Week])
    """At a site that is not named they work whenever it is open."""
    breaks: Week = field(default_factory=dict[str, tuple[tuple[str, str], ...]])
    """Lunch, for example."""
    off: tuple[Opening, ...] = ()
    """Holidays and other absences."""

    def obstacles(self, site_id: SiteId, zone: ZoneInfo, starts_at: datetime, ends_at: datetime) -> list[Obstacle]:
        """Return everything that speaks against a time."""
        found = []
        week = self.hours.get(site_id)
        if week is not None and not Timetable(week, zone).is_open(starts_at, ends_at):
            day = starts_at.astimezone(zone).date()
            if spans := Timetable(week, zone).spans(day):
                named = NamedTime.of_hours(spans)
                message = f"The therapist works {named} at this site that day. Choose a time within those hours."
            else:
                named = NamedTime.of_day(day)
                message = f"The therapist does not work at this site on {named}. Choose another day."
            found.append(Obstacle("outside-working-hours", message, named))
        if self.breaks and (at_rest := Timetable(self.breaks, zone).openings_during(starts_at, ends_at)):
            back = NamedTime.time(max(end for _, end in at_rest), zone)
            found.append(Obstacle("lunch-break", f"The therapist has a break then. Choose a time from {back} on.", back))
        absences = [absence for absence in self.off if _overlaps(absence, starts_at, ends_at)]
        if absences:
            back = NamedTime.moment(max(end for _, end in absences), zone)
            found.append(Obstacle("time-off", f"The therapist is off then. Choose a time from {back} on, or another therapist.", back))
        return found


def _overlaps(span: Opening, starts_at: datetime, ends_at: datetime) -> bool:
    return span[0] < ends_at and starts_at < span[1]
