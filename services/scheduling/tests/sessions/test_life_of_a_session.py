"""What becomes of a session after it was requested: offered, accepted, moved, cancelled, completed, missed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import booking_saga
from contracts.rooms import HoldAnswer, HoldRequest, Obstacle, Outcome, RefusalReason, RequestHolds
from contracts.scheduling import AnnounceCompletedSessions, SessionCompleted, SessionStatus
from contracts.types import new_id
from front_desk import ROOM, Clinic, service_changed
from httpx import Response
from scheduling.lifecycle import refusals
from scheduling.sessions import queries
from testing import RunService, until


async def act(clinic: Clinic, session: dict[str, Any], step: str, **body: object) -> Response:
    """Take a step of a session's life."""
    return await clinic.http.post(f"/sessions/{session['id']}/{step}", json=body)


def gone(request: HoldRequest) -> HoldAnswer:
    """Make the answer that a hold ran out and its room went to somebody else."""
    return HoldAnswer(hold_id=request.hold_id, session_id=request.session_id, outcome=Outcome.EXPIRED, reason=RefusalReason.BOOKED)


async def offered(clinic: Clinic, *shifts: int) -> dict[str, Any]:
    """Ask for a session that rooms refuses with alternatives."""
    session = (await clinic.book()).json()
    await clinic.rooms.answer(clinic.rooms.refused(await clinic.rooms.request_for(session["id"]), *shifts))
    return await clinic.becomes(session["id"], "offered" if shifts else "rejected")


async def test_an_alternative_is_accepted_with_one_call_and_held_again(clinic: Clinic) -> None:
    session = await offered(clinic, 60, 120)
    chosen = session["alternatives"][1]
    assert (await act(clinic, session, "accept", alternative_id=chosen["id"])).json()["status"] == "requested"
    request = await clinic.rooms.request_for(session["id"], 1)
    assert request.room_id == ROOM
    await clinic.rooms.grant(request)
    assert (await clinic.becomes(session["id"], "booked"))["starts_at"] == chosen["starts_at"]


async def test_an_offer_leaves_out_times_at_which_a_person_is_busy(clinic: Clinic) -> None:
    await clinic.booked(starts_at=(clinic.monday + timedelta(hours=2)).isoformat())
    session = await offered(clinic, 60, 90, 120, 180, 240)
    assert [alternative["shift_minutes"] for alternative in session["alternatives"]] == [60, 180, 240]


async def test_while_an_offer_waits_its_people_are_free_for_others(clinic: Clinic) -> None:
    await offered(clinic, 60)
    assert (await clinic.book()).status_code == 202


async def test_an_accepted_alternative_is_refused_when_a_person_was_booked_meanwhile(clinic: Clinic) -> None:
    session = await offered(clinic, 60)
    await clinic.book(starts_at=(clinic.monday + timedelta(hours=1)).isoformat())
    answer = await act(clinic, session, "accept", alternative_id=session["alternatives"][0]["id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/therapist-busy")


async def test_an_alternative_that_is_not_offered_cannot_be_accepted(clinic: Clinic) -> None:
    session = await offered(clinic, 60)
    assert (await act(clinic, session, "accept", alternative_id=str(new_id()))).json()["type"] == "/problems/unknown-alternative"


async def test_without_alternatives_a_session_is_rejected(clinic: Clinic) -> None:
    session = await offered(clinic)
    assert session["rejection_reason"] == "no room: booked, and nothing else is free"
    assert (await act(clinic, session, "cancel", reason="never mind")).status_code == 409


async def test_a_moved_session_keeps_its_room_until_the_new_one_is_held(clinic: Clinic) -> None:
    session = await clinic.booked()
    first = await clinic.rooms.request_for(session["id"])
    later = (clinic.monday + timedelta(minutes=15)).isoformat()
    moving = (await act(clinic, session, "reschedule", starts_at=later)).json()
    assert (moving["status"], moving["rescheduling"], moving["starts_at"]) == ("booked", True, session["starts_at"])
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 1))

    async def released() -> bool:
        return first.hold_id in clinic.rooms.released

    await until(released)
    moved = (await clinic.http.get(f"/sessions/{session['id']}")).json()
    assert (moved["rescheduling"], moved["starts_at"] > session["starts_at"]) == (False, True)
    assert (await clinic.book(starts_at=(clinic.monday - timedelta(minutes=45)).isoformat())).status_code == 202


