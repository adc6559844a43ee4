"""The list of sessions: by day, by person, by state and by words."""

from datetime import timedelta
from typing import Any

import pytest
from contracts.catalog import Kind
from contracts.rooms import Obstacle
from front_desk import Clinic, service_changed
from scheduling.search import queries as search_queries


async def ids(clinic: Clinic, **filters: Any) -> list[str]:
    """Return the ids of the sessions that the filters let through."""
    answer = (await clinic.http.get("/sessions", params=filters)).raise_for_status().json()
    return [session["id"] for session in answer["items"]]


async def test_sessions_are_listed_by_day_person_site_and_state(clinic: Clinic) -> None:
    first = (await clinic.book()).json()["id"]
    second = (await clinic.book(starts_at=(clinic.monday + timedelta(days=1)).isoformat())).json()["id"]
    tuesday = (clinic.monday + timedelta(hours=12)).isoformat()
    assert await ids(clinic) == [first, second]
    assert await ids(clinic, **{"from": tuesday}) == [second]
    assert await ids(clinic, to=tuesday) == [first]
    assert await ids(clinic, therapist_id=clinic.therapist_id, client_id=clinic.client_id, site_id=str(clinic.site_id)) == [first, second]
    assert await ids(clinic, status="requested", to=tuesday) == [first]
    assert await ids(clinic, status="booked") == []
    assert await ids(clinic, client_id=await clinic.new_client()) == []


async def test_sessions_are_listed_by_the_room_that_they_have(clinic: Clinic) -> None:
    booked = await clinic.booked()
    await clinic.book(starts_at=(clinic.monday + timedelta(days=1)).isoformat())
    assert await ids(clinic, room_id=booked["room_id"]) == [booked["id"]]
    assert await ids(clinic, room_id=str(clinic.site_id)) == []


async def test_sessions_are_listed_by_their_ids(clinic: Clinic) -> None:
    first = (await clinic.book()).json()["id"]
    await clinic.book(starts_at=(clinic.monday + timedelta(days=1)).isoformat())
    assert await ids(clinic, ids=[first, str(clinic.site_id)]) == [first]


async def test_sessions_to_come_in_their_therapists_time_off_are_marked(clinic: Clinic) -> None:
    kept, cancelled, later = [
        (await clinic.book(starts_at=(clinic.monday + timedelta(hours=hour)).isoformat())).json()["id"] for hour in (0, 2, 4)
    ]
    (await clinic.http.post(f"/sessions/{cancelled}/cancel", json={"reason": "moves away"})).raise_for_status()
    off = {"starts_at": clinic.monday.isoformat(), "ends_at": (clinic.monday + timedelta(hours=4)).isoformat(), "reason": "a course"}
    path = f"/therapists/{clinic.therapist_id}/time-off"
    (await clinic.http.post(path, json=off, params={"force": True})).raise_for_status()
    listed = (await clinic.http.get("/sessions")).json()["items"]
    assert {session["id"]: session["therapist_off"] for session in listed} == {kept: True, cancelled: False, later: False}


