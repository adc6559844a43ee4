"""A session that is booked in place of a date that its series could not have is named by the series, and no other one has that place."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from front_desk import Clinic
from httpx import Response
from testing import RunService

Json = dict[str, Any]
HOUR = timedelta(hours=1)


async def series_with_a_gap(clinic: Clinic) -> Json:
    """Book a daily series whose second date cannot be had, because the therapist is with another client."""
    await clinic.booked(client_id=await clinic.new_client("Somebody Else"), starts_at=(clinic.monday + timedelta(days=1)).isoformat())
    series = await clinic.http.post("/series", json=clinic.booking_request(recurrence={"rrule": "FREQ=DAILY;COUNT=2"}))
    series.raise_for_status()
    [session] = series.json()["occurrences"]
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"]))
    await clinic.becomes(session["id"], "booked")
    return (await clinic.http.get(f"/series/{series.json()['id']}")).json()


async def book_instead(clinic: Clinic, series: Json, *, later: timedelta = HOUR, **changes: Any) -> Response:
    """Request a session in place of the date that could not be had."""
    missed = series["problems"][0]["starts_at"]
    starts_at = (datetime.fromisoformat(missed) + later).isoformat()
    body = {"occurrence": missed} | clinic.booking_request(starts_at=starts_at) | changes
    return await clinic.http.post(f"/series/{series['id']}/sessions", json=body)


async def instead(clinic: Clinic, series: Json) -> Json | None:
    """Return the session that the series names in place of its date."""
    [problem] = (await clinic.http.get(f"/series/{series['id']}")).json()["problems"]
    return problem["booked_instead"]


async def test_a_series_names_the_session_that_is_booked_in_place_of_a_date(clinic: Clinic) -> None:
    series = await series_with_a_gap(clinic)
    assert await instead(clinic, series) is None
    answer = await book_instead(clinic, series)
    assert (answer.status_code, answer.json()["series_id"]) == (202, None)
    assert answer.json()["in_place_of"] == {"series_id": series["id"], "occurrence": series["problems"][0]["starts_at"]}
    await clinic.rooms.grant(await clinic.rooms.request_for(answer.json()["id"]))
    booked = await clinic.becomes(answer.json()["id"], "booked")
    named = await instead(clinic, series)
    assert named
    assert (named["id"], named["status"], named["starts_at"]) == (booked["id"], "booked", booked["starts_at"])
    assert booked["in_place_of"]["series_id"] == series["id"]


async def test_a_date_is_booked_once_and_again_after_that_session_is_cancelled(clinic: Clinic) -> None:
    series = await series_with_a_gap(clinic)
    first = (await book_instead(clinic, series)).json()
    second = await book_instead(clinic, series, later=2 * HOUR)
    assert (second.status_code, second.json()["type"], second.json()["session_ids"]) == (409, "/problems/date-booked", [first["id"]])
    assert second.json()["detail"].startswith("Another session is booked in place of this date of the series.")
    (await clinic.http.post(f"/sessions/{first['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    assert await instead(clinic, series) is None
    again = await book_instead(clinic, series, later=2 * HOUR)
    assert again.status_code == 202
    named = await instead(clinic, series)
    assert named
    assert named["id"] == again.json()["id"]


async def test_a_cancellation_is_not_undone_while_another_session_has_the_date(clinic: Clinic) -> None:
    series = await series_with_a_gap(clinic)
    first = (await book_instead(clinic, series)).json()
    await clinic.rooms.grant(await clinic.rooms.request_for(first["id"]))
    await clinic.becomes(first["id"], "booked")
    (await clinic.http.post(f"/sessions/{first['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    second = (await book_instead(clinic, series, later=2 * HOUR)).json()
    undone = await clinic.http.post(f"/sessions/{first['id']}/undo")
    assert (undone.status_code, undone.json()["type"], undone.json()["session_ids"]) == (409, "/problems/date-booked", [second["id"]])
    (await clinic.http.post(f"/sessions/{second['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    assert (await clinic.http.post(f"/sessions/{first['id']}/undo", headers={"Prefer": "wait=0"})).json()["undoing"]
    third = await book_instead(clinic, series, later=2 * HOUR)
    assert (third.status_code, third.json()["session_ids"]) == (409, [first["id"]])


async def test_of_two_desks_that_book_a_date_at_once_one_is_refused(clinic: Clinic, run_service: RunService) -> None:
    other = replace(clinic, http=await run_service("scheduling", database_url=clinic.database_url))
    series = await series_with_a_gap(clinic)
    therapists = [await clinic.new_therapist(f"Therapist {number}") for number in range(6)]
    answers = await asyncio.gather(
        *(
            book_instead(desk, series, later=number * HOUR, therapist_id=therapist)
            for number, (desk, therapist) in enumerate(zip([clinic, other] * 3, therapists, strict=True), 1)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 5
    [booked] = [answer.json()["id"] for answer in answers if answer.status_code == 202]
    assert {(answer.json()["type"], *answer.json()["session_ids"]) for answer in answers if answer.status_code == 409} == {
        ("/problems/date-booked", booked)
    }


async def test_what_is_no_missed_date_of_the_series_or_for_another_client_is_refused(clinic: Clinic) -> None:
    series = await series_with_a_gap(clinic)
    booked = await book_instead(clinic, series, occurrence=series["occurrences"][0]["starts_at"])
    assert (booked.status_code, booked.json()["type"]) == (422, "/problems/not-of-the-series")
    another = await book_instead(clinic, series, client_id=await clinic.new_client("Another"))
    assert (another.status_code, another.json()["type"]) == (422, "/problems/another-client")
    unknown = await book_instead(clinic, series | {"id": clinic.client_id})
    assert unknown.status_code == 404


async def test_a_booking_in_place_of_a_date_is_repeated_with_the_same_key(clinic: Clinic) -> None:
    series = await series_with_a_gap(clinic)
    missed = series["problems"][0]["starts_at"]
    body = {"occurrence": missed} | clinic.booking_request(starts_at=(datetime.fromisoformat(missed) + HOUR).isoformat())
    url, headers = f"/series/{series['id']}/sessions", {"Idempotency-Key": "once"}
    first, again = [await clinic.http.post(url, json=body, headers=headers) for _ in range(2)]
    assert (again.status_code, again.json()["id"], again.headers["Idempotent-Replayed"]) == (202, first.json()["id"], "true")