async def test_a_refused_move_leaves_everything_as_it_was(clinic: Clinic) -> None:
    session = await clinic.booked()
    await act(clinic, session, "reschedule", starts_at=(clinic.monday + timedelta(hours=3)).isoformat())
    await clinic.rooms.answer(clinic.rooms.refused(await clinic.rooms.request_for(session["id"], 1), 60))

    async def decided() -> dict[str, Any] | None:
        seen = (await clinic.http.get(f"/sessions/{session['id']}")).json()
        return None if seen["rescheduling"] else seen

    kept = await until(decided)
    assert (kept["status"], kept["starts_at"], kept["rejection_reason"]) == ("booked", session["starts_at"], "no room: booked")
    assert (await clinic.book(starts_at=(clinic.monday + timedelta(hours=3)).isoformat())).status_code == 202


async def test_a_cancelled_session_gives_everything_back(clinic: Clinic) -> None:
    session = await clinic.booked()
    request = await clinic.rooms.request_for(session["id"])
    assert (await act(clinic, session, "cancel", reason="moved away")).json()["status"] == "cancelled"

    async def released() -> bool:
        return request.hold_id in clinic.rooms.released

    await until(released)
    assert (await clinic.book()).status_code == 202
    again = await act(clinic, session, "cancel", reason="moved away")
    assert (again.status_code, again.json()["session_status"]) == (409, "cancelled")


async def test_a_grant_that_comes_after_the_cancellation_is_handed_back(clinic: Clinic) -> None:
    session = (await clinic.book()).json()
    request = await clinic.rooms.request_for(session["id"])
    await act(clinic, session, "cancel", reason="wrong client")
    await clinic.rooms.grant(request)

    async def released_twice() -> bool:
        return clinic.rooms.released.count(request.hold_id) == 2

    await until(released_twice)
    assert (await clinic.becomes(session["id"], "cancelled"))["room_id"] is None


async def test_a_completed_session_carries_its_minutes(clinic: Clinic) -> None:
    start = clinic.monday - timedelta(days=21)
    session = await clinic.booked(starts_at=start.isoformat(), backdated=True)
    done = await act(clinic, session, "complete", actual_end=(start + timedelta(minutes=52)).isoformat())
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    assert (await act(clinic, session, "complete")).status_code == 409


async def test_a_session_is_not_completed_before_it_starts(clinic: Clinic) -> None:
    session = await clinic.booked()
    answer = await act(clinic, session, "complete")
    assert (answer.status_code, "not started" in answer.json()["detail"]) == (409, True)
    assert (await act(clinic, session, "no-show")).status_code == 409


async def test_a_session_cannot_end_before_it_began(clinic: Clinic) -> None:
    start = clinic.monday - timedelta(days=21)
    session = await clinic.booked(starts_at=start.isoformat(), backdated=True)
    answer = await act(clinic, session, "complete", actual_start=start.isoformat(), actual_end=(start - timedelta(minutes=1)).isoformat())
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/ends-before-start")


async def test_a_missed_session_frees_its_therapist(clinic: Clinic) -> None:
    start = (clinic.monday - timedelta(days=21)).isoformat()
    session = await clinic.booked(starts_at=start, backdated=True)
    assert (await act(clinic, session, "no-show")).json()["status"] == "no_show"
    assert (await clinic.book(starts_at=start, backdated=True)).status_code == 202


