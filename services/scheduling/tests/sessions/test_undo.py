"""Who caused a cancellation, fees that are waived, and ends of sessions that are undone for some minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contracts.rooms import HoldAnswer, Outcome
from contracts.scheduling import CancellationCause, SessionCancelled, SessionNoShow, SessionRestored, UndoneStep, UndoRefused
from contracts.types import HoldId
from front_desk import Clinic
from httpx import Response
from testing import RunService, until

Json = dict[str, Any]


async def act(clinic: Clinic, session: Json, step: str, **body: object) -> Response:
    """Take a step of a session's life."""
    return await clinic.http.post(f"/sessions/{session['id']}/{step}", json=body or None)


async def started(clinic: Clinic) -> Json:
    """Book a session that has begun already."""
    return await clinic.booked(starts_at=(clinic.monday - timedelta(days=21)).isoformat(), backdated=True)


async def soon(clinic: Clinic) -> Json:
    """Book a session whose cancellation is late."""
    (await clinic.http.put("/policies/default", json={"cancellation_window_minutes": 60 * 24 * 30})).raise_for_status()
    return await clinic.booked()


async def event(facts: list[Any], count: int = 1) -> list[Any]:
    """Wait until so many facts were announced."""

    async def enough() -> list[Any]:
        return facts if len(facts) >= count else []

    return await until(enough)


@pytest.mark.parametrize("cause", list(CancellationCause))
async def test_only_a_client_cancels_late(clinic: Clinic, cause: CancellationCause) -> None:
    session, facts = await soon(clinic), await clinic.rooms.listen(SessionCancelled)
    cancelled = (await act(clinic, session, "cancel", reason="ill", cause=cause.value)).json()
    assert cancelled["cancellation_cause"] == cause.value
    [fact] = await event(facts)
    assert (fact.cause, fact.late, fact.fee_waived) == (cause, cause is CancellationCause.CLIENT, False)


async def test_a_late_fee_and_a_no_show_fee_are_waived_with_a_reason(clinic: Clinic) -> None:
    session, cancelled = await soon(clinic), await clinic.rooms.listen(SessionCancelled)
    waiver = {"reason": "for the first time", "by": "M. Ortiz"}
    seen = (await act(clinic, session, "cancel", reason="ill", waiver=waiver)).json()
    assert seen["fee_waiver"] == "for the first time (M. Ortiz)"
    [fact] = await event(cancelled)
    assert (fact.late, fact.fee_waived) == (True, True)
    absent, missed = await started(clinic), await clinic.rooms.listen(SessionNoShow)
    assert (await act(clinic, absent, "no-show", waiver={"reason": "the bus was late"})).json()["fee_waiver"] == "the bus was late"
    [fact] = await event(missed)
    assert fact.fee_waived
    assert (await act(clinic, await started_later(clinic), "no-show", waiver={"reason": ""})).status_code in {400, 422}


async def started_later(clinic: Clinic) -> Json:
    starts_at = (clinic.monday - timedelta(days=21) + timedelta(hours=2)).isoformat()
    return await clinic.booked(starts_at=starts_at, backdated=True)


@pytest.mark.parametrize(
    ("end", "refused", "fix"),
    [
        ("complete", "no-show", "A session that is completed cannot be marked as missed. Undo the completion first"),
        ("no-show", "complete", "A session that is no_show cannot be completed. Undo the no-show first"),
        ("complete", "cancel", "A session that is completed cannot be cancelled. Undo the completion first"),
    ],
)
async def test_a_step_after_the_end_of_a_session_is_refused_with_the_undo_that_would_allow_it(
    clinic: Clinic, end: str, refused: str, fix: str
) -> None:
    session = await started(clinic)
    assert (await act(clinic, session, end)).is_success
    answer = await act(clinic, session, refused, **({"reason": "ill"} if refused == "cancel" else {}))
    assert (answer.status_code, answer.json()["detail"]) == (409, f"{fix}, as long as it can be undone.")


async def test_a_completion_is_undone_at_once_and_its_room_stays_held(clinic: Clinic) -> None:
    session, facts = await started(clinic), await clinic.rooms.listen(SessionRestored)
    done = (await act(clinic, session, "complete", telehealth=True)).json()
    assert done["undo_until"] > datetime.now(UTC).isoformat()
    undone = (await act(clinic, session, "undo")).json()
    facts_again = ("room_id", "starts_at", "status", "actual_start", "telehealth", "attended", "undo_until")
    assert {name: undone[name] for name in facts_again} == {name: session[name] for name in facts_again}
    [fact] = await event(facts)
    assert (fact.undone, fact.version, fact.rate_per_unit) == (UndoneStep.COMPLETION, done["version"] + 1, 185)
    assert (await clinic.rooms.request_for(session["id"])).hold_id not in clinic.rooms.released
    again = (await act(clinic, session, "complete")).json()
    assert (again["status"], again["version"]) == ("completed", done["version"] + 2)


