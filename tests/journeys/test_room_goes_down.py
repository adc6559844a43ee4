"""A room goes out of use: its sessions are shown other rooms first, and after one confirmation each has moved."""

from support.clinic import Clinic, Json, at, overlaps, shifted, succeeded
from testing import until


async def test_the_sessions_of_a_room_that_goes_down_move_to_other_rooms_after_one_confirmation(clinic: Clinic) -> None:
    wet = clinic.rooms[0]["id"]
    people = await clinic.pairs(5)
    sessions = [await clinic.booked(**pair, room_id=wet, starts_at=at(8, 9 + number)) for number, pair in enumerate(people)]
    for session in sessions:
        await clinic.entry(session, "booked")
    body = {"starts_at": at(8, 8), "ends_at": at(8, 18), "reason": "water damage"}
    plan = await clinic.post(f"/api/rooms/rooms/{wet}/replan", **body)
    assert [move["session_id"] for move in plan["moves"]] == [session["id"] for session in sessions]
    assert (plan["unmoved"], plan["confirmed_at"]) == ([], None)
    assert wet not in {move["to_room"]["room_id"] for move in plan["moves"]}
    assert (await clinic.session(sessions[0]))["room_id"] == wet, "a dry run moves nobody"

    succeeded(await clinic.http.post(f"/api/rooms/replans/{plan['id']}/confirm"))

    async def moved() -> Json | None:
        now = await clinic.get(f"/api/rooms/replans/{plan['id']}")
        return now if {move["state"] for move in now["moves"]} == {"moved"} else None

    done = await until(moved)
    for move in done["moves"]:
        session = await clinic.becomes({"id": move["session_id"]}, "booked")
        assert (session["room_id"], session["starts_at"]) == (move["to_room"]["room_id"], move["starts_at"])
    calendar = await clinic.calendar()
    assert [entry["kind"] for entry in calendar[wet]] == ["block"]
    assert all(not overlaps(entries) for entries in calendar.values())


async def test_a_session_without_another_room_at_its_time_is_shown_other_times(clinic: Clinic) -> None:
    start = at(9)
    people = await clinic.pairs(len(clinic.rooms))
    for pair, room in zip(people, clinic.rooms, strict=True):
        await clinic.entry(await clinic.booked(**pair, room_id=room["id"], starts_at=start), "booked")
    wet = clinic.rooms[0]["id"]
    body = {"starts_at": start, "ends_at": shifted(start, 60), "reason": "water damage"}
    plan = await clinic.post(f"/api/rooms/rooms/{wet}/replan", **body)
    [stays] = plan["unmoved"]
    assert plan["moves"] == []
    assert {offer["shift_minutes"] for offer in stays["alternatives"]} & {-60, 60}
    assert wet not in {offer["room_id"] for offer in stays["alternatives"]}
