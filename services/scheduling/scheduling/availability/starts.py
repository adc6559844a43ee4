"""Which starts are near a requested one, and how good each is instead; pure."""

from datetime import datetime, timedelta
from typing import Final

from chassis.hours import readings
from chassis.named_times import shift_text

from scheduling.free_times.openings import STEP
from scheduling.replicas.reference import Site

REACH: Final = 16
"""Quarters of an hour before and after a requested time."""

DAYS: Final = 14

PERFECT: Final = 100.0

STEP_POINTS: Final = 3.0
"""Lost by each quarter of an hour, as rooms counts it; a day later loses as much as a step behind the last quarter."""

OTHER_THERAPIST_POINTS: Final = 12.5
"""Somebody else at the requested time is as good as the requested therapist an hour away, or nearly."""

OTHER_ROOM_POINTS: Final = 1.5


def near_starts(requested: datetime, site: Site, now: datetime, *, backdated: bool = False) -> dict[datetime, int]:
    """Return the starts to try, and how many steps each is away: quarters of an hour, then the same wall time on the next days.

    None has passed. Near a start that has passed, and is recorded as backdated, they are those of its day that have passed too.
    """
    starts = {requested + steps * STEP: abs(steps) for steps in range(-REACH, REACH + 1)}
    wall = requested.astimezone(site.zone).replace(tzinfo=None)
    for days in range(1, DAYS + 1):
        moments = readings(wall + timedelta(days=days), site.zone)
        if len(moments) == 1:
            starts.setdefault(moments[0], REACH + days)
    if backdated and requested < now:
        return {start: steps for start, steps in starts.items() if start <= now and site.day(start) == site.day(requested)}
    return {start: steps for start, steps in starts.items() if start >= now}


def score(steps: int, *, is_other_room: bool = False, is_other_therapist: bool = False) -> float:
    """Return how good a start is that is so many steps away; 100 is as good as the request itself."""
    lost = steps * STEP_POINTS + is_other_room * OTHER_ROOM_POINTS + is_other_therapist * OTHER_THERAPIST_POINTS
    return max(PERFECT - lost, 0.0)


def described(shift: int, steps: int) -> tuple[str, str]:
    """Name the distance of a start from the requested one, for machines and for people."""
    if not shift:
        return "same_time", "same time"
    if steps > REACH:
        return f"later_day:{steps - REACH}", f"{steps - REACH} days later, same time" if steps > REACH + 1 else "next day, same time"
    way = "later" if shift > 0 else "earlier"
    return f"{way}:{abs(shift)}", shift_text(shift)
