"""A session moves or keeps what it has, is called off, or is missed; its room follows."""

from support.clinic import Clinic, at, shifted, succeeded
from testing import until


async def test_a_session_moves_by_a_quarter_of_an_hour_within_its_own_room(clinic: Clinic) -> None:
    session = await clinic.booked()
    later = shifted(session["starts_at"], 15)
    moved = succeeded(await clinic.step(session, "reschedule", starts_at=later, room_id=session["room_id"]))
    assert (moved["status"], moved["starts_at"], moved["room_id"]) == ("booked", later, session["room_id"])
    assert moved["ends_at"] == shifted(later, 60)
    await clinic.entry(moved, "booked")
    await until(lambda: clinic.is_free(session["room_id"], shifted(session["starts_at"], -45), later))


async def test_a_session_that_cannot_move_keeps_its_room_and_time(clinic: Clinic) -> None:
    session = await clinic.booked()
    [rival] = await clinic.pairs(1)
    taken = await clinic.booked(**rival, starts_at=at(8, 14), room_id=session["room_id"])
    kept = succeeded(await clinic.step(session, "reschedule", starts_at=taken["starts_at"], room_id=taken["room_id"]))
    assert (kept["status"], kept["starts_at"], kept["room_id"]) == ("booked", session["starts_at"], session["room_id"])
    assert kept["rejection_reason"]
    assert not kept["rescheduling"]
    assert (await clinic.entry(session, "booked"))["starts_at"] == session["starts_at"]
    assert "reschedule refused" in await clinic.timeline(session)


async def test_a_session_does_not_move_onto_its_therapists_other_session(clinic: Clinic) -> None:
    session = await clinic.booked()
    other = await clinic.booked(starts_at=at(8, 14), client_id=(await clinic.new_client())["id"])
    answer = await clinic.step(session, "reschedule", starts_at=other["starts_at"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/therapist-busy")
    assert answer.json()["session_ids"] == [other["id"]]


async def test_a_cancelled_session_frees_its_room_and_its_people(clinic: Clinic) -> None:
    session = await clinic.booked()
    cancelled = succeeded(await clinic.step(session, "cancel", reason="the client is ill"))
    assert (cancelled["status"], cancelled["cancellation_reason"]) == ("cancelled", "the client is ill")
    await until(lambda: clinic.is_free(session["room_id"], session["starts_at"], session["ends_at"]))
    await clinic.booked(room_id=session["room_id"])
    answer = await clinic.step(session, "cancel", reason="once more")
    assert (answer.status_code, answer.json()["session_status"]) == (409, "cancelled")


async def test_a_missed_session_keeps_its_people_free_and_is_not_billed(clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    missed = succeeded(await clinic.step(session, "no-show"))
    assert missed["status"] == "no_show"
    answer = await clinic.step(session, "complete")
    assert (answer.status_code, answer.json()["session_status"]) == (409, "no_show")
    later = await clinic.booked(starts_at=at(-2), backdated=True)
    succeeded(await clinic.step(later, "complete"))
    await clinic.record(later)
    assert await clinic.records(session) == []


async def test_the_end_of_a_session_is_undone_in_all_services_and_it_ends_anew_with_one_record(clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    succeeded(await clinic.step(session, "complete"))
    first = await clinic.record(session)
    assert succeeded(await clinic.step(session, "undo"))["status"] == "booked"
    await until(lambda: is_void(clinic, first["id"]))
    succeeded(await clinic.step(session, "no-show", waiver={"reason": "the bus was late"}))
    await until(lambda: clinic.is_free(session["room_id"], session["starts_at"], session["ends_at"]))
    again = succeeded(await clinic.step(session, "undo"))
    assert (again["status"], again["room_id"]) == ("booked", session["room_id"])
    await clinic.entry(session, "booked")
    succeeded(await clinic.step(session, "complete"))

    async def billed_anew() -> bool:
        return len(await clinic.records(session)) > 1

    await until(billed_anew)
    assert [record["kind"] for record in await clinic.records(session) if record["payment_status"] != "voided"] == ["session"]


async def test_a_cancellation_is_not_undone_when_somebody_else_has_the_room(clinic: Clinic) -> None:
    session = await clinic.booked()
    succeeded(await clinic.step(session, "cancel", reason="mistake", cause="clinic"))
    [rival] = await clinic.pairs(1)
    await clinic.booked(**rival, room_id=session["room_id"])
    kept = succeeded(await clinic.step(session, "undo"))
    assert (kept["status"], kept["rejection_reason"]) == ("cancelled", "no room: booked")


async def is_void(clinic: Clinic, record_id: str) -> bool:
    return (await clinic.get(f"/api/billing/records/{record_id}"))["payment_status"] == "voided"


async def test_a_session_cannot_end_before_it_has_begun(clinic: Clinic) -> None:
    session = await clinic.booked()
    for step in ("complete", "no-show"):
        answer = await clinic.step(session, step)
        assert (answer.status_code, answer.json()["session_status"]) == (409, "booked")
        assert answer.headers["content-type"] == "application/problem+json"
