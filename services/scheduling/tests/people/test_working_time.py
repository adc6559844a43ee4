"""What speaks against a time, by the therapist's own hours: in words that name what would work."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from chassis.hours import WEEKDAYS
from contracts.types import SiteId, new_id
from scheduling.people.working_time import WorkingTime

ZONE = ZoneInfo("America/New_York")
SITE = SiteId(new_id())
MONDAY = datetime(2026, 3, 2, 8, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        (MONDAY, "The therapist works 09:00-17:00 at this site that day. Choose a time within those hours."),
        (MONDAY + timedelta(days=1), "The therapist does not work at this site on 2026-03-03. Choose another day."),
    ],
)
def test_who_does_not_work_then_is_said_to_work_at_other_hours_or_on_other_days(starts_at: datetime, words: str) -> None:
    working_time = WorkingTime(hours={SITE: {WEEKDAYS[0]: (("09:00", "17:00"),)}})
    [obstacle] = working_time.obstacles(SITE, ZONE, starts_at, starts_at + timedelta(hours=1))
    assert (obstacle.message, str(obstacle.named) in words) == (words, True)
