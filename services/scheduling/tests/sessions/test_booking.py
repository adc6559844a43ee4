"""Booking a session by service."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contracts.types import new_id
from front_desk import Clinic, service_changed, site_changed
from testing import until


async def test_a_session_is_booked_when_rooms_holds_a_room(clinic: Clinic) -> None:
    requested = await clinic.book()
    assert requested.status_code == 202, requested.text
    assert requested.headers["Location"].endswith(requested.json()["id"])
    request = await clinic.rooms.request_for(requested.json()["id"])
    assert (request.ends_at - request.starts_at) == timedelta(minutes=60)
    await clinic.rooms.grant(request)
    session = await clinic.becomes(requested.json()["id"], "booked")
    assert session["room_number"] == "201"
    assert session["calculated_rate"] == "185.00"
    assert session["service_name"] == "Individual Psychotherapy, 60 minutes"


async def test_a_booked_session_keeps_its_hold_for_good(clinic: Clinic) -> None:
    session = await clinic.booked()
    request = await clinic.rooms.request_for(session["id"])

    async def confirmed() -> bool:
        return request.hold_id in clinic.rooms.confirmed

    await until(confirmed)


async def test_a_caller_who_waits_is_answered_with_the_decision(clinic: Clinic) -> None:
    async def play_rooms() -> None:
        async def requested() -> bool:
            return bool(clinic.rooms.requests)

        await until(requested)
        await clinic.rooms.grant(clinic.rooms.requests[0])

    answer, _ = await asyncio.gather(clinic.book(wait=10), play_rooms())
    assert (answer.status_code, answer.json()["status"]) == (201, "booked")


async def test_a_caller_whose_patience_ends_is_told_to_look_again(clinic: Clinic) -> None:
    answer = await clinic.book(wait=1)
    assert (answer.status_code, answer.json()["status"]) == (202, "requested")


async def test_two_hundred_requests_for_one_therapist_book_one_session(clinic: Clinic) -> None:
    clients = await clinic.two_hundred(clinic.new_client)
    answers = await asyncio.gather(*(clinic.book(client_id=client) for client in clients))
    won = [answer.json()["id"] for answer in answers if answer.status_code == 202]
    lost = [answer for answer in answers if answer.status_code == 409]
    assert (len(won), len(lost)) == (1, 199)
    assert all(answer.json()["type"].endswith("therapist-busy") for answer in lost)
    assert all(answer.json()["session_ids"] == won for answer in lost)


async def test_two_hundred_requests_for_one_client_book_one_session(clinic: Clinic) -> None:
    therapists = await clinic.two_hundred(clinic.new_therapist)
    answers = await asyncio.gather(*(clinic.book(therapist_id=therapist) for therapist in therapists))
    assert [answer.status_code for answer in answers].count(202) == 1
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"/problems/client-busy"}


async def test_when_both_people_are_busy_both_are_named(clinic: Clinic) -> None:
    first = (await clinic.book()).json()["id"]
    answer = await clinic.book(starts_at=(clinic.monday + timedelta(minutes=30)).isoformat())
    assert answer.status_code == 409
    assert {error["code"] for error in answer.json()["errors"]} == {"therapist-busy", "client-busy"}
    assert answer.json()["clashes"] == {"therapist-busy": [first], "client-busy": [first]}


async def test_the_clients_of_a_group_who_are_busy_are_named_each_with_their_sessions(clinic: Clinic) -> None:
    ana, cem, free = [await clinic.new_client(name) for name in ("Ana Quillon", "Cem Aydin", "Jonas Weber")]
    therapists = [await clinic.new_therapist(name) for name in ("Zora Neale", "Ruth Adler")]
    taken = [
        (await clinic.book(client_id=client, therapist_id=therapist)).json()["id"]
        for client, therapist in zip((ana, cem), therapists, strict=True)
    ]
    group = {"client_id": free, "other_client_ids": [ana, cem]}
    answer = await clinic.book(**group)
    expected = [("The client", ana, "Ana Quillon"), ("The client", cem, "Cem Aydin")]
    people = [person for error in answer.json()["errors"] for person in error["people"]]
    assert (answer.status_code, [tuple(person[name] for name in ("text", "id", "name")) for person in people]) == (409, expected)
    assert answer.json()["clashes"] == {"client-busy": sorted(taken)}
    assert "Ana" not in answer.json()["detail"], "a name stands only where it can be left out"
    checked = (await clinic.http.post("/sessions/check", json=clinic.booking_request(**group))).json()
    assert [problem["people"] for problem in checked["problems"] if problem["code"] == "client-busy"] == [[each] for each in people]
    rule = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=2"}}
    preview = (await clinic.http.post("/series/preview", json=clinic.booking_request(**group) | rule)).json()
    assert [problem["people"] for problem in preview["occurrences"][0]["problems"] if problem["code"] == "client-busy"] == [
        [each] for each in people
    ]


async def test_a_session_may_begin_when_another_ends(clinic: Clinic) -> None:
    assert (await clinic.book()).status_code == 202
    assert (await clinic.book(starts_at=(clinic.monday + timedelta(minutes=60)).isoformat())).status_code == 202


async def test_the_same_key_books_once(clinic: Clinic) -> None:
    first, second = await asyncio.gather(clinic.book(key="walk-in-7"), clinic.book(key="walk-in-7"))
    third = await clinic.book(key="walk-in-7")
    assert first.json()["id"] == second.json()["id"] == third.json()["id"]
    other = await clinic.book(key="walk-in-7", insurance_applicable=True)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_a_refused_key_may_try_again(clinic: Clinic) -> None:
    blocking = (await clinic.book()).json()["id"]
    assert (await clinic.book(key="later")).status_code == 409
    (await clinic.http.post(f"/sessions/{blocking}/cancel", json={"reason": "ill"})).raise_for_status()
    assert (await clinic.book(key="later")).status_code == 202


async def test_every_reason_is_named_at_once(clinic: Clinic) -> None:
    answer = await clinic.book(
        client_id=str(new_id()), therapist_id=str(new_id()), starts_at=(datetime.now(UTC) - timedelta(days=60)).isoformat()
    )
    assert answer.status_code == 422
    assert {"unknown-client", "unknown-therapist", "in-the-past", "too-far-back"} <= {error["code"] for error in answer.json()["errors"]}


async def test_a_walk_in_is_recorded_afterwards(clinic: Clinic) -> None:
    last_week = clinic.monday - timedelta(days=21)
    assert (await clinic.book(starts_at=last_week.isoformat())).json()["type"] == "/problems/in-the-past"
    assert (await clinic.book(starts_at=last_week.isoformat(), backdated=True)).status_code == 202


@pytest.mark.parametrize("hour", [-3, 10])
async def test_outside_opening_hours_nobody_is_booked(clinic: Clinic, hour: int) -> None:
    answer = await clinic.book(starts_at=(clinic.monday + timedelta(hours=hour)).isoformat())
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/outside-opening-hours")


async def test_a_refusal_has_the_days_and_times_that_it_names_also_as_data(clinic: Clinic) -> None:
    start = clinic.monday + timedelta(hours=10)
    [error] = (await clinic.book(starts_at=start.isoformat())).json()["errors"]
    span, hours = error["times"]
    assert (span["form"], datetime.fromisoformat(span["starts_at"]), span["time_zone"]) == ("span", start, "America/New_York")
    assert (hours["form"], len(hours["hours"])) == ("hours", 1)
    assert all(named["text"] in error["message"] for named in (span, hours))


async def test_the_rate_in_force_on_the_day_is_promised(clinic: Clinic) -> None:
    tuesday = clinic.monday + timedelta(days=1)
    service = service_changed(
        service_code="90834",
        rates=(
            {"amount": "140.00", "effective_from": "2020-01-01", "effective_to": clinic.monday.date()},
            {"amount": "150.00", "effective_from": tuesday.date(), "effective_to": None},
        ),
    )
    await clinic.rooms.say(service)
    before = (await clinic.book(service_id=str(service.id))).json()
    after = (await clinic.book(service_id=str(service.id), starts_at=tuesday.isoformat())).json()
    assert (before["calculated_rate"], after["calculated_rate"]) == ("140.00", "150.00")


async def test_a_service_that_is_no_longer_offered_is_refused(clinic: Clinic) -> None:
    service = service_changed(is_active=False)
    await clinic.rooms.say(service)
    answer = await clinic.book(service_id=str(service.id))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/inactive-service")


async def test_a_closed_site_is_refused_until_it_is_reopened(clinic: Clinic) -> None:
    await clinic.rooms.say(site := site_changed(is_active=False))
    answer = await clinic.book(site_id=str(site.id))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/inactive-site")
    assert "Harbor Street is closed. Choose another site, or reopen it." in answer.text


async def test_a_booking_waits_a_moment_for_a_service_that_was_announced_only_now(clinic: Clinic) -> None:
    service = service_changed()
    booking = asyncio.create_task(clinic.book(service_id=str(service.id)))
    await clinic.rooms.say(service)
    assert (await booking).status_code == 202


async def test_an_older_announcement_does_not_undo_a_newer_one(clinic: Clinic) -> None:
    site = site_changed(version=3, opening_hours={})
    await clinic.rooms.say(site)
    await clinic.rooms.say(site_changed(id=site.id, version=2))
    await clinic.rooms.say(marker := service_changed())
    refused = (await clinic.book(service_id=str(marker.id), site_id=str(site.id))).json()
    assert refused["type"] == "/problems/outside-opening-hours"
    assert refused["detail"].endswith("(America/New_York): it is closed that day.")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"starts_at": "2026-03-02T09:00:00"}, 422, "timezone_aware"),
        ({"starts_at": "yesterday"}, 400, "datetime_from_date_parsing"),
        ({"starts_at": 1_760_000_000}, 422, "value_error"),
        ({"local_start": "2026-03-02T09:00"}, 422, "ambiguous-start"),
        ({"starts_at": None, "local_start": "2026-02-30T09:00"}, 422, "no-such-day"),
        ({"starts_at": None, "local_start": "tomorrow"}, 422, "no-local-time"),
        ({"starts_at": None, "local_start": "2026-03-02T09:00:00-05:00"}, 422, "no-local-time"),
        ({"duration": 45}, 400, "extra_forbidden"),
        ({"client_id": "nobody"}, 400, "uuid_parsing"),
        ({"insurance_applicable": "yes"}, 400, "bool_type"),
        ({"room_requirements": {"capacity": 0}}, 422, "greater_than_equal"),
        ({"billing_notes": "a\x00b"}, 422, "string_pattern_mismatch"),
    ],
)
async def test_bad_input_is_told_what_is_wrong(clinic: Clinic, changes: dict[str, Any], status: int, code: str) -> None:
    answer = await clinic.book(**changes)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert [error["code"] for error in answer.json()["errors"]] == [code]


async def test_a_service_for_two_or_more_is_refused_to_one_and_booked_for_a_couple(clinic: Clinic) -> None:
    couple = service_changed(service_code="90847", service_name="Family Therapy with patient present", min_clients=2)
    await clinic.knows(couple)
    alone = await clinic.book(service_id=str(couple.id))
    assert (alone.status_code, alone.json()["type"]) == (422, "/problems/too-few-clients")
    assert alone.json()["errors"] == [
        {
            "field": "other_client_ids",
            "code": "too-few-clients",
            "message": "90847 is for at least 2 clients, and 1 is named. Name the others too.",
            "fix": "Name the others too.",
        }
    ]
    partner = await clinic.new_client("Mara Weber")
    assert (await clinic.book(service_id=str(couple.id), other_client_ids=[partner])).status_code == 202
    window = {"earliest": clinic.monday.isoformat(), "latest": (clinic.monday + timedelta(hours=3)).isoformat()}
    booking_request = {"client_id": partner, "service_id": str(couple.id), "site_id": str(clinic.site_id), **window}
    waits = await clinic.http.post("/waitlist", json=booking_request)
    assert (waits.status_code, waits.json()["errors"][0]["field"]) == (422, "service_id")
