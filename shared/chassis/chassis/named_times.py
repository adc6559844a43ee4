"""Days and times that a sentence names: as they are written in it, and as data for whoever writes them in another way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Self
from zoneinfo import ZoneInfo

from chassis.hours import Span

NO_HOURS = "not at all"
Form = Literal["moment", "time", "span", "day", "hours"]


@dataclass(frozen=True, slots=True)
class NamedHours:
    """One span of opening or working hours, as wall times such as 08:00."""

    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class NamedTime:
    """One day, time or span within a message: ``text`` is its place there, the rest states what it means."""

    text: str
    """As the message has it: a day as 2026-12-02, a time as 14:30 on the clock of the time zone."""
    form: Form
    """``moment``: a day and a time; ``time``: the time alone; ``span``: a day with two times; ``day``; ``hours``: wall times."""
    time_zone: str | None = None
    starts_at: datetime | None = None
    """The moment, or the beginning of the span."""
    ends_at: datetime | None = None
    day: date | None = None
    hours: tuple[NamedHours, ...] | None = None
    """What is open on a day, on its own clock; none where it is closed."""

    def __str__(self) -> str:
        """Write it as the message has it."""
        return self.text

    @classmethod
    def moment(cls, at: datetime, zone: ZoneInfo) -> Self:
        """Name a moment by day and time."""
        return cls(f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}", "moment", zone.key, at)

    @classmethod
    def instant(cls, at: datetime, zone: ZoneInfo | None) -> Self:
        """Name a moment with its offset, where the clock shows its time twice."""
        local = at.astimezone(zone) if zone else at
        return cls(local.isoformat(), "moment", zone.key if zone else None, at)

    @classmethod
    def time(cls, at: datetime, zone: ZoneInfo) -> Self:
        """Name a moment by its time alone."""
        return cls(f"{at.astimezone(zone):%H:%M}", "time", zone.key, at)

    @classmethod
    def span(cls, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Self:
        """Name a span by its day and both times."""
        text = f"{starts_at.astimezone(zone):%a %Y-%m-%d %H:%M}-{ends_at.astimezone(zone):%H:%M} ({zone.key})"
        return cls(text, "span", zone.key, starts_at, ends_at)

    @classmethod
    def of_day(cls, day: date) -> Self:
        """Name a day."""
        return cls(str(day), "day", day=day)

    @classmethod
    def of_hours(cls, hours: Sequence[Span]) -> Self:
        """Name the hours of a day."""
        text = ", ".join(f"{opens}-{closes}" for opens, closes in hours) or NO_HOURS
        return cls(text, "hours", hours=tuple(NamedHours(opens, closes) for opens, closes in hours))


def shift_text(minutes: int) -> str:
    """Write how far a time lies from the one that was wanted, such as ``4 h later`` or ``1 h 15 min earlier``."""
    hours, rest = divmod(abs(minutes), 60)
    length = [f"{hours} h"] if hours else []
    length += [f"{rest} min"] if rest else []
    return " ".join([*length, "later" if minutes > 0 else "earlier"])
