"""When a service could take place: quarter hours at which everybody could be booked, in order of time; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from typing import Final

from contracts.hours import Opening

from scheduling.diary import Diary, Plan
from scheduling.domain import Board, conditions

STEP: Final = timedelta(minutes=15)


def free_starts(plans: Iterable[Plan], since: datetime, until: datetime, board: Board, diary: Diary, now: datetime) -> Iterator[Plan]:
    """Yield the plans, moved to every start at which nothing speaks against them, the earliest first."""
    return merge(*(_free(plan, since, until, board, diary, now) for plan in plans), key=lambda plan: (plan.starts_at, plan.therapist_id))


def near(plan: Plan, starts: Sequence[datetime]) -> list[Plan]:
    """Return a plan at other starts."""
    length = plan.ends_at - plan.starts_at
    return [replace(plan, starts_at=start, ends_at=start + length) for start in starts]


def _free(plan: Plan, since: datetime, until: datetime, board: Board, diary: Diary, now: datetime) -> Iterator[Plan]:
    site, length = board.sites[plan.site_id], plan.ends_at - plan.starts_at
    begin = max(since, now)
    taken = sorted({(entry.starts_at, entry.ends_at) for person in plan.people for entry in diary.others(person, plan.session_id)})
    for opens, closes in _without(taken, site.hours.openings_around(begin, until)):
        start = _quarter(max(opens, begin))
        while start + length <= closes and start < until:
            moved = replace(plan, starts_at=start, ends_at=start + length)
            if not conditions(moved, board, diary, now):
                yield moved
            start += STEP


def _without(taken: Sequence[Opening], openings: Iterable[Opening]) -> Iterator[Opening]:
    """Yield what is left of openings, all in order of time."""
    for opens, closes in openings:
        begin = opens
        for starts, ends in taken:
            if ends <= begin or starts >= closes:
                continue
            if starts > begin:
                yield begin, starts
            begin = max(begin, ends)
        if begin < closes:
            yield begin, closes


def _quarter(moment: datetime) -> datetime:
    """Return the first quarter of an hour from a moment on; every clock in use shows it as one."""
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (STEP - past if past else timedelta())