async def test_a_repeated_answer_changes_nothing(clinic: Clinic) -> None:
    session = (await clinic.book()).json()
    request = await clinic.rooms.request_for(session["id"])
    event_id = new_id()
    for _ in range(3):
        await clinic.rooms.answer(clinic.rooms.granted(request), event_id=event_id)
    await clinic.rooms.grant(request)
    other = await clinic.booked(starts_at=(clinic.monday + timedelta(hours=2)).isoformat())
    assert (await clinic.becomes(session["id"], "booked"))["version"] == other["version"] == 2
    timeline = (await clinic.http.get(f"/sessions/{session['id']}/timeline")).json()["items"]
    assert [entry["event"] for entry in timeline] == ["requested", "booked"]


async def test_a_room_that_was_lost_before_the_confirmation_is_asked_for_again(clinic: Clinic) -> None:
    session = await clinic.booked()
    request = await clinic.rooms.request_for(session["id"])
    await clinic.rooms.answer(gone(request))
    fresh = await clinic.rooms.request_for(session["id"], 1)
    assert fresh.hold_id != request.hold_id
    await clinic.rooms.grant(fresh)

    async def booked_again() -> bool:
        return (await clinic.becomes(session["id"], "booked"))["version"] == 4

    await until(booked_again)
    assert request.hold_id in clinic.rooms.released


async def test_a_room_asked_for_by_name_is_asked_for_by_name_again(clinic: Clinic) -> None:
    session = await clinic.booked(room_id=str(ROOM))
    await clinic.rooms.answer(gone(await clinic.rooms.request_for(session["id"])))
    assert (await clinic.rooms.request_for(session["id"], 1)).room_id == ROOM


async def test_a_hold_that_ran_out_is_kept_when_its_confirmation_revives_it(clinic: Clinic) -> None:
    session = await clinic.booked()
    request = await clinic.rooms.request_for(session["id"])
    expired = HoldAnswer(hold_id=request.hold_id, session_id=request.session_id, outcome=Outcome.EXPIRED)
    confirmed = HoldAnswer(hold_id=request.hold_id, session_id=request.session_id, outcome=Outcome.CONFIRMED)
    await clinic.rooms.answer(expired)
    await clinic.rooms.answer(confirmed)
    await clinic.rooms.answer(expired)
    other = await clinic.booked(starts_at=(clinic.monday + timedelta(hours=2)).isoformat())
    kept = (await clinic.http.get(f"/sessions/{session['id']}")).json()
    assert (kept["status"], kept["version"], other["status"]) == ("booked", 2, "booked")
    assert len([requested for requested in clinic.rooms.requests if str(requested.session_id) == session["id"]]) == 1


async def test_a_hold_that_rooms_does_not_know_is_asked_for_again(clinic: Clinic) -> None:
    session = await clinic.booked()
    request = await clinic.rooms.request_for(session["id"])
    unknown = HoldAnswer(hold_id=request.hold_id, session_id=None, outcome=Outcome.EXPIRED, reason=RefusalReason.TOO_LATE)
    await clinic.rooms.answer(unknown)
    assert (await clinic.rooms.request_for(session["id"], 1)).hold_id != request.hold_id


async def test_rooms_is_asked_again_when_it_does_not_answer(clinic: Clinic, run_service: RunService) -> None:
    impatient = await run_service("scheduling", ask_again_after=timedelta(milliseconds=10), database_url=clinic.database_url)
    assert (await impatient.get("/healthz")).status_code == 200
    session = (await clinic.book()).json()
    first, second = await asyncio.gather(clinic.rooms.request_for(session["id"]), clinic.rooms.request_for(session["id"], 1))
    assert first == second
    assert clinic.rooms.event.count(RequestHolds.type) >= 2


async def test_moved_and_cancelled_in_one_breath_nobody_stays_busy(clinic: Clinic) -> None:
    session = await clinic.booked()
    later = (clinic.monday + timedelta(hours=3)).isoformat()
    await asyncio.gather(act(clinic, session, "reschedule", starts_at=later), act(clinic, session, "cancel", reason="ill"))
    await clinic.becomes(session["id"], "cancelled")
    assert (await clinic.book(starts_at=later)).status_code == 202
    assert (await clinic.book()).status_code == 202


