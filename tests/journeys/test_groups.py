"""Group sessions: a room for all, every client guarded, one billing record for each who came."""

from support.clinic import Clinic, Json, at, succeeded


async def group_of(clinic: Clinic, count: int) -> list[str]:
    """Add so many clients; return their ids."""
    return [(await clinic.new_client(f"Client {number}"))["id"] for number in range(count)]


async def test_a_group_gets_a_room_that_takes_all_and_each_client_is_guarded(clinic: Clinic) -> None:
    large = await clinic.new_room("301", capacity=6)
    first, *others = await group_of(clinic, 4)
    session = await clinic.booked(client_id=first, other_client_ids=others)
    assert (session["room_id"], session["client_ids"]) == (large["id"], [first, *others])
    double = await clinic.ask(therapist_id=(await clinic.new_therapist())["id"], client_id=others[1], starts_at=at(8, 10, 30))
    assert (double.status_code, double.json()["type"]) == (409, "/problems/client-busy")
    assert double.json()["session_ids"] == [session["id"]]
    again = await clinic.ask(therapist_id=(await clinic.new_therapist())["id"], client_id=clinic.client["id"], other_client_ids=[others[2]])
    assert [(error["code"], error["field"]) for error in again.json()["errors"]] == [("client-busy", "other_client_ids")]
    for client in others:
        found = await clinic.get("/api/scheduling/sessions", client_id=client)
        assert [each["id"] for each in found["items"]] == [session["id"]]


async def test_a_group_too_large_for_every_room_is_refused_with_the_reason(clinic: Clinic) -> None:
    first, *others = await group_of(clinic, 3)
    refused = await clinic.book(client_id=first, other_client_ids=others)
    assert refused["status"] == "rejected"
    assert [reason["group"] for reason in refused["rejection_reasons"]] == ["capacity"]
    twice = await clinic.ask(client_id=first, other_client_ids=[first])
    assert (twice.status_code, twice.json()["type"]) == (422, "/problems/client-twice")
    unknown = await clinic.ask(client_id=first, other_client_ids=["01929a6e-6d5b-7b7e-8a39-6b0f8d0f3c99"])
    assert unknown.json()["type"] == "/problems/unknown-other-client"


async def test_a_client_joins_a_group_which_moves_to_a_larger_room_and_leaves_again(clinic: Clinic) -> None:
    large = await clinic.new_room("301", capacity=3)
    session = await clinic.booked()
    second, third = await group_of(clinic, 2)
    assert session["room_id"] != large["id"]
    joined = succeeded(await clinic.step(session, "clients", client_id=second))
    assert (joined["client_ids"], joined["room_id"], joined["starts_at"]) == (
        [clinic.client["id"], second],
        large["id"],
        session["starts_at"],
    )
    history = (await clinic.get(f"/api/scheduling/sessions/{session['id']}/timeline"))["items"]
    named = [(step["event"], step["client_ids"]) for step in history if step["client_ids"]]
    assert named == [("reschedule requested", [second]), ("client joined", [second])]
    full = succeeded(await clinic.step(session, "clients", client_id=third))
    assert (full["client_ids"], full["rejection_reasons"][0]["group"]) == ([clinic.client["id"], second], "capacity")
    assert (await clinic.booked(client_id=third, therapist_id=(await clinic.new_therapist())["id"]))["status"] == "booked"
    busy = await clinic.step(session, "clients", client_id=third)
    assert (busy.status_code, busy.json()["type"]) == (409, "/problems/client-busy")
    twice = await clinic.step(session, "clients", client_id=second)
    assert twice.json()["type"] == "/problems/client-twice"
    path = f"/api/scheduling/sessions/{session['id']}/clients"
    left = succeeded(await clinic.http.delete(f"{path}/{clinic.client['id']}"))
    assert (left["client_id"], left["client_ids"]) == (second, [second])
    last = (await clinic.get(f"/api/scheduling/sessions/{session['id']}/timeline"))["items"][-1]
    assert (last["event"], last["client_ids"]) == ("client left", [clinic.client["id"]])
    assert (await clinic.http.delete(f"{path}/{second}")).status_code == 409
    free = await clinic.booked(therapist_id=(await clinic.new_therapist())["id"])
    assert free["client_id"] == clinic.client["id"]


async def test_each_client_who_came_gets_one_billing_record(clinic: Clinic) -> None:
    await clinic.new_room("301", capacity=6)
    clients = await group_of(clinic, 3)
    past = at(-1)
    session = await clinic.booked(client_id=clients[0], other_client_ids=clients[1:], starts_at=past, backdated=True)
    stranger = await clinic.step(session, "complete", attended=[clinic.client["id"]])
    assert (stranger.status_code, stranger.json()["type"]) == (422, "/problems/not-in-group")
    assert (await clinic.step(session, "complete", attended=[])).status_code == 422
    done = succeeded(await clinic.step(session, "complete", attended=clients[1:]))
    assert (done["status"], done["attended"]) == ("completed", clients[1:])
    await clinic.record(session)
    records: list[Json] = await clinic.records(session)
    assert sorted(record["client_id"] for record in records) == sorted(clients[1:])
    assert {record["total_amount"] for record in records} == {"185.00"}
