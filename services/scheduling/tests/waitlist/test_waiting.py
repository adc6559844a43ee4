"""An offer to somebody who waits has a deadline, and nobody is offered the same slot twice."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from contracts.message import COMMANDS
from contracts.rooms import HoldRequest
from front_desk import Clinic, RoomsStandIn, next_monday, room_changed, service_changed, site_changed
from testing import MakeDatabase, RunService, until

Json = dict[str, Any]


@pytest.fixture
async def hasty(run_service: RunService, make_database: MakeDatabase, rooms: RoomsStandIn) -> Clinic:
    """Run a clinic that holds a freed slot only for a moment."""
    assert COMMANDS in rooms.exchanges
    database_url = await make_database("scheduling")
    http = await run_service("scheduling", offer_for=timedelta(milliseconds=100), database_url=database_url)
    service, site = service_changed(), site_changed()
    for message in (service, site, room_changed(site.id)):
        await rooms.say(message)
    clinic = Clinic(http, rooms, site.id, service.id, "", "", next_monday(), database_url)
    clinic.therapist_id, clinic.client_id = await clinic.new_therapist(), await clinic.new_client()
    return clinic


async def events(clinic: Clinic, entry: Json) -> list[str]:
    """Return what was decided about somebody."""
    return [line["event"] for line in (await clinic.http.get(f"/waitlist/{entry['id']}")).json()["log"]]


async def test_an_offer_that_nobody_answers_goes_to_the_next_and_nobody_gets_it_twice(hasty: Clinic) -> None:
    session = await hasty.booked()
    first, second = await hasty.waits("First"), await hasty.waits("Second")
    (await hasty.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    request = await hasty.offered(first)
    await hasty.rooms.grant(request)
    ended = await hasty.becomes(str(request.session_id), "cancelled")
    assert ended["cancellation_reason"] == "the offer ran out"
    await hasty.rooms.grant(await hasty.offered(second))
    await hasty.becomes(str((await hasty.offered(second)).session_id), "cancelled")
    assert await events(hasty, first) == await events(hasty, second) == ["waits", "offered", "ran out"]
    assert request.hold_id in hasty.rooms.released
    assert (await hasty.book()).status_code == 202


async def test_a_slot_that_rooms_refuses_goes_to_the_next_without_alternatives(clinic: Clinic) -> None:
    session = await clinic.booked()
    first, second = await clinic.waits("First"), await clinic.waits("Second")
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    request = await clinic.offered(first)
    await clinic.rooms.answer(clinic.rooms.refused(request, 60))
    await clinic.becomes(str(request.session_id), "rejected")
    following = await clinic.offered(second)
    await clinic.rooms.grant(following)
    slot = await clinic.becomes(str(following.session_id), "offered")
    assert slot["alternatives"] == []
    await until(lambda: _confirmed(clinic.rooms, following))
    moved = await clinic.http.post(
        f"/sessions/{slot['id']}/reschedule", json={"starts_at": (clinic.monday + timedelta(hours=2)).isoformat()}
    )
    assert moved.status_code == 409
    assert (await clinic.http.post(f"/waitlist/{second['id']}/accept")).json()["status"] == "booked"
    assert (await clinic.http.get(f"/waitlist/{first['id']}")).json()["status"] == "waiting"


async def test_a_cancelled_session_that_can_be_undone_names_who_is_offered_its_slot_and_what_would_work(clinic: Clinic) -> None:
    session = await clinic.booked()
    entry = await clinic.waits("Tobias Turnwait", therapist_id=await clinic.new_therapist("Zora Neale"))
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "mistake"})).raise_for_status()
    request = await clinic.offered(entry)
    await clinic.rooms.grant(request)
    held = await clinic.becomes(str(request.session_id), "offered")
    cancelled = (await clinic.http.get(f"/sessions/{session['id']}")).json()
    offer = {"session_id": held["id"], "client_name": "Tobias Turnwait", "until": held["offer_until"]}
    assert cancelled["slot_offer"] == offer
    await clinic.http.post(f"/sessions/{session['id']}/undo", headers={"Prefer": "wait=0"})
    await clinic.rooms.answer(clinic.rooms.refused(await clinic.rooms.request_for(session["id"], 1)))

    async def refused() -> Json | None:
        seen = (await clinic.http.get(f"/sessions/{session['id']}")).json()
        return seen if seen["rejection_reasons"] else None

    seen = await until(refused)
    assert seen["rejection_reasons"][0]["fix"].startswith("Decline the offer on the waitlist")
    (await clinic.http.post(f"/waitlist/{entry['id']}/decline")).raise_for_status()
    seen = (await clinic.http.get(f"/sessions/{session['id']}")).json()
    assert seen["slot_offer"] is None
    assert seen["rejection_reasons"][0]["fix"].startswith("Move or cancel the session that has the room")


async def test_an_undo_whose_therapist_is_held_for_an_offer_is_refused_with_what_would_work(clinic: Clinic) -> None:
    session = await clinic.booked()
    entry = await clinic.waits("Tobias Turnwait")
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "mistake"})).raise_for_status()
    request = await clinic.offered(entry)
    await clinic.rooms.grant(request)
    held = await clinic.becomes(str(request.session_id), "offered")
    refused = await clinic.http.post(f"/sessions/{session['id']}/undo")
    [error] = refused.json()["errors"]
    assert (refused.status_code, refused.json()["session_ids"]) == (409, [held["id"]])
    assert "decline it where it is an offer from the waitlist" in error["message"]


async def test_a_cancellation_is_undone_while_others_wait_after_its_slot_is_declined_without_being_offered_on(clinic: Clinic) -> None:
    session = await clinic.booked()
    first = await clinic.waits("Tobias Turnwait", therapist_id=await clinic.new_therapist("Zora Neale"))
    second = await clinic.waits("Una Turnwait", therapist_id=await clinic.new_therapist("Zelda Neale"))
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "mistake"})).raise_for_status()
    request = await clinic.offered(first)
    await clinic.rooms.grant(request)
    await clinic.becomes(str(request.session_id), "offered")

    (await clinic.http.post(f"/waitlist/{first['id']}/decline", params={"offer_on": False})).raise_for_status()
    await clinic.http.post(f"/sessions/{session['id']}/undo", headers={"Prefer": "wait=0"})
    await clinic.rooms.grant(await clinic.rooms.request_for(session["id"], 1))

    await clinic.becomes(session["id"], "booked")
    assert await events(clinic, second) == ["waits"]


async def test_who_waits_for_a_session_by_video_is_offered_one(clinic: Clinic) -> None:
    session = await clinic.booked()
    entry = await clinic.waits("First", modality="video")
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    request = await clinic.offered(entry)
    await clinic.rooms.grant(request)
    slot = await clinic.becomes(str(request.session_id), "offered")
    assert (entry["modality"], slot["modality"]) == ("video", "video")
    taken = (await clinic.http.post(f"/waitlist/{entry['id']}/accept")).raise_for_status().json()
    assert (taken["status"], taken["modality"]) == ("booked", "video")


async def test_who_waits_for_something_unknown_or_past_is_told(clinic: Clinic) -> None:
    await clinic.booked()
    entry = await clinic.waits("First")
    body = {name: entry[name] for name in ("client_id", "service_id", "site_id", "earliest", "latest")}
    unknown = await clinic.http.post("/waitlist", json=body | {"therapist_id": entry["id"]})
    assert (unknown.status_code, unknown.json()["type"]) == (422, "/problems/unknown-therapist")
    reversed_ = await clinic.http.post("/waitlist", json=body | {"earliest": entry["latest"]})
    assert reversed_.status_code in {400, 422}
    past = await clinic.http.post("/waitlist", json=body | {"earliest": "2020-01-01T00:00:00Z", "latest": "2020-02-01T00:00:00Z"})
    assert past.json()["type"] == "/problems/in-the-past"


async def test_the_log_names_the_slot_on_the_clock_of_its_site_and_as_data(clinic: Clinic) -> None:
    session = await clinic.booked()
    busy, early, first = (
        await clinic.waits("Busy"),
        await clinic.waits("Early", hours={"sun": [["08:00", "09:00"]]}),
        await clinic.waits("First"),
    )
    await clinic.booked(client_id=busy["client_id"], therapist_id=await clinic.new_therapist("Zora Neale"))
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    await clinic.offered(first)
    logs = [(await clinic.http.get(f"/waitlist/{entry['id']}")).json()["log"][-1] for entry in (busy, early, first)]
    slot = f"{clinic.monday.astimezone(ZoneInfo('America/New_York')):%a %Y-%m-%d %H:%M}"
    assert [line["detail"].removeprefix(slot) for line in logs[:2]] == [
        ": The client has another session at that time.",
        ": they cannot come at that time of the week",
    ]
    assert logs[2]["detail"].startswith(f"{slot}, held until ")
    assert [named["time_zone"] for named in logs[2]["times"]] == ["America/New_York"] * 2
    assert datetime.fromisoformat(logs[2]["times"][0]["starts_at"]) == clinic.monday


async def test_the_log_says_which_slot_was_declined_and_which_was_booked(clinic: Clinic) -> None:
    entry = await held(clinic)
    (await clinic.http.post(f"/waitlist/{entry['id']}/decline")).raise_for_status()
    session = await clinic.booked(starts_at=(clinic.monday + timedelta(hours=1)).isoformat())
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()

    async def another() -> str | None:
        seen = (await clinic.http.get(f"/waitlist/{entry['id']}")).json()
        return seen["session_id"] if seen["status"] == "offered" else None

    offered = await until(another)
    await clinic.rooms.grant(await clinic.rooms.request_for(offered))
    await clinic.becomes(offered, "offered")
    (await clinic.http.post(f"/waitlist/{entry['id']}/accept")).raise_for_status()
    (await clinic.http.post(f"/sessions/{offered}/cancel", json={"reason": "ill"})).raise_for_status()
    log = (await clinic.http.get(f"/waitlist/{entry['id']}")).json()["log"]
    assert [line["event"] for line in log] == ["waits", "offered", "declined", "offered", "booked"]
    declined, booked = log[2], log[4]
    assert declined["detail"] == f"{clinic.monday.astimezone(ZoneInfo('America/New_York')):%a %Y-%m-%d %H:%M}"
    assert [datetime.fromisoformat(line["times"][0]["starts_at"]) - clinic.monday for line in (declined, booked)] == [
        timedelta(),
        timedelta(hours=1),
    ]
    assert booked["session_id"] == offered


async def test_who_answers_an_offer_that_another_booked_learns_what_happened_and_what_would_work(clinic: Clinic) -> None:
    entry = await held(clinic)
    (await clinic.http.post(f"/waitlist/{entry['id']}/accept")).raise_for_status()
    late = await clinic.http.post(f"/waitlist/{entry['id']}/decline")
    expected = "The slot is booked for this client already. If they do not want it, cancel its session."
    assert (late.status_code, late.json()["detail"]) == (409, expected)


async def _confirmed(rooms: RoomsStandIn, request: HoldRequest) -> bool:
    return request.hold_id in rooms.confirmed


@pytest.mark.parametrize("number", range(8))
async def test_declining_in_parallel_to_accepting_never_cancels_a_booked_session(clinic: Clinic, number: int) -> None:
    entry = await held(clinic)
    first, second = ("accept", "decline") if number % 2 else ("decline", "accept")
    answers = await asyncio.gather(*(clinic.http.post(f"/waitlist/{entry['id']}/{what}") for what in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [taken] = [answer for answer in answers if answer.status_code == 200]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert (await clinic.http.get(f"/sessions/{taken.json()['id']}")).json()["status"] == taken.json()["status"]
    entry_status = "booked" if taken.json()["status"] == "booked" else "waiting"
    assert (refused.json()["type"], refused.json()["entry_status"]) == ("/problems/nothing-offered", entry_status)


@pytest.mark.parametrize("what", ["accept", "decline"])
async def test_an_answer_to_an_offer_is_repeated_with_the_same_key(clinic: Clinic, what: str) -> None:
    entry = await held(clinic)
    first, again = [await clinic.http.post(f"/waitlist/{entry['id']}/{what}", headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert again.json() == first.json()


async def test_a_repeated_decline_answers_with_the_session_that_was_declined_then(clinic: Clinic) -> None:
    entry = await held(clinic)
    url, headers = f"/waitlist/{entry['id']}/decline", {"Idempotency-Key": "once"}
    declined = (await clinic.http.post(url, headers=headers)).json()
    later = (clinic.monday + timedelta(hours=1)).isoformat()
    session = await clinic.booked(starts_at=later)
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()

    async def another() -> bool:
        return (await clinic.http.get(f"/waitlist/{entry['id']}")).json()["session_id"] != declined["id"]

    await until(another)
    assert (await clinic.http.post(url, headers=headers)).json()["id"] == declined["id"]
    assert (await clinic.http.get(f"/waitlist/{entry['id']}")).json()["status"] == "offered"


async def held(clinic: Clinic) -> Json:
    """Let somebody wait for whom a freed slot is held."""
    session = await clinic.booked()
    entry = await clinic.waits("First")
    (await clinic.http.post(f"/sessions/{session['id']}/cancel", json={"reason": "ill"})).raise_for_status()
    request = await clinic.offered(entry)
    await clinic.rooms.grant(request)
    await clinic.becomes(str(request.session_id), "offered")
    return entry
