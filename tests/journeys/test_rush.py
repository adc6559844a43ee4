"""Two hundred requests at once for the same room, the same therapist or the same client: exactly one of them gets it."""

import asyncio
from collections import Counter

from httpx import AsyncClient
from support.clinic import Clinic, Json, at, overlaps, succeeded

MANY = 200
SOME = 24


async def test_of_two_hundred_who_want_one_room_one_gets_it_and_the_others_are_offered_what_is_free(http: AsyncClient) -> None:
    clinic = await Clinic.open(http, rooms=4)
    wanted = clinic.rooms[1]["id"]
    people = await clinic.pairs(MANY)
    sessions = await asyncio.gather(*(clinic.book(**pair, room_id=wanted) for pair in people))
    assert Counter(session["status"] for session in sessions) == {"booked": 1, "offered": MANY - 1}
    assert [session["room_id"] for session in sessions if session["status"] == "booked"] == [wanted]

    offered = [session for session in sessions if session["status"] == "offered"]
    assert all(session["alternatives"] for session in offered)
    slots = {(a["room_id"], a["starts_at"], a["ends_at"]) for session in offered for a in session["alternatives"]}
    assert all(await asyncio.gather(*(clinic.is_free(*slot) for slot in slots)))

    accepted = await asyncio.gather(*(accept_first(clinic, session) for session in offered[:SOME]))
    statuses = Counter(session["status"] for session in accepted)
    assert statuses["booked"] >= len({session["alternatives"][0]["room_id"] for session in offered[:SOME]})
    assert set(statuses) <= {"booked", "offered"}
    await nobody_shares_a_room(clinic, booked=1 + statuses["booked"])

    again = [session for session in accepted if session["status"] == "offered"]
    slots = {(a["room_id"], a["starts_at"], a["ends_at"]) for session in again for a in session["alternatives"]}
    free = await asyncio.gather(*(clinic.is_free(*slot) for slot in slots))
    assert any(free)


async def test_of_two_hundred_who_want_one_therapist_one_gets_her(http: AsyncClient) -> None:
    clinic = await Clinic.open(http, rooms=2)
    clients = [pair["client_id"] for pair in await clinic.pairs(MANY)]
    answers = await asyncio.gather(*(clinic.ask(client_id=client) for client in clients))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: MANY - 1}
    [winner] = [answer.json() for answer in answers if answer.status_code == 201]
    assert winner["status"] == "booked"
    problems = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["type"] for problem in problems} == {"/problems/therapist-busy"}
    assert {key for problem in problems for key in problem["session_ids"]} == {winner["id"]}
    await nobody_shares_a_room(clinic, booked=1)


async def test_of_two_hundred_therapists_who_want_one_client_one_gets_him(http: AsyncClient) -> None:
    clinic = await Clinic.open(http, rooms=2)
    therapists = [pair["therapist_id"] for pair in await clinic.pairs(MANY)]
    answers = await asyncio.gather(*(clinic.ask(therapist_id=therapist) for therapist in therapists))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: MANY - 1}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"/problems/client-busy"}
    await nobody_shares_a_room(clinic, booked=1)


async def test_everyone_finds_a_place_as_long_as_there_is_one(http: AsyncClient) -> None:
    clinic = await Clinic.open(http, rooms=5)
    people = await clinic.pairs(40)
    sessions = await asyncio.gather(*(clinic.book(**pair, starts_at=at(8, 8 + number % 8)) for number, pair in enumerate(people)))
    assert {session["status"] for session in sessions} == {"booked"}, "five rooms, eight hours, forty sessions"
    await nobody_shares_a_room(clinic, booked=40)


async def accept_first(clinic: Clinic, session: Json) -> Json:
    return succeeded(await clinic.step(session, "accept", alternative_id=session["alternatives"][0]["id"]))


async def nobody_shares_a_room(clinic: Clinic, *, booked: int) -> None:
    calendar = await clinic.calendar(days=15)
    assert [pair for entries in calendar.values() for pair in overlaps(entries)] == []
    assert sum(len(entries) for entries in calendar.values()) == booked
