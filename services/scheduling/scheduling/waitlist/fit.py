"""Whether a slot that is free again is one that somebody waits for; decided from plain values."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chassis.hours import Timetable
from contracts.scheduling import FreedSlot

from scheduling.replicas.reference import Service, Site

WeekHours = Mapping[str, Sequence[Sequence[str]]]
"""When somebody can come, by the day of the week: begin and end of each span on the clock of the site."""


def unfit(slot: FreedSlot, service: Service | None, site: Site | None, latest: datetime, hours: WeekHours | None) -> str:
    """Return why a slot is none that somebody waits for; empty when it is one."""
    if service is None or site is None:
        return "the service or the site is not known"
    ends_at = slot.starts_at + service.duration
    if ends_at > latest:
        return "it would end after the time in which they can come"
    if hours is not None and not _can_come(hours, site).is_open(slot.starts_at, ends_at):
        return "they cannot come at that time of the week"
    return "their service takes longer than the slot" if ends_at > slot.ends_at else ""


def _can_come(hours: WeekHours, site: Site) -> Timetable:
    return Timetable({day: tuple((begin, end) for begin, end in spans) for day, spans in hours.items()}, site.zone)
