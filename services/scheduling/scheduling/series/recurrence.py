"""When a series takes place: RFC 5545 rules on the site's wall clock.

The rule is expanded on the wall and each time is then found on the world's clock, so that a Monday at ten stays a Monday at
ten when the clocks change. A time that the clock shows twice or never is not guessed: it is refused with both candidates.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice, takewhile
from re import fullmatch
from typing import Final
from zoneinfo import ZoneInfo

from chassis.hours import readings
from chassis.named_times import NamedTime
from contracts.types import RoomId, SessionId
from dateutil.rrule import rrulestr

from scheduling.decisions.requests import BookingRequest
from scheduling.lifecycle.reasons import Reason


class Mode(StrEnum):
    """What becomes of a series of which a part cannot be had."""

    ALL_OR_NOTHING = "all_or_nothing"
    BEST_EFFORT = "best_effort"


class Scope(StrEnum):
    """Which sessions of a series a change is about."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


class Instead(StrEnum):
    """What becomes of one occurrence that does not take place by the rule."""

    ALTERNATIVE = "alternative"
    """It takes place at a time of its own."""
    LEAVE = "leave"
    """It is not booked."""


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """Where one occurrence takes place that does not by the rule."""

    starts_at: datetime
    room_id: RoomId | None = None
    """Only this room will do."""


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """Sessions that somebody requests by one rule."""

    first: BookingRequest
    rule: str
    mode: Mode
    choices: Mapping[datetime, OwnPlace | None] = field(default_factory=dict)
    """Occurrences, by their start, that do not take place by the rule; None where one is left out."""


MOST: Final = 200
"""Occurrences of one series."""

LONGEST: Final = timedelta(days=5 * 366)

FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

PARTS: Final = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")
"""What a rule may state; the rest of RFC 5545 makes several sessions a day, or rules without a use here."""

COUNTS: Final = ("COUNT", "INTERVAL")

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

A_WEEKDAY: Final = rf"[-+]?[1-5]?({'|'.join(WEEKDAYS)})"

LARGEST_POSITION: Final = 5

EXAMPLES: Final = "Write it as in FREQ=WEEKLY;UNTIL=20271231, FREQ=WEEKLY;BYDAY=MO,TH;COUNT=12 or FREQ=MONTHLY;BYMONTHDAY=15;COUNT=6."


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a series."""

    wall: datetime
    """Without an offset: what the clock at the site shows."""
    moments: tuple[datetime, ...]
    """The one moment that is meant, or both candidates where the clock shows the time twice or never."""

    @property
    def starts_at(self) -> datetime:
        """When it starts; the earlier candidate where that is unknown."""
        return self.moments[0]

    @property
    def is_certain(self) -> bool:
        """Whether the clock shows the time exactly once."""
        return len(self.moments) == 1

    def at(self, starts_at: datetime, zone: ZoneInfo) -> "Occurrence":
        """Return it at another time."""
        return Occurrence(_wall(starts_at, zone), (starts_at,))


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a rule makes no series, and what would."""

    why: str


def expand(rule: str, first: datetime, zone: ZoneInfo) -> tuple[Occurrence, ...] | Unusable:
    """Return every occurrence of a rule whose first one is at ``first``, in order."""
    parts = _parts(rule)
    if isinstance(parts, Unusable):
        return parts
    wall = first.astimezone(zone).replace(tzinfo=None)
    try:
        if not _may_begin_with(wall, parts):
            return _not_begun(wall)
        count = int(parts["COUNT"]) if "COUNT" in parts else None
        until = _until(parts["UNTIL"], zone) if "UNTIL" in parts else wall + LONGEST
        horizon = min(until, wall + LONGEST)
        bounded = {name: value for name, value in parts.items() if name not in {"COUNT", "UNTIL"}}
        stated = ";".join(f"{name}={value}" for name, value in (bounded | {"UNTIL": f"{wall + LONGEST:%Y%m%dT%H%M%S}"}).items())
        walls: Iterator[datetime] = iter(rrulestr(stated, dtstart=wall))
        found = list(islice(takewhile(lambda time: time <= horizon, walls), min(count or MOST + 1, MOST + 1)))
    except (ValueError, TypeError, KeyError, OverflowError):
        others = ", ".join(name for name in parts if name not in {*COUNTS, "FREQ"})
        return Unusable(f"The rule cannot be read: {others} has a value that it cannot have. {EXAMPLES}")
    return _checked(found, wall, count, until) or tuple(Occurrence(time, readings(time, zone)) for time in found)


