"""A move of a series is seen before, followed date by date, and undone for some minutes; each date has a result of its own."""

from datetime import datetime, timedelta
from typing import Any

from front_desk import Clinic
from httpx import Response
from testing import RunService, until

Json = dict[str, Any]
TWO_HOURS = timedelta(hours=2)


def later(session: Json, by: timedelta = TWO_HOURS) -> str:
    """Return a time so much after the start of a session."""
    return (datetime.fromisoformat(session["starts_at"]) + by).isoformat()


def booking_request(series: Json, **changes: Any) -> Json:
    """Ask for all sessions of a series two hours later."""
    first = series["occurrences"][0]
    return {"session_id": first["id"], "scope": "all", "starts_at": later(first)} | changes


async def preview(clinic: Clinic, series: Json, **changes: Any) -> Json:
    """Preview the move of all sessions by two hours."""
    body = booking_request(series, **changes)
    return (await clinic.http.post(f"/series/{series['id']}/reschedule/preview", json=body)).raise_for_status().json()


async def move(clinic: Clinic, series: Json, **changes: Any) -> Response:
    """Move all sessions by two hours."""
    return await clinic.http.post(f"/series/{series['id']}/reschedule", json=booking_request(series, **changes))


async def undo(clinic: Clinic, moved: Json) -> Response:
    """Undo a move."""
    return await clinic.http.post(f"/series/{moved['series_id']}/moves/{moved['id']}/undo")


async def latest(clinic: Clinic, series: Json, *expected: str) -> Json:
    """Return the latest move of a series, once each of its dates has the expected outcome."""

    async def as_expected() -> Json | None:
        [found, *_] = (await clinic.http.get(f"/series/{series['id']}/moves")).raise_for_status().json()["items"]
        return found if outcomes(found) == list(expected) else None

    return await until(as_expected)


def outcomes(moved: Json) -> list[str]:
    return [date["outcome"] for date in moved["dates"]]


def codes(date: Json) -> list[str]:
    return [problem["code"] for problem in date["problems"]]


async def test_a_move_does_what_its_preview_said_and_what_was_chosen_for_a_date_that_would_stay(clinic: Clinic) -> None:
    series = await clinic.booked_series(3)
    first, second, third = series["occurrences"]
    other = await clinic.booked(starts_at=later(second), client_id=await clinic.new_client())
    seen = await preview(clinic, series)
    assert [date["outcome"] for date in seen["dates"]] == ["unchecked", "stays", "unchecked"], "rooms does not answer here"
    assert (seen["moving"], seen["staying"]) == (2, 1)
    assert [date["new_starts_at"] for date in seen["dates"]] == [
        datetime.fromisoformat(later(session)).isoformat().replace("+00:00", "Z") for session in series["occurrences"]
    ]
    [busy, away] = seen["dates"][1]["problems"]
    assert (busy["group"], busy["code"], busy["session_ids"], away["code"]) == ("therapist", "therapist-busy", [other["id"]], "rooms-away")

    without_reason = await move(clinic, series, choices=[{"session_id": second["id"], "choice": "cancel"}])
    assert (without_reason.status_code, without_reason.json()["errors"][0]["field"]) == (422, "cancellation")
    choices = [{"session_id": second["id"], "choice": "cancel"}]
    cancellation = {"reason": "no time on that day", "cause": "clinic"}
    moved = (await move(clinic, series, basis=seen["basis"], choices=choices, cancellation=cancellation)).raise_for_status().json()
    assert outcomes(moved["move"]) == ["moving", "cancelled", "moving"]
    assert [item["session"]["status"] for item in moved["items"]] == ["booked", "cancelled", "booked"]

    await clinic.rooms.grant(await clinic.rooms.request_for(first["id"], 1))
    await clinic.rooms.answer(clinic.rooms.refused(await clinic.rooms.request_for(third["id"], 1), 15))
    done = await latest(clinic, series, "moved", "cancelled", "stays")
    assert (codes(done["dates"][2]), len(done["dates"][2]["alternatives"])) == (["room-booked"], 1)
    assert done["undo_until"] is not None

    (await undo(clinic, done)).raise_for_status()
    await latest(clinic, series, "returning", "returning", "stays")
    requests = [await clinic.rooms.request_for(first["id"], 2), await clinic.rooms.request_for(second["id"], 1)]
    assert {str(request.room_id) for request in requests} == {first["room_id"]}, "each asks for the room that it had"
    for request in requests:
        await clinic.rooms.grant(request)
    back = await latest(clinic, series, "returned", "returned", "stays")
    assert back["undo_until"] is None
    now = (await clinic.http.get(f"/series/{series['id']}")).json()["occurrences"]
    facts = ("id", "starts_at", "ends_at", "room_id", "status", "calculated_rate", "fee_waiver")
    assert [[session[fact] for fact in facts] for session in now] == [
        [session[fact] for fact in facts] for session in series["occurrences"]
    ]
    again = await undo(clinic, back)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/impossible-step")


async def test_whoever_confirms_a_preview_of_sessions_that_were_moved_since_moves_nothing(clinic: Clinic) -> None:
    series = await clinic.booked_series(2)
    mine, theirs = await preview(clinic, series), await preview(clinic, series)
    (await move(clinic, series, basis=theirs["basis"])).raise_for_status()
    for session in series["occurrences"]:
        await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 1))
    await latest(clinic, series, "moved", "moved")
    late = await move(clinic, series, basis=mine["basis"], starts_at=later(series["occurrences"][0], timedelta(hours=4)))
    assert (late.status_code, late.json()["type"]) == (412, "/problems/series-changed")
    now = (await clinic.http.get(f"/series/{series['id']}")).json()["occurrences"]
    assert [(session["starts_at"], session["rescheduling"]) for session in now] == [
        (date["new_starts_at"], False) for date in mine["dates"]
    ]


