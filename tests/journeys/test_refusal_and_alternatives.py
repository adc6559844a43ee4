"""A time that cannot be had is refused with other rooms and times, the nearest first, which are really free."""

from httpx import AsyncClient
from support.clinic import BY_DAY, Clinic, Json, at, shifted, succeeded


async def test_a_taken_room_is_refused_with_alternatives_that_are_really_free(clinic: Clinic) -> None:
    offered = await refused(clinic)
    assert offered["rejection_reason"].startswith("no room")
    assert offered["room_id"] is None
    for alternative in offered["alternatives"]:
        assert await clinic.is_free(alternative["room_id"], alternative["starts_at"], alternative["ends_at"]), alternative
        assert alternative["ends_at"] == shifted(alternative["starts_at"], 60), "never shorter than the service"


async def test_the_nearest_alternative_comes_first(clinic: Clinic) -> None:
    alternatives = (await refused(clinic))["alternatives"]
    assert (alternatives[0]["kind"], alternatives[0]["shift_minutes"]) == ("same_time_other_room", 0)
    distances = [abs(alternative["shift_minutes"]) for alternative in alternatives]
    assert distances == sorted(distances)
    scores = [alternative["score"] for alternative in alternatives]
    assert scores == sorted(scores, reverse=True)
    assert all(alternative["reasons"] for alternative in alternatives)


async def test_an_alternative_is_accepted_with_one_step(clinic: Clinic) -> None:
    offered = await refused(clinic)
    chosen = offered["alternatives"][0]
    session = succeeded(await clinic.step(offered, "accept", alternative_id=chosen["id"]))
    assert session["status"] == "booked"
    assert (session["room_id"], session["starts_at"]) == (chosen["room_id"], chosen["starts_at"])
    await clinic.entry(session, "booked")


async def test_an_alternative_that_somebody_else_took_is_offered_again(clinic: Clinic) -> None:
    offered = await refused(clinic)
    chosen = offered["alternatives"][0]
    [rival] = await clinic.pairs(1)
    await clinic.booked(**rival, room_id=chosen["room_id"], starts_at=chosen["starts_at"])
    answer = succeeded(await clinic.step(offered, "accept", alternative_id=chosen["id"]))
    assert answer["status"] == "offered"
    assert all((a["room_id"], a["starts_at"]) != (chosen["room_id"], chosen["starts_at"]) for a in answer["alternatives"])
    second = succeeded(await clinic.step(offered, "accept", alternative_id=answer["alternatives"][0]["id"]))
    assert second["status"] == "booked"


async def test_an_alternative_of_yesterday_cannot_be_accepted(clinic: Clinic) -> None:
    offered = await refused(clinic)
    answer = await clinic.step(offered, "accept", alternative_id=offered["id"])
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unknown-alternative")
    booked = await clinic.booked(starts_at=at(9))
    answer = await clinic.step(booked, "accept", alternative_id=offered["alternatives"][0]["id"])
    assert (answer.status_code, answer.json()["session_status"]) == (409, "booked")


async def test_an_alternative_never_clashes_with_the_people(http: AsyncClient) -> None:
    clinic = await Clinic.open(http, rooms=1)
    [rival] = await clinic.pairs(1)
    await clinic.booked(**rival)
    elsewhere = await Clinic.open(http, rooms=1)
    busy = await elsewhere.booked(client_id=clinic.client["id"], therapist_id=elsewhere.therapist["id"], starts_at=at(8, 11))
    offered = await clinic.book()
    assert offered["status"] == "offered"
    for alternative in offered["alternatives"]:
        assert alternative["ends_at"] <= busy["starts_at"] or busy["ends_at"] <= alternative["starts_at"], alternative


async def test_alternatives_lie_within_opening_hours(http: AsyncClient) -> None:
    clinic = await Clinic.open(http, rooms=1, hours=BY_DAY)
    [rival] = await clinic.pairs(1)
    await clinic.booked(**rival, starts_at=at(8, 19))
    offered = await clinic.book(starts_at=at(8, 19))
    assert offered["status"] == "offered"
    assert all(
        at(8, 8) <= alternative["starts_at"] <= at(8, 18) or alternative["starts_at"] > at(9, 0) for alternative in offered["alternatives"]
    )


async def test_people_who_are_busy_are_named_both_at_once(clinic: Clinic) -> None:
    session = await clinic.booked()
    answer = await clinic.ask(starts_at=at(8, 10, 30))
    assert answer.status_code == 409
    problem = answer.json()
    assert {error["code"] for error in problem["errors"]} == {"therapist-busy", "client-busy"}
    assert problem["session_ids"] == [session["id"]]


async def refused(clinic: Clinic) -> Json:
    """Ask for a room that somebody has, and return what is offered instead."""
    [rival] = await clinic.pairs(1)
    taken = await clinic.booked(**rival)
    offered = await clinic.book(room_id=taken["room_id"])
    assert offered["status"] == "offered", offered
    assert offered["alternatives"]
    return offered