def shift(occurrence: datetime, anchor: datetime, target: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments that an occurrence may mean after its series moved from anchor to target on the wall."""
    moved = _wall(occurrence, zone) + (_wall(target, zone) - _wall(anchor, zone))
    return readings(moved, zone)


LEFT_OUT: Final = Reason("left-out", "starts_at", "This date was left out of the series. Book a session of its own for it.")


def uncertain(candidates: Sequence[datetime], zone: ZoneInfo) -> Reason:
    """Return the reason against a time that the clock at the site shows twice or never, with both moments that may be meant."""
    times = tuple(NamedTime.instant(moment, zone) for moment in candidates)
    shown = " or ".join(map(str, times))
    return Reason(
        "uncertain-local-time", "starts_at", f"The clock at the site shows this time twice or never. Choose {shown}.", times=times
    )


def with_fewest_moves(times: Mapping[SessionId, datetime], targets: Mapping[SessionId, datetime]) -> dict[SessionId, datetime]:
    """Return when each session takes place so that together they have the target times and as many as possible stay.

    A series that moves by its own interval would otherwise find each time taken by its own next session.
    """
    wanted = set(targets.values())
    if len(wanted) < len(targets):
        return dict(targets)
    staying = {key: times[key] for key in targets if times[key] in wanted}
    leaving = sorted(targets.keys() - staying.keys(), key=lambda key: times[key])
    return staying | dict(zip(leaving, sorted(wanted - set(staying.values())), strict=True))


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _parts(rule: str) -> dict[str, str] | Unusable:
    pairs = [part.partition("=") for part in rule.upper().removeprefix("RRULE:").strip(";").split(";")]
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    if len(parts) != len(pairs) or not all(value for value in parts.values()):
        return Unusable("A rule is a list of NAME=VALUE, each name once, such as FREQ=WEEKLY;COUNT=12.")
    if parts.get("FREQ") not in FREQUENCIES:
        return Unusable(f"FREQ is one of {', '.join(FREQUENCIES)}.")
    if others := sorted(parts.keys() - set(PARTS)):
        return Unusable(
            f"{', '.join(others)} cannot be given. A rule is made of {', '.join(PARTS)}; the time of day is that of the first session."
        )
    if others := [day for day in parts.get("BYDAY", "MO").split(",") if not fullmatch(A_WEEKDAY, day)]:
        return Unusable(f"BYDAY names weekdays, {', '.join(WEEKDAYS)}, or such as 1MO, the first Monday of a month: {others[0]} is none.")
    is_numbered = any(len(day) > len("MO") for day in parts.get("BYDAY", "").split(","))
    if is_numbered and parts["FREQ"] in {"DAILY", "WEEKLY"}:
        return Unusable("A weekday with a number, such as 1MO, the first Monday of a month, goes with FREQ=MONTHLY. Leave the number out.")
    if "BYMONTHDAY" in parts and is_numbered:
        return Unusable("Give either days of the month or such as the first Monday, not both.")
    if ("COUNT" in parts) == ("UNTIL" in parts):
        return Unusable("A series ends: give either COUNT or UNTIL, such as FREQ=WEEKLY;COUNT=12.")
    for name in COUNTS:
        if name in parts and not fullmatch(r"0*[1-9][0-9]{0,3}", parts[name]):
            return Unusable(f"{name} is a whole number of at least 1, such as 2.")
    return parts


def _checked(found: list[datetime], wall: datetime, count: int | None, until: datetime) -> Unusable | None:
    if until < wall:
        return Unusable("UNTIL lies before the first session.")
    if len(found) > MOST:
        return Unusable(f"A series has at most {MOST} sessions. Book the rest as another series.")
    if not found or found[0] != wall:
        return _not_begun(wall)
    if (count is not None and len(found) < count) or (count is None and until > wall + LONGEST):
        return Unusable(f"The rule reaches beyond {LONGEST.days // 366} years. Book a shorter series.")
    return None


def _may_begin_with(wall: datetime, parts: dict[str, str]) -> bool:
    """Whether the first session lies on a day that the rule names; a rule without any such day would be searched for ever."""
    days = [day[-2:] for day in parts.get("BYDAY", "").split(",") if day]
    months = [int(month) for month in parts.get("BYMONTH", "").split(",") if month]
    monthdays = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    positions = [int(position) for position in parts.get("BYSETPOS", "").split(",") if position]
    last = monthrange(wall.year, wall.month)[1]
    return (
        (not days or WEEKDAYS[wall.weekday()] in days)
        and (not months or wall.month in months)
        and (not monthdays or bool({wall.day, wall.day - last - 1} & set(monthdays)))
        and all(abs(position) <= LARGEST_POSITION for position in positions)
    )


def _not_begun(wall: datetime) -> Unusable:
    return Unusable(f"The first session, {wall:%a %Y-%m-%d %H:%M}, is no occurrence of the rule. Begin on a day that the rule names.")


def _until(value: str, zone: ZoneInfo) -> datetime:
    """Read the end of a rule as wall time; a day is meant whole, and Z is UTC."""
    if value.endswith("Z"):
        return _wall(datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), zone)
    if "T" not in value:
        return datetime.combine(date.fromisoformat(value), datetime.max.time())
    return datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 (wall time)
