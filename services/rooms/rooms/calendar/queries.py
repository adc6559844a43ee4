"""What takes the rooms of a site, and how much of their open time was used."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis import hours
from chassis.data.database import ReadSession
from chassis.errors import Invalid
from chassis.rows.changes import require
from contracts.types import RoomId, SiteId
from pydantic_core import to_json

from rooms.calendar import usage
from rooms.calendar.schemas import CalendarEntry, RoomUtilization, UsedHour, Utilization
from rooms.calendar.usage import HourOfWeek
from rooms.holds import queries as holds_queries
from rooms.holds.rules import HoldStatus
from rooms.places.queries import load_places

Bounds = tuple[datetime | date, datetime | date]
"""From and to; a day of the site is meant whole."""

LONGEST_RANGE: Final = timedelta(days=62)

BLOCK: Final = "block"

A_CLOCK_CHANGE: Final = timedelta(hours=1)


ENTRY: Final = tuple(CalendarEntry.model_fields)


async def calendar(db: ReadSession, site_id: SiteId, requested: Bounds) -> bytes:
    """Return the JSON of a ``Calendar``: what takes each room of a site in a range, in one query, and when the site is open.

    A week has hundreds of entries: their rows are written as they are, because views of them would take longer than all else.
    NotFound without that site, Invalid for a range that is too long or ends before it begins.
    """
    places = await load_places(db, [site_id])
    site = require(places.sites.get(site_id), "site", site_id)
    first, last = _range(site.zone, requested)
    entries: dict[str, list[dict[str, Any]]] = {str(room_id): [] for room_id in places.rooms}
    for *entry, room_id in await holds_queries.taken(db, site_id, first, last):
        if room_id in entries:
            entries[room_id].append(dict(zip(ENTRY, entry, strict=True)))
    openings = usage.within(site.openings(first, last), first, last)
    return to_json(
        {
            "rooms": [
                {"room_id": room.id, "room_number": room.number, "room_name": room.name, "entries": entries[str(room.id)]}
                for room in sorted(places.rooms.values(), key=lambda room: (room.place, room.id))
            ],
            "time_zone": site.zone.key,
            "starts_at": first,
            "ends_at": last,
            "openings": [{"starts_at": begin, "ends_at": end} for begin, end in openings],
        }
    )


async def utilization(db: ReadSession, site_id: SiteId, requested: Bounds) -> Utilization:
    """Return how much of the open time in a range was used: by room, and by the hour of the week.

    NotFound without that site, Invalid for a range that is too long or ends before it begins.
    """
    places = await load_places(db, [site_id])
    site = require(places.sites.get(site_id), "site", site_id)
    first, last = _range(site.zone, requested)
    always = list(usage.within(site.openings(first, last), first, last))
    blocked: defaultdict[RoomId, list[hours.Opening]] = defaultdict(list)
    used: defaultdict[str, defaultdict[RoomId, list[hours.Opening]]] = defaultdict(lambda: defaultdict(list))
    refused_at: list[tuple[RoomId | None, datetime]] = []
    for room_id, status, begin, end, until in await holds_queries.used(db, site_id, first, last):
        if status == HoldStatus.REFUSED:
            refused_at.append((room_id, begin))
            continue
        if status == BLOCK:
            blocked[room_id].append((begin, end))
            continue
        used[USES[status]][room_id].append((begin, end))
        if status in TAKEN:
            used["turnover"][room_id].append((end, until))
    refused_in = Counter(room_id for room_id, _ in refused_at)
    spent: dict[str, list[hours.Opening]] = {name: [] for name in ("open", "turnover", *USES.values())}
    rooms = []
    for room in sorted(places.rooms.values(), key=lambda room: room.place):
        minutes: dict[str, int] = {}
        spans = {name: list(usage.within(used[name][room.id], first, last)) for name in ("turnover", *USES.values())}
        spans["open"] = usage.without(always, blocked[room.id])
        for name, found in spans.items():
            minutes[f"{name}_minutes"] = usage.length(found)
            spent[name] += found
        taken = minutes["booked_minutes"] + minutes["held_minutes"]
        rooms.append(
            RoomUtilization.of(
                {
                    "room_id": room.id,
                    "room_number": room.number,
                    "room_name": room.name,
                    "share": round(taken / minutes["open_minutes"], 4) if minutes["open_minutes"] else 0.0,
                    "refused_requests": refused_in[room.id],
                    **minutes,
                }
            )
        )
    refused = Counter(usage.hour_of_week(at, site.zone) for _, at in refused_at)
    by_hour = {name: usage.spread(found, site.zone) for name, found in spent.items()}
    return Utilization.of({"rooms": rooms, "refused_requests": refused.total(), "by_hour": _by_hour(by_hour | {"refused": refused})})


def _by_hour(found: Mapping[str, Counter[HourOfWeek]]) -> list[UsedHour]:
    known = sorted(set().union(*found.values()))
    return [
        UsedHour.of(
            {
                "weekday": hours.WEEKDAYS[weekday],
                "hour": hour,
                "refused_requests": found["refused"][weekday, hour],
                **{f"{name}_minutes": minutes[weekday, hour] for name, minutes in found.items() if name != "refused"},
            }
        )
        for weekday, hour in known
    ]


TAKEN: Final = ("held", "confirmed")

USES: Final = {"confirmed": "booked", "held": "held", "released": "no_show"}
"""What a room was used for, by the status of the hold; a released one whose client did not come."""


def _range(zone: ZoneInfo, requested: Bounds) -> tuple[datetime, datetime]:
    """Return the moments that a range of moments or of whole days of the site begins and ends at."""
    begin, end = requested
    first = begin if isinstance(begin, datetime) else datetime.combine(begin, time(), zone).astimezone(UTC)
    last = end if isinstance(end, datetime) else datetime.combine(end + hours.ONE_DAY, time(), zone).astimezone(UTC)
    if not first < last or last - first > LONGEST_RANGE + A_CLOCK_CHANGE:
        raise Invalid("impossible-range", f"to must not lie before from, and at most {LONGEST_RANGE.days} days after it.", field="to")
    return first, last
