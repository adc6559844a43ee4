"""The clinic's own rules: notice, booking window, buffers, travel, sessions a day; staff overrides them with a reason, and it is kept."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from support.clinic import Clinic, Json, at, shifted, succeeded
from testing.waiting import until


async def rules(clinic: Clinic, **asked: int) -> Json:
    """Give the clinic's service rules of its own."""
    await clinic.booked(starts_at=at(30))  # scheduling knows the service by now
    return succeeded(await clinic.http.put(f"/api/scheduling/policies/services/{clinic.service['id']}", json=asked))


def codes(answer: Json) -> list[str]:
    """Return what an answer states is wrong."""
    return [error["code"] for error in answer["errors"]]


async def test_a_booking_keeps_notice_and_window(clinic: Clinic) -> None:
    await rules(clinic, notice_minutes=48 * 60, book_ahead_days=20)
    soon = (datetime.now(UTC) + timedelta(hours=5)).replace(microsecond=0).isoformat()
    assert codes((await clinic.ask(starts_at=soon)).json()) == ["short-notice"]
    far = await clinic.ask(starts_at=at(25))
    assert (far.status_code, codes(far.json())) == (422, ["outside-booking-window"])
    assert far.json()["errors"][0]["fix"].startswith("Choose a time until ")
    assert (await clinic.booked(starts_at=at(8)))["status"] == "booked"


async def test_a_therapist_is_kept_free_before_and_after_a_session_also_by_what_is_offered(clinic: Clinic) -> None:
    await rules(clinic, buffer_before_minutes=5, buffer_after_minutes=10)
    first = await clinic.booked(starts_at=at(8, 10))
    client = (await clinic.new_client())["id"]
    close = await clinic.ask(starts_at=at(8, 11, 10), client_id=client)
    assert codes(close.json()) == ["buffer-time"]
    assert close.json()["errors"][0]["fix"] == "Start at 11:15, or choose another therapist."
    assert close.json()["session_ids"] == [first["id"]]
    for room in clinic.rooms:
        await clinic.post(f"/api/rooms/rooms/{room['id']}/blocks", starts_at=at(8, 11, 15), ends_at=at(8, 11, 20), reason="paint")
    offered = await clinic.book(starts_at=at(8, 11, 15), client_id=client)
    assert offered["status"] == "offered"
    nearest = [alternative["starts_at"] for alternative in offered["alternatives"]]
    assert at(8, 11, 30) in nearest
    assert all(not at(8, 8, 45) < start < at(8, 11, 15) for start in nearest)
    assert (await clinic.booked(starts_at=at(8, 11, 30), client_id=client))["status"] == "booked"


async def test_nobody_has_more_sessions_a_day_than_the_rules_allow(clinic: Clinic) -> None:
    await rules(clinic, therapist_sessions_a_day=2, client_sessions_a_day=1)
    others = [(await clinic.new_client())["id"] for _ in range(2)]
    await clinic.booked(starts_at=at(8, 9))
    assert codes((await clinic.ask(starts_at=at(8, 12))).json()) == ["client-daily-maximum"]
    moved = await clinic.booked(starts_at=at(8, 12), client_id=others[0])
    assert codes((await clinic.ask(starts_at=at(8, 15), client_id=others[1])).json()) == ["therapist-daily-maximum"]
    assert succeeded(await clinic.step(moved, "reschedule", starts_at=at(8, 15)))["status"] == "booked"


async def test_rules_hold_when_a_hundred_ask_at_once(clinic: Clinic) -> None:
    await rules(clinic, therapist_sessions_a_day=3, buffer_after_minutes=30)
    clients = await asyncio.gather(*(clinic.new_client() for _ in range(40)))
    starts = [shifted(at(8, 8), 15 * step) for step in range(40)]
    answers = await asyncio.gather(*(clinic.ask(starts_at=s, client_id=c["id"]) for s, c in zip(starts, clients, strict=True)))
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    booked = sorted(answer.json()["starts_at"] for answer in answers if answer.status_code == 201)
    assert 1 <= len(booked) <= 3
    assert all(shifted(one, 90) <= other for one, other in pairwise(booked))