async def test_a_long_list_is_read_page_by_page(clinic: Clinic) -> None:
    booked = [(await clinic.book(starts_at=(clinic.monday + timedelta(hours=hour)).isoformat())).json()["id"] for hour in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        page = (await clinic.http.get("/sessions", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [session["id"] for session in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == booked
    assert (await clinic.http.get("/sessions", params={"limit": 10_000})).status_code == 422
    assert (await clinic.http.get("/sessions", params={"cursor": "nonsense"})).json()["type"] == "/problems/invalid-cursor"


@pytest.mark.parametrize("at_most", [0, 200], ids=["many are called so", "few are called so"])
async def test_sessions_are_found_by_words_of_their_people_room_and_service(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, at_most: int
) -> None:
    monkeypatch.setattr(search_queries, "CLIENTS_AT_MOST", at_most)
    ana, cem = await clinic.new_client("Ana Quillon"), await clinic.new_client("Cem Quillon")
    zora = (await clinic.http.post("/therapists", json={"full_name": "Zora Brandt"})).raise_for_status().json()["id"]
    at = [(clinic.monday + timedelta(hours=hour)).isoformat() for hour in range(3)]
    first = (await clinic.book(client_id=ana, starts_at=at[0])).json()["id"]
    group = (await clinic.book(client_id=cem, other_client_ids=[ana], therapist_id=zora, starts_at=at[1])).json()["id"]
    other = await clinic.booked(starts_at=at[2])
    assert await ids(clinic, q="quillon") == [first, group]
    assert await ids(clinic, q="ana") == [first, group]
    assert await ids(clinic, q="cem") == [group]
    assert await ids(clinic, q="ana zora") == [group]
    assert await ids(clinic, q="zora quillon", status="requested") == [group]
    assert await ids(clinic, q="quillon", status="booked") == []
    assert await ids(clinic, q="quillon", client_id=cem) == [group]
    assert await ids(clinic, q="quillon nobody") == []
    assert await ids(clinic, q=f"ana {other['service_code']}") == [first, group]
    assert await ids(clinic, q=other["service_code"]) == [first, group, other["id"]]
    assert await ids(clinic, q=other["room_number"], room_id=other["room_id"]) == [other["id"]]
    assert await ids(clinic, q="100%") == []
    page = (await clinic.http.get("/sessions", params={"q": "quillon", "limit": 1})).json()
    assert [each["id"] for each in page["items"]] == [first]
    assert await ids(clinic, q="quillon", limit=1, cursor=page["next_cursor"]) == [group]


async def test_the_front_desk_finds_the_sessions_of_a_day_by_words_and_several_statuses(clinic: Clinic) -> None:
    booked = await clinic.booked()
    day = clinic.monday.date().isoformat()
    requested = {"site_id": str(clinic.site_id), "day": day}

    async def found(**more: Any) -> list[str]:
        answer = (await clinic.http.get("/sessions", params={**requested, **more})).raise_for_status().json()
        return [session["id"] for session in answer["items"]]

    assert await found() == await found(q="jonas 90837") == await found(status=["booked", "requested"]) == [booked["id"]]
    assert await found(q="nobody") == await found(status=["cancelled", "no_show"]) == await found(day="2020-01-06") == []
    [listed] = (await clinic.http.get("/sessions", params=requested)).json()["items"]
    assert (listed["client_name"], listed["therapist_name"]) == ("Jonas Weber", "Ruth Adler")


async def test_a_list_shows_of_each_session_what_is_shown_of_it_by_itself(clinic: Clinic) -> None:
    supplement = service_changed(service_code="90785", kind=Kind.ADD_ON, standard_duration=0)
    await clinic.knows(supplement)
    at = [(clinic.monday + timedelta(hours=hour)).isoformat() for hour in (0, 1, 2, 3, 5, -21 * 24)]
    client, therapist = await clinic.new_client("Ana Quillon"), await clinic.new_therapist("Zora Brandt")
    moving = await clinic.booked(starts_at=at[0], modality="video", client_id=client, other_client_ids=[clinic.client_id])
    (await clinic.http.post(f"/sessions/{moving['id']}/reschedule", json={"starts_at": at[4]})).raise_for_status()
    for start, shifts in ((at[1], (15, -15)), (at[2], ())):
        refused = (await clinic.book(starts_at=start)).json()["id"]
        answer = clinic.rooms.refused(await clinic.rooms.request_for(refused), *shifts)
        await clinic.rooms.answer(answer.model_copy(update={"reasons": (Obstacle.BOOKED, Obstacle.CLOSED)}))
        await clinic.becomes(refused, "offered" if shifts else "rejected")
    cancelled = await clinic.booked(starts_at=at[3], therapist_id=therapist)
    (await clinic.http.post(f"/sessions/{cancelled['id']}/cancel", json={"reason": "ill", "cause": "client"})).raise_for_status()
    completed = await clinic.booked(starts_at=at[5], backdated=True)
    done = {"add_ons": [{"service_id": str(supplement.id), "units": 2}], "actual_start": at[5]}
    (await clinic.http.post(f"/sessions/{completed['id']}/complete", json=done)).raise_for_status()
    listed = (await clinic.http.get("/sessions")).json()["items"]
    by_itself = [(await clinic.http.get(f"/sessions/{each['id']}")).json() for each in listed]
    shown: dict[str, Any] = {"client_name": None, "therapist_name": None, "therapist_off": False, "waiting": None, "degraded": []}
    assert [each | shown for each in listed] == [each | shown for each in by_itself]
    assert [list(each) for each in listed] == [list(each) for each in by_itself]
    first = next(each for each in listed if each["id"] == moving["id"])
    assert (first["client_name"], first["therapist_name"]) == ("Ana Quillon", "Ruth Adler")
    assert len([each for each in listed if each["alternatives"] or each["add_ons"] or each["rescheduling"]]) == 3
