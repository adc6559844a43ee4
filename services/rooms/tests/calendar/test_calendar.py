"""What takes the rooms of a site in a range, and how well they are used."""

from datetime import timedelta

import pytest
from requester import NEW_YORK, Clinic, at
from rooms.calendar.schemas import Calendar, CalendarEntry

ODD = 'paint it "blue" \\ until 12:00:00+00:00'


async def test_the_calendar_shows_what_takes_each_room(clinic: Clinic) -> None:
    room, empty = await clinic.add_room("201", turnover_minutes=10), await clinic.add_room("202")
    booked = await clinic.book(at(10), room_id=room)
    held = await clinic.hold(at(15), room_id=room)
    cancelled = await clinic.hold(at(17), room_id=room)
    await clinic.requester.release(cancelled.hold_id)
    await clinic.book(at(10, days=1), room_id=room)
    body = {"starts_at": at(12).isoformat(), "ends_at": at(13).isoformat(), "reason": ODD}
    await clinic.http.post(f"/rooms/{room}/blocks", json=body)
    for begin, end in (("2031-03-03", "2031-03-03"), (at(10.5).astimezone(NEW_YORK).isoformat(), at(24).isoformat())):
        answer = await clinic.http.get("/calendar", params={"site_id": str(clinic.site_id), "from": begin, "to": end})
        Calendar.model_validate_json(answer.content)
        assert [each["room_id"] for each in answer.json()["rooms"]] == [str(room), str(empty)]
        assert {tuple(entry) for room_calendar in answer.json()["rooms"] for entry in room_calendar["entries"]} == {
            tuple(CalendarEntry.model_fields)
        }
        busy, free = [each["entries"] for each in answer.json()["rooms"]]
        assert [(each["kind"], each["hold_id"]) for each in busy] == [
            ("booked", str(booked.hold_id)),
            ("block", None),
            ("held", str(held.hold_id)),
        ]
        assert busy[0]["occupied_until"] == (at(11) + timedelta(minutes=10)).isoformat().replace("+00:00", "Z")
        assert (busy[1]["reason"], free) == (ODD, [])


async def test_utilization_counts_minutes_of_open_time(clinic: Clinic) -> None:
    room = await clinic.add_room("201", turnover_minutes=10)
    await clinic.add_room("202")
    await clinic.book(at(10), 90, room_id=room)
    await clinic.hold(at(15), 45, room_id=room)
    await clinic.hold(at(15), 45, room_id=room)
    await clinic.hold(at(21))
    days = {"site_id": str(clinic.site_id), "from": "2031-03-03", "to": "2031-03-09"}
    used = (await clinic.http.get("/utilization", params=days)).json()
    assert used["refused_requests"] == 2
    busy, idle = used["rooms"]
    assert (busy["open_minutes"], busy["booked_minutes"], busy["held_minutes"], busy["refused_requests"]) == (5 * 12 * 60, 90, 45, 1)
    assert busy["share"] == pytest.approx(135 / 3600)
    assert (idle["open_minutes"], idle["booked_minutes"], idle["share"], idle["refused_requests"]) == (3600, 0, 0, 0)
    morning = {**days, "from": at(8.5).isoformat(), "to": at(10.5).isoformat()}
    early = (await clinic.http.get("/utilization", params=morning)).json()["rooms"][0]
    assert (early["open_minutes"], early["booked_minutes"], early["held_minutes"]) == (120, 30, 0)
    sunday = await clinic.http.get("/utilization", params={**days, "from": "2031-03-09"})
    assert (sunday.json()["rooms"][0]["open_minutes"], sunday.json()["rooms"][0]["share"]) == (0, 0)
