"""A calendar is requested by day, week, month, or range."""

from typing import Any

import pytest
from contracts.rooms import Outcome
from requester import Clinic, at

Json = dict[str, Any]


async def test_a_calendar_is_asked_for_by_day_week_month_or_range_and_knows_the_open_hours(clinic: Clinic) -> None:
    room = await clinic.add_room("201")
    held = await clinic.hold(at(10), room_id=room)
    assert held.outcome is Outcome.GRANTED
    site = {"site_id": str(clinic.site_id)}
    year, week, _ = at(10).isocalendar()
    lengths = {}
    for name, value in (("day", str(at(10).date())), ("week", f"{year}-W{week:02}"), ("month", f"{at(10):%Y-%m}")):
        shown = (await clinic.http.get("/calendar", params=site | {name: value})).json()
        [entry] = shown["rooms"][0]["entries"]
        assert (entry["kind"], entry["hold_id"], entry["expires_at"] is not None) == ("held", str(held.hold_id), True)
        lengths[name] = len(shown["openings"])
    assert lengths == {"day": 1, "week": 5, "month": 21}
    for requested in (site, site | {"day": str(at(10).date()), "month": "2031-03"}):
        answer = await clinic.http.get("/calendar", params=requested)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/ambiguous-range")
    for given, missing in (("from", "to"), ("to", "from")):
        half = await clinic.http.get("/calendar", params=site | {given: "2031-03-03"})
        assert (half.status_code, half.json()["type"]) == (422, "/problems/half-a-range")
        assert [error["field"] for error in half.json()["errors"]] == [missing]
    nowhere = await clinic.http.get("/calendar", params=site | {"week": "2031-W53"})
    assert nowhere.json()["type"] == "/problems/no-such-week"
    assert (await clinic.http.get("/calendar", params=site | {"month": "2031-13"})).status_code == 422


@pytest.mark.parametrize(
    ("name", "value"), [("day", "1999-12-31"), ("week", "1999-W52"), ("week", "1900-W01"), ("month", "1900-01"), ("month", "1999-12")]
)
@pytest.mark.parametrize("path", ["/calendar", "/utilization"])
async def test_days_of_years_in_which_nothing_takes_place_are_refused_however_they_are_requested(
    clinic: Clinic, path: str, name: str, value: str
) -> None:
    answer = await clinic.http.get(path, params={"site_id": str(clinic.site_id), name: value})
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["field"]) == (422, "outside-the-calendar", name)