@pytest.mark.parametrize("step", ["cancel", "no-show"])
async def test_a_cancellation_or_no_show_is_undone_once_its_room_is_held_again(clinic: Clinic, step: str) -> None:
    session, facts = await started(clinic), await clinic.rooms.listen(SessionRestored)
    status = (await act(clinic, session, step, **({"reason": "mistake"} if step == "cancel" else {}))).json()["status"]
    waiting = await act(clinic, session, "undo")
    assert (waiting.status_code, waiting.json()["status"], waiting.json()["undoing"]) == (202, status, True)
    busy = await clinic.book(starts_at=session["starts_at"], backdated=True)
    assert (busy.status_code, busy.json()["session_ids"]) == (409, [session["id"]])
    request = await clinic.rooms.request_for(session["id"], 1)
    assert (str(request.room_id), request.starts_at.isoformat()) == (session["room_id"], session["starts_at"].replace("Z", "+00:00"))
    await clinic.rooms.grant(request)
    booked = await clinic.becomes(session["id"], "booked")
    assert (booked["cancellation_reason"], booked["cancellation_cause"], booked["undo_until"]) == (None, None, None)
    [fact] = await event(facts)
    assert fact.undone == {"cancel": UndoneStep.CANCELLATION, "no-show": UndoneStep.NO_SHOW}[step]
    await until(lambda: confirmed(clinic, request.hold_id))
    assert request.hold_id not in clinic.rooms.released


async def confirmed(clinic: Clinic, hold_id: HoldId) -> bool:
    return hold_id in clinic.rooms.confirmed


async def test_an_undo_for_which_there_is_no_room_leaves_the_session_cancelled_and_says_why(clinic: Clinic) -> None:
    session, facts = await clinic.booked(), await clinic.rooms.listen(UndoRefused)
    await act(clinic, session, "cancel", reason="mistake")
    await act(clinic, session, "undo")
    await clinic.rooms.answer(clinic.rooms.refused(await clinic.rooms.request_for(session["id"], 1), 60))
    [fact] = await event(facts)
    seen = (await clinic.http.get(f"/sessions/{session['id']}")).json()
    assert (seen["status"], seen["undoing"], seen["cancellation_reason"]) == ("cancelled", False, "mistake")
    assert (seen["rejection_reason"], fact.status.value) == ("no room: booked", "cancelled")
    assert (await clinic.book()).status_code == 202, "everybody's time is free again"
    refused = await act(clinic, session, "undo")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/therapist-busy")


async def test_an_undo_is_refused_when_its_time_is_over_or_there_is_nothing_to_undo(clinic: Clinic, run_service: RunService) -> None:
    session = await clinic.booked()
    assert (await act(clinic, session, "undo")).status_code == 409
    hasty = await run_service("scheduling", undo_for=timedelta(), database_url=clinic.database_url)
    await hasty.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})
    late = await act(clinic, session, "undo")
    assert (late.status_code, "the time in which that was possible has passed" in late.json()["detail"]) == (409, True)
    never_booked = (await clinic.book()).json()
    await act(clinic, never_booked, "cancel", reason="wrong client")
    assert (await act(clinic, never_booked, "undo")).status_code == 409


async def test_an_undo_with_a_key_is_done_once(clinic: Clinic) -> None:
    session = await started(clinic)
    await act(clinic, session, "complete")
    url, headers = f"/sessions/{session['id']}/undo", {"Idempotency-Key": "once"}
    first, again = [await clinic.http.post(url, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()["version"]) == (200, 200, first.json()["version"])
    assert (await clinic.http.post(url)).status_code == 409


async def test_what_rooms_says_late_of_the_hold_that_was_given_back_changes_nothing(clinic: Clinic) -> None:
    session = await clinic.booked()
    former = await clinic.rooms.request_for(session["id"])
    await act(clinic, session, "cancel", reason="mistake")
    await act(clinic, session, "undo")
    request = await clinic.rooms.request_for(session["id"], 1)
    released = HoldAnswer(hold_id=former.hold_id, session_id=former.session_id, outcome=Outcome.RELEASED)
    await clinic.rooms.answer(released)
    for _ in range(2):
        await clinic.rooms.grant(request)
    await clinic.rooms.answer(released, clinic.rooms.granted(former))
    booked = await clinic.becomes(session["id"], "booked")
    marker = await clinic.booked(starts_at=(clinic.monday + timedelta(hours=2)).isoformat())
    assert marker["status"] == "booked"
    seen = (await clinic.http.get(f"/sessions/{session['id']}")).json()
    assert (seen["status"], seen["version"]) == ("booked", booked["version"])
