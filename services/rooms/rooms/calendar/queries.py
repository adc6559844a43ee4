"""What takes the rooms of a site, and how much of their open time was used."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis import hours
from chassis.data.database import ReadSession
from chassis.errors import Invalid
from chassis.rows.changes import require
from contracts.types import RoomId, SiteId
from pydantic_core import to_json

from rooms.calendar import usage
from rooms.calendar.schemas import RoomUtilization, UsedHour, Utilization
from rooms.calendar.usage import HourOfWeek
from rooms.holds import queries as holds_queries
from rooms.places.queries import load_places

Bounds = tuple[datetime | date, datetime | date]
"""From and to; a day of the site is meant whole."""

LONGEST_RANGE: Final = timedelta(days=62)

A_CLOCK_CHANGE: Final = timedelta(hours=1)


async def calendar(db: ReadSession, site_id: SiteId, requested: Bounds) -> bytes:
    """Return the JSON of a ``Calendar``: what takes each room of a site in a range, in one query, and when the site is open.

    A month has thousands of entries: PostgreSQL writes them, because views of them would take longer than all else.
    NotFound without that site, Invalid for a range that is too long or ends before it begins.
    """
    places = await load_places(db, [site_id])
    site = require(places.sites.get(site_id), "site", site_id)
    first, last = _range(site.zone, requested)
    entries = await holds_queries.taken(db, site_id, first, last)
    openings = usage.within(site.openings(first, last), first, last)
    rooms = (
        _with({"room_id": room.id, "room_number": room.number, "room_name": room.name}, "entries", entries.get(room.id, ""))
        for room in sorted(places.rooms.values(), key=lambda room: (room.place, room.id))
    )
    others = {
        "time_zone": site.zone.key,
        "starts_at": first,
        "ends_at": last,
        "openings": [{"starts_at": begin, "ends_at": end} for begin, end in openings],
    }
    return _with(others, "rooms", ",".join(rooms)).encode()


def _with(fields: Mapping[str, object], name: str, items: str) -> str:
    """Write these fields as JSON, and at the end a list whose items are written already."""
    return f'{to_json(fields).decode()[:-1]},"{name}":[{items}]}}'


async def utilization(db: ReadSession, site_id: SiteId, requested: Bounds) -> Utilization:
    """Return how much of the open time in a range was used: by room, and by the hour of the week.

    NotFound without that site, Invalid for a range that is too long or ends before it begins.
    """
    places = await load_places(db, [site_id])
    site = require(places.sites.get(site_id), "site", site_id)
    first, last = _range(site.zone, requested)
    always = list(usage.within(site.openings(first, last), first, last))
    blocked: defaultdict[RoomId, list[hours.Opening]] = defaultdict(list)
    refused_at: list[tuple[RoomId | None, datetime]] = []
    for room_id, begin, end in await holds_queries.blocked_or_refused(db, site_id, first, last):
        if end is None:
            refused_at.append((room_id, begin))
        else:
            blocked[room_id].append((begin, end))
    refused_in = Counter(room_id for room_id, _ in refused_at)
    spent: dict[str, Counter[hours.Opening]] = {name: Counter() for name in ("open", *USES)}
    lengths: defaultdict[RoomId, dict[str, int]] = defaultdict(dict)
    for room_id, use, begin, end, stays, length in await holds_queries.used(db, site_id, first, last):
        if room_id is None:
            spent[use][begin, end] = stays
        else:
            lengths[room_id][f"{use}_minutes"] = length // usage.MINUTE
    rooms = []
    for room in sorted(places.rooms.values(), key=lambda room: room.place):
        is_open = usage.without(always, blocked[room.id])
        spent["open"].update(is_open)
        minutes = {**NOTHING_USED, **lengths[room.id], "open_minutes": usage.length(is_open)}
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


USES: Final = ("booked", "held", "turnover", "no_show")
"""What the time of a room was used for."""

NOTHING_USED: Final = {f"{use}_minutes": 0 for use in USES}


def _range(zone: ZoneInfo, requested: Bounds) -> tuple[datetime, datetime]:
    """Return the moments that a range of moments or of whole days of the site begins and ends at."""
    begin, end = requested
    first = begin if isinstance(begin, datetime) else datetime.combine(begin, time(), zone).astimezone(UTC)
    last = end if isinstance(end, datetime) else datetime.combine(end + hours.ONE_DAY, time(), zone).astimezone(UTC)
    if not first < last or last - first > LONGEST_RANGE + A_CLOCK_CHANGE:
        raise Invalid("impossible-range", f"to must not lie before from, and at most {LONGEST_RANGE.days} days after it.", field="to")
    return first, last
