"""Sessions of a series are called off as a session is, with who caused it and a waiver, and are booked again together for some minutes."""

import asyncio
from datetime import timedelta
from typing import Any

from contracts.scheduling import SessionCancelled
from front_desk import Clinic
from httpx import Response
from testing import RunService, until

Json = dict[str, Any]
A_MONTH = 30 * 24 * 60


async def cancel(clinic: Clinic, series: Json, **body: Any) -> list[Json]:
    """Cancel sessions of a series and return them."""
    change = (await clinic.http.post(f"/series/{series['id']}/cancel", json=body)).raise_for_status().json()
    return [item["session"] for item in change["items"]]


async def test_a_cause_and_a_waiver_count_for_each_session_of_a_series_that_is_cancelled(clinic: Clinic) -> None:
    (await clinic.http.put("/policies/default", json={"cancellation_window_minutes": A_MONTH})).raise_for_status()
    event = await clinic.rooms.listen(SessionCancelled)
    series = await clinic.booked_series(3, modality="video")
    assert {session["modality"] for session in series["occurrences"]} == {"video"}
    first = series["occurrences"][0]["id"]
    away = await cancel(clinic, series, session_id=first, scope="this", reason="The therapist is away", cause="therapist")
    rest = await cancel(clinic, series, reason="Therapy has ended", waiver={"reason": "agreed", "by": "M. Ortiz"})
    assert [(session["cancellation_cause"], session["fee_waiver"]) for session in away] == [("therapist", None)]
    assert [(session["cancellation_cause"], session["fee_waiver"]) for session in rest] == [("client", "agreed (M. Ortiz)")] * 2

    async def published() -> bool:
        return sorted((cancelled.late, cancelled.fee_waived) for cancelled in event) == [(False, False), (True, True), (True, True)]

    await until(published)


async def test_a_waiver_without_a_reason_is_refused(clinic: Clinic) -> None:
    series = await clinic.booked_series(2)
    answer = await clinic.http.post(f"/series/{series['id']}/cancel", json={"reason": "ended", "waiver": {"reason": ""}})
    assert answer.status_code in {400, 422}
    assert [error["field"] for error in answer.json()["errors"]] == ["waiver.reason"]


async def undo(clinic: Clinic, series: Json, *session_ids: str, wait: int = 0) -> Response:
    """Undo the last cancellation of a series, or that of the named sessions."""
    named = {"session_ids": session_ids} if session_ids else {}
    return await clinic.http.post(f"/series/{series['id']}/cancel/undo", json=named, headers={"Prefer": f"wait={wait}"})


def statuses(change: Json) -> list[tuple[str, bool]]:
    return [(item["session"]["status"], item["session"]["undoing"]) for item in change["items"]]


async def test_the_last_cancellation_of_a_series_is_undone_at_once_and_an_earlier_one_stays(clinic: Clinic) -> None:
    series = await clinic.booked_series(4)
    first, *following = [session["id"] for session in series["occurrences"]]
    await cancel(clinic, series, session_id=first, scope="this", reason="The client is ill")
    await cancel(clinic, series, session_id=following[0], scope="following", reason="mistake")
    undone = (await undo(clinic, series)).raise_for_status().json()
    assert [item["session_id"] for item in undone["items"]] == following
    assert statuses(undone) == [("cancelled", True)] * 3
    for session_id in following:
        await clinic.rooms.grant(await clinic.rooms.request_for(session_id, 1))
        assert (await clinic.becomes(session_id, "booked"))["undo_until"] is None
    assert (await clinic.http.get(f"/sessions/{first}")).json()["status"] == "cancelled"
    [item] = (await undo(clinic, series)).raise_for_status().json()["items"]
    assert item["session_id"] == first
    await clinic.rooms.grant(await clinic.rooms.request_for(first, 1))
    await clinic.becomes(first, "booked")
    again = await undo(clinic, series)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/impossible-step")


async def test_sessions_that_cannot_be_booked_again_are_named_with_the_reason_and_the_others_are(clinic: Clinic) -> None:
    series = await clinic.booked_series(4)
    kept, busy, roomless, free = series["occurrences"]
    await cancel(clinic, series, session_id=busy["id"], scope="following", reason="mistake")
    await clinic.booked(starts_at=busy["starts_at"], client_id=await clinic.new_client("Ada"))
    answer = clinic.http.post(
        f"/series/{series['id']}/cancel/undo",
        json={"session_ids": [session["id"] for session in (kept, busy, roomless, free)]},
        headers={"Prefer": "wait=20"},
    )
    undoing = asyncio.ensure_future(answer)
    await clinic.rooms.answer(clinic.rooms.refused(await clinic.rooms.request_for(roomless["id"], 1)))
    await clinic.rooms.grant(await clinic.rooms.request_for(free["id"], 1))
    items = (await undoing).raise_for_status().json()["items"]
    assert [[problem["code"] for problem in item["problems"]] for item in items] == [
        ["impossible-step"],
        ["therapist-busy"],
        ["room-booked"],
        [],
    ]
    assert [item["session"] and item["session"]["status"] for item in items] == [None, None, "cancelled", "booked"]
    assert "then undo" in items[2]["problems"][0]["message"]


async def test_a_cancellation_of_a_series_is_not_undone_too_late_or_for_a_session_of_another(
    clinic: Clinic, run_service: RunService
) -> None:
    series, other = await clinic.booked_series(2), await clinic.booked(starts_at=(clinic.monday + timedelta(hours=4)).isoformat())
    assert (await undo(clinic, series, other["id"])).status_code == 404
    hasty = await run_service("scheduling", undo_for=timedelta(), database_url=clinic.database_url)
    (await hasty.post(f"/series/{series['id']}/cancel", json={"reason": "mistake"})).raise_for_status()
    late = await undo(clinic, series)
    assert (late.status_code, "any more" in late.json()["detail"]) == (409, True)
    [named] = (await undo(clinic, series, series["occurrences"][0]["id"])).raise_for_status().json()["items"]
    assert "the time in which that was possible has passed" in named["problems"][0]["message"]
