"""A therapist is booked only while they work: hours at the site, breaks and time off, also for what is offered instead."""

from support.clinic import Clinic, Json, at, succeeded

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


async def works(clinic: Clinic, opens: str, closes: str, *, lunch: tuple[str, str] | None = None) -> Json:
    """Return when the therapist works at the site."""
    hours = {clinic.site["id"]: {day: [[opens, closes]] for day in WEEK}}
    breaks = {day: [lunch] for day in WEEK} if lunch else {}
    path = f"/api/scheduling/therapists/{clinic.therapist['id']}/working-hours"
    return succeeded(await clinic.http.put(path, json={"hours": hours, "breaks": breaks}))


async def test_a_booking_outside_the_working_hours_or_in_a_break_is_refused_with_every_reason(clinic: Clinic) -> None:
    await works(clinic, "09:00", "15:00", lunch=("12:00", "13:00"))
    assert (await clinic.booked(starts_at=at(8, 9)))["status"] == "booked"
    early = await clinic.ask(starts_at=at(8, 8))
    assert (early.status_code, early.json()["type"]) == (422, "/problems/outside-working-hours")
    lunch = await clinic.ask(starts_at=at(8, 12))
    assert [error["code"] for error in lunch.json()["errors"]] == ["lunch-break"]
    assert lunch.json()["errors"][0]["fix"] == "Choose a time from 13:00 on."
    assert [named["text"] for named in lunch.json()["errors"][0]["times"]] == ["13:00"]


async def test_time_off_is_respected_by_bookings_moves_and_checks_and_not_taken_over_sessions(clinic: Clinic) -> None:
    booked = await clinic.booked()
    path = f"/api/scheduling/therapists/{clinic.therapist['id']}/time-off"
    over = {"starts_at": at(8, 0), "ends_at": at(9, 0), "reason": "holiday"}
    refused = await clinic.http.post(path, json=over)
    assert (refused.status_code, refused.json()["session_ids"]) == (409, [booked["id"]])
    off = await clinic.post(path, **{**over, "starts_at": at(10, 0), "ends_at": at(11, 0)})
    moved = await clinic.step(booked, "reschedule", starts_at=at(10))
    assert (moved.status_code, moved.json()["type"]) == (422, "/problems/time-off")
    found = succeeded(await clinic.http.post("/api/scheduling/sessions/check", json=clinic.wanted(starts_at=at(10))))
    assert [(problem["group"], problem["code"]) for problem in found["problems"]] == [("therapist", "time-off")]
    assert (await clinic.http.delete(f"/api/scheduling/time-off/{off['id']}")).status_code == 204
    assert succeeded(await clinic.step(booked, "reschedule", starts_at=at(10)))["starts_at"] == at(10)


async def test_what_is_offered_instead_lies_within_the_working_hours(clinic: Clinic) -> None:
    await works(clinic, "09:00", "11:30", lunch=("08:00", "09:00"))
    room = clinic.rooms[0]["id"]
    for other in clinic.rooms:
        await clinic.post(f"/api/rooms/rooms/{other['id']}/blocks", starts_at=at(8, 10), ends_at=at(8, 11), reason="paint")
    offered = await clinic.book(room_id=room, starts_at=at(8, 10, 15))
    assert offered["status"] == "offered"
    same_day = [offer for offer in offered["alternatives"] if abs(offer["shift_minutes"]) < 600]
    assert {offer["starts_at"] for offer in same_day} <= {at(8, 9)}