async def test_a_therapist_travels_between_sites(clinic: Clinic) -> None:
    other = await Clinic.open(clinic.http)
    await other.booked(starts_at=at(30))
    await clinic.booked(starts_at=at(31))
    sites = [clinic.site["id"], other.site["id"]]
    succeeded(await clinic.http.put("/api/scheduling/travel-times", json={"site_ids": sites, "minutes": 40}))
    await clinic.booked(starts_at=at(8, 10))
    wanted: Json = {"therapist_id": clinic.therapist["id"], "client_id": other.client["id"]}
    early = await other.ask(starts_at=at(8, 11, 30), **wanted)
    assert codes(early.json()) == ["travel-time"]
    assert early.json()["errors"][0]["fix"] == "Start at 11:40, or choose another therapist."
    checked = succeeded(await clinic.http.post("/api/scheduling/sessions/check", json=other.wanted(starts_at=at(8, 11, 30), **wanted)))
    assert [(problem["group"], problem["code"]) for problem in checked["problems"]] == [("therapist", "travel-time")]
    therapist = await clinic.get(f"/api/scheduling/therapists/{clinic.therapist['id']}")
    url = f"/api/scheduling/therapists/{therapist['id']}"
    succeeded(await clinic.http.patch(url, json={"site_ids": [clinic.site["id"]]}))
    checked = succeeded(await clinic.http.post("/api/scheduling/sessions/check", json=other.wanted(starts_at=at(8, 11, 30), **wanted)))
    assert [problem["code"] for problem in checked["problems"]] == ["therapist-elsewhere"]
    succeeded(await clinic.http.patch(url, json={"site_ids": therapist["site_ids"]}))
    assert (await other.booked(starts_at=at(8, 11, 40), **wanted))["status"] == "booked"


async def test_staff_overrides_a_rule_with_a_reason_that_is_kept_and_never_a_double_booking(clinic: Clinic) -> None:
    await rules(clinic, buffer_after_minutes=30, therapist_sessions_a_day=2)
    await clinic.booked(starts_at=at(8, 10))
    client = (await clinic.new_client())["id"]
    override: Any = {"reason": "The client is in a crisis", "by": "M. Ortiz"}
    refused = await clinic.ask(starts_at=at(8, 11), client_id=client)
    assert (codes(refused.json()), refused.json()["overridable"]) == (["buffer-time"], True)
    foreseen = clinic.wanted(starts_at=at(8, 11), client_id=client, override=override)
    checked = succeeded(await clinic.http.post("/api/scheduling/sessions/check", json=foreseen))
    assert (checked["ok"], [rule["code"] for rule in checked["overrides"]]) == (True, ["buffer-time"])
    session = await clinic.booked(starts_at=at(8, 11), client_id=client, override=override)
    kept = await clinic.get("/api/scheduling/overrides", session_id=session["id"])
    assert [(each["reason"], each["by"], [rule["code"] for rule in each["rules"]]) for each in kept["items"]] == [
        ("The client is in a crisis", "M. Ortiz", ["buffer-time"])
    ]
    [rule] = kept["items"][0]["rules"]
    assert rule["message"].endswith(f" {rule['fix']}")
    [named] = rule["times"]
    assert (named["text"], named["time_zone"]) == ("11:30", clinic.site["time_zone"])
    history = (await clinic.get(f"/api/scheduling/sessions/{session['id']}/timeline"))["items"]
    noted = [step["detail"] for step in history if step["event"] == "rules overridden"]
    assert noted == ["buffer between sessions: The client is in a crisis"]
    third = (await clinic.new_client())["id"]
    moved = await clinic.booked(starts_at=at(9, 10), client_id=third)
    assert codes((await clinic.step(moved, "reschedule", starts_at=at(8, 13))).json()) == ["therapist-daily-maximum"]
    assert succeeded(await clinic.step(moved, "reschedule", starts_at=at(8, 13), override=override))["starts_at"] == at(8, 13)
    double = await clinic.ask(starts_at=at(8, 10, 30), client_id=(await clinic.new_client())["id"], override=override)
    assert (double.status_code, "overridable" in double.json()) == (409, False)


async def test_a_cancellation_is_late_within_the_services_own_window(clinic: Clinic) -> None:
    await rules(clinic, cancellation_window_minutes=30 * 24 * 60)
    late = await clinic.booked(starts_at=at(8))
    succeeded(await clinic.step(late, "cancel", reason="ill"))

    async def stated() -> bool:
        entries = await clinic.get(f"/api/scheduling/sessions/{late['id']}/timeline")
        return any(entry["event"] == "cancelled" and entry["detail"] == "late" for entry in entries["items"])

    await until(stated)


async def test_rules_of_an_unknown_service_or_site_or_without_sense_are_refused(clinic: Clinic) -> None:
    nobody = "01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c99"
    missing = await clinic.http.put(f"/api/scheduling/policies/services/{nobody}", json={"notice_minutes": 5})
    assert missing.status_code == 404
    bad = await clinic.http.put("/api/scheduling/policies/default", json={"notice_minutes": -1, "buffers": 5})
    assert (bad.status_code, len(bad.json()["errors"])) == (400, 2)
    await rules(clinic, notice_minutes=60)
    listed = await clinic.get("/api/scheduling/policies")
    assert next(each["notice_minutes"] for each in listed["items"] if each["service_id"] == clinic.service["id"]) == 60
    same = await clinic.http.put("/api/scheduling/travel-times", json={"site_ids": [clinic.site["id"]] * 2, "minutes": 5})
    assert same.status_code == 422
    assert (await clinic.http.delete(f"/api/scheduling/policies/services/{clinic.service['id']}")).status_code == 204
