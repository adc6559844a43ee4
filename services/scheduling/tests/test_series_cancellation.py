"""Sessions of a series are called off as a session is: with who caused it, and without the fee where it is waived."""

import asyncio
from typing import Any

from contracts.scheduling import SessionCancelled
from front_desk import Clinic
from support import until

Json = dict[str, Any]
A_MONTH = 30 * 24 * 60


async def booked_series(clinic: Clinic, count: int) -> Json:
    """Book a daily series by video that gets all its rooms."""
    wish = clinic.wish(recurrence={"rrule": f"FREQ=DAILY;COUNT={count}"}, modality="video")
    series = (await clinic.http.post("/series", json=wish)).raise_for_status().json()
    for session in series["occurrences"]:
        await clinic.rooms.grant(await clinic.rooms.request_for(session["id"]))
    await asyncio.gather(*(clinic.becomes(session["id"], "booked") for session in series["occurrences"]))
    return (await clinic.http.get(f"/series/{series['id']}")).raise_for_status().json()


async def cancel(clinic: Clinic, series: Json, **body: Any) -> list[Json]:
    """Cancel sessions of a series and return them."""
    change = (await clinic.http.post(f"/series/{series['id']}/cancel", json=body)).raise_for_status().json()
    return [item["session"] for item in change["items"]]


async def test_a_cause_and_a_waiver_count_for_each_session_of_a_series_that_is_cancelled(clinic: Clinic) -> None:
    (await clinic.http.put("/policies/default", json={"cancellation_window_minutes": A_MONTH})).raise_for_status()
    heard = await clinic.rooms.listen(SessionCancelled)
    series = await booked_series(clinic, 3)
    assert {session["modality"] for session in series["occurrences"]} == {"video"}
    first = series["occurrences"][0]["id"]
    away = await cancel(clinic, series, session_id=first, scope="this", reason="The therapist is away", cause="therapist")
    rest = await cancel(clinic, series, reason="Therapy has ended", waiver={"reason": "agreed", "by": "M. Ortiz"})
    assert [(session["cancellation_cause"], session["fee_waiver"]) for session in away] == [("therapist", None)]
    assert [(session["cancellation_cause"], session["fee_waiver"]) for session in rest] == [("client", "agreed (M. Ortiz)")] * 2

    async def published() -> bool:
        return sorted((cancelled.late, cancelled.fee_waived) for cancelled in heard) == [(False, False), (True, True), (True, True)]

    await until(published)


async def test_a_waiver_without_a_reason_is_refused(clinic: Clinic) -> None:
    series = await booked_series(clinic, 2)
    answer = await clinic.http.post(f"/series/{series['id']}/cancel", json={"reason": "ended", "waiver": {"reason": ""}})
    assert answer.status_code in {400, 422}
    assert [error["field"] for error in answer.json()["errors"]] == ["waiver.reason"]