async def test_a_move_over_a_change_of_price_takes_the_price_of_its_new_day(clinic: Clinic) -> None:
    tuesday = clinic.monday + timedelta(days=1)
    service = service_changed(
        rates=(
            {"amount": "185.00", "effective_from": "2020-01-01", "effective_to": clinic.monday.date()},
            {"amount": "195.00", "effective_from": tuesday.date(), "effective_to": None},
        ),
    )
    await clinic.rooms.say(service)
    session = await clinic.booked(service_id=str(service.id))
    moving = (await act(clinic, session, "reschedule", starts_at=tuesday.isoformat())).json()
    assert (session["calculated_rate"], moving["calculated_rate"]) == ("185.00", "185.00")
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 1))

    async def moved() -> bool:
        return (await clinic.http.get(f"/sessions/{session['id']}")).json()["calculated_rate"] == "195.00"

    await until(moved)


async def test_a_step_with_a_key_is_taken_once(clinic: Clinic) -> None:
    session = await clinic.booked()
    url, reason = f"/sessions/{session['id']}/cancel", {"reason": "ill"}
    first = await clinic.http.post(url, json=reason, headers={"Idempotency-Key": "once"})
    again = await clinic.http.post(url, json=reason, headers={"Idempotency-Key": "once"})
    assert first.json() == again.json()
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert (await clinic.http.post(url, json=reason)).status_code == 409


async def test_completed_sessions_are_said_again_to_whoever_starts_late(clinic: Clinic) -> None:
    start = clinic.monday - timedelta(days=21)
    session = await clinic.booked(starts_at=start.isoformat(), backdated=True)
    await act(clinic, session, "complete")
    facts = await clinic.rooms.listen(SessionCompleted)
    await clinic.rooms.say(AnnounceCompletedSessions())

    async def said_again() -> bool:
        return session["id"] in [str(fact.session_id) for fact in facts]

    await until(said_again)


async def test_the_timeline_tells_every_step(clinic: Clinic) -> None:
    session = await offered(clinic, 60)
    await act(clinic, session, "accept", alternative_id=session["alternatives"][0]["id"])
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 1))
    await clinic.becomes(session["id"], "booked")
    timeline = (await clinic.http.get(f"/sessions/{session['id']}/timeline")).json()["items"]
    assert [entry["event"] for entry in timeline] == ["requested", "offered", "alternative accepted", "booked"]
    assert all(entry["message_id"] for entry in timeline)
    assert timeline[0]["elapsed_ms"] == 0


async def test_a_step_that_a_process_of_the_release_before_remembered_is_repeated(clinic: Clinic) -> None:
    session = await clinic.booked()
    url, headers = f"/sessions/{session['id']}/cancel", {"Idempotency-Key": "once"}
    cancelled = (await clinic.http.post(url, json={"reason": "ill"}, headers=headers)).raise_for_status().json()
    connection = await asyncpg.connect(clinic.database_url.replace("+asyncpg", ""))
    await connection.execute("""UPDATE idempotency SET answer = '"done"' WHERE key = 'once'""")
    await connection.close()
    again = await clinic.http.post(url, json={"reason": "ill"}, headers=headers)
    assert (again.status_code, again.json()["id"]) == (200, cancelled["id"])


def test_what_can_no_longer_be_undone_does_not_advise_an_undo() -> None:
    refused = replace(booking_saga.REQUESTED, status=SessionStatus.CANCELLED, pending=None, obstacles=(Obstacle.BOOKED,))
    now = datetime.now(UTC)
    untils = (now + timedelta(hours=1), now - timedelta(hours=1))
    fixes = [queries.view(replace(refused, undo_until=until), now).rejection_reasons[0].fix for until in untils]
    assert fixes == [refusals.UNDO_FIX, refusals.ELSEWHERE_FIX]


def test_an_undo_that_a_closed_site_refuses_names_what_works_there() -> None:
    refused = replace(booking_saga.REQUESTED, status=SessionStatus.CANCELLED, pending=None, obstacles=(Obstacle.INACTIVE,))
    [reason] = queries.view(refused, datetime.now(UTC)).rejection_reasons
    assert "its site is closed" in reason.message
    assert "open the site again or book at another one" in (reason.fix or "")
