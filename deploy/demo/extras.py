"""What the network shows beyond single bookings: rules, a closed day, a group, a series, and people who wait."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from demo.front import Front, Json, RefusedError
from demo.network import HARBOR, SITES, THERAPISTS, THU, TUE, Site

GROUP: Final = ("Ansel Inkling", "Berit Inkling", "Cato Inkling", "Dora Inkling")
REGULAR: Final = "Wendel Weekly"
WAITING: Final = ("Pia Patience", "Tobias Turnwait")
RULES: Final = {"book_ahead_days": 365, "notice_minutes": 0, "cancellation_window_minutes": 1440}
GROUP_RULES: Final = {"buffer_after_minutes": 10}
LEADER, FAMILY_THERAPIST, ASKED_FOR = THERAPISTS[4], THERAPISTS[2], THERAPISTS[0]
"""The first two are booked on weekdays on which the rest of the plan leaves them free."""


async def load_extras(front: Front, services: dict[str, str], sites: dict[str, str], therapists: dict[str, str], first_day: date) -> str:
    """Bring what is missing of it; return what there is."""
    await _rules(front, services["90853"])
    closed = await _new_year(front, sites, first_day)
    clients = {name: await _client(front, name) for name in (*GROUP, REGULAR, *WAITING)}
    at_harbor: Json = {"site_id": sites[HARBOR.name]}
    group = at_harbor | {"therapist_id": therapists[LEADER.npi], "service_id": services["90853"]}
    await _group(front, [clients[name] for name in GROUP], group | {"starts_at": _at(HARBOR, first_day, THU, time(15))})
    weekly = at_harbor | {"therapist_id": therapists[FAMILY_THERAPIST.npi], "service_id": services["90834"]}
    await _series(front, weekly | {"client_id": clients[REGULAR], "starts_at": _at(HARBOR, first_day, TUE, time(10))})
    wanted = at_harbor | {"therapist_id": therapists[ASKED_FOR.npi], "service_id": services["90834"]}
    for name in WAITING:
        await _wait(front, wanted | {"client_id": clients[name]}, first_day)
    return f"rules, {closed} closed days, a group of {len(GROUP)}, a series, {len(WAITING)} who wait"


async def _rules(front: Front, group_service: str) -> None:
    written = {policy["service_id"] for policy in await front.every("scheduling/policies") if policy["version"]}
    if None not in written:
        await front.put("scheduling/policies/default", RULES)
    if group_service not in written:
        await front.put(f"scheduling/policies/services/{group_service}", GROUP_RULES)


async def _new_year(front: Front, sites: dict[str, str], first_day: date) -> int:
    """Close every site on New Year's Day, unless somebody is booked there."""
    closed = 0
    for site in SITES:
        path = f"rooms/sites/{sites[site.name]}/special-days/{date(first_day.year + 1, 1, 1)}"
        try:
            await front.put(path, {"spans": [], "reason": "New Year's Day"})
            closed += 1
        except RefusedError as refused:
            if refused.status != HTTPStatus.CONFLICT:
                raise
    return closed


async def _client(front: Front, name: str) -> str:
    found = await front.every("scheduling/clients", q=name)
    body = {"full_name": name, "time_zone": HARBOR.time_zone}
    return found[0]["id"] if found else (await front.post("scheduling/clients", body, key=f"demo client {name}"))["id"]


async def _group(front: Front, clients: list[str], wanted: Json) -> None:
    if not await front.every("scheduling/sessions", client_id=clients[0]):
        await front.post("scheduling/sessions", wanted | {"client_id": clients[0], "other_client_ids": clients[1:]}, wait=True)


async def _series(front: Front, wanted: Json) -> None:
    if not await front.every("scheduling/series", client_id=wanted["client_id"]):
        await front.post("scheduling/series", wanted | {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=8"}}, wait=True)


async def _wait(front: Front, wanted: Json, first_day: date) -> None:
    if not await front.every("scheduling/waitlist", client_id=wanted["client_id"]):
        begin = datetime.combine(first_day, time(), ZoneInfo(HARBOR.time_zone))
        window = {"earliest": begin.isoformat(), "latest": (begin + timedelta(days=60)).isoformat()}
        await front.post("scheduling/waitlist", wanted | window)


def _at(site: Site, first_day: date, weekday: int, at: time) -> str:
    """Return a time on the first such weekday that lies a week behind the first day, as the clock at the site shows it."""
    day = first_day + timedelta(days=7 + (weekday - first_day.weekday()) % 7)
    return datetime.combine(day, at, ZoneInfo(site.time_zone)).isoformat()
