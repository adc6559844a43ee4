"""How well rooms are used against the hours in which they are really open, by the hour of the week."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts.rooms import ReleaseReason
from hypothesis import given, settings
from hypothesis import strategies as st
from requester import Clinic, at
from rooms.calendar import usage
from testing.properties import examples

MINUTE = timedelta(minutes=1)
Json = dict[str, Any]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda minute: BEGIN + minute * MINUTE)
SPANS = st.lists(st.tuples(MOMENTS, st.integers(1, 5000)).map(lambda each: (each[0], each[0] + each[1] * MINUTE)), max_size=5)


def minutes_of(spans: list[usage.Opening]) -> list[datetime]:
    return [begin + minute * MINUTE for begin, end in spans for minute in range((end - begin) // MINUTE)]


@settings(max_examples=examples(100), deadline=None)
@given(SPANS, st.sampled_from(["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "UTC"]))
def test_minutes_spread_over_the_week_add_up_also_when_the_clock_changes(spans: list[usage.Opening], zone: str) -> None:
    spread = usage.spread(Counter(spans), ZoneInfo(zone))
    assert spread.total() == usage.length(spans)
    naive = [usage.hour_of_week(minute, ZoneInfo(zone)) for minute in minutes_of(spans)]
    assert all(spread[hour] == naive.count(hour) for hour in set(naive))


@settings(max_examples=examples(100), deadline=None)
@given(SPANS, SPANS)
def test_what_is_cut_out_is_gone_and_nothing_else(spans: list[usage.Opening], taken: list[usage.Opening]) -> None:
    left = usage.without(spans, taken)
    assert set(minutes_of(left)) == set(minutes_of(spans)) - set(minutes_of(taken))


async def test_utilization_counts_blocks_turnover_no_shows_and_refused_demand_by_the_hour(clinic: Clinic) -> None:
    room = await clinic.add_room("201", turnover_minutes=15)
    await clinic.book(at(10), room_id=room)
    missed = await clinic.book(at(13), room_id=room)
    await clinic.requester.release(missed.hold_id, ReleaseReason.NO_SHOW)
    await clinic.hold(at(10.5), room_id=room)
    block = {"starts_at": at(16).isoformat(), "ends_at": at(18).isoformat(), "reason": "paint"}
    assert (await clinic.http.post(f"/rooms/{room}/blocks", json=block)).status_code == 201
    found: Json = (await clinic.http.get("/utilization", params={"site_id": str(clinic.site_id), "day": str(at(10).date())})).json()
    [used] = found["rooms"]
    assert (used["open_minutes"], used["booked_minutes"], used["turnover_minutes"], used["no_show_minutes"]) == (600, 60, 15, 60)
    assert used["share"] == 0.1
    hours = {(each["weekday"], each["hour"]): each for each in found["by_hour"]}
    assert hours["mon", 10] | {"weekday": "", "hour": 0} == {
        "weekday": "",
        "hour": 0,
        "open_minutes": 60,
        "booked_minutes": 60,
        "held_minutes": 0,
        "turnover_minutes": 0,
        "no_show_minutes": 0,
        "refused_requests": 1,
    }
    assert (hours["mon", 11]["turnover_minutes"], hours["mon", 13]["no_show_minutes"]) == (15, 60)
    assert ("mon", 16) not in hours


async def test_what_if_a_room_had_been_closed_added_or_buffered(clinic: Clinic) -> None:
    first, second = await clinic.add_room("201"), await clinic.add_room("202")
    early, late = await clinic.book(at(10), room_id=first), await clinic.book(at(11), room_id=first)
    await clinic.book(at(10), room_id=second)
    await clinic.hold(at(10), room_id=first)
    span = {"from": at(0).isoformat(), "to": at(24).isoformat()}

    async def ask(*changes: Json) -> Json:
        answer = await clinic.http.post("/what-if", json={"site_id": str(clinic.site_id), **span, "changes": changes})
        assert answer.status_code == 200, answer.text
        return answer.json()

    closed = await ask({"close_room": str(first)})
    assert (closed["sessions"], closed["stayed"]) == (3, 1)
    assert [(each["hold_id"], each["to_room"]["room_id"]) for each in closed["moved"]] == [(str(late.hold_id), str(second))]
    assert [each["hold_id"] for each in closed["without_room"]] == [str(early.hold_id)]
    assert closed["before"]["open_minutes"] == 2 * closed["after"]["open_minutes"]
    assert (closed["refused_requests"], closed["refused_that_would_fit"]) == (1, 0)
    added = await ask({"add_room": {"capacity": 4}})
    assert (added["stayed"], added["refused_that_would_fit"]) == (3, 1)
    buffered = await ask({"turnover_minutes": 15, "room_id": str(first)})
    assert [(each["hold_id"], each["to_room"]["room_id"]) for each in buffered["moved"]] == [(str(late.hold_id), str(second))]
    assert await clinic.status(early.hold_id) == "confirmed"
    nothing = await clinic.http.post("/what-if", json={"site_id": str(clinic.site_id), "changes": [{}]})
    assert nothing.status_code == 422
    unknown = await clinic.http.post("/what-if", json={"site_id": str(clinic.site_id), "changes": [{"close_room": str(clinic.site_id)}]})
    assert unknown.json()["type"] == "/problems/unknown-room"
