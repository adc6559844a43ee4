"""A service that is away for a while, or that comes late, holds nobody up for longer than that."""

import asyncio

from httpx import Response
from support.clinic import Clinic, Json, at, succeeded
from support.platform import Platform
from support.truth import nothing_contradicts, rows, settled
from testing import until

SOME = 6
WAIT_S = 30
CUT = b"graceful shutdown exceeded"
"""What the server states when it has to cancel answers that are still open."""


async def test_bookings_wait_for_a_room_while_rooms_is_away_and_get_it_when_rooms_is_back(hurt: Platform, clinic: Clinic) -> None:
    people = await clinic.pairs(SOME)
    await hurt.stop("rooms")
    away = await clinic.http.get("/api/rooms/sites")
    assert (away.status_code, away.headers["content-type"]) == (502, "application/problem+json")

    answers = [await clinic.ask(**pair, wait=0, starts_at=at(8, 8 + number)) for number, pair in enumerate(people)]
    assert {(answer.status_code, answer.json()["status"]) for answer in answers} == {(202, "requested")}
    busy = await clinic.ask(**people[0], wait=0, starts_at=at(8, 8))
    assert (busy.status_code, busy.json()["type"]) == (409, "/problems/therapist-busy"), "the people's time is taken meanwhile"
    called_off = succeeded(await clinic.step(answers[0].json(), "cancel", reason="will not wait"))
    assert called_off["status"] == "cancelled"

    await hurt.start("rooms")
    for answer in answers[1:]:
        assert (await clinic.becomes(answer.json(), "booked"))["room_id"]
    await settled(hurt)
    await nothing_contradicts(hurt)


async def stated(clinic: Clinic, session: Json, part: str) -> str:
    """Wait until a session states what the absence of a part means for it."""

    async def effect() -> str | None:
        found = (await clinic.session(session))["degraded"]
        return next((absence["effect"] for absence in found if absence["part"] == part), None)

    return await until(effect, 20)


async def whole(clinic: Clinic, session: Json) -> Json:
    """Wait until nothing is away for a session any more."""

    async def seen() -> Json | None:
        found = await clinic.session(session)
        return found if not found["degraded"] else None

    return await until(seen, 30)


async def test_an_answer_says_that_it_waits_for_a_room_and_where_in_the_queue_while_rooms_is_away(hurt: Platform, clinic: Clinic) -> None:
    people = await clinic.pairs(3)
    await hurt.stop("rooms")
    waiting = [(await clinic.ask(**pair, wait=0, starts_at=at(8, 8 + number))).json() for number, pair in enumerate(people)]
    assert "waits for a room" in await stated(clinic, waiting[0], "rooms")
    positions = [(await clinic.session(session))["waiting"]["position"] for session in waiting]
    assert positions == [1, 2, 3]
    await hurt.start("rooms")
    for session in waiting:
        await clinic.becomes(session, "booked")
        assert (await whole(clinic, session))["waiting"] is None


async def test_the_replica_serves_while_catalog_is_away_and_the_answer_says_so(hurt: Platform, clinic: Clinic) -> None:
    await hurt.stop("catalog")
    before = clinic.flowing[0]
    assert "own copy" in await stated(clinic, before, "catalog")
    booked = await clinic.booked()
    assert (booked["calculated_rate"], [absence["part"] for absence in booked["degraded"]]) == ("185.00", ["catalog"])
    await hurt.start("catalog")
    await whole(clinic, booked)


async def test_a_booking_is_accepted_while_the_broker_is_away_and_says_what_it_waits_for(hurt: Platform, clinic: Clinic) -> None:
    await hurt.kill("rabbitmq")
    answer = await clinic.ask(wait=0)
    assert (answer.status_code, answer.json()["status"]) == (202, "requested")
    assert "message broker" in await stated(clinic, answer.json(), "broker")
    await hurt.start("rabbitmq")
    await clinic.becomes(answer.json(), "booked", within=120)
    await settled(hurt)
    await nothing_contradicts(hurt)


async def test_a_booking_waits_no_longer_than_its_caller(hurt: Platform, clinic: Clinic) -> None:
    await hurt.stop("rooms")
    answer = await clinic.ask(wait=1)
    assert (answer.status_code, answer.json()["status"]) == (202, "requested")
    await hurt.start("rooms")
    await clinic.becomes(answer.json(), "booked")


async def test_a_caller_who_waits_while_its_process_ends_is_answered_at_once_and_gets_the_session_by_the_same_key(
    hurt: Platform, clinic: Clinic
) -> None:
    client = await clinic.new_client()

    async def asked() -> list[tuple[str]]:
        return await rows(hurt, "scheduling", "SELECT id::text FROM session WHERE client_id = $1", client["id"])

    async def waits(key: str, hour: int) -> asyncio.Task[Response]:
        before = await asked()
        waiting = asyncio.create_task(clinic.ask(wait=WAIT_S, key=key, client_id=client["id"], starts_at=at(8, hour)))

        async def more() -> bool:
            return len(await asked()) > len(before)

        await until(more)
        return waiting

    await hurt.stop("rooms")
    waiting = await waits("stopped", 8)
    await hurt.stop("scheduling")
    answer = await asyncio.wait_for(waiting, WAIT_S)
    [(stopped,)] = await asked()
    assert (answer.status_code, answer.json()["id"], answer.json()["status"]) == (202, stopped, "requested")
    assert answer.headers["Location"] == f"/api/scheduling/sessions/{stopped}"
    ended = hurt.servers["scheduling"]
    assert CUT not in ended.log.read_bytes()[ended.log_start :]

    await hurt.start("scheduling")
    waiting = await waits("killed", 10)
    await hurt.kill("scheduling")
    answer = await asyncio.wait_for(waiting, WAIT_S)
    assert (answer.status_code, answer.json()["type"]) == (502, "/problems/service-unreachable")
    for name in ("scheduling", "rooms"):
        await hurt.start(name)
    again = [await clinic.ask(key=key, client_id=client["id"], starts_at=at(8, hour)) for key, hour in (("stopped", 8), ("killed", 10))]
    assert sorted(each.json()["id"] for each in again) == sorted(key for (key,) in await asked())
    for each in again:
        await clinic.becomes(each.json(), "booked")


async def test_billing_that_comes_late_knows_every_price_and_bills_what_was_completed_before(hurt: Platform, clinic: Clinic) -> None:
    session = await clinic.booked(starts_at=at(-7), backdated=True)
    succeeded(await clinic.step(session, "complete"))
    before = await clinic.record(session)
    async with hurt.deployed_late("billing"):
        await clinic.knows_price("185.00")
        late = await clinic.record(session)
        assert (late["id"] != before["id"], late["total_amount"]) == (True, "185.00")
        await settled(hurt)


async def test_scheduling_that_comes_late_knows_services_sites_and_rooms(hurt: Platform, clinic: Clinic) -> None:
    async with hurt.deployed_late("scheduling"):
        people = {"therapist_id": (await clinic.new_therapist())["id"], "client_id": (await clinic.new_client())["id"]}
        session = await clinic.booked(**people, room_id=clinic.rooms[0]["id"])
        assert session["calculated_rate"] == "185.00"
        await clinic.entry(session, "booked")
        succeeded(await clinic.step(session, "cancel", reason="the new service goes again"))
        await settled(hurt)
    await nothing_contradicts(hurt)
