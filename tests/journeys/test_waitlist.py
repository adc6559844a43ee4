"""The waitlist: what becomes free is held for the first who fits, until a deadline, then for the next; everything is logged."""

from support.clinic import Clinic, Json, at, succeeded
from testing.waiting import until


async def waits(clinic: Clinic, name: str, **changes: object) -> Json:
    """Let a new client wait for the clinic's day in eight days."""
    client = await clinic.new_client(name)
    wanted: Json = {"client_id": client["id"], "service_id": clinic.service["id"], "site_id": clinic.site["id"]}
    return await clinic.post("/api/scheduling/waitlist", **{**wanted, "earliest": at(8, 0), "latest": at(9, 0), **changes})


async def becomes(clinic: Clinic, entry: Json, status: str) -> Json:
    """Wait until somebody who waits stands so."""

    async def found() -> Json | None:
        seen = await clinic.get(f"/api/scheduling/waitlist/{entry['id']}")
        if seen["status"] != status:
            return None
        held = status != "offered" or (await clinic.get(f"/api/scheduling/sessions/{seen['session_id']}"))["status"] == "offered"
        return seen if held else None

    return await until(found)


async def act(clinic: Clinic, entry: Json, what: str) -> Json:
    """Accept or decline what is held for somebody."""
    return succeeded(await clinic.http.post(f"/api/scheduling/waitlist/{entry['id']}/{what}"))


async def test_a_freed_slot_is_held_for_the_first_who_fits_and_then_for_the_next(clinic: Clinic) -> None:
    session = await clinic.booked()
    morning = {day: [["08:00", "09:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    early = await waits(clinic, "Only early", hours=morning)
    first, second = await waits(clinic, "First"), await waits(clinic, "Second")
    assert [entry["position"] for entry in (early, first, second)] == [1, 2, 3]
    succeeded(await clinic.step(session, "cancel", reason="ill"))
    offered = await becomes(clinic, first, "offered")
    held = await clinic.get(f"/api/scheduling/sessions/{offered['session_id']}")
    assert (held["starts_at"], held["therapist_id"], held["offer_until"]) == (
        session["starts_at"],
        session["therapist_id"],
        offered["offer_until"],
    )
    assert held["room_id"] is not None
    assert (await clinic.get(f"/api/scheduling/waitlist/{early['id']}"))["log"][-1]["detail"].endswith(
        ": they cannot come at that time of the week"
    )
    assert (await clinic.get(f"/api/scheduling/waitlist/{second['id']}"))["status"] == "waiting"
    double = await clinic.ask(client_id=(await clinic.new_client())["id"])
    assert (double.status_code, double.json()["type"]) == (409, "/problems/therapist-busy")
    assert (await act(clinic, first, "decline"))["status"] == "cancelled"
    offered = await becomes(clinic, second, "offered")
    assert (await act(clinic, second, "accept"))["status"] == "booked"
    assert (await becomes(clinic, second, "booked"))["session_id"] == offered["session_id"]
    assert (await becomes(clinic, first, "waiting"))["position"] == 2
    twice = await clinic.http.post(f"/api/scheduling/waitlist/{second['id']}/accept")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/nothing-offered")


async def test_a_move_frees_a_slot_too_and_somebody_who_is_busy_is_passed_over(clinic: Clinic) -> None:
    session = await clinic.booked()
    busy, free = await waits(clinic, "Busy"), await waits(clinic, "Free", therapist_id=clinic.therapist["id"])
    await clinic.booked(client_id=busy["client_id"], therapist_id=(await clinic.new_therapist())["id"])
    succeeded(await clinic.step(session, "reschedule", starts_at=at(10)))
    await becomes(clinic, free, "offered")
    log = (await clinic.get(f"/api/scheduling/waitlist/{busy['id']}"))["log"]
    assert [line["event"] for line in log] == ["waits", "passed over"]
    assert log[-1]["detail"].endswith(": The client has another session at that time.")


async def test_who_withdraws_is_not_asked_and_a_held_slot_is_answered_first(clinic: Clinic) -> None:
    session = await clinic.booked()
    gone, next_ = await waits(clinic, "Gone"), await waits(clinic, "Next")
    assert (await clinic.http.delete(f"/api/scheduling/waitlist/{gone['id']}")).status_code == 204
    succeeded(await clinic.step(session, "cancel", reason="ill"))
    await becomes(clinic, next_, "offered")
    refused = await clinic.http.delete(f"/api/scheduling/waitlist/{next_['id']}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/slot-is-held")
    listed = await clinic.get("/api/scheduling/waitlist", site_id=clinic.site["id"])
    assert [entry["status"] for entry in listed["items"]] == ["withdrawn", "offered"]
    other = await clinic.get("/api/scheduling/waitlist", site_id=clinic.site["id"], status="waiting")
    assert other["items"] == []