async def test_a_move_that_waits_for_its_rooms_is_withdrawn_and_a_late_grant_is_given_back(clinic: Clinic) -> None:
    series = await clinic.booked_series(2)
    first, second = series["occurrences"]
    choices = [{"session_id": second["id"], "choice": "alternative", "starts_at": later(second, timedelta(hours=3))}]
    moved = (await move(clinic, series, choices=choices)).raise_for_status().json()["move"]
    assert [date["new_starts_at"] for date in moved["dates"]] == [
        f"{datetime.fromisoformat(later(first)):%Y-%m-%dT%H:%M:%SZ}",
        f"{datetime.fromisoformat(later(second, timedelta(hours=3))):%Y-%m-%dT%H:%M:%SZ}",
    ]
    back = (await undo(clinic, moved)).raise_for_status().json()
    assert (outcomes(back), back["undo_until"]) == (["returned", "returned"], None)
    late = await clinic.rooms.request_for(first["id"], 1)
    await clinic.rooms.grant(late)

    async def released() -> bool:
        return late.hold_id in clinic.rooms.released

    await until(released)
    session = (await clinic.http.get(f"/sessions/{first['id']}")).json()
    assert (session["starts_at"], session["room_id"], session["rescheduling"]) == (first["starts_at"], first["room_id"], False)
    timeline = (await clinic.http.get(f"/sessions/{first['id']}/timeline")).json()["items"]
    assert "move withdrawn" in [entry["event"] for entry in timeline]


async def test_a_move_says_of_a_cancellation_that_was_undone_since_why_its_undo_leaves_the_session(clinic: Clinic) -> None:
    series = await clinic.booked_series(1)
    [session] = series["occurrences"]
    (await move(clinic, series)).raise_for_status()
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 1))
    await latest(clinic, series, "moved")
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "mistake"})).raise_for_status()
    (await clinic.http.post(f"/sessions/{session['id']}/undo")).raise_for_status()
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 2))
    await clinic.becomes(session["id"], "booked")
    [date] = (await latest(clinic, series, "changed"))["dates"]
    assert date["problems"][0]["message"].endswith(
        "cancelled and booked again, or got another room. The undo of the move leaves it; move it on its own page."
    )


async def test_an_undo_leaves_what_was_changed_since_and_says_who_has_a_place_by_now(clinic: Clinic, run_service: RunService) -> None:
    series = await clinic.booked_series(3)
    first, second, third = series["occurrences"]
    moved = (await move(clinic, series)).raise_for_status().json()["move"]
    for session in series["occurrences"]:
        await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 1))
    await latest(clinic, series, "moved", "moved", "moved")
    other = await clinic.booked(starts_at=first["starts_at"], client_id=await clinic.new_client())
    (await clinic.http.post(f"/sessions/{third['id']}/cancel", json={"reason": "ill"})).raise_for_status()

    back = (await undo(clinic, moved)).raise_for_status().json()
    assert outcomes(back) == ["not_returned", "returning", "changed"]
    assert [codes(date) for date in back["dates"]] == [["therapist-busy"], [], ["changed-since"]]
    assert "was cancelled after the move. It stays cancelled; undo the cancellation" in back["dates"][2]["problems"][0]["message"]
    await clinic.rooms.answer(clinic.rooms.refused(await clinic.rooms.request_for(second["id"], 2)))
    stays = await latest(clinic, series, "not_returned", "not_returned", "changed")
    assert "then undo" in stays["dates"][1]["problems"][0]["message"]

    (await clinic.http.post(f"/sessions/{other['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    (await undo(clinic, moved)).raise_for_status()
    for session, number in ((first, 2), (second, 3)):
        await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], number))
    await latest(clinic, series, "returned", "returned", "changed")

    hasty = await run_service("scheduling", database_url=clinic.database_url, undo_for=timedelta())
    series = await clinic.booked_series(1, starts_at=later(third, timedelta(days=1)))
    moved = (await hasty.post(f"/series/{series['id']}/reschedule", json=booking_request(series))).raise_for_status().json()["move"]
    late = await undo(clinic, moved)
    assert (moved["undo_until"], late.status_code, late.json()["type"]) == (None, 409, "/problems/impossible-step")


async def test_an_undo_names_who_is_offered_the_former_place_from_the_waitlist_and_works_after_they_decline(clinic: Clinic) -> None:
    series = await clinic.booked_series(1)
    [session] = series["occurrences"]
    entry = await clinic.waits("Tobias Turnwait", therapist_id=await clinic.new_therapist("Zora Neale"))
    moved = (await move(clinic, series)).raise_for_status().json()["move"]
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 1))
    await latest(clinic, series, "moved")
    held = await clinic.offered(entry)
    await clinic.rooms.grant(held)
    await clinic.becomes(str(held.session_id), "offered")

    (await undo(clinic, moved)).raise_for_status()
    await clinic.rooms.answer(clinic.rooms.refused(await clinic.rooms.request_for(session["id"], 2)))
    [stays] = (await latest(clinic, series, "not_returned"))["dates"]
    assert stays["slot_offer"]["client_name"] == "Tobias Turnwait"
    assert "Decline the offer on the waitlist" in stays["problems"][0]["message"]

    (await clinic.http.post(f"/waitlist/{entry['id']}/decline")).raise_for_status()
    (await undo(clinic, moved)).raise_for_status()
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 3))
    [back] = (await latest(clinic, series, "returned"))["dates"]
    assert back["slot_offer"] is None
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    assert outcomes(await latest(clinic, series, "returned")) == ["returned"]
